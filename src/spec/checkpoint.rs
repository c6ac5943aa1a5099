//! When checkpoints are saved and gradients probed.

use super::AttackKind;
use super::error::Checker;
use crate::units::Epsilon;
use serde::{Deserialize, Serialize};

/// `[checkpoint]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckpointSpec {
    /// Steps between checkpoints; 0 means once per epoch. One is always saved at the end and on stop.
    pub every: u64,
    /// How many of the newest are kept; the best on the validation split and pinned ones are kept beside them.
    pub keep: usize,
    /// Whether one is saved before a hyper-parameter is changed by a command, to go back to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub before_change: bool,
}

impl Default for CheckpointSpec {
    fn default() -> Self {
        CheckpointSpec {
            every: 0,
            keep: 3,
            before_change: false,
        }
    }
}

/// `[probe]`: how often the input gradient is measured, and on how many images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeSpec {
    /// Steps between probes; 0 means twenty times per epoch.
    pub every: u64,
    /// Images in the fixed probe batch, taken from the training set: at the most, because fewer are measured where
    /// they would cost more than a twentieth of the training's passes.
    pub samples: usize,
    /// Radius within which the vulnerability ratio is measured.
    pub eps: Epsilon,
    /// The attack that every checkpoint is probed with when it is saved, with the trainer's surrogate; absent or `none`
    /// is no such probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attack: Option<AttackKind>,
    /// Its ℓ∞ radius.
    pub attack_eps: Epsilon,
    /// Images of the validation split that it is tried on: the first ones.
    pub attack_samples: usize,
}

impl Default for ProbeSpec {
    fn default() -> Self {
        ProbeSpec {
            every: 0,
            samples: 32,
            eps: Epsilon::new(8.0 / 255.0).unwrap_or_default(),
            attack: None,
            attack_eps: Epsilon::new(8.0 / 255.0).unwrap_or_default(),
            attack_samples: 64,
        }
    }
}

impl CheckpointSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.range("checkpoint.every", self.every as f64, 0.0, 1e9, "500");
        c.count("checkpoint.keep", self.keep, 1, 10_000, "3");
    }
}

impl ProbeSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.range("probe.every", self.every as f64, 0.0, 1e9, "50");
        c.range("probe.eps", self.eps.value(), 0.0, 1.0, "\"8/255\"");
        c.count("probe.samples", self.samples, 1, 4096, "32");
        c.range("probe.attack_eps", self.attack_eps.value(), 0.0, 1.0, "\"8/255\"");
        c.count("probe.attack_samples", self.attack_samples, 1, 10_000, "64");
    }
}
