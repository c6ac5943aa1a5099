//! The ℓ₂ budget: the whole change has a Euclidean length of at most ε. For real values.

mod squares;

use super::square::Proposal;
use super::vectors::{SLACK, added, norm, scale, scaled};
use super::{Budget, Noise, Spent};
use crate::input::Range;
use crate::random::Stream;

/// What rounding adds to a length at the most, for each value squared: a value is rounded as a scaled change and as a sum.
const ROUNDING: f64 = f32::EPSILON as f64;

/// A ball around the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct L2 {
    /// Its radius, in the units of the range.
    pub eps: f32,
    /// What values a sample may have.
    pub range: Range,
}

impl Budget for L2 {
    fn range(&self) -> Range {
        self.range
    }

    fn radius(&self) -> f32 {
        self.eps
    }

    /// The original lies in the range, so the second move never leaves the ball again.
    fn project(&self, x: &mut [f32], origin: &[f32]) {
        let length = distance(x, origin);
        let share = if length > f64::from(self.eps) {
            f64::from(self.eps) / length
        } else {
            1.0
        };
        for (x, o) in x.iter_mut().zip(origin) {
            let moved = *o + ((f64::from(*x) - f64::from(*o)) * share) as f32;
            *x = moved.clamp(self.range.low, self.range.high);
        }
    }

    /// x ← x + size·g/‖g‖₂.
    fn step(&self, x: &mut [f32], gradient: &[f32], size: f32) {
        let length = norm(gradient);
        if length > 0.0 && length.is_finite() {
            for (x, g) in x.iter_mut().zip(gradient) {
                *x += (f64::from(size) * f64::from(*g) / length) as f32;
            }
        }
    }

    /// Uniform in the ball; or in a uniform direction, of length ε.
    fn sample(&self, noise: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let direction: Vec<f32> = origin.iter().map(|_| random.normal()).collect();
        let eps = f64::from(self.eps);
        let length = match noise {
            // The share of a d-ball's volume within radius r is rᵈ.
            Noise::Uniform => eps * f64::from(random.uniform()).powf(1.0 / origin.len().max(1) as f64),
            Noise::Normal | Noise::Edge => eps,
        };
        added(origin, scaled(direction, length, norm))
    }

    fn measure(&self, x: &[f32], origin: &[f32]) -> Vec<Spent> {
        vec![Spent {
            what: "length of the change",
            size: distance(x, origin),
            limit: f64::from(self.eps),
            rounding: (SLACK + ROUNDING * (x.len() as f64).sqrt()) * scale(self.range),
        }]
    }

    fn first_square(&self, origin: &[f32], shape: [usize; 3], random: &mut Stream) -> Vec<f32> {
        squares::first(self, origin, shape, random)
    }

    fn next_square(&self, proposal: &Proposal<'_>, random: &mut Stream) -> Vec<f32> {
        squares::next(self, proposal, random)
    }
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    a.iter().zip(b).map(square).sum::<f64>().sqrt()
}
