//! The messages of the watcher.

use super::{RunRow, Seen, SpecRow};
use crate::run::LeftOut;

/// What was found in run directories.
#[derive(Debug, Clone)]
pub enum News {
    /// Every run, newest first.
    Runs(Vec<RunRow>),
    /// What lies in the folders looked in beyond what a list takes.
    LeftOut(Vec<LeftOut>),
    /// News of one run.
    Seen(Box<Seen>),
    /// The specifications found.
    Specs(Vec<SpecRow>),
}
