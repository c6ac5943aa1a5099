//! The losses that attacks ascend, with their gradients with respect to the logits.

/// What an attack ascends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loss {
    /// Cross-entropy.
    #[default]
    CrossEntropy,
    /// max_{k≠y} z_k − z_y.
    Margin,
    /// Difference of logits ratio: −(z_y − max_{k≠y} z_k)/(z₍₁₎ − z₍₃₎), Croce and Hein 2020.
    Dlr,
}

/// Whether the true class has the largest logit (the first of equals wins).
pub fn is_right(z: &[f32], y: usize) -> bool {
    order(z).first() == Some(&y)
}

/// Classes by falling logit; NaN last.
fn order(z: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..z.len()).collect();
    order.sort_by(|a, b| z[*b].partial_cmp(&z[*a]).unwrap_or(z[*a].is_nan().cmp(&z[*b].is_nan())));
    order
}

/// ∂loss/∂z `[n, K]`, summed over samples (each image's gradient is its own).
pub fn gradient(loss: Loss, logits: &[f32], labels: &[u8]) -> Vec<f32> {
    let k = logits.len() / labels.len().max(1);
    let mut out = vec![0.0; logits.len()];
    for ((z, y), g) in logits.chunks_exact(k).zip(labels).zip(out.chunks_exact_mut(k)) {
        sample(loss, z, usize::from(*y), g);
    }
    out
}

fn sample(loss: Loss, z: &[f32], y: usize, g: &mut [f32]) {
    let order = order(z);
    let other = *order.iter().find(|c| **c != y).unwrap_or(&y);
    match loss {
        Loss::CrossEntropy => {
            let max = f64::from(z[order[0]]);
            let exp: Vec<f64> = z.iter().map(|v| (f64::from(*v) - max).exp()).collect();
            let sum: f64 = exp.iter().sum();
            // Where the true class is saturated, −(1 − p_y) is formed from the others, so that it never rounds to zero.
            let others: f64 = exp.iter().enumerate().filter(|(c, _)| *c != y).map(|(_, e)| e).sum();
            for (c, g) in g.iter_mut().enumerate() {
                *g = if c == y {
                    -(others / sum) as f32
                } else {
                    (exp[c] / sum) as f32
                };
            }
        }
        Loss::Margin => {
            g[other] += 1.0;
            g[y] -= 1.0;
        }
        Loss::Dlr => {
            let third = order[2.min(order.len() - 1)];
            let range = (z[order[0]] - z[third]).max(1e-12);
            let margin = z[other] - z[y];
            g[other] += 1.0 / range;
            g[y] -= 1.0 / range;
            g[order[0]] -= margin / (range * range);
            g[third] += margin / (range * range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(loss: Loss, z: &[f32], y: usize) -> f64 {
        let o = order(z);
        let other = *o.iter().find(|c| **c != y).unwrap();
        let margin = f64::from(z[other]) - f64::from(z[y]);
        match loss {
            Loss::CrossEntropy => z.iter().map(|v| f64::from(*v - z[y]).exp()).sum::<f64>().ln(),
            Loss::Margin => margin,
            Loss::Dlr => margin / (f64::from(z[o[0]]) - f64::from(z[o[2]])),
        }
    }

    #[test]
    fn gradients_are_derivatives() {
        let z = [1.0f32, 0.3, -0.7, 2.2];
        for loss in [Loss::CrossEntropy, Loss::Margin, Loss::Dlr] {
            for y in 0..4u8 {
                let g = gradient(loss, &z, &[y]);
                for i in 0..4 {
                    let at = |d: f32| {
                        let mut z = z;
                        z[i] += d;
                        value(loss, &z, y.into())
                    };
                    let numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
                    assert!(
                        (f64::from(g[i]) - numeric).abs() < 2e-3,
                        "{loss:?} y{y} z{i}: {} {numeric}",
                        g[i]
                    );
                }
            }
        }
    }

    #[test]
    fn a_saturated_confidence_keeps_a_gradient() {
        let g = gradient(Loss::CrossEntropy, &[40.0, 0.0], &[0]);
        assert!(g[0] < 0.0 && g[1] > 0.0);
    }
}
