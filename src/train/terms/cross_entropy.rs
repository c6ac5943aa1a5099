//! Cross-entropy of the clean pass.

use crate::input::Label;
use crate::measure::log_softmax;
use crate::spec::{LossTerm, ObjectiveSpec};
use crate::train::Settings;
use crate::train::passes::{PassNumber, Passes};
use crate::train::term::{Evaluated, Term};

/// The cross-entropy of the batch, with the specification's label smoothing.
pub struct CrossEntropy;

impl Term for CrossEntropy {
    fn name(&self) -> &'static str {
        "the cross-entropy"
    }

    fn weight(&self, objective: &ObjectiveSpec) -> f64 {
        objective.weight(LossTerm::CrossEntropy)
    }

    fn evaluate(&self, passes: &mut Passes<'_>, s: &Settings<'_>) -> Evaluated {
        let clean = PassNumber::CLEAN;
        let (value, gradient) = cross_entropy(passes.logits(clean), passes.labels(), s.train.label_smoothing);
        Evaluated {
            value,
            gradients: vec![(clean, gradient.into_iter().map(f64::from).collect())],
            metrics: vec![("ce", value)],
            by_sample: Vec::new(),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::testing::{Y, Z, assert_close, numeric};

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
}
