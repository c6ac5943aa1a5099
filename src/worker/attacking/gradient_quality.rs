//! Whether a backward mode's gradient can be followed: how large it is beside the float steps of the logits, and whether
//! a step along it lowers the margin. Both of the margin between logits, so that a saturated loss plays no part.

use crate::attack::{self, Attacker, Draws, Goal};
use crate::input::{Batch, Label, Range};
use crate::run::attack_job::{FloatSteps, Leads};
use crate::snn::Network;
use crate::spec::{AttackLoss, BackwardMode};
use crate::units::Epsilon;

/// The change of a pixel that both are measured with, whatever the job's radii: the usual one.
const STEP: f64 = 8.0 / 255.0;

/// Measures on images that are right when clean; nothing without any.
pub fn measure(
    network: &Network,
    images: &Batch,
    mode: BackwardMode,
    draws: Draws,
) -> (Option<FloatSteps>, Option<Leads>) {
    let Some(eps) = Epsilon::new(STEP).ok().filter(|_| !images.is_empty()) else {
        return (None, None);
    };
    let attacker = Attacker::new(network, mode, draws, &images.places);
    let slope = |logits: &[f32]| slopes(AttackLoss::Margin, logits, &images.labels);
    let (logits, gradient) = attack::input_gradient(&attacker, images, &slope);
    let moved = |side: f32| {
        let pixels: Vec<f32> = images
            .values
            .iter()
            .zip(&gradient)
            .map(|(x, g)| moved(*x, *g, side, images.input.range))
            .collect();
        margins(
            &attack::counted_logits(network, &pixels, &images.places, draws),
            &images.labels,
        )
    };
    let size = (logits.len() / images.len()).max(1);
    let per_image = logits
        .chunks_exact(size)
        .zip(gradient.chunks_exact(images.size().max(1)));
    let steps = per_image.map(|(z, g)| float_steps(z, g)).collect();
    (summed_up(eps, steps), Some(compared(eps, &moved(1.0), &moved(-1.0))))
}

/// The gradient of a loss, image by image.
pub fn slopes(loss: AttackLoss, logits: &[f32], labels: &[Label]) -> Vec<f32> {
    let k = (logits.len() / labels.len().max(1)).max(1);
    let mut slopes = vec![0.0; logits.len()];
    let rows = logits.chunks_exact(k).zip(slopes.chunks_exact_mut(k)).zip(labels);
    rows.for_each(|((z, g), y)| attack::loss_slope(loss, z, usize::from(*y), Goal::Away, g));
    slopes
}

/// How far the best other class is ahead of the true one, image by image.
fn margins(logits: &[f32], labels: &[Label]) -> Vec<f64> {
    let k = (logits.len() / labels.len().max(1)).max(1);
    let margin = |(z, y): (&[f32], &Label)| attack::loss_value(AttackLoss::Margin, z, usize::from(*y), Goal::Away);
    logits.chunks_exact(k).zip(labels).map(margin).collect()
}

/// A value after one step along the gradient's sign, or against it.
fn moved(x: f32, g: f32, side: f32, range: Range) -> f32 {
    let sign = if g > 0.0 {
        1.0
    } else if g < 0.0 {
        -1.0
    } else {
        0.0
    };
    (x + side * sign * STEP as f32).clamp(range.low, range.high)
}

/// max|g|·ε in steps of f32 at the size of the largest logit. What is not a number counts as no gradient.
fn float_steps(logits: &[f32], gradient: &[f32]) -> f64 {
    let largest = |values: &[f32]| {
        let finite = values.iter().filter(|v| v.is_finite());
        finite.fold(0.0f32, |most, v| most.max(v.abs()))
    };
    let size = largest(logits).max(f32::MIN_POSITIVE);
    let spacing = f64::from(f32::from_bits(size.to_bits() + 1)) - f64::from(size);
    match f64::from(largest(gradient)) * STEP / spacing {
        steps if steps.is_finite() => steps,
        _ => 0.0,
    }
}

fn summed_up(eps: Epsilon, mut steps: Vec<f64>) -> Option<FloatSteps> {
    steps.sort_by(f64::total_cmp);
    Some(FloatSteps {
        eps,
        smallest: *steps.first()?,
        median: *steps.get(steps.len() / 2)?,
    })
}

/// A margin that is not a number is neither larger nor smaller.
fn compared(eps: Epsilon, along: &[f64], against: &[f64]) -> Leads {
    let both = || along.iter().zip(against);
    Leads {
        eps,
        along: both().filter(|(a, b)| a > b).count(),
        against: both().filter(|(a, b)| a < b).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_is_measured_in_the_float_steps_of_the_largest_logit() {
        // Between 1 and 2 the spacing is 2⁻²³.
        let one = float_steps(&[-1.0, 0.5], &[0.0, -(0.5f32.powi(23))]);
        assert!((one - STEP).abs() < 1e-9, "{one}");
        let larger = float_steps(&[-8.0, 0.5], &[0.0, -(0.5f32.powi(23))]);
        assert!((larger - STEP / 8.0).abs() < 1e-9, "{larger}");
        assert_eq!(float_steps(&[1.0], &[f32::NAN, 0.0]), 0.0);
        assert!(float_steps(&[f32::NAN, f32::INFINITY], &[f32::MAX]).is_finite());
    }

    #[test]
    fn median_and_least_are_those_of_the_images() {
        let eps = Epsilon::new(STEP).unwrap();
        let found = summed_up(eps, vec![9.0, 1.0, 4.0]).unwrap();
        assert_eq!((found.smallest, found.median), (1.0, 4.0));
        assert_eq!(summed_up(eps, Vec::new()), None);
    }

    #[test]
    fn margins_that_are_equal_or_no_numbers_are_not_counted() {
        let eps = Epsilon::new(STEP).unwrap();
        let found = compared(eps, &[1.0, 2.0, f64::NAN, 3.0], &[0.0, 2.0, 1.0, 4.0]);
        assert_eq!((found.along, found.against), (1, 1));
    }

    #[test]
    fn pixels_stay_pixels() {
        let moved = |x, g| moved(x, g, 1.0, Range::UNIT);
        assert_eq!(moved(1.0, 3.0), 1.0);
        assert_eq!(moved(0.5, f32::NAN), 0.5);
        assert!((moved(0.5, -2.0) - (0.5 - STEP as f32)).abs() < 1e-7);
    }
}
