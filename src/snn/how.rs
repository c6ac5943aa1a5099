//! How a forward pass is run: statistics, backward mode, what is remembered, precision.

use crate::spec::{BackwardMode, Precision, Surrogate};

/// How to go forward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// Batch norm by the batch's own statistics instead of the running ones.
    pub training: bool,
    /// The backward mode that the pass will be differentiated with; it decides the firing comparison too.
    pub mode: BackwardMode,
    /// Remember what a backward needs.
    pub record: bool,
    /// Remember only what enters each segment of layers (see `segments`), and compute the rest again on the way back:
    /// less memory, more time, the same numbers. What observers look at is not remembered.
    pub recompute: bool,
    /// Keep spikes for [`super::LayerActivity`] (implies memory, not time).
    pub observe: bool,
    /// Which draw of Poisson coding; ignored by direct coding. Within a draw each (image, time step, pixel) has a random
    /// number of its own, whatever batch the image is in: see [`super::Network::forward_of`].
    pub draw: u64,
    /// How factors of products are rounded, on the way back too.
    pub precision: Precision,
}

impl How {
    /// Evaluation mode, nothing remembered.
    pub const EVALUATE: How = How {
        training: false,
        mode: BackwardMode::Bptt(Surrogate::REFERENCE),
        record: false,
        recompute: false,
        observe: false,
        draw: 0,
        precision: Precision::F32,
    };

    /// Evaluation mode, to be differentiated with respect to the input.
    pub fn attack(mode: BackwardMode) -> How {
        How {
            mode,
            record: true,
            ..How::EVALUATE
        }
    }

    /// Training mode, to be differentiated.
    pub fn train(surrogate: Surrogate) -> How {
        How {
            training: true,
            mode: BackwardMode::Bptt(surrogate),
            record: true,
            ..How::EVALUATE
        }
    }
}
