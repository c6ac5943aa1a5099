//! Direct coding: the normalised image is the current of every time step.

use super::normalisation::Normalisation;
use super::{At, Coding};

/// The normalised image, once.
pub(super) struct Direct(pub Normalisation);

impl Coding for Direct {
    fn steps(&self) -> usize {
        1
    }

    fn append(&self, sample: &[f32], _at: At, currents: &mut Vec<f32>) {
        self.0.append(sample, currents);
    }

    fn add_gradient(&self, currents: &[f32], _step: usize, sample: &mut [f32]) {
        self.0.add_gradient(currents, sample);
    }
}
