//! L = CE(z, y) + λ·R and its gradient with respect to the logits of both passes.
//!
//! Everything here is arithmetic on `[N, K]` logits on the host, in f64: the difference of two almost equal
//! confidences divided by a small h is where f32 would hurt.

use crate::input::Label;
use crate::measure::{self, log_softmax};
use crate::spec::Variant;

/// Cross-entropy, mean over samples, and its gradient with respect to the logits.
pub fn cross_entropy(logits: &[f32], labels: &[Label], smoothing: f64) -> (f64, Vec<f32>) {
    let n = labels.len();
    let k = logits.len() / n.max(1);
    let mut gradient = Vec::with_capacity(logits.len());
    let mut total = 0.0;
    for (z, y) in logits.chunks_exact(k).zip(labels) {
        let log_p = log_softmax(z);
        for (c, l) in log_p.iter().enumerate() {
            let on = if c == usize::from(*y) { 1.0 - smoothing } else { 0.0 };
            let target = on + smoothing / k as f64;
            if target > 0.0 {
                total -= target * l;
            }
            gradient.push(((l.exp() - target) / n as f64) as f32);
        }
    }
    (total / n as f64, gradient)
}

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

/// R and what it adds to the gradient of each pass's logits.
pub struct Sparsity {
    /// R.
    pub r: f64,
    /// D = (f(x') − f(x))/h per sample.
    pub differences: Vec<f64>,
    /// ∂R/∂z of the clean pass.
    pub clean: Vec<f64>,
    /// ∂R/∂z of the shifted pass.
    pub shifted: Vec<f64>,
}

/// R from the confidences of both passes (f, ∂f/∂z).
pub fn sparsity(variant: Variant, clean: &(Vec<f64>, Vec<f64>), shifted: &(Vec<f64>, Vec<f64>), h: f64) -> Sparsity {
    let n = clean.0.len();
    let k = clean.1.len() / n.max(1);
    let differences: Vec<f64> = clean.0.iter().zip(&shifted.0).map(|(f, f2)| (f2 - f) / h).collect();
    let size = |d: f64| match variant {
        Variant::PairwiseSquared => d * d,
        Variant::SoftmaxL1 => d.abs(),
    };
    // ∂size/∂D, divided by N and h.
    let slope = |d: f64| {
        let s = match variant {
            Variant::PairwiseSquared => 2.0 * d,
            Variant::SoftmaxL1 if d == 0.0 => 0.0,
            Variant::SoftmaxL1 => d.signum(),
        };
        s / (n as f64 * h)
    };
    let along = |slopes: &[f64], sign: f64| {
        slopes
            .iter()
            .enumerate()
            .map(|(i, s)| sign * slope(differences[i / k]) * s)
            .collect::<Vec<f64>>()
    };
    Sparsity {
        r: differences.iter().map(|d| size(*d)).sum::<f64>() / n as f64,
        clean: along(&clean.1, -1.0),
        shifted: along(&shifted.1, 1.0),
        differences,
    }
}

/// x + h·sign(g), not clamped; the sign of zero is zero.
pub fn shifted_images(pixels: &[f32], gradient: &[f32], h: f64) -> Vec<f32> {
    let sign = |g: f32| if g == 0.0 { 0.0 } else { g.signum() };
    pixels
        .iter()
        .zip(gradient)
        .map(|(x, g)| x + h as f32 * sign(*g))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z: [f32; 6] = [1.0, -0.5, 0.25, 0.1, 2.0, -1.0];
    const Y: [Label; 2] = [0, 2];

    /// Central difference of `f` at each logit.
    fn numeric(f: impl Fn(&[f32]) -> f64) -> Vec<f64> {
        let step = 1e-2f32;
        (0..Z.len())
            .map(|i| {
                let at = |d: f32| {
                    let mut z = Z;
                    z[i] += d;
                    f(&z)
                };
                (at(step) - at(-step)) / f64::from(2.0 * step)
            })
            .collect()
    }

    fn assert_close(a: &[f64], b: &[f64]) {
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 2e-4, "{a} {b}");
        }
    }

    #[test]
    fn the_gradient_of_cross_entropy_is_its_derivative() {
        for smoothing in [0.0, 0.1] {
            let g: Vec<f64> = cross_entropy(&Z, &Y, smoothing).1.into_iter().map(f64::from).collect();
            assert_close(&g, &numeric(|z| cross_entropy(z, &Y, smoothing).0));
        }
    }

    #[test]
    fn label_smoothing_is_pytorchs() {
        // (1 − s)·CE(z, y) + s/K·Σ_k −log p_k, the mean over the batch.
        let s = 0.1;
        let want: f64 = Z
            .chunks_exact(3)
            .zip(Y)
            .map(|(z, y)| {
                let log_sum = z.iter().map(|v| f64::from(*v).exp()).sum::<f64>().ln();
                let loss = |c: usize| log_sum - f64::from(z[c]);
                (1.0 - s) * loss(usize::from(y)) + s / 3.0 * (0..3).map(loss).sum::<f64>()
            })
            .sum::<f64>()
            / 2.0;
        let (got, gradient) = cross_entropy(&Z, &Y, s);
        assert!((got - want).abs() < 1e-12, "{got} {want}");
        // What torch.nn.functional.cross_entropy(z, y, label_smoothing=0.1) answers in float64.
        assert!((got - 1.824_046_781_388_878_3).abs() < 1e-8, "{got}");
        assert!(gradient.iter().map(|g| f64::from(*g)).sum::<f64>().abs() < 1e-7);
    }

    #[test]
    fn the_gradient_of_the_sparsity_term_is_its_derivative_in_both_passes() {
        let other = [0.9f32, -0.4, 0.3, 0.0, 1.8, -0.7];
        for variant in [Variant::PairwiseSquared, Variant::SoftmaxL1] {
            let r = runner_up(&Z, &Y);
            let f = |z: &[f32]| confidence(variant, z, &Y, &r);
            let s = sparsity(variant, &f(&Z), &f(&other), 0.5);
            assert_close(&s.clean, &numeric(|z| sparsity(variant, &f(z), &f(&other), 0.5).r));
            let s = sparsity(variant, &f(&other), &f(&Z), 0.5);
            assert_close(&s.shifted, &numeric(|z| sparsity(variant, &f(&other), &f(z), 0.5).r));
        }
    }

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

    #[test]
    fn an_image_without_gradient_is_not_moved() {
        assert_eq!(
            shifted_images(&[0.5, 0.5, 0.5], &[0.0, 2.0, -3.0], 0.01),
            [0.5, 0.51, 0.49]
        );
    }
}
