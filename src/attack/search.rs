//! The loop of every iterated attack. Each image is searched on its own; all searches that are not done are evaluated in one
//! batch, and an image that has reached its goal leaves the batch. So a result never depends on the batch.

use super::budget::Budget;
use super::loss::{self, Goal};
use super::oracle::{Oracle, Query, mix};
use crate::input::Batch;
use crate::random::{Purpose, Stream, stream};
use crate::spec::AttackLoss;

/// One image's attack, one look after another.
pub trait Search {
    /// Whether it needs gradients; without, it is shown values only.
    const GRADIENT: bool = true;
    /// Whether it wants to see the value of the point after its last step too.
    const LOOKS_AT_LAST: bool = false;

    /// Where it wants to be looked at.
    fn point(&self) -> &[f32];

    /// Takes what was seen at [`Search::point`] and moves. After the last step there is no gradient, and nowhere to go.
    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget);

    /// The adversarial image.
    fn result(self) -> Vec<f32>;
}

/// What was seen at a point.
pub struct View<'a> {
    /// The loss, which is to rise.
    pub loss: f64,
    /// Whether the goal is reached there.
    pub reached: bool,
    /// The loss's gradient; empty where none was asked for.
    pub gradient: &'a [f32],
}

/// What is attacked, and towards what.
pub struct Problem<'a> {
    /// The network that is asked.
    pub oracle: &'a dyn Oracle,
    /// The images.
    pub images: &'a Batch,
    /// Where the loss leads each image.
    pub goals: &'a [Goal],
    /// Whether an image has arrived in its goal's class only, or in any wrong one.
    pub exactly: bool,
    /// The loss ascended.
    pub loss: AttackLoss,
    /// What the change of an image may cost.
    pub budget: Box<dyn Budget>,
    /// Whether an image that has arrived leaves at once. Only where the oracle's logits are those that are counted.
    pub leave: bool,
    /// From which all randomness is drawn.
    pub seed: u64,
    /// What it is drawn for.
    pub purpose: Purpose,
    /// Which restart or target this is.
    pub round: u32,
}

impl Problem<'_> {
    /// An image's original.
    pub fn origin(&self, image: usize) -> &[f32] {
        self.images.sample(image)
    }

    /// An image's own random numbers.
    pub fn random(&self, image: usize) -> Stream {
        stream(
            self.seed,
            self.purpose,
            self.images.places[image],
            u64::from(self.round),
        )
    }

    /// One search per image.
    pub fn searches<C>(&self, start: impl Fn(usize) -> C) -> Vec<C> {
        (0..self.images.len()).map(start).collect()
    }

    /// Points `[n, C, H, W]` that an attack ended at, each moved into the budget and measured. One that is outside even
    /// then, because a value is no number or its budget does not move it back, is replaced by its original.
    pub fn within_budget(&self, mut points: Vec<f32>) -> Vec<f32> {
        let size = self.images.size().max(1);
        for (image, x) in points.chunks_exact_mut(size).enumerate() {
            let origin = self.origin(image);
            self.budget.settle(x, origin);
            if !self.budget.holds(x, origin) {
                x.copy_from_slice(origin);
            }
        }
        points
    }

    fn label(&self, image: usize) -> usize {
        usize::from(self.images.labels[image])
    }

    fn reached(&self, z: &[f32], image: usize) -> bool {
        match self.goals[image] {
            Goal::Towards(t) if self.exactly => loss::is_right(z, t),
            _ => !loss::is_right(z, self.label(image)),
        }
    }

    /// Logits and, if wanted, gradients of the images `who` at `x`.
    fn look(&self, x: &[f32], who: &[usize], look: u32, gradient: bool) -> (Vec<f32>, Vec<f32>) {
        let draw = mix(mix(self.seed, u64::from(self.round)), u64::from(look));
        let query = Query { x, who, draw };
        if !gradient {
            return (self.oracle.logits(&query), Vec::new());
        }
        self.oracle.gradient(&query, &|logits| {
            let k = logits.len() / who.len();
            let mut slopes = vec![0.0; logits.len()];
            for ((z, g), image) in logits.chunks_exact(k).zip(slopes.chunks_exact_mut(k)).zip(who) {
                loss::slope(self.loss, z, self.label(*image), self.goals[*image], g);
            }
            slopes
        })
    }
}

/// Lets every search take `steps` steps; the points where they ended, `[n, C, H, W]`, not yet held to the budget
/// ([`Problem::within_budget`]).
pub fn search<C: Search>(p: &Problem<'_>, mut searches: Vec<C>, steps: u32) -> Vec<f32> {
    let size = p.images.size();
    let mut kept: Vec<Option<Vec<f32>>> = vec![None; searches.len()];
    let mut open: Vec<usize> = (0..searches.len()).collect();
    for look in 0..steps + u32::from(C::LOOKS_AT_LAST) {
        if open.is_empty() {
            break;
        }
        let x: Vec<f32> = open.iter().flat_map(|i| searches[*i].point().iter().copied()).collect();
        let (logits, gradients) = p.look(&x, &open, look, C::GRADIENT && look < steps);
        let k = logits.len() / open.len();
        open = open
            .iter()
            .enumerate()
            .filter_map(|(at, &image)| {
                let z = &logits[at * k..][..k];
                let view = View {
                    loss: loss::value(p.loss, z, p.label(image), p.goals[image]),
                    reached: p.reached(z, image),
                    gradient: gradients.get(at * size..(at + 1) * size).unwrap_or(&[]),
                };
                if view.reached && p.leave {
                    kept[image] = Some(searches[image].point().to_vec());
                    return None;
                }
                searches[image].advance(&view, &*p.budget);
                Some(image)
            })
            .collect();
    }
    let mut points = Vec::with_capacity(p.images.values.len());
    for (search, kept) in searches.into_iter().zip(kept) {
        points.extend(kept.unwrap_or_else(|| search.result()));
    }
    points
}
