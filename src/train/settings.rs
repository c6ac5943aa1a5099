//! What a step goes by.

use crate::spec::{ObjectiveSpec, TrainSpec};

/// What a step applies: the specification as tweaked so far, and the scheduled learning rate.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// `[train]`.
    pub train: &'a TrainSpec,
    /// `[objective]`.
    pub objective: &'a ObjectiveSpec,
    /// Learning rate of this step.
    pub lr: f64,
    /// Number of this step, from 1.
    pub step: u64,
}
