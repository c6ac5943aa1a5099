//! The state of the run table: columns, order, grouping. Pure; it is kept as long as the screen runs.

pub mod chooser;
pub mod columns;
mod differences;
pub mod grouping;
mod parts;
pub mod pivot;

use super::facts::Fact;
use columns::Column;
use grouping::Pivot;

/// The view of the table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableView {
    /// The columns, once chosen.
    pub columns: Option<Vec<Column>>,
    /// The selected column.
    pub at: usize,
    /// The column by which runs are ordered, and whether in descending order; newest first where none is.
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
