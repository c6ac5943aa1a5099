//! Inputs and outputs of the controls: places, changes, replies, and commands that only the worker can carry out.

use crate::run::command::Verdict;
use serde::{Deserialize, Serialize};

/// Where the run stands when a command arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Optimiser steps done.
    pub step: u64,
    /// The epoch that the next step belongs to, from 0.
    pub epoch: u64,
}

/// One change of one tunable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Dotted key.
    pub key: String,
    /// Before.
    pub old: f64,
    /// After.
    pub new: f64,
}

/// A command's answer, without its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The command's id.
    pub id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What changed.
    pub changes: Vec<Change>,
    /// Why it was refused.
    pub why: String,
}

/// What the worker is asked to do besides training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkerCommands {
    /// Save a checkpoint; the ids waiting for it.
    pub checkpoint: Vec<String>,
    /// Evaluate; the ids waiting for it.
    pub evaluate: Vec<String>,
    /// Save and stop; by whom, and the id waiting for it.
    pub stop: Option<(String, Option<String>)>,
}

/// A rollback command.
#[derive(Debug, Clone, PartialEq)]
pub struct RollbackCommand {
    /// The command's id.
    pub id: String,
    /// Who sent it.
    pub author: String,
    /// The checkpoint's folder's name, or its step.
    pub checkpoint: String,
}
