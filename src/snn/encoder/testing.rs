//! A kind of input for tests: frames, each normalised and shown at its own time step. All that a new coding takes is this
//! file and a line in [`Encoder::of`].

use super::normalisation::Normalisation;
use super::{At, Coding, Encoder};
use crate::input::{Element, Input, Range, Time};
use crate::snn::{Network, backend::Device};
use crate::spec::NetworkSpec;

/// T frames, one after the other.
struct Frames {
    normalisation: Normalisation,
    input: Input,
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

/// A network for as many frames of 2 × 4 × 4 whole counts as it has time steps, and the same one for static images.
pub(crate) fn networks(steps: usize) -> (Network, Network) {
    let spec: NetworkSpec = serde_json::from_value(serde_json::json!({
        "family": "vgg", "blocks": [[6], [6, "pool"]], "hidden": [], "classes": 3, "image": [2, 4, 4],
        "mean": [0.5, 0.25], "std": [0.25, 0.5], "steps": steps, "threshold": 0.5,
    }))
    .unwrap();
    let network = || Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
    let input = Input {
        time: Time::Frames(steps),
        range: Range {
            element: Element::Whole,
            low: 0.0,
            high: 255.0,
        },
        ..spec.input()
    };
    let coding = Frames {
        normalisation: Normalisation::of(&spec),
        input,
    };
    let framed = Network {
        encoder: Encoder {
            input,
            coding: Box::new(coding),
        },
        ..network()
    };
    (framed, network())
}
