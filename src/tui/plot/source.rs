//! What a curve is drawn from: points in ascending x that are asked for by index, so that a series of millions is
//! never copied, and summaries of ranges of them, so that it is never walked.

use super::{axis::LARGEST, columns::Point};
use std::ops::Range;

/// Points in ascending x. Where a hostile file breaks the order, curves may look like anything, but nothing panics.
pub trait Source {
    /// How many points.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The x of a point; `index` is below [`Source::len`].
    fn x(&self, index: usize) -> f64;

    /// The y of a point; what is not [`drawable`] is a gap.
    fn y(&self, index: usize) -> f64;

    /// What lies in a range of indices within the source's length.
    fn summary(&self, range: Range<usize>) -> Summary;
}

/// A range of points in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Indices of the least and the greatest drawable value, the first of equals; none where nothing can be drawn.
    pub extremes: Option<(usize, usize)>,
    /// Whether a value cannot be drawn.
    pub broken: bool,
}

/// Whether a value can be drawn at all.
pub fn drawable(y: f64) -> bool {
    y.abs() <= LARGEST
}

impl Source for Vec<Point> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn x(&self, index: usize) -> f64 {
        self[index].x
    }

    fn y(&self, index: usize) -> f64 {
        self[index].y
    }

    /// Walks the range: for curves of a few thousand points.
    fn summary(&self, range: Range<usize>) -> Summary {
        let mut found = Summary::default();
        for index in range {
            if !self[index].is_drawable() {
                found.broken = true;
                continue;
            }
            let y = self[index].y;
            found.extremes = Some(match found.extremes {
                None => (index, index),
                Some((low, high)) => (
                    if y < self[low].y { index } else { low },
                    if y > self[high].y { index } else { high },
                ),
            });
        }
        found
    }
}
