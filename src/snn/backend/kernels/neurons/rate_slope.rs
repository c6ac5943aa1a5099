//! The slope that stands for a neuron in the rate-based backward mode.

use super::Membrane;

/// The slope as a function of a neuron's mean input over time: `middle` on [low, high], plus `below` on [0, low].
pub struct RateSlope {
    /// Where the middle begins.
    pub low: f32,
    /// Where it ends.
    pub high: f32,
    /// The slope between them.
    pub middle: f32,
    /// What is added from 0 to `low`.
    pub below: f32,
}

impl RateSlope {
    /// κ = 0.2 and the reference's constants for leak τ and threshold θ.
    pub fn new(m: Membrane) -> RateSlope {
        const KAPPA: f32 = 0.2;
        let (tau, theta) = (m.leak, m.threshold);
        RateSlope {
            low: (1.0 - tau) * theta,
            high: 2.0 * theta,
            middle: (1.0 - KAPPA * (1.0 - tau)) / ((tau + 1.0) * theta),
            below: KAPPA,
        }
    }

    /// The slope at a mean input.
    pub fn at(&self, mean: f32) -> f32 {
        let inside = if (self.low..=self.high).contains(&mean) {
            self.middle
        } else {
            0.0
        };
        let below = if (0.0..=self.low).contains(&mean) {
            self.below
        } else {
            0.0
        };
        inside + below
    }
}
