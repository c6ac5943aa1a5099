//! MI-FGSM (Dong et al. 2018): BIM along a decaying sum of gradients, each normalised by its ℓ₁ norm; μ = 1.

use super::budget::Budget;
use super::search::{Problem, Search, View, search};

/// Share of the old direction that stays.
const DECAY: f32 = 1.0;

struct Momentum {
    origin: Vec<f32>,
    x: Vec<f32>,
    direction: Vec<f32>,
    alpha: f32,
}

impl Search for Momentum {
    fn point(&self) -> &[f32] {
        &self.x
    }

    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget) {
        let size: f64 = view.gradient.iter().map(|g| f64::from(g.abs())).sum();
        for (d, g) in self.direction.iter_mut().zip(view.gradient) {
            *d = DECAY * *d + if size > 0.0 { (f64::from(*g) / size) as f32 } else { 0.0 };
        }
        budget.step(&mut self.x, &self.direction, self.alpha);
        budget.project(&mut self.x, &self.origin);
    }

    fn result(self) -> Vec<f32> {
        self.x
    }
}

/// From the image itself; α = ε/k unless given.
pub fn mifgsm(p: &Problem<'_>, alpha: Option<f32>, steps: u32) -> Vec<f32> {
    let alpha = alpha.unwrap_or(p.budget.radius() / steps.max(1) as f32);
    let searches = p.searches(|i| Momentum {
        origin: p.origin(i).to_vec(),
        x: p.origin(i).to_vec(),
        direction: vec![0.0; p.images.size()],
        alpha,
    });
    search(p, searches, steps)
}
