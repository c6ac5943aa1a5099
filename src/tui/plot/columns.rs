//! Reduces ten million points to a few hundred columns without losing one: every column keeps its minimum and maximum,
//! so a spike of a single step is always drawn.

use super::{
    axis::Axis,
    search::{first_drawable, gallop, last_drawable, visible},
    source::Source,
};
use std::ops::Range;

/// What fell into one column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Column {
    /// The finite values, if any.
    pub span: Option<Span>,
    /// Whether a value that is not finite fell here.
    pub broken: bool,
    /// Whether such a value lies between the column's first finite value and the finite one before it.
    pub gap_before: bool,
}

/// The finite values of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The first.
    pub first: f64,
    /// The last.
    pub last: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Index of the last.
    pub last_at: usize,
}

/// Sorts points into `count` columns along `x`. Cost: columns times the logarithm of the points.
pub fn columns(source: &dyn Source, x: &Axis, count: usize) -> Vec<Column> {
    let mut columns = vec![Column::default(); count];
    let Range { start, end } = visible(source, x);
    let (mut from, mut next, mut follows) = (start, 0, start);
    // Columns of a line hold about as many points as the one before.
    let mut wide = 1;
    // Never backwards, whatever the order of the points: at most one turn per column.
    while from < end && next < count {
        let Some(at) = x.place(source.x(from), count) else {
            break;
        };
        let at = at.max(next);
        let here = |index| x.place(source.x(index), count).is_some_and(|c| c <= at);
        let until = gallop(from + 1..end, from + wide, here);
        wide = until - from;
        let column = &mut columns[at];
        let summary = source.summary(from..until);
        column.broken = summary.broken;
        if let (Some((low, high)), Some(first), Some(last_at)) = (
            summary.extremes,
            first_drawable(source, from..until),
            last_drawable(source, from..until),
        ) {
            // Between two finite values that follow one another there is nothing but what is not finite.
            column.gap_before = first > follows;
            follows = last_at + 1;
            column.span = Some(Span {
                first: source.y(first),
                last: source.y(last_at),
                min: source.y(low),
                max: source.y(high),
                last_at,
            });
        }
        (from, next) = (until, at + 1);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::point::Point;
    use crate::tui::plot::{axis::Scale, source::Summary};
    use proptest::prelude::*;

    /// Ten million values of which one is a spike; its summary is known without walking.
    struct Spiky;

    impl Source for Spiky {
        fn len(&self) -> usize {
            10_000_000
        }

        fn x(&self, index: usize) -> f64 {
            index as f64
        }

        fn y(&self, index: usize) -> f64 {
            if index == 6_172_839 { 40.0 } else { 1.0 }
        }

        fn summary(&self, range: Range<usize>) -> Summary {
            let high = if range.contains(&6_172_839) {
                6_172_839
            } else {
                range.start
            };
            Summary {
                extremes: (!range.is_empty()).then_some((range.start, high)),
                broken: false,
            }
        }
    }

    #[test]
    fn one_spike_among_ten_million_points_is_kept_at_every_zoom() {
        for half in [5e6, 1e5, 1e3, 20.0] {
            let axis = Axis::new(Scale::Linear, 6_172_839.0 - half, 6_172_839.0 + half);
            let spans = columns(&Spiky, &axis, 120).into_iter().filter_map(|c| c.span);
            assert_eq!(spans.fold(0.0, |m: f64, s| m.max(s.max)), 40.0);
        }
    }

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![8 => -100.0..100.0f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(f64::NEG_INFINITY)]
    }

    /// Steps between neighbours' x, zero among them.
    fn stride() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(1.0), 0.0..50.0f64]
    }

    /// One walk over all points.
    fn walked(points: &[Point], axis: &Axis, count: usize) -> Vec<Column> {
        let mut columns = vec![Column::default(); count];
        let mut gap = false;
        for (index, point) in points.iter().enumerate() {
            let Some(at) = axis.place(point.x, count) else { continue };
            let column = &mut columns[at];
            if !point.is_drawable() {
                (column.broken, gap) = (true, true);
                continue;
            }
            let y = point.y;
            match &mut column.span {
                None => {
                    column.span = Some(Span {
                        first: y,
                        last: y,
                        min: y,
                        max: y,
                        last_at: index,
                    });
                    column.gap_before = gap;
                }
                Some(s) => (s.last, s.last_at, s.min, s.max) = (y, index, s.min.min(y), s.max.max(y)),
            }
            gap = false;
        }
        columns
    }

    proptest! {
        #[test]
        fn columns_agree_with_a_walk_over_all_points(
            steps in prop::collection::vec((stride(), value()), 0..300), count in 0usize..80, log in any::<bool>(),
            low in -10.0..2000.0f64, wide in 1e-3..3000.0f64,
        ) {
            let mut x = 0.0;
            let points: Vec<Point> = steps.iter().map(|(dx, y)| { x += dx; Point { x, y: *y } }).collect();
            let axis = Axis::new(if log { Scale::Log } else { Scale::Linear }, low, low + wide);
            prop_assert_eq!(columns(&points, &axis, count), walked(&points, &axis, count));
        }

        #[test]
        fn points_in_no_order_break_nothing(
            points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..60), low in any::<f64>(), high in any::<f64>(),
        ) {
            let points: Vec<Point> = points.iter().map(|&(x, y)| Point { x, y }).collect();
            prop_assert_eq!(columns(&points, &Axis::new(Scale::Linear, low, high), 30).len(), 30);
        }
    }
}
