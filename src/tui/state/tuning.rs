//! The table of tunables: the selected row and the staged values. A staged value has not been sent yet.

use super::field::Field;
use std::collections::BTreeMap;

/// The tunables table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tune {
    /// The selected row of `spec::TUNABLES`.
    pub row: usize,
    /// Values staged and not yet sent, by key.
    pub staged: BTreeMap<&'static str, f64>,
    /// An exact value being typed, and what is wrong with it.
    pub entry: Option<(Field, String)>,
}
