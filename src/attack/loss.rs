//! The losses that attacks ascend, on one image's logits, with their gradients.

use crate::spec::AttackLoss as Loss;

/// Where an attack wants one image to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// To any class but the true one.
    Away,
    /// To this class.
    Towards(usize),
}

/// Whether the true class has the largest logit (the first of equals wins). Where a logit is not a number the network
/// has not decided, and no class is right.
pub fn is_right(z: &[f32], y: usize) -> bool {
    !z.iter().any(|v| v.is_nan()) && order(z).first() == Some(&y)
}

/// Classes by falling logit; NaN last.
pub fn order(z: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..z.len()).collect();
    order.sort_by(|a, b| z[*b].partial_cmp(&z[*a]).unwrap_or(z[*a].is_nan().cmp(&z[*b].is_nan())));
    order
}

/// The numerator and denominator of a difference of logits ratio, and the classes they are made of:
/// (z_a − z_b)/(z₍₁₎ − z₍₃₎), or (z_t − z_y)/(z₍₁₎ − (z₍₃₎ + z₍₄₎)/2) towards a class t.
struct Ratio {
    plus: usize,
    minus: usize,
    first: usize,
    /// Classes subtracted in the denominator, each with the same share.
    below: [usize; 2],
    margin: f64,
    range: f64,
}

fn ratio(z: &[f32], y: usize, goal: Goal) -> Ratio {
    let order = order(z);
    let ranked = |n: usize| order[n.min(order.len() - 1)];
    let at = |c: usize| f64::from(z[c]);
    let (plus, below) = match goal {
        Goal::Away => (rival(&order, y), [ranked(2), ranked(2)]),
        Goal::Towards(t) => (t, [ranked(2), ranked(3)]),
    };
    let range = at(order[0]) - (at(below[0]) + at(below[1])) / 2.0;
    Ratio {
        plus,
        minus: y,
        first: order[0],
        below,
        margin: at(plus) - at(y),
        range: range.max(1e-12),
    }
}

/// The class with the largest logit but this one.
fn rival(order: &[usize], class: usize) -> usize {
    *order.iter().find(|c| **c != class).unwrap_or(&class)
}

/// The two classes of a margin: the one that is to win, and the one that is to lose.
fn margin(z: &[f32], y: usize, goal: Goal) -> (usize, usize) {
    let order = order(z);
    match goal {
        Goal::Away => (rival(&order, y), y),
        Goal::Towards(t) => (t, rival(&order, t)),
    }
}

/// log Σ exp(z) − z_c, precise where class c is nearly certain.
fn cross_entropy(z: &[f32], c: usize) -> f64 {
    let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let of = |v: f32| (f64::from(v) - f64::from(max)).exp();
    let others: f64 = z.iter().enumerate().filter(|(k, _)| *k != c).map(|(_, v)| of(*v)).sum();
    let own = f64::from(z[c]) - f64::from(max);
    if own == 0.0 {
        others.ln_1p()
    } else {
        (others + own.exp()).ln() - own
    }
}

/// What is ascended.
pub fn value(loss: Loss, z: &[f32], y: usize, goal: Goal) -> f64 {
    match (loss, goal) {
        (Loss::Ce, Goal::Away) => cross_entropy(z, y),
        (Loss::Ce, Goal::Towards(t)) => -cross_entropy(z, t),
        (Loss::Margin, _) => {
            let (up, down) = margin(z, y, goal);
            f64::from(z[up]) - f64::from(z[down])
        }
        (Loss::Dlr, _) => {
            let r = ratio(z, y, goal);
            r.margin / r.range
        }
    }
}

/// ∂value/∂z into `g`, which is all zeros.
pub fn slope(loss: Loss, z: &[f32], y: usize, goal: Goal, g: &mut [f32]) {
    match loss {
        Loss::Ce => match goal {
            Goal::Away => cross_entropy_slope(z, y, 1.0, g),
            Goal::Towards(t) => cross_entropy_slope(z, t, -1.0, g),
        },
        Loss::Margin => {
            let (up, down) = margin(z, y, goal);
            g[up] += 1.0;
            g[down] -= 1.0;
        }
        Loss::Dlr => {
            let r = ratio(z, y, goal);
            let along = r.margin / (r.range * r.range);
            g[r.plus] += (1.0 / r.range) as f32;
            g[r.minus] -= (1.0 / r.range) as f32;
            g[r.first] -= along as f32;
            for c in r.below {
                g[c] += (along / 2.0) as f32;
            }
        }
    }
}

fn cross_entropy_slope(z: &[f32], c: usize, scale: f64, g: &mut [f32]) {
    let max = f64::from(z.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let exp: Vec<f64> = z.iter().map(|v| (f64::from(*v) - max).exp()).collect();
    let sum: f64 = exp.iter().sum();
    // Where class c is saturated, 1 − p_c is formed from the others, so that it never rounds to zero.
    let others: f64 = exp.iter().enumerate().filter(|(k, _)| *k != c).map(|(_, e)| e).sum();
    for (k, g) in g.iter_mut().enumerate() {
        let p = if k == c { -others / sum } else { exp[k] / sum };
        *g = (scale * p) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOSSES: [Loss; 3] = [Loss::Ce, Loss::Margin, Loss::Dlr];

    #[test]
    fn gradients_are_derivatives() {
        let z = [1.0f32, 0.3, -0.7, 2.2, 0.6];
        for loss in LOSSES {
            for y in 0..5 {
                let towards = (0..5).filter(|t| *t != y).map(Goal::Towards);
                for goal in std::iter::once(Goal::Away).chain(towards) {
                    let mut g = [0.0; 5];
                    slope(loss, &z, y, goal, &mut g);
                    for i in 0..5 {
                        let at = |d: f32| {
                            let mut z = z;
                            z[i] += d;
                            value(loss, &z, y, goal)
                        };
                        let numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
                        let off = (f64::from(g[i]) - numeric).abs();
                        assert!(off < 3e-3, "{loss:?} {goal:?} y{y} z{i}: {} {numeric}", g[i]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_saturated_confidence_keeps_a_gradient_and_a_value() {
        let mut g = [0.0; 2];
        slope(Loss::Ce, &[40.0, 0.0], 0, Goal::Away, &mut g);
        assert!(g[0] < 0.0 && g[1] > 0.0);
        let at = |margin: f32| value(Loss::Ce, &[margin, 0.0], 0, Goal::Away);
        assert!(at(40.0) > at(41.0) && at(41.0) > 0.0);
    }

    #[test]
    fn untargeted_margins_are_positive_exactly_where_the_class_is_wrong() {
        for loss in [Loss::Margin, Loss::Dlr] {
            assert!(value(loss, &[1.0, 2.0, 0.0], 0, Goal::Away) > 0.0);
            assert!(value(loss, &[3.0, 2.0, 0.0], 0, Goal::Away) < 0.0);
        }
    }

    #[test]
    fn logits_that_are_no_numbers_are_right_for_no_class() {
        for z in [[f32::NAN; 3], [f32::NAN, 1.0, 0.0], [2.0, f32::NAN, 0.0]] {
            assert!((0..3).all(|y| !is_right(&z, y)), "{z:?}");
        }
        assert!(is_right(&[f32::INFINITY, 1.0, 0.0], 0) && is_right(&[1.0, 1.0], 0));
    }

    #[test]
    fn two_classes_are_enough_for_every_loss() {
        for loss in LOSSES {
            let mut g = [0.0; 2];
            slope(loss, &[1.0, 0.0], 0, Goal::Towards(1), &mut g);
            assert!(g.iter().all(|g| g.is_finite()) && value(loss, &[1.0, 0.0], 0, Goal::Away).is_finite());
        }
    }
}
