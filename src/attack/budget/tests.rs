//! What must hold for both norms: nothing leaves the budget, and what is not a direction moves nothing.

use super::vectors::{largest, norm};
use super::*;
use crate::random::{Purpose, stream};

/// Pixels, and values of another range.
const RANGES: [Range; 2] = [
    Range::UNIT,
    Range {
        element: Element::Real,
        low: -3.0,
        high: 5.0,
    },
];

fn budgets(eps: f32, range: Range) -> impl Iterator<Item = Box<dyn Budget>> {
    Norm::ALL.iter().map(move |norm| of(*norm, eps, range))
}

proptest::proptest! {
    #[test]
    fn nothing_leaves_the_budget_or_the_range(
        origin in proptest::collection::vec(0.0f32..=1.0, 8),
        moved in proptest::collection::vec(-3.0f32..3.0, 8),
        n in 0u32..510,
        seed in 0u64..1000,
    ) {
        for range in RANGES {
            for budget in budgets(n as f32 / 255.0, range) {
                let mut x = moved.clone();
                budget.project(&mut x, &origin);
                assert!(budget.holds(&x, &origin), "{budget:?} {x:?}");
                let mut random = stream(seed, Purpose::Attack, 0, 0);
                for noise in [Noise::Uniform, Noise::Normal, Noise::Edge] {
                    let x = budget.start(noise, &origin, &mut random);
                    assert!(budget.holds(&x, &origin), "{budget:?} {noise:?} {x:?}");
                }
            }
        }
    }
}

#[test]
fn a_start_at_the_edge_uses_the_whole_radius() {
    let origin = [0.5f32; 12];
    for budget in budgets(0.1, Range::UNIT) {
        let x = budget.start(Noise::Edge, &origin, &mut stream(1, Purpose::Attack, 0, 0));
        let change: Vec<f32> = x.iter().map(|x| x - 0.5).collect();
        let [spent] = budget.measure(&x, &origin)[..] else {
            panic!("one limit")
        };
        assert!((spent.size - 0.1).abs() < 1e-6, "{budget:?} {spent:?}");
        assert!(
            [norm(&change), largest(&change)]
                .iter()
                .any(|size| (spent.size - size).abs() < 1e-6)
        );
    }
}

#[test]
fn a_gradient_that_is_zero_or_not_a_number_moves_nothing() {
    for budget in budgets(0.1, Range::UNIT) {
        let mut x = [0.5f32, 0.5];
        budget.step(&mut x, &[0.0, 0.0], 0.1);
        budget.step(&mut x, &[f32::NAN, f32::NAN], 0.1);
        assert_eq!(x, [0.5, 0.5]);
    }
}

#[test]
fn what_is_outside_the_range_or_no_number_is_not_held() {
    for budget in budgets(10.0, Range::UNIT) {
        for x in [[0.5, 1.001], [-0.001, 0.5], [0.5, f32::NAN]] {
            assert!(!budget.holds(&x, &[0.5, 0.5]), "{budget:?} {x:?}");
        }
    }
}
