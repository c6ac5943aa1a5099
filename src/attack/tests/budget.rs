//! A budget of another kind, as an example of adding one: at most so many cells of whole counts may change (ℓ₀). It is one
//! file like this one, and a line in `attack::budget::of` once the specification can ask for it.

use super::*;
use crate::attack::budget::{Budget, Linf, Noise, Spent, sign};
use crate::attack::harness::attacked;
use crate::attack::search::Problem;
use crate::input::{Element, Range};
use crate::random::Stream;

const COUNTS: Range = Range {
    element: Element::Whole,
    low: 0.0,
    high: 15.0,
};

/// At most `cells` cells may hold another count.
#[derive(Debug)]
struct FewCells {
    cells: usize,
}

impl Budget for FewCells {
    fn range(&self) -> Range {
        COUNTS
    }

    fn radius(&self) -> f32 {
        self.cells as f32
    }

    fn project(&self, x: &mut [f32], origin: &[f32]) {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|a, b| (x[*b] - origin[*b]).abs().total_cmp(&(x[*a] - origin[*a]).abs()));
        order[self.cells..].iter().for_each(|at| x[*at] = origin[*at]);
        x.iter_mut().for_each(|v| *v = v.round().clamp(COUNTS.low, COUNTS.high));
    }

    fn step(&self, x: &mut [f32], gradient: &[f32], size: f32) {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|a, b| gradient[*b].abs().total_cmp(&gradient[*a].abs()));
        order[..self.cells]
            .iter()
            .for_each(|at| x[*at] += size * sign(gradient[*at]));
    }

    fn sample(&self, _: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let count = |o: &f32| if random.coin() { *o } else { random.below(16) as f32 };
        origin.iter().map(count).collect()
    }

    fn measure(&self, x: &[f32], origin: &[f32]) -> Vec<Spent> {
        vec![Spent {
            what: "cells changed",
            size: x.iter().zip(origin).filter(|(x, o)| x != o).count() as f64,
            limit: self.cells as f64,
            rounding: 0.0,
        }]
    }
}

/// What an attack makes of four samples within a budget.
fn moved(kind: &str, pixels: &[f32], budget: Box<dyn Budget>) -> Vec<f32> {
    let images = Batch {
        values: pixels.to_vec(),
        ..images(4)
    };
    let problem = Problem {
        oracle: &Linear::new(5),
        images: &images,
        goals: &[Goal::Away; 4],
        exactly: false,
        loss: AttackLoss::Ce,
        budget,
        leave: false,
        seed: 7,
        purpose: Purpose::Attack,
        round: 0,
    };
    let alpha = Some(Epsilon::new(1.0).unwrap());
    attacked(
        &problem,
        &Terms {
            alpha,
            ..terms(kind, 0.1)
        },
    )
}

#[test]
fn a_few_cells_of_counts_are_attacked_within_their_budget() {
    let counts: Vec<f32> = (0..4 * D).map(|i| (i * 7 % 16) as f32).collect();
    for kind in [
        "noise",
        "gaussian",
        "pgd:10",
        "bim:4",
        "apgd-ce:8",
        "sapgd:8",
        "square:20",
    ] {
        let found = moved(kind, &counts, Box::new(FewCells { cells: 3 }));
        assert_ne!(found, counts, "{kind}");
        for (x, o) in found.chunks_exact(D).zip(counts.chunks_exact(D)) {
            let changed = x.iter().zip(o).filter(|(x, o)| x != o).count();
            assert!(changed <= 3, "{kind}: {changed} cells");
            assert!(
                x.iter().all(|v| v.fract() == 0.0 && (0.0..=15.0).contains(v)),
                "{kind}: {x:?}"
            );
        }
    }
}

/// A budget that does not move points back.
#[derive(Debug)]
struct Leaking(Linf);

impl Budget for Leaking {
    fn range(&self) -> Range {
        self.0.range()
    }

    fn radius(&self) -> f32 {
        2.0 * self.0.radius()
    }

    fn project(&self, _: &mut [f32], _: &[f32]) {}

    fn step(&self, x: &mut [f32], gradient: &[f32], size: f32) {
        self.0.step(x, gradient, size);
    }

    fn sample(&self, noise: Noise, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        self.0.sample(noise, origin, random)
    }

    fn measure(&self, x: &[f32], origin: &[f32]) -> Vec<Spent> {
        self.0.measure(x, origin)
    }
}

#[test]
fn what_is_outside_its_budget_after_all_goes_back_as_it_came() {
    let (eps, range) = (0.05, Range::UNIT);
    let pixels = images(4).values;
    assert_eq!(moved("fgsm", &pixels, Box::new(Leaking(Linf { eps, range }))), pixels);
    assert_ne!(moved("fgsm", &pixels, Box::new(Linf { eps, range })), pixels);
}
