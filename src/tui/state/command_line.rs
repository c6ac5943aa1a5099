//! The command line's state.

use crate::tui::terminal::key::Line;

/// What is typed, and what is chosen of what fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommandLine {
    /// What is typed.
    pub line: Line,
    /// The chosen entry.
    pub row: usize,
}
