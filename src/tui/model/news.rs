//! The messages of the watcher.

use super::{RunRow, Seen, SpecRow};
use crate::run::LeftOut;

/// What was found in run directories.
#[derive(Debug, Clone)]
pub enum News {
    /// Every run, newest first.
    Runs(Vec<RunRow>),
    /// Folders that exceed the limits of the list.
    LeftOut(Vec<LeftOut>),
    /// News of one run.
    Seen(Box<Seen>),
    /// The specifications found.
    Specs(Vec<SpecRow>),
}
