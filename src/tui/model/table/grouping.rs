//! How the table of runs is grouped.

/// How runs are grouped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pivot {
    /// The key.
    pub key: String,
    /// The selected group.
    pub row: usize,
    /// The chosen column.
    pub at: usize,
    /// The column by which groups are ordered, and whether from the greatest down.
    pub sort: Option<(usize, bool)>,
}
