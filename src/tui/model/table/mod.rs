//! The table of runs: which columns, in which order, grouped or not, and what its keys do. Pure; it is kept as long as
//! the screen lives.

pub mod chooser;
pub mod columns;
mod differences;
pub mod grouping;
mod parts;
pub mod pivot;

use super::facts::Fact;
use columns::Column;
use grouping::Pivot;

/// How the table is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableView {
    /// The columns, once somebody chose them.
    pub columns: Option<Vec<Column>>,
    /// The chosen column.
    pub at: usize,
    /// The column by which runs are ordered, and whether from the greatest down; newest first where none is.
    pub sort: Option<(Column, bool)>,
    /// By what runs are grouped, if they are.
    pub pivot: Option<Pivot>,
}

pub fn term(key: &str, value: &Fact) -> Option<String> {
    match value {
        Fact::Number(n) => Some(format!("{key}={n}")),
        Fact::Text(text) if !text.contains('"') && !text.is_empty() => Some(format!("{key}=\"{text}\"")),
        Fact::Text(_) => None,
    }
}
