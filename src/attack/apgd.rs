//! APGD (Croce and Hein 2020): projected ascent with momentum that halves its step size and returns to the best point when
//! the loss no longer rises.

use super::budget::{Budget, Noise};
use super::checkpoints::Checkpoints;
use super::search::{Problem, Search, View, search};

/// Weight of the new step against the last movement.
const NEW: f32 = 0.75;
/// The step size is halved where at most this share of a gap's steps raised the loss.
const RISES: f64 = 0.75;

pub(super) struct Apgd {
    origin: Vec<f32>,
    x: Vec<f32>,
    previous: Vec<f32>,
    best: Vec<f32>,
    best_gradient: Vec<f32>,
    /// Best loss so far; never falls.
    pub(super) best_loss: f64,
    last_loss: f64,
    wrong: Option<Vec<f32>>,
    eta: f32,
    checkpoints: Checkpoints,
    looks: u32,
    rises: u32,
    best_at_check: f64,
    halved_at_check: bool,
}

impl Apgd {
    fn new(origin: &[f32], start: Vec<f32>, budget: &dyn Budget, steps: u32) -> Apgd {
        Apgd {
            origin: origin.to_vec(),
            previous: start.clone(),
            best: start.clone(),
            x: start,
            best_gradient: Vec::new(),
            best_loss: f64::NEG_INFINITY,
            last_loss: f64::NEG_INFINITY,
            wrong: None,
            eta: 2.0 * budget.radius(),
            checkpoints: Checkpoints::of(steps),
            looks: 0,
            rises: 0,
            best_at_check: f64::NEG_INFINITY,
            // As in AutoAttack: at the first check only rare rises count, not a best point that stayed.
            halved_at_check: true,
        }
    }

    /// At a checkpoint: whether progress has stalled. Forgets the gap that ends here.
    fn stalled(&mut self, gap: u32) -> bool {
        let rarely = f64::from(self.rises) <= RISES * f64::from(gap);
        let stuck = !self.halved_at_check && self.best_loss <= self.best_at_check;
        self.rises = 0;
        self.best_at_check = self.best_loss;
        self.halved_at_check = rarely || stuck;
        self.halved_at_check
    }

    fn step(&mut self, gradient: &[f32], budget: &dyn Budget) {
        let mut z = self.x.clone();
        budget.step(&mut z, gradient, self.eta);
        budget.project(&mut z, &self.origin);
        // The first step has no movement behind it.
        let new = if self.looks == 1 { 1.0 } else { NEW };
        let mut next: Vec<f32> = self
            .x
            .iter()
            .zip(&z)
            .zip(&self.previous)
            .map(|((x, z), before)| x + new * (z - x) + (1.0 - new) * (x - before))
            .collect();
        budget.project(&mut next, &self.origin);
        self.previous = std::mem::replace(&mut self.x, next);
    }
}

impl Search for Apgd {
    const LOOKS_AT_LAST: bool = true;

    fn point(&self) -> &[f32] {
        &self.x
    }

    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget) {
        if view.reached {
            self.wrong = Some(self.x.clone());
        }
        if self.looks == 0 {
            self.best_at_check = view.loss;
        } else if view.loss > self.last_loss {
            self.rises += 1;
        }
        if self.looks == 0 || view.loss > self.best_loss {
            self.best_loss = view.loss;
            self.best = self.x.clone();
            self.best_gradient = view.gradient.to_vec();
        }
        self.last_loss = view.loss;
        self.looks += 1;
        if view.gradient.is_empty() {
            return;
        }
        let gap = if self.looks > 1 { self.checkpoints.tick() } else { None };
        if gap.is_some_and(|gap| self.stalled(gap)) {
            self.eta /= 2.0;
            self.x = self.best.clone();
            let gradient = self.best_gradient.clone();
            self.step(&gradient, budget);
        } else {
            self.step(view.gradient, budget);
        }
    }

    fn result(self) -> Vec<f32> {
        self.wrong.unwrap_or(self.best)
    }
}

/// One search per image, from a random start at the full radius.
pub(super) fn searches(p: &Problem<'_>, steps: u32) -> Vec<Apgd> {
    p.searches(|i| {
        let start = p.budget.start(Noise::Edge, p.origin(i), &mut p.random(i));
        Apgd::new(p.origin(i), start, &*p.budget, steps)
    })
}

/// The last iterate that reached the goal, else the one of the highest loss.
pub fn apgd(p: &Problem<'_>, steps: u32) -> Vec<f32> {
    search(p, searches(p, steps), steps)
}
