//! SA-PGD: every pixel has a step size of its own, from the history of its gradients.
//!
//! m ← 0.5·m + g/mean|g|, v ← 0.8·v + g²/mean(g²), x ← P(x + clip(η·m/√v, ±η)); η = ε, halved at the checkpoints.

use super::budget::{Budget, Noise};
use super::checkpoints::Checkpoints;
use super::search::{Problem, Search, View, search};

const FIRST_DECAY: f64 = 0.5;
const SECOND_DECAY: f64 = 0.8;

struct SaPgd {
    origin: Vec<f32>,
    x: Vec<f32>,
    first: Vec<f64>,
    second: Vec<f64>,
    eta: f64,
    checkpoints: Checkpoints,
    looks: u32,
    wrong: Option<Vec<f32>>,
}

impl Search for SaPgd {
    const LOOKS_AT_LAST: bool = true;

    fn point(&self) -> &[f32] {
        &self.x
    }

    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget) {
        if view.reached {
            self.wrong = Some(self.x.clone());
        }
        if view.gradient.is_empty() {
            return;
        }
        if self.looks > 0 && self.checkpoints.tick().is_some() {
            self.eta /= 2.0;
        }
        self.looks += 1;
        let n = view.gradient.len().max(1) as f64;
        let finite = |g: &f32| if g.is_finite() { f64::from(*g) } else { 0.0 };
        let mean: f64 = view.gradient.iter().map(|g| finite(g).abs()).sum::<f64>() / n;
        let square: f64 = view.gradient.iter().map(|g| finite(g).powi(2)).sum::<f64>() / n;
        let over = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        for (i, g) in view.gradient.iter().enumerate() {
            let g = finite(g);
            self.first[i] = FIRST_DECAY * self.first[i] + over(g, mean);
            self.second[i] = SECOND_DECAY * self.second[i] + over(g * g, square);
            // A pixel that never had a gradient has 0/0 here: it stays.
            let step = over(self.eta * self.first[i], self.second[i].sqrt());
            self.x[i] += step.clamp(-self.eta, self.eta) as f32;
        }
        budget.project(&mut self.x, &self.origin);
    }

    fn result(self) -> Vec<f32> {
        self.wrong.unwrap_or(self.x)
    }
}

/// From a random start at the full radius; the last iterate that reached the goal, else the last.
pub fn sa_pgd(p: &Problem<'_>, steps: u32) -> Vec<f32> {
    let size = p.images.size();
    let searches = p.searches(|i| SaPgd {
        origin: p.origin(i).to_vec(),
        x: p.budget.start(Noise::Edge, p.origin(i), &mut p.random(i)),
        first: vec![0.0; size],
        second: vec![0.0; size],
        eta: f64::from(p.budget.radius()),
        checkpoints: Checkpoints::of(steps),
        looks: 0,
        wrong: None,
    });
    search(p, searches, steps)
}
