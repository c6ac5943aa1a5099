//! Inputs on which the tests of the backends compare one kernel with another.

use super::kernels::Membrane;
use crate::spec::Surrogate;

/// One of each family.
pub const SURROGATES: [Surrogate; 6] = [
    Surrogate::Triangle(1.0),
    Surrogate::Sigmoid(4.0),
    Surrogate::Arctan(2.0),
    Surrogate::Rectangle(1.0),
    Surrogate::Gaussian(0.5),
    Surrogate::StraightThrough,
];

/// Every combination of the switches, over 5 steps of 300 neurons.
pub fn membranes() -> Vec<Membrane> {
    (0..16)
        .map(|bits| Membrane {
            steps: 5,
            neurons: 300,
            constant_input: bits & 1 > 0,
            leak: 0.9,
            threshold: 1.25,
            soft_reset: bits & 2 > 0,
            detach_reset: bits & 4 > 0,
            strict: bits & 8 > 0,
        })
        .collect()
}

/// Values in [-1, 3) that repeat for nobody; every fourth a multiple of 1/4, so that some neurons meet θ exactly.
pub fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..n)
        .map(|i| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let value = (state >> 40) as f32 / (1u64 << 22) as f32 - 1.0;
            if i % 4 == 0 { (value * 4.0).round() / 4.0 } else { value }
        })
        .collect()
}
