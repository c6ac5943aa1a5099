//! A labelled value on an axis.

/// A labelled value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What is written; it says the value exactly (k, M and G are thousands, millions, billions).
    pub label: String,
}
