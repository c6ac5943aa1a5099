//! The data of a curve: points in ascending x, read by index, so that a series of millions is never copied; and
//! summaries of ranges, so that it is never scanned.

use super::point::Point;
pub use crate::run::history::{Summary, is_drawable as drawable};
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

    /// Passes the y of a range to `take`, in order, in contiguous pieces: for scans.
    fn walk(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64])) {
        range.for_each(|index| take(&[self.y(index)]));
    }

    /// What lies in a range of indices within the source's length.
    fn summary(&self, range: Range<usize>) -> Summary;
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
