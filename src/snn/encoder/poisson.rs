//! Poisson coding: at each time step a spike where the pixel is at least a fresh uniform number, without normalisation.

use super::{At, Coding};
use crate::random::{Purpose, stream};

/// T draws of spikes.
pub(super) struct Poisson {
    /// T.
    pub steps: usize,
}

impl Coding for Poisson {
    fn steps(&self) -> usize {
        self.steps
    }

    fn is_random(&self) -> bool {
        true
    }

    fn is_spiking(&self) -> bool {
        true
    }

    fn append(&self, sample: &[f32], at: At, currents: &mut Vec<f32>) {
        let mut random = stream(at.draw, Purpose::Poisson, at.place, at.step as u64);
        currents.extend(sample.iter().map(|p| if *p >= random.uniform() { 1.0 } else { 0.0 }));
    }

    /// Straight through the spikes.
    fn add_gradient(&self, currents: &[f32], _step: usize, sample: &mut [f32]) {
        sample.iter_mut().zip(currents).for_each(|(to, g)| *to += g);
    }
}
