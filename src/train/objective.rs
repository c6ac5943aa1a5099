//! What the loss and its terms are made of: predictions and confidences of `[N, K]` logits.
//!
//! Everything here and in `terms` is arithmetic on the host, in f64: the difference of two almost equal confidences
//! divided by a small h is where f32 would hurt.

use crate::input::Label;
use crate::measure;
use crate::spec::Variant;

/// The class with the largest logit; the first of equals, as PyTorch's argmax on the CPU.
pub fn predicted(z: &[f32]) -> usize {
    let mut best = 0;
    for (c, v) in z.iter().enumerate() {
        if *v > z[best] {
            best = c;
        }
    }
    best
}

/// How many samples are classified rightly; none whose logits are not all numbers.
pub fn correct(logits: &[f32], labels: &[Label]) -> usize {
    let k = logits.len() / labels.len().max(1);
    logits
        .chunks_exact(k)
        .zip(labels)
        .filter(|(z, y)| !z.iter().any(|v| v.is_nan()) && predicted(z) == usize::from(**y))
        .count()
}

/// r, the class with the largest logit but the true one, per sample.
pub fn runner_up(logits: &[f32], labels: &[Label]) -> Vec<usize> {
    let k = logits.len() / labels.len().max(1);
    let best = |z: &[f32], y: usize| {
        let mut best = usize::from(y == 0);
        for (c, v) in z.iter().enumerate() {
            if c != y && *v > z[best] {
                best = c;
            }
        }
        best
    };
    logits
        .chunks_exact(k)
        .zip(labels)
        .map(|(z, y)| best(z, usize::from(*y)))
        .collect()
}

/// The confidence f of each sample, and ∂f/∂z `[N, K]`.
pub fn confidence(variant: Variant, logits: &[f32], labels: &[Label], runners: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let k = logits.len() / labels.len().max(1);
    let mut slopes = vec![0.0; logits.len()];
    let mut values = Vec::with_capacity(labels.len());
    for (i, z) in logits.chunks_exact(k).enumerate() {
        let (y, slope) = (usize::from(labels[i]), &mut slopes[i * k..][..k]);
        match variant {
            Variant::PairwiseSquared => {
                let margin = f64::from(z[y]) - f64::from(z[runners[i]]);
                let f = 1.0 / (1.0 + (-margin).exp());
                // f(1−f) written so that a saturated confidence gives a small number instead of an exact zero.
                let s = 1.0 / ((margin / 2.0).exp() + (-margin / 2.0).exp()).powi(2);
                slope[y] = s;
                slope[runners[i]] = -s;
                values.push(f);
            }
            Variant::SoftmaxL1 => values.push(measure::confidence(z, y, slope)),
        }
    }
    (values, slopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::testing::{Y, Z};

    #[test]
    fn the_runner_up_is_never_the_true_class() {
        assert_eq!(runner_up(&Z, &Y), [2, 1]);
        assert_eq!(runner_up(&[5.0, 1.0], &[0]), [1]);
    }

    #[test]
    fn huge_margins_saturate_without_overflow() {
        let (f, s) = confidence(Variant::PairwiseSquared, &[2000.0, -2000.0], &[0], &[1]);
        assert_eq!(f, [1.0]);
        assert!(s.iter().all(|s| s.is_finite()));
    }
}
