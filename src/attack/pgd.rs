//! Sign-gradient ascent with a fixed step: FGSM (Goodfellow 2015) and its random-start forms (Tramèr 2018), BIM
//! (Kurakin 2017), PGD (Madry 2018).

use super::budget::{Budget, Noise, sign};
use super::search::{Problem, Search, View, search};
use crate::random::Stream;

/// The step of torchattacks 3.2.7's R-FGSM, whatever ε is.
const TORCHATTACKS_STEP: f32 = 8.0 / 255.0;

/// x ← P(x + α·direction(g)), from a start; the last iterate.
pub struct Ascent {
    origin: Vec<f32>,
    x: Vec<f32>,
    alpha: f32,
}

impl Search for Ascent {
    fn point(&self) -> &[f32] {
        &self.x
    }

    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget) {
        budget.step(&mut self.x, view.gradient, self.alpha);
        budget.project(&mut self.x, &self.origin);
    }

    fn result(self) -> Vec<f32> {
        self.x
    }
}

/// Ascends from given starts, `[n, C, H, W]`.
pub fn ascend(p: &Problem<'_>, starts: &[f32], alpha: f32, steps: u32) -> Vec<f32> {
    let size = p.images.size();
    let searches = p.searches(|i| Ascent {
        origin: p.origin(i).to_vec(),
        x: starts[i * size..][..size].to_vec(),
        alpha,
    });
    search(p, searches, steps)
}

/// x + ε·sign(g).
pub fn fgsm(p: &Problem<'_>) -> Vec<f32> {
    ascend(p, &p.images.values, p.budget.radius(), 1)
}

/// Every image's start, by its own random numbers.
pub fn starts(p: &Problem<'_>, start: impl Fn(&[f32], &mut Stream) -> Vec<f32>) -> Vec<f32> {
    (0..p.images.len())
        .flat_map(|i| start(p.origin(i), &mut p.random(i)))
        .collect()
}

/// PGD from a uniform point of the ball.
pub fn pgd(p: &Problem<'_>, alpha: f32, steps: u32) -> Vec<f32> {
    ascend(p, &starts(p, |o, r| p.budget.start(Noise::Uniform, o, r)), alpha, steps)
}

/// x' = x + a·sign(N(0, 1)), then x' + (ε − a)·sign(g(x')); a = ε/2 unless given.
pub fn rfgsm(p: &Problem<'_>, alpha: Option<f32>) -> Vec<f32> {
    let eps = p.budget.radius();
    let first = alpha.unwrap_or(eps / 2.0).min(eps);
    ascend(p, &corners(p, first), eps - first, 1)
}

/// The same with the whole of torchattacks' step both times, and a projection. Where the two steps disagree in sign
/// the pixel ends unmoved, about half of them at ε = 8/255; for a smaller ε the start lies outside the ball.
pub fn rfgsm_torchattacks(p: &Problem<'_>, alpha: Option<f32>) -> Vec<f32> {
    let step = alpha.unwrap_or(TORCHATTACKS_STEP);
    ascend(p, &corners(p, step), step, 1)
}

/// x + size·sign(N(0, 1)), inside the range but not moved to the budget.
fn corners(p: &Problem<'_>, size: f32) -> Vec<f32> {
    let range = p.budget.range();
    let value = |o: &f32, r: &mut Stream| (o + size * sign(r.normal())).clamp(range.low, range.high);
    starts(p, |origin, random| origin.iter().map(|o| value(o, random)).collect())
}
