//! The exponential moving average with bias correction (as in TensorBoard), computed only where it is drawn: once per
//! column, from as many earlier points as still have weight.

#[cfg(test)]
use super::point::Point;
use super::source::{Source, drawable};

/// The heaviest weight on the past: a frame's cost grows with its memory, here 11,508 points per column.
const HEAVIEST: f64 = 0.999;

/// What earlier points may weigh together and yet be left out: the average is drawn and never printed, and a dot is a
/// two-hundredth of the axis at the least.
const FORGOTTEN: f64 = 1e-5;

/// Points remembered at least, so that some that cannot be drawn among them do no harm.
const LEAST_MEMORY: usize = 64;

/// A moving average that is asked at ascending indices, at one also twice.
pub struct Average<'a> {
    source: &'a dyn Source,
    /// Weight on the past.
    w: f64,
    /// Points after which the past weighs less than [`FORGOTTEN`].
    memory: usize,
    sum: f64,
    weight: f64,
    /// The first point not yet in.
    next: usize,
}

impl<'a> Average<'a> {
    /// With weight `w` on the past, of a source's values from its first on.
    pub fn new(source: &'a dyn Source, w: f64) -> Average<'a> {
        let w = if w > 0.0 { w.min(HEAVIEST) } else { 0.0 };
        Average {
            source,
            w,
            memory: match w > 0.0 {
                true => ((FORGOTTEN.ln() / w.ln()).ceil() as usize).max(LEAST_MEMORY),
                false => 1,
            },
            sum: 0.0,
            weight: 0.0,
            next: 0,
        }
    }

    /// The average at a point; none where no value before it can be drawn. Cost: at most the memory, and a little.
    pub fn at(&mut self, index: usize) -> Option<f64> {
        if index + 1 < self.next || index >= self.next + self.memory {
            (self.sum, self.weight) = (0.0, 0.0);
            self.next = (index + 1).saturating_sub(self.memory);
        }
        let (w, mut sum, mut weight) = (self.w, self.sum, self.weight);
        self.source.walk(self.next..index + 1, &mut |ys| {
            for y in ys.iter().filter(|y| drawable(**y)) {
                sum = w * sum + (1.0 - w) * y;
                weight = w * weight + (1.0 - w);
            }
        });
        (self.sum, self.weight, self.next) = (sum, weight, index + 1);
        (weight > 0.0).then(|| sum / weight)
    }
}

#[cfg(test)]
/// The average at every point: one pass over all. What is not finite stays a gap and does not touch the average.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        prop_oneof![9 => -100.0..100.0f64, 1 => Just(f64::NAN)]
    }

    proptest! {
        #[test]
        fn asked_now_and_then_it_equals_the_average_over_all_points(
            ys in prop::collection::vec(value(), 1..4000),
            w in prop_oneof![Just(0.0), Just(0.6), Just(0.9), Just(0.98), 0.0..0.99f64],
            stride in 1usize..2000,
        ) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(i, &y)| Point { x: i as f64, y }).collect();
            let all = smooth(&points, w);
            let mut average = Average::new(&points, w);
            for at in (0..points.len()).step_by(stride).filter(|at| points[*at].is_drawable()) {
                let found = average.at(at).unwrap();
                // Of values up to 100.
                prop_assert!((found - all[at].y).abs() <= 1e-4 * 100.0, "{found} {}", all[at].y);
            }
        }
    }
}
