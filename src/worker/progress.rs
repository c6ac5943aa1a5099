//! How far a training run is.

/// How far a run is, and how far it has to go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Optimiser steps done.
    pub step: u64,
    /// Optimiser steps in all.
    pub total: u64,
    /// Optimiser steps per epoch.
    pub per_epoch: u64,
    /// Epochs in all.
    pub epochs: u64,
    /// Images per step.
    pub batch: usize,
}

impl Progress {
    /// Epochs done, as a fraction.
    pub fn epoch(self) -> f64 {
        self.step as f64 / self.per_epoch.max(1) as f64
    }
}
