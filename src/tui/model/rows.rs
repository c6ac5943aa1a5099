//! Rows of the selected run's lists: its checkpoints and the lines of its worker's output. Plain data.

use std::{collections::BTreeMap, path::PathBuf};

/// One checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointRow {
    /// Its directory.
    pub dir: PathBuf,
    /// Optimiser steps done when it was saved.
    pub step: u64,
    /// Epochs done by then.
    pub epoch: f64,
    /// When it was saved, RFC 3339 UTC; may be empty.
    pub saved: String,
    /// Size on disk.
    pub bytes: u64,
    /// Whether it was the best on the validation split when saved.
    pub best: bool,
    /// Whether pruning keeps it.
    pub pinned: bool,
    /// Metrics at that step.
    pub metrics: BTreeMap<String, f64>,
    /// Every tunable at that step.
    pub tunables: BTreeMap<String, f64>,
    /// What is wrong with it; empty for nothing.
    pub problem: String,
}

/// One line of the worker's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Whether it came over standard error.
    pub error: bool,
    /// Bytes before it in that output's file: what it is found again by.
    pub at: u64,
    /// The line.
    pub text: String,
}

impl LogLine {
    /// Which line of which output; later ones are greater.
    pub fn id(&self) -> (bool, u64) {
        (self.error, self.at)
    }
}
