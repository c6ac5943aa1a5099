//! A million points into a few hundred columns without losing one: every column keeps the least and the greatest
//! value that fell into it, so a spike of a single step is always drawn. Also the exponential smoothing.

use super::axis::{Axis, LARGEST};

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
        self.y.is_finite() && self.y.abs() <= LARGEST
    }
}

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
}

/// Sorts points into `count` columns along `x`. Cost: one pass.
pub fn columns(points: &[Point], x: &Axis, count: usize) -> Vec<Column> {
    let mut columns = vec![Column::default(); count];
    let mut gap = false;
    for point in points {
        let Some(at) = x.place(point.x, count) else { continue };
        let column = &mut columns[at];
        if !point.is_drawable() {
            column.broken = true;
            gap = true;
            continue;
        }
        let y = point.y;
        match &mut column.span {
            Some(span) => {
                span.last = y;
                span.min = span.min.min(y);
                span.max = span.max.max(y);
            }
            None => {
                column.span = Some(Span {
                    first: y,
                    last: y,
                    min: y,
                    max: y,
                });
                column.gap_before = gap;
            }
        }
        gap = false;
    }
    columns
}

/// Exponential moving average with weight `w` on the past, freed of the bias towards its start (as TensorBoard
/// does); what is not finite stays a gap and does not touch the average.
pub fn smooth(points: &[Point], w: f64) -> Vec<Point> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let step = |p: &Point| {
        if !p.is_drawable() {
            return *p;
        }
        sum = w * sum + (1.0 - w) * p.y;
        weight = w * weight + (1.0 - w);
        Point {
            x: p.x,
            y: sum / weight,
        }
    };
    points.iter().map(step).collect()
}

/// Least and greatest drawable value.
pub fn extent<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<(f64, f64)> {
    let finite = points.into_iter().filter(|p| p.is_drawable()).map(|p| p.y);
    finite.fold(None, |range, y| match range {
        None => Some((y, y)),
        Some((low, high)) => Some((low.min(y), high.max(y))),
    })
}

#[cfg(test)]
mod tests {
    use super::super::axis::Scale;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spike_among_a_million_points_is_kept() {
        let point = |i: u32| Point {
            x: f64::from(i),
            y: if i == 617_283 { 40.0 } else { 1.0 },
        };
        let points: Vec<Point> = (0..1_000_000).map(point).collect();
        let axis = Axis::new(Scale::Linear, 0.0, 999_999.0);
        let most = columns(&points, &axis, 120)
            .iter()
            .filter_map(|c| c.span)
            .fold(0.0, |m: f64, s| m.max(s.max));
        assert_eq!(most, 40.0);
    }

    #[test]
    fn smoothing_a_constant_changes_nothing_and_gaps_stay() {
        let ys = [2.0, 2.0, f64::NAN, 2.0];
        let points: Vec<Point> = ys.iter().enumerate().map(|(i, &y)| Point { x: i as f64, y }).collect();
        let smooth = smooth(&points, 0.9);
        assert!(smooth[2].y.is_nan());
        for i in [0, 1, 3] {
            assert!((smooth[i].y - 2.0).abs() < 1e-12);
        }
    }

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![8 => -100.0..100.0f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(f64::NEG_INFINITY)]
    }

    proptest! {
        #[test]
        fn columns_agree_with_brute_force(ys in prop::collection::vec(value(), 0..300), count in 1usize..80) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(i, &y)| Point { x: i as f64, y }).collect();
            let axis = Axis::new(Scale::Linear, 0.0, ys.len() as f64);
            for (at, column) in columns(&points, &axis, count).iter().enumerate() {
                let here: Vec<f64> = points.iter().filter(|p| axis.place(p.x, count) == Some(at)).map(|p| p.y).collect();
                let finite: Vec<f64> = here.iter().copied().filter(|y| y.is_finite()).collect();
                prop_assert_eq!(column.broken, finite.len() < here.len());
                prop_assert_eq!(column.span.map(|s| s.first), finite.first().copied());
                prop_assert_eq!(column.span.map(|s| s.last), finite.last().copied());
                prop_assert_eq!(column.span.map(|s| s.min), finite.iter().copied().reduce(f64::min));
                prop_assert_eq!(column.span.map(|s| s.max), finite.iter().copied().reduce(f64::max));
            }
        }
    }
}
