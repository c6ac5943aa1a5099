//! The y range of a chart for the visible part of its curves, computed from summaries alone.

use super::{
    axis::{Axis, Scale},
    search::visible,
    source::Source,
};
use std::{collections::VecDeque, ops::Range};

/// How many ranges are looked into for a value near zero; beyond that the answer is coarse.
const LOOKS: usize = 256;

/// Points whose values the range must hold: those on the screen, and where these make no line, their neighbours too.
pub fn seen(source: &dyn Source, x: &Axis) -> Range<usize> {
    let Range { start, end } = visible(source, x);
    match end - start {
        0 | 1 => start.saturating_sub(1)..(end + 1).min(source.len()),
        _ => start..end,
    }
}

/// Minimum and maximum value of a range that have a place on the scale.
pub fn extent(source: &dyn Source, range: Range<usize>, scale: Scale) -> Option<(f64, f64)> {
    let (low, high) = source.summary(range.clone()).extremes?;
    let (low, high) = (source.y(low), source.y(high));
    match scale {
        Scale::Log if high <= 0.0 => None,
        Scale::Log if low <= 0.0 => Some((nearest_zero(source, range, Side::Above).unwrap_or(high), high)),
        _ => Some((low, high)),
    }
}

/// Which values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those above zero.
    Above,
    /// All but zero itself.
    Both,
}

/// The distance from zero of the value nearest to it. Exact for ranges whose halves of mixed signs are few, else the
/// least of what [`LOOKS`] halvings came across.
pub fn nearest_zero(source: &dyn Source, range: Range<usize>, side: Side) -> Option<f64> {
    let mut nearest: Option<f64> = None;
    let mut meet = |y: f64| {
        let counts = y > 0.0 || (y < 0.0 && side == Side::Both);
        if counts {
            nearest = Some(nearest.map_or(y.abs(), |n: f64| n.min(y.abs())));
        }
    };
    let mut open = VecDeque::from([range]);
    let mut looks = 0;
    while let Some(range) = open.pop_front() {
        let Some((low, high)) = source.summary(range.clone()).extremes else {
            continue;
        };
        let (low, high) = (source.y(low), source.y(high));
        meet(low);
        meet(high);
        looks += 1;
        // Between two values of one sign there is none nearer to zero than the two.
        let is_mixed = low <= 0.0 && high > 0.0 || (low < 0.0 && high == 0.0 && side == Side::Both);
        if is_mixed && range.len() > 1 && looks < LOOKS {
            let middle = range.start + range.len() / 2;
            open.extend([range.start..middle, middle..range.end]);
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::point::Point;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_value_nearest_zero_is_found_without_a_walk(
            ys in prop::collection::vec(prop_oneof![Just(0.0), Just(f64::NAN), -10.0..10.0f64], 0..100),
        ) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(i, &y)| Point { x: i as f64, y }).collect();
            let least = |all: Vec<f64>| all.into_iter().reduce(f64::min);
            let above = ys.iter().copied().filter(|y| *y > 0.0).collect();
            prop_assert_eq!(nearest_zero(&points, 0..ys.len(), Side::Above), least(above));
            let both = ys.iter().map(|y| y.abs()).filter(|y| *y > 0.0).collect();
            prop_assert_eq!(nearest_zero(&points, 0..ys.len(), Side::Both), least(both));
        }
    }
}
