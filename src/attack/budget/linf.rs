//! The ℓ∞ budget: every value may change by ε, whatever the others do.

use super::square::{Proposal, coin};
use super::vectors::{SLACK, added, largest, scale, scaled, sign};
use super::{Budget, Noise, Spent};
use crate::input::Range;
use crate::random::Stream;

/// A cube around the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linf {
    /// Half its side, in the units of the range.
    pub eps: f32,
    /// What values a sample may have.
    pub range: Range,
}

impl Budget for Linf {
    fn range(&self) -> Range {
        self.range
    }

    fn radius(&self) -> f32 {
        self.eps
    }

    /// The original lies in the range, so the second move never leaves the cube again.
    fn project(&self, x: &mut [f32], origin: &[f32]) {
        for (x, o) in x.iter_mut().zip(origin) {
            let delta = (*x - *o).clamp(-self.eps, self.eps);
            *x = (*o + delta).clamp(self.range.low, self.range.high);
        }
    }

    /// x ← x + size·sign(g).
    fn step(&self, x: &mut [f32], gradient: &[f32], size: f32) {
        for (x, g) in x.iter_mut().zip(gradient) {
            *x += size * sign(*g);
        }
    }

    /// Uniform in the cube; normal of deviation ε; or uniform noise scaled until its largest change is ε.
    fn sample(&self, noise: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let change = match noise {
            Noise::Uniform => origin.iter().map(|_| random.symmetric(self.eps)).collect(),
            Noise::Normal => origin.iter().map(|_| random.normal() * self.eps).collect(),
            Noise::Edge => {
                let noise = origin.iter().map(|_| random.symmetric(1.0)).collect();
                scaled(noise, f64::from(self.eps), largest)
            }
        };
        added(origin, change)
    }

    fn measure(&self, x: &[f32], origin: &[f32]) -> Vec<Spent> {
        let change = x.iter().zip(origin).map(|(x, o)| f64::from(*x) - f64::from(*o));
        vec![Spent {
            what: "largest change of a value",
            size: change.fold(0.0, |m: f64, d| m.max(d.abs())),
            limit: f64::from(self.eps),
            rounding: SLACK * scale(self.range),
        }]
    }

    /// Vertical stripes, one value wide, of ±ε.
    fn first_square(&self, origin: &[f32], [channels, height, width]: [usize; 3], random: &mut Stream) -> Vec<f32> {
        let mut x = origin.to_vec();
        for channel in 0..channels {
            let stripe: Vec<f32> = (0..width).map(|_| self.eps * coin(random)).collect();
            for row in x[channel * height * width..][..height * width].chunks_exact_mut(width) {
                row.iter_mut().zip(&stripe).for_each(|(v, s)| *v += s);
            }
        }
        self.project(&mut x, origin);
        x
    }

    /// The best point with one square set to a random corner of the cube in each channel.
    fn next_square(&self, proposal: &Proposal<'_>, random: &mut Stream) -> Vec<f32> {
        let window = proposal.window(proposal.side, random);
        let mut x = proposal.best.to_vec();
        for channel in 0..proposal.shape[0] {
            let delta = 2.0 * self.eps * coin(random);
            window.values(channel, proposal.shape).for_each(|at| x[at] += delta);
        }
        self.project(&mut x, proposal.origin);
        x
    }
}
