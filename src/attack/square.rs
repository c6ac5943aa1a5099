//! Square attack (Andriushchenko et al. 2020): random search with squares of pixels, on forward passes alone. A
//! candidate is kept where it raises the loss. How candidates differ from the best point is the budget's.

use super::budget::{Budget, Proposal};
use super::search::{Problem, Search, View, search};
use crate::random::Stream;

/// Share of the image's area that the first squares cover.
const FIRST_SHARE: f64 = 0.8;
/// Queries, of 10,000, from which on the share is halved once more.
const HALVINGS: [u64; 9] = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/// Share of the area that query `query` of `queries` changes.
fn share(query: u32, queries: u32) -> f64 {
    let scaled = u64::from(query) * 10_000 / u64::from(queries.max(1));
    let halvings = HALVINGS.iter().filter(|at| scaled > **at).count();
    FIRST_SHARE / f64::from(1u32 << halvings)
}

struct Square {
    origin: Vec<f32>,
    shape: [usize; 3],
    best: Vec<f32>,
    best_loss: f64,
    candidate: Vec<f32>,
    random: Stream,
    query: u32,
    queries: u32,
}

impl Square {
    fn new(origin: &[f32], shape: [usize; 3], mut random: Stream, budget: &dyn Budget, queries: u32) -> Square {
        Square {
            origin: origin.to_vec(),
            shape,
            best: origin.to_vec(),
            best_loss: f64::NEG_INFINITY,
            candidate: budget.first_square(origin, shape, &mut random),
            random,
            query: 0,
            queries,
        }
    }

    fn propose(&mut self, budget: &dyn Budget) -> Vec<f32> {
        let [_, height, width] = self.shape;
        let area = share(self.query, self.queries) * (height * width) as f64;
        let proposal = Proposal {
            best: &self.best,
            origin: &self.origin,
            shape: self.shape,
            side: (area.sqrt().round() as usize).clamp(1, height.min(width)),
        };
        budget.next_square(&proposal, &mut self.random)
    }
}

impl Search for Square {
    const GRADIENT: bool = false;

    fn point(&self) -> &[f32] {
        &self.candidate
    }

    fn advance(&mut self, view: &View<'_>, budget: &dyn Budget) {
        if view.loss > self.best_loss {
            self.best_loss = view.loss;
            self.best.clone_from(&self.candidate);
        }
        self.query += 1;
        self.candidate = self.propose(budget);
    }

    fn result(self) -> Vec<f32> {
        self.best
    }
}

/// The best image after at most that many forward passes.
pub fn square(p: &Problem<'_>, queries: u32) -> Vec<f32> {
    let input = p.images.input;
    let [channels, height, width] = input.frame;
    // The channels of all frames one after the other.
    let shape = [input.frames() * channels, height, width];
    let searches = p.searches(|i| Square::new(p.origin(i), shape, p.random(i), &*p.budget, queries));
    search(p, searches, queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_shrink_as_the_paper_says() {
        let at = |query: u32| share(query, 10_000);
        assert_eq!((at(0), at(10), at(11), at(51)), (0.8, 0.8, 0.4, 0.2));
        assert_eq!((at(8000), at(8001)), (0.8 / 256.0, 0.8 / 512.0));
        assert_eq!(share(2500, 5000), at(5000));
    }
}
