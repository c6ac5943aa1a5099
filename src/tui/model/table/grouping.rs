//! How the run table is grouped: the state of the grouping.

/// How runs are grouped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pivot {
    /// The key.
    pub key: String,
    /// The selected group.
    pub row: usize,
    /// The selected column.
    pub at: usize,
    /// The column by which groups are ordered, and whether in descending order.
    pub sort: Option<(usize, bool)>,
}
