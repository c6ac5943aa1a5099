//! One measurement: x and y.

use crate::run::history::is_drawable as drawable;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Step, epoch, or seconds.
    pub x: f64,
    /// The value; anything not finite is a gap.
    pub y: f64,
}

impl Point {
    /// Whether it can be drawn at all.
    pub fn is_drawable(&self) -> bool {
        drawable(self.y)
    }
}
