//! What the watcher saw of a run since it last looked.

use super::{
    AttackRow, SampleSeen,
    rows::{CheckpointRow, LogLine},
};
use crate::run::{command::Answer, event::Event, manifest::Manifest, metric::Lines, status::Status};
use std::{path::PathBuf, sync::Arc};

/// What the watcher saw anew of the selected run, or of one laid over it; parts that did not change are absent.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The run's directory.
    pub dir: PathBuf,
    /// Forget the history: what follows begins anew.
    pub reset: bool,
    /// New lines.
    pub metrics: Lines,
    /// New lines.
    pub events: Vec<Event>,
    /// Read once, before everything else.
    pub manifest: Option<Box<Manifest>>,
    /// The worker's last sign of life.
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
    /// Lives as long as this is not folded into the state: so the watcher knows how far the screen lags behind.
    pub unread: Option<Arc<()>>,
}
