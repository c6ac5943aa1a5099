//! `metrics.jsonl`: the numbers of one step, as the worker measured them.

mod lines;

pub use lines::{Line, Lines, is_reasonable_name};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most metrics that are kept of one run. A worker writes a few dozen; a hostile file may name millions.
pub const MOST_NAMES: usize = 4096;

/// The longest name of a metric that is kept, in bytes.
pub const LONGEST_NAME: usize = 256;

/// One line of `metrics.jsonl`. NaN and ±∞ are written as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Metric {
    /// Optimiser steps done, counted from 1 over the whole run, resumes included.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds since the run was first started, worker's monotonic clock plus earlier incarnations.
    pub wall: f64,
    /// Dotted names to values; see [`NAMES`].
    #[serde(with = "numbers")]
    pub values: BTreeMap<String, f64>,
}

/// Every metric a worker writes, with what it means and its unit. Layer metrics are `layer.<index>.<what>`.
pub const NAMES: &[(&str, &str)] = &[
    (
        "train.ce",
        "cross-entropy of the batch, clean or adversarial as the recipe says",
    ),
    ("train.r", "sparsity term R of the batch, before λ"),
    ("train.loss", "CE + λ·R"),
    ("train.accuracy", "share of the batch classified rightly, in [0, 1]"),
    ("train.lr", "learning rate of the step, schedule and rollbacks applied"),
    ("train.lambda", "λ of the step"),
    ("train.h", "finite-difference width of the step, pixel units"),
    ("train.gradient_norm", "ℓ₂ norm of the weight gradient"),
    ("train.images_per_second", "throughput"),
    ("val.accuracy", "accuracy on the validation split, evaluation mode"),
    ("val.ce", "cross-entropy on the validation split, evaluation mode"),
    (
        "val.robust_accuracy",
        "share of the first probe.attack_samples validation images that are still right under probe.attack within \
         probe.attack_eps, at every checkpoint; one that is wrong when clean is not",
    ),
    ("test.accuracy", "accuracy on the test set, measured once, at the end"),
    (
        "gradient.l1",
        "‖∇ₓf_y‖₁, mean over the probe batch, evaluation mode, f = softmax confidence",
    ),
    ("gradient.l2", "‖∇ₓf_y‖₂, mean over the probe batch"),
    ("gradient.l0", "share of input gradients with |∂f| > 1e-6, in [0, 1]"),
    (
        "gradient.l0_relative",
        "share of input gradients above 1 % of the sample's largest",
    ),
    (
        "gradient.zero_share",
        "share of samples whose input gradient is exactly zero",
    ),
    (
        "gradient.ratio",
        "first-order ρ_adv/ρ_rand = 3‖g‖₁²/‖g‖₂², mean over samples with g ≠ 0",
    ),
    ("gradient.ratio_bound", "its bound 3‖g‖₀, mean over the same samples"),
    (
        "vulnerability.measured",
        "measured ρ_adv/ρ_rand on some of the probe images at every fourth probe or less often: PGD on |f(x+δ)−f(x)| in both signs over \
         uniform noise, within probe.eps; mean over samples that noise moves",
    ),
    (
        "vulnerability.adversarial",
        "its numerator, (f(x+δ)−f(x))² at the worst δ found, mean over samples",
    ),
    (
        "vulnerability.random",
        "its denominator, the mean of (f(x+δ)−f(x))² over noises and samples",
    ),
    ("vulnerability.first_order", "gradient.ratio on the same images"),
    ("vulnerability.bound", "gradient.ratio_bound on the same images"),
    ("probe.samples", "images of the probe batch that were measured"),
    (
        "probe.share",
        "share of the time of steps and probes that probes took, since this worker started, in [0, 1]",
    ),
    (
        "layer.N.weight_gradient",
        "ℓ₂ norm of the step's gradient of the weights that feed spiking layer N; the output layer comes last",
    ),
    (
        "layer.N.firing_rate",
        "mean spike rate of spiking layer N on the probe batch",
    ),
    (
        "layer.N.support",
        "share of membrane potentials inside the surrogate's support",
    ),
    (
        "layer.N.silent",
        "share of neurons of layer N that never fired on the probe batch",
    ),
    ("energy.synops", "synaptic operations per image, millions"),
    (
        "energy.microjoule",
        "45 nm estimate per image: 0.9 pJ per accumulate, 4.6 pJ per multiply-accumulate",
    ),
];

/// Maps of numbers in JSON, which has no NaN of its own.
pub(crate) mod numbers {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
    use std::collections::BTreeMap;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(f64),
        Word(Word),
    }

    #[derive(Serialize, Deserialize)]
    enum Word {
        NaN,
        Infinity,
        #[serde(rename = "-Infinity")]
        Negative,
    }

    /// Writes a map.
    pub fn serialize<S: Serializer>(values: &BTreeMap<String, f64>, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(values.len()))?;
        for (name, value) in values {
            match value {
                v if v.is_nan() => map.serialize_entry(name, &Word::NaN)?,
                v if *v == f64::INFINITY => map.serialize_entry(name, &Word::Infinity)?,
                v if *v == f64::NEG_INFINITY => map.serialize_entry(name, &Word::Negative)?,
                v => map.serialize_entry(name, v)?,
            }
        }
        map.end()
    }

    /// Reads a map.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<String, f64>, D::Error> {
        let forms = BTreeMap::<String, Form>::deserialize(d)?;
        let number = |form| match form {
            Form::Number(n) => n,
            Form::Word(Word::NaN) => f64::NAN,
            Form::Word(Word::Infinity) => f64::INFINITY,
            Form::Word(Word::Negative) => f64::NEG_INFINITY,
        };
        Ok(forms.into_iter().map(|(k, v)| (k, number(v))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_survives_the_disk() {
        let values = [
            ("a", 1.5),
            ("b", f64::NAN),
            ("c", f64::INFINITY),
            ("d", f64::NEG_INFINITY),
        ];
        let line = Metric {
            step: 7,
            values: values.iter().map(|(k, v)| (k.to_string(), *v)).collect(),
            ..Metric::default()
        };
        let text = serde_json::to_string(&line).unwrap();
        assert!(
            text.contains(r#""b":"NaN""#) && text.contains(r#""d":"-Infinity""#),
            "{text}"
        );
        let back: Metric = serde_json::from_str(&text).unwrap();
        assert!(back.values["b"].is_nan() && back.values["c"] == f64::INFINITY && back.values["a"] == 1.5);
    }
}
