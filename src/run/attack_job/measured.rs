//! `measured.json`: what an attack's worker measured of a checkpoint beside the cells, for the sanity panel.

use crate::spec::BackwardMode;
use serde::{Deserialize, Serialize};

/// What was measured of one checkpoint, on a few images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Index into [`crate::run::attack::AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// Images it was measured on.
    pub images: usize,
    /// Classes of the network.
    pub classes: usize,
    /// Whether its coding draws random numbers.
    pub random_coding: bool,
    /// Largest difference of a logit between five runs of the same images, relative to the largest logit.
    pub logit_spread: f64,
    /// Share of images whose true class has all the confidence that f32 can express.
    pub saturated: f64,
    /// Per backward mode.
    pub modes: Vec<MeasuredMode>,
}

/// What was measured in one backward mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredMode {
    /// The attacker's backward mode.
    pub backward: BackwardMode,
    /// Share of images whose input gradient is zero in every pixel.
    pub zero_gradient: f64,
    /// Accuracy under PGD where every pixel may take any value (ε = 1).
    pub unbounded: f64,
}
