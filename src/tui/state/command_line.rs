//! The state of the command line.

use crate::tui::terminal::key::Line;

/// What is typed, and what is chosen of what fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandLine {
    /// What is typed.
    pub line: Line,
    /// The selected entry.
    pub row: usize,
}
