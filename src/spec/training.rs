//! How the weights are moved: recipe, optimiser, schedule, batch.

use super::{Recipe, Surrogate, error::Checker};
use serde::{Deserialize, Serialize};

/// The optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// Stochastic gradient descent with momentum, weight decay added to the gradient.
    #[default]
    Sgd,
    /// Adam with decoupled weight decay.
    Adamw,
}

/// How the learning rate changes; always once per epoch, as the reference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleKind {
    /// From `lr` to 0 along a half cosine over the epochs.
    #[default]
    Cosine,
    /// A tenth at one half and again at three quarters of the epochs.
    Step,
    /// Unchanged.
    Constant,
}

/// What a run does when a loss, a gradient or a weight is no longer a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDivergence {
    /// Fails, and names the step and the last good checkpoint.
    #[default]
    Stop,
    /// Goes back to the last good checkpoint and on from there at half the learning rate, three times at most.
    Rollback,
}

/// How the factors of convolutions and matrix products are rounded in the passes of a training step. Sums, weights, norms,
/// neurons and everything that is measured stay f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Not at all.
    #[default]
    F32,
    /// To 10 bits, by CUDA's tensor cores.
    Tf32,
    /// To 7 bits, and so are the results.
    Bf16,
}

impl std::fmt::Display for Precision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Precision::F32 => "f32",
            Precision::Tf32 => "tf32",
            Precision::Bf16 => "bf16",
        })
    }
}

/// `[train]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainSpec {
    /// Which recipe.
    pub recipe: Recipe,
    /// Passes over the training images.
    pub epochs: u64,
    /// Images per step.
    pub batch: usize,
    /// Which optimiser.
    pub optimizer: OptimizerKind,
    /// Learning rate at the start of the schedule.
    pub lr: f64,
    /// Momentum of SGD.
    pub momentum: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Whether it also acts on batch norms' γ and β, on biases and on the coefficients of residual sums, as in the reference.
    pub decay_norms_and_biases: bool,
    /// How the learning rate changes.
    pub schedule: ScheduleKind,
    /// Epochs over which the learning rate rises linearly first.
    pub warmup: u64,
    /// Label smoothing of the cross-entropy.
    pub label_smoothing: f64,
    /// The trainer's surrogate.
    pub surrogate: Surrogate,
    /// Epochs without a better validation accuracy after which the run ends early; 0 means never.
    pub patience: u64,
    /// What is done when the numbers diverge.
    pub on_divergence: OnDivergence,
    /// Whether a step remembers only the spikes that enter each layer and computes the rest again on its way back: less
    /// memory, more time, the same numbers. For many time steps.
    pub checkpointing: bool,
    /// How factors are rounded in a training step, on devices `tch` (`bf16`) and `tch:cuda:N` (`tf32`, `bf16`). Attacks and
    /// evaluations are always f32.
    pub precision: Precision,
    /// From which weights, orders, crops and noises are drawn.
    pub seed: u64,
    /// `cpu` (the best compiled in), `flex`, `tch`, `tch:cuda:N` or `cuda:N`.
    pub device: String,
}

impl Default for TrainSpec {
    fn default() -> Self {
        TrainSpec {
            recipe: Recipe::default(),
            epochs: 200,
            batch: 32,
            optimizer: OptimizerKind::Sgd,
            lr: 0.1,
            momentum: 0.9,
            weight_decay: 5e-4,
            decay_norms_and_biases: true,
            schedule: ScheduleKind::Cosine,
            warmup: 0,
            label_smoothing: 0.0,
            surrogate: Surrogate::REFERENCE,
            patience: 0,
            on_divergence: OnDivergence::Stop,
            checkpointing: false,
            precision: Precision::F32,
            seed: 0,
            device: "cpu".into(),
        }
    }
}

impl TrainSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.range("train.epochs", self.epochs as f64, 1.0, 100_000.0, "5");
        c.count("train.batch", self.batch, 1, 8192, "32");
        c.range("train.lr", self.lr, 0.0, 100.0, "0.1");
        c.range("train.momentum", self.momentum, 0.0, 0.9999, "0.9");
        c.range("train.weight_decay", self.weight_decay, 0.0, 10.0, "0.0005");
        c.range("train.warmup", self.warmup as f64, 0.0, self.epochs as f64, "1");
        c.range("train.patience", self.patience as f64, 0.0, 100_000.0, "10");
        c.range("train.label_smoothing", self.label_smoothing, 0.0, 0.9, "0.1");
    }
}
