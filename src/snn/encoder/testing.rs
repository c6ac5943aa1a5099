//! For tests: networks for frames, and a coding of another kind as an example of adding one: all that it takes is a file like
//! this one, a variant of `spec::Encoding` and a line in [`Encoder::of`].

use super::normalisation::Normalisation;
use super::{At, Coding, Encoder};
use crate::snn::{Network, backend::Device};
use crate::spec::{Encoding, NetworkSpec};

/// A static image that is shown at every other time step, and nothing in between.
struct Blinking {
    normalisation: Normalisation,
    steps: usize,
    area: usize,
}

impl Coding for Blinking {
    fn steps(&self) -> usize {
        self.steps
    }

    fn append(&self, sample: &[f32], at: At, currents: &mut Vec<f32>) {
        match at.step.is_multiple_of(2) {
            true => self.normalisation.append(sample, currents),
            false => currents.resize(currents.len() + self.area, 0.0),
        }
    }

    fn add_gradient(&self, currents: &[f32], step: usize, sample: &mut [f32]) {
        if step.is_multiple_of(2) {
            self.normalisation.add_gradient(currents, sample);
        }
    }
}

fn spec(steps: usize, encoding: Encoding) -> NetworkSpec {
    let mut spec: NetworkSpec = serde_json::from_value(serde_json::json!({
        "family": "vgg", "blocks": [[6], [6, "pool"]], "hidden": [], "classes": 3, "image": [2, 4, 4],
        "mean": [0.5, 0.25], "std": [0.25, 0.5], "steps": steps, "threshold": 0.5,
    }))
    .unwrap();
    spec.encoding = encoding;
    spec
}

fn network(spec: &NetworkSpec) -> Network {
    Network::new(spec, &Device::find("cpu").unwrap(), 3).unwrap()
}

/// A network for as many frames of 2 × 4 × 4 counts as it has time steps, and the same one for static images.
pub(crate) fn networks(steps: usize) -> (Network, Network) {
    (
        network(&spec(steps, Encoding::Frames)),
        network(&spec(steps, Encoding::Direct)),
    )
}

/// The same network for images that blink.
pub(crate) fn blinking(steps: usize) -> Network {
    let spec = spec(steps, Encoding::Direct);
    let coding = Blinking {
        normalisation: Normalisation::of(&spec),
        steps,
        area: spec.input().area(),
    };
    Network {
        encoder: Encoder {
            input: spec.input(),
            coding: Box::new(coding),
        },
        ..network(&spec)
    }
}
