//! The selected run and the overlaid runs. Plain data.

use super::{
    AttackRow,
    activity::Activity,
    rows::{CheckpointRow, LogLine},
};
use crate::run::{history::History, manifest::Manifest};
use std::path::PathBuf;

/// The selected run.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The run's directory.
    pub dir: PathBuf,
    /// What it is; absent while unread or unreadable.
    pub manifest: Option<Box<Manifest>>,
    /// The fold over what the worker wrote.
    pub history: History,
    /// Its checkpoints, newest first.
    pub checkpoints: Vec<CheckpointRow>,
    /// Attack jobs on its checkpoints, newest first.
    pub attacks: Vec<AttackRow>,
    /// The end of the worker's output.
    pub logs: Vec<LogLine>,
    /// Every command and the outcome.
    pub activity: Activity,
    /// Bytes of its journals read and there, while they are read for the first time.
    pub reading: Option<(u64, u64)>,
    /// Lines of its journals that were not what they should be.
    pub skipped_lines: u64,
}

/// What is known of a run that is only overlaid on the selected one.
#[derive(Debug, Clone, Default)]
pub struct OverlaidRun {
    /// What it is; absent while unread or unreadable.
    pub manifest: Option<Box<Manifest>>,
    /// The fold over what the worker wrote.
    pub history: History,
    /// Bytes of its journals read and there, while they are read for the first time.
    pub reading: Option<(u64, u64)>,
}
