//! From samples to the currents that the first layer sees, and from the currents' gradient back to the samples': the only place
//! of the engine that asks how an input becomes currents. One kind of coding per file; it knows no layer.

mod direct;
mod frames;
mod normalisation;
mod poisson;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::backend::{Device, download, kernels};
use super::signal::{Shape, Signal};
use crate::input::Input;
use crate::spec::{Encoding, NetworkSpec};
use direct::Direct;
use frames::Frames;
use normalisation::Normalisation;
use poisson::Poisson;

/// How samples become currents.
pub struct Encoder {
    input: Input,
    coding: Box<dyn Coding>,
}

/// One kind of coding, sample by sample.
trait Coding: Send + Sync {
    /// Time steps of the currents: 1 where they are the same at every step, else T.
    fn steps(&self) -> usize;

    /// Whether the currents of a sample are drawn, so that they differ from draw to draw.
    fn is_random(&self) -> bool {
        false
    }

    /// Whether the currents are spikes, 0 or 1, which a layer adds up and does not multiply.
    fn is_spiking(&self) -> bool {
        false
    }

    /// Appends the currents `[C, H, W]` of a sample at one time step.
    fn append(&self, sample: &[f32], at: At, currents: &mut Vec<f32>);

    /// Adds to the gradient of a sample what the gradient `[C, H, W]` of its currents at one time step gives.
    fn add_gradient(&self, currents: &[f32], step: usize, sample: &mut [f32]);
}

/// What random currents are drawn from, and when they flow.
#[derive(Debug, Clone, Copy)]
struct At {
    /// Which draw.
    draw: u64,
    /// The number by which the sample is known.
    place: u64,
    /// The time step.
    step: usize,
}

impl Encoder {
    /// The encoder of a network.
    pub fn of(spec: &NetworkSpec) -> Encoder {
        let normalisation = || Normalisation::of(spec);
        let coding: Box<dyn Coding> = match spec.encoding {
            Encoding::Direct => Box::new(Direct(normalisation())),
            Encoding::Poisson => Box::new(Poisson { steps: spec.steps }),
            Encoding::Frames => Box::new(Frames {
                normalisation: normalisation(),
                input: spec.input(),
            }),
        };
        Encoder {
            input: spec.input(),
            coding,
        }
    }

    /// What a network without a time axis is to be specified as, so that it takes the same samples and its currents are the mean
    /// of `spec`'s over draws and time steps.
    pub(super) fn without_time(mut spec: NetworkSpec) -> NetworkSpec {
        spec.steps = 1;
        match spec.encoding {
            // Of frames there is none: such a network takes the first frame alone, which nobody asks for.
            Encoding::Direct | Encoding::Frames => {}
            Encoding::Poisson => {
                // The mean of the spikes is the pixel itself.
                spec.encoding = Encoding::Direct;
                spec.mean = vec![0.0; spec.mean.len()];
                spec.std = vec![1.0; spec.std.len()];
            }
        }
        spec
    }

    /// The form of the samples.
    pub fn input(&self) -> Input {
        self.input
    }

    /// Time steps of the currents: 1 where they are the same at every step, else T.
    pub fn steps(&self) -> usize {
        self.coding.steps()
    }

    /// Whether two passes of the same samples may see other currents.
    pub fn is_random(&self) -> bool {
        self.coding.is_random()
    }

    /// Whether the currents are spikes, 0 or 1.
    pub fn is_spiking(&self) -> bool {
        self.coding.is_spiking()
    }

    /// The currents of samples `[n, C, H, W]` or `[n, T, C, H, W]`, a random coding knowing them by these n numbers.
    pub(super) fn encode(&self, device: &Device, samples: &[f32], places: &[u64], draw: u64) -> Signal {
        let (steps, [channels, height, width]) = (self.steps(), self.input.frame);
        let mut currents = Vec::with_capacity(steps * places.len() * self.input.area());
        for step in 0..steps {
            for (sample, &place) in samples.chunks(self.input.len().max(1)).zip(places) {
                self.coding.append(sample, At { draw, place, step }, &mut currents);
            }
        }
        let shape = Shape {
            steps,
            images: places.len(),
            channels,
            height,
            width,
        };
        Signal {
            data: kernels::plane_in(device.upload(currents), shape.plane()),
            shape,
        }
    }

    /// From the gradient of currents of this shape to that of the samples, in their form.
    pub(super) fn decode(&self, gradient: Signal, encoded: Shape) -> Vec<f32> {
        let currents = download(&kernels::plane_out(gradient.data, encoded.plane()));
        // What −0 is added to stays as it is, the sign of a zero included.
        let mut samples = vec![-0.0; encoded.images * self.input.len()];
        let rows = currents.chunks_exact((encoded.images * self.input.area()).max(1));
        for (step, row) in rows.enumerate() {
            let gradients = row.chunks_exact(self.input.area().max(1));
            for (currents, sample) in gradients.zip(samples.chunks_exact_mut(self.input.len().max(1))) {
                self.coding.add_gradient(currents, step, sample);
            }
        }
        samples
    }
}
