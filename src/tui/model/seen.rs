//! Changes of a run since the watcher last read it. Plain data.

use super::{
    AttackRow, SampleSeen,
    rows::{CheckpointRow, LogLine},
};
use crate::run::{command::Answer, event::Event, manifest::Manifest, metric::Lines, status::Status};
use std::{path::PathBuf, sync::Arc};

/// Changes of the selected run or of an overlaid one; unchanged parts are absent.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The run's directory.
    pub dir: PathBuf,
    /// Clear the history: the following lines start from the beginning.
    pub reset: bool,
    /// New lines.
    pub metrics: Lines,
    /// New lines.
    pub events: Vec<Event>,
    /// Read once, before everything else.
    pub manifest: Option<Box<Manifest>>,
    /// The worker's newest status.
    pub status: Option<Status>,
    /// The whole list.
    pub checkpoints: Option<Vec<CheckpointRow>>,
    /// The whole list.
    pub attacks: Option<Vec<AttackRow>>,
    /// The whole tail.
    pub logs: Option<Vec<LogLine>>,
    /// Answers to commands asked about.
    pub answers: Vec<Answer>,
    /// The image asked for.
    pub sample: Option<SampleSeen>,
    /// Bytes of the journals read and there, while they are read for the first time; none once caught up.
    pub reading: Option<(u64, u64)>,
    /// Lines of the journals that were not what they should be, so far.
    pub skipped_lines: u64,
    /// Dropped once this is folded into the state, so the watcher knows how far the screen lags behind.
    pub unread: Option<Arc<()>>,
}
