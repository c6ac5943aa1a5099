//! Frames of events: each is normalised and shown at its own time step.

use super::normalisation::Normalisation;
use super::{At, Coding};
use crate::input::Input;

/// T frames, one after the other.
pub(super) struct Frames {
    pub normalisation: Normalisation,
    pub input: Input,
}

impl Frames {
    fn place(&self, step: usize) -> std::ops::Range<usize> {
        step * self.input.area()..(step + 1) * self.input.area()
    }
}

impl Coding for Frames {
    fn steps(&self) -> usize {
        self.input.frames()
    }

    fn append(&self, sample: &[f32], at: At, currents: &mut Vec<f32>) {
        self.normalisation.append(&sample[self.place(at.step)], currents);
    }

    fn add_gradient(&self, currents: &[f32], step: usize, sample: &mut [f32]) {
        self.normalisation.add_gradient(currents, &mut sample[self.place(step)]);
    }
}
