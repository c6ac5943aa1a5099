//! Finding places in a source by halving: which points are on the screen, which is the first that can be drawn.

use super::{
    axis::Axis,
    columns::Point,
    source::{Source, drawable},
};
use std::ops::Range;

/// The first index of `range` of which `holds` is false, where it is true of all before and false of all after.
pub fn partition(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let Range { mut start, mut end } = range;
    while start < end {
        let middle = start + (end - start) / 2;
        match holds(middle) {
            true => start = middle + 1,
            false => end = middle,
        }
    }
    start
}

/// As [`partition`], for an answer that is probably near the start. Cost: the logarithm of its distance.
pub fn gallop(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut start, mut stride) = (range.start, 1);
    while start < range.end {
        let probe = start.saturating_add(stride - 1).min(range.end - 1);
        if !holds(probe) {
            return partition(start..probe, holds);
        }
        start = probe + 1;
        stride *= 2;
    }
    range.end.max(range.start)
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

/// The points with the least and the greatest value of a range.
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
        fn galloping_finds_what_halving_finds(from in 0usize..50, many in 0usize..200, until in 0usize..300) {
            let range = from..from + many;
            prop_assert_eq!(gallop(range.clone(), |at| at < until), partition(range, |at| at < until));
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
