//! Binary searches in a source: which points are visible, which is the first that can be drawn.

use super::{
    axis::Axis,
    point::Point,
    source::{Source, drawable},
};
use crate::run::history::partition;
use std::ops::Range;

/// As [`partition`], for an answer that is probably near `guess`. Cost: the logarithm of its distance.
pub fn gallop(range: Range<usize>, guess: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut start, mut end, mut stride) = (range.start, range.end.max(range.start), 1);
    let guess = guess.clamp(start, end);
    if guess < end && holds(guess) {
        start = guess + 1;
        while start < end {
            let probe = start.saturating_add(stride - 1).min(end - 1);
            if !holds(probe) {
                end = probe;
                break;
            }
            (start, stride) = (probe + 1, stride * 2);
        }
    } else {
        end = guess;
        while start < end {
            let probe = end.saturating_sub(stride).max(start);
            if holds(probe) {
                start = probe + 1;
                break;
            }
            (end, stride) = (probe, stride * 2);
        }
    }
    partition(start..end, holds)
}

/// The points that have a place on the axis.
pub fn visible(source: &dyn Source, axis: &Axis) -> Range<usize> {
    let start = partition(0..source.len(), |at| source.x(at) < axis.low());
    start..partition(start..source.len(), |at| source.x(at) <= axis.high())
}

/// The last point at or before `x`.
pub fn at_or_before(source: &dyn Source, x: f64) -> Option<usize> {
    partition(0..source.len(), |at| source.x(at) <= x).checked_sub(1)
}

/// The first point of a range that can be drawn. Cost: one look, but a halving of summaries where that one is broken.
pub fn first_drawable(source: &dyn Source, range: Range<usize>) -> Option<usize> {
    if range.is_empty() || drawable(source.y(range.start)) {
        return (!range.is_empty()).then_some(range.start);
    }
    let has = |range: Range<usize>| source.summary(range).extremes.is_some();
    has(range.clone()).then(|| partition(range.start..range.end - 1, |at| !has(range.start..at + 1)))
}

/// The last point of a range that can be drawn; costs as much as the first.
pub fn last_drawable(source: &dyn Source, range: Range<usize>) -> Option<usize> {
    if range.is_empty() || drawable(source.y(range.end - 1)) {
        return range.end.checked_sub(1).filter(|_| !range.is_empty());
    }
    let has = |range: Range<usize>| source.summary(range).extremes.is_some();
    has(range.clone()).then(|| partition(range.start..range.end - 1, |at| has(at + 1..range.end)))
}

/// The points with the minimum and maximum value of a range.
pub fn extremes(source: &dyn Source, range: Range<usize>) -> Option<(Point, Point)> {
    let (low, high) = source.summary(range).extremes?;
    Some((point(source, low), point(source, high)))
}

/// A point by its index.
pub fn point(source: &dyn Source, index: usize) -> Point {
    Point {
        x: source.x(index),
        y: source.y(index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn galloping_finds_what_halving_finds(
            from in 0usize..50, many in 0usize..200, until in 0usize..300, guess in 0usize..300,
        ) {
            let range = from..from + many;
            prop_assert_eq!(gallop(range.clone(), guess, |at| at < until), partition(range, |at| at < until));
        }

        #[test]
        fn the_first_and_last_drawable_points_are_found(broken in prop::collection::vec(any::<bool>(), 0..60)) {
            let y = |b: &bool| if *b { f64::NAN } else { 1.0 };
            let points: Vec<Point> = broken.iter().enumerate().map(|(i, b)| Point { x: i as f64, y: y(b) }).collect();
            prop_assert_eq!(first_drawable(&points, 0..points.len()), broken.iter().position(|b| !b));
            prop_assert_eq!(last_drawable(&points, 0..points.len()), broken.iter().rposition(|b| !b));
        }
    }
}
