//! What a perturbation may cost: how far a sample may be moved from its original, and how an attack moves within that.
//! Everything here acts on one sample. A budget knows no network, no loss and no attack.

mod l2;
mod linf;
mod square;
mod vectors;

pub use l2::L2;
pub use linf::Linf;
pub use square::Proposal;
pub use vectors::sign;

use crate::input::{Element, Range};
use crate::random::Stream;
use crate::spec::Norm;
use std::fmt;

/// Which random point of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Uniform among all that are allowed.
    Uniform,
    /// Normal noise of the budget's size.
    Normal,
    /// At the budget's edge: the whole of it is used.
    Edge,
}

/// How much of one limit a change uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spent {
    /// What is limited, with its unit.
    pub what: &'static str,
    /// How much of it the change has.
    pub size: f64,
    /// How much it may have.
    pub limit: f64,
    /// What the rounding of f32 values adds to `size` at most.
    pub rounding: f64,
}

/// A budget of one sample's change. Samples are `[frames, C, H, W]` (or `[C, H, W]`), in the units of their
/// [`Range`]; `x` and `origin` have the same length.
pub trait Budget: fmt::Debug {
    /// What values a sample may have.
    fn range(&self) -> Range;

    /// The step size by which [`Budget::step`] leads from the original to the edge: ε, in the unit of the budget.
    fn radius(&self) -> f32;

    /// Moves `x` to an allowed point near it: inside every limit around `origin`, and inside the range. What is allowed
    /// already stays within it.
    fn project(&self, x: &mut [f32], origin: &[f32]);

    /// Moves `x` by `size`, in the unit of [`Budget::radius`], where the loss of this gradient rises most. A gradient of
    /// zero, or one that is not a number, moves nothing. The point may lie outside the budget.
    fn step(&self, x: &mut [f32], gradient: &[f32], size: f32);

    /// A random point around `origin`, from the sample's own random numbers. Rounding, or the range, may leave it outside
    /// the budget.
    fn sample(&self, noise: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32>;

    /// What the change from `origin` to `x` uses of each limit.
    fn measure(&self, x: &[f32], origin: &[f32]) -> Vec<Spent>;

    /// The first candidate of the Square attack on a sample of `shape` (channels of all frames, height, width).
    fn first_square(&self, origin: &[f32], _shape: [usize; 3], random: &mut Stream) -> Vec<f32> {
        self.start(Noise::Edge, origin, random)
    }

    /// A candidate of the Square attack: the best point with something else inside a square.
    fn next_square(&self, proposal: &Proposal<'_>, random: &mut Stream) -> Vec<f32> {
        let window = proposal.window(proposal.side, random);
        let new = self.sample(Noise::Edge, proposal.origin, random);
        let mut x = proposal.best.to_vec();
        for at in (0..proposal.shape[0]).flat_map(|channel| window.values(channel, proposal.shape)) {
            x[at] = new[at];
        }
        self.project(&mut x, proposal.origin);
        x
    }

    /// A random allowed point.
    fn start(&self, noise: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let mut x = self.sample(noise, origin, random);
        self.project(&mut x, origin);
        x
    }

    /// Moves where an attack ended to an allowed point of whole numbers, where samples have such: to the nearest ones, or, where
    /// those are outside the budget, to the next ones towards the original. Attacks themselves move between whole numbers, or no
    /// small step would ever lead away from one.
    fn settle(&self, x: &mut [f32], origin: &[f32]) {
        self.project(x, origin);
        if self.range().element == Element::Real {
            return;
        }
        let nearest: Vec<f32> = x.iter().map(|v| v.round()).collect();
        match self.holds(&nearest, origin) {
            true => x.copy_from_slice(&nearest),
            false => x.iter_mut().zip(origin).for_each(|(x, o)| *x = o + (*x - o).trunc()),
        }
    }

    /// Whether `x` is allowed, but for rounding; one with a NaN is not.
    fn holds(&self, x: &[f32], origin: &[f32]) -> bool {
        let range = self.range();
        let whole = range.element == Element::Whole;
        let fits = |v: &f32| (range.low..=range.high).contains(v) && (!whole || v.fract() == 0.0);
        let within = |s: Spent| s.size <= s.limit + s.rounding;
        x.iter().all(fits) && self.measure(x, origin).into_iter().all(within)
    }
}

/// The budget that a specification asks for; `eps` in the norm's unit.
#[must_use]
pub fn of(norm: Norm, eps: f32, range: Range) -> Box<dyn Budget> {
    match norm {
        Norm::Linf => Box::new(Linf { eps, range }),
        Norm::L2 => Box::new(L2 { eps, range }),
    }
}

#[cfg(test)]
mod tests;
