//! A network: forward, backward, and the statistics that training keeps.

use super::backend::{Array, Device, download, kernels, precision};
use super::batch_statistics::BatchStatistics;
use super::build::{Blueprint, blueprint};
use super::how::How;
use super::initialise::draw;
use super::layer::{Backward, Forward, Layers, Values, WeightGradients};
use super::modes::Sharpness;
use super::parameter::{Buffer, Draft, Parameter};
use super::pass::Pass;
use super::signal::{Shape, Signal};
use crate::random::{Purpose, stream};
use crate::spec::{Encoding, NetworkSpec};

/// Share of a new batch in the running statistics.
const NORM_MOMENTUM: f32 = 0.1;

/// A spiking network on a device.
pub struct Network {
    /// What it was built from.
    pub spec: NetworkSpec,
    /// Where it lives.
    pub device: Device,
    /// Trained tensors, in the order of the reference's state dict.
    pub parameters: Vec<Parameter>,
    /// Batch-norm statistics.
    pub buffers: Vec<Buffer>,
    pub(super) layers: Layers,
    /// Levels of the neurons' rate curve, where this is an ANN twin.
    pub(super) levels: Option<usize>,
}

impl Network {
    /// Builds a checked specification with initial weights drawn from `seed`; `None` if it was not checked.
    pub fn new(spec: &NetworkSpec, device: &Device, seed: u64) -> Option<Network> {
        Some(Network::of(blueprint(spec)?, spec, device, seed))
    }

    /// The layers of a blueprint with initial weights drawn from `seed`.
    pub(super) fn of(blueprint: Blueprint, spec: &NetworkSpec, device: &Device, seed: u64) -> Network {
        let Blueprint {
            layers,
            parameters,
            norms,
        } = blueprint;
        let with_values = |(index, draft): (usize, Draft)| Parameter {
            value: device.upload(draw(&draft, index, seed)),
            name: draft.name,
            shape: draft.shape,
            kind: draft.kind,
        };
        let fresh = |(name, channels): (String, usize)| Buffer {
            name,
            mean: device.zeros(channels),
            variance: device.upload(vec![1.0; channels]),
            batches: 0,
        };
        Network {
            spec: spec.clone(),
            device: device.clone(),
            layers,
            parameters: parameters.into_iter().enumerate().map(with_values).collect(),
            buffers: norms.into_iter().map(fresh).collect(),
            levels: None,
        }
    }

    /// Its ANN twin (see `twin`), with as many levels as it has time steps. Where pixels are coded as random spikes, the
    /// twin takes the pixels themselves, which are the spikes' mean.
    pub fn into_twin(self) -> Network {
        let levels = self.spec.steps;
        let mut spec = self.spec;
        spec.steps = 1;
        if spec.encoding == Encoding::Poisson {
            spec.encoding = Encoding::Direct;
            spec.mean = vec![0.0; spec.mean.len()];
            spec.std = vec![1.0; spec.std.len()];
        }
        Network {
            spec,
            levels: Some(levels),
            ..self
        }
    }

    /// Trained values in all.
    pub fn parameter_count(&self) -> usize {
        self.parameters.iter().map(Parameter::len).sum()
    }

    /// Runs `images` images, `pixels` `[images, C, H, W]` in [0, 1] (not clamped here). A random coding knows them by their
    /// place in this batch.
    pub fn forward(&self, pixels: &[f32], images: usize, how: &How) -> Pass {
        let places: Vec<u64> = (0..images as u64).collect();
        self.forward_of(pixels, &places, how)
    }

    /// [`Network::forward`] of images that a random coding knows by these numbers, such as their places in the data set.
    pub fn forward_of(&self, pixels: &[f32], places: &[u64], how: &How) -> Pass {
        let images = places.len();
        let x = self.encode(pixels, places, how.draw);
        let encoded = x.shape;
        let mut forward = Forward::new(self.values(), how);
        let (y, memories) = precision::with(how.precision, || forward.walk(&self.layers, x));
        let last = y.shape;
        let logits = mean_over_steps(&download(&y.data), last.steps);
        Pass {
            logits,
            images,
            how: *how,
            memories,
            statistics: forward.statistics,
            last,
            encoded,
        }
    }

    /// Carries ∂/∂logits `[images, classes]` back through a recorded pass: ∂/∂image, `[images, C, H, W]`. Empty where the
    /// pass was not recorded.
    pub fn input_gradient(&self, pass: &Pass, logits_gradient: &[f32]) -> Vec<f32> {
        self.input_gradient_adapting(pass, logits_gradient, &mut Sharpness::default())
    }

    /// [`Network::input_gradient`], with what an adaptive backward mode has learned of these images in earlier passes.
    pub fn input_gradient_adapting(&self, pass: &Pass, logits_gradient: &[f32], sharpness: &mut Sharpness) -> Vec<f32> {
        let mut backward = Backward {
            values: self.values(),
            how: pass.how,
            weights: None,
            sharpness,
        };
        let gy = self.logits_signal(pass, logits_gradient);
        let gx = precision::with(pass.how.precision, || {
            backward.walk(&self.layers, pass.memories.clone(), gy, true)
        });
        gx.map(|g| self.decode(g, pass.encoded)).unwrap_or_default()
    }

    /// Carries ∂/∂logits back through a recorded pass to the weights, and adds what it finds to what `earlier` passes
    /// found: in place and layer by layer, so that a second pass needs no second set of gradients. What the pass remembered
    /// goes layer by layer too.
    pub fn weight_gradients(
        &self,
        pass: Pass,
        logits_gradient: &[f32],
        earlier: Option<WeightGradients>,
    ) -> WeightGradients {
        let mut backward = Backward {
            values: self.values(),
            how: pass.how,
            weights: Some(earlier.unwrap_or_else(|| vec![None; self.parameters.len()])),
            sharpness: &mut Sharpness::default(),
        };
        let gy = self.logits_signal(&pass, logits_gradient);
        precision::with(pass.how.precision, || {
            backward.walk(&self.layers, pass.memories, gy, false)
        });
        backward.weights.unwrap_or_default()
    }

    /// What flows back from logits, which are means over the time steps.
    fn logits_signal(&self, pass: &Pass, logits_gradient: &[f32]) -> Signal {
        let steps = pass.last.steps;
        let share = 1.0 / steps as f32;
        let scaled: Vec<f32> = logits_gradient.iter().map(|g| g * share).collect();
        Signal {
            data: self.device.upload(scaled.repeat(steps)),
            shape: pass.last,
        }
    }

    /// Moves the running batch-norm statistics by those of a training-mode pass (unbiased variance over T·N·H·W).
    pub fn absorb(&mut self, statistics: &BatchStatistics) {
        for s in &statistics.0 {
            let buffer = &mut self.buffers[s.norm];
            let unbiased = s.positions as f32 / (s.positions as f32 - 1.0).max(1.0);
            let blend = |old: Array, new: Array| old * (1.0 - NORM_MOMENTUM) + new * NORM_MOMENTUM;
            buffer.mean = blend(buffer.mean.clone(), s.mean.clone());
            buffer.variance = blend(buffer.variance.clone(), s.variance.clone() * unbiased);
            buffer.batches += 1;
        }
    }

    /// The image as the first layer sees it: normalised once (direct), or T draws of spikes (Poisson).
    fn encode(&self, pixels: &[f32], places: &[u64], draw: u64) -> Signal {
        let [channels, height, width] = self.spec.image;
        let area = height * width;
        let (values, steps) = match self.spec.encoding {
            Encoding::Direct => (self.normalise(pixels, area), 1),
            Encoding::Poisson => {
                let mut spikes = Vec::with_capacity(pixels.len() * self.spec.steps);
                for t in 0..self.spec.steps {
                    for (image, place) in pixels.chunks((channels * area).max(1)).zip(places) {
                        let mut random = stream(draw, Purpose::Poisson, *place, t as u64);
                        spikes.extend(image.iter().map(|p| if *p >= random.uniform() { 1.0 } else { 0.0 }));
                    }
                }
                (spikes, self.spec.steps)
            }
        };
        let shape = Shape {
            steps,
            images: places.len(),
            channels,
            height,
            width,
        };
        Signal {
            data: kernels::plane_in(self.device.upload(values), shape.plane()),
            shape,
        }
    }

    fn normalise(&self, pixels: &[f32], area: usize) -> Vec<f32> {
        let mut values = Vec::with_capacity(pixels.len());
        for (i, plane) in pixels.chunks_exact(area).enumerate() {
            let c = i % self.spec.mean.len();
            let (mean, deviation) = (self.spec.mean[c], self.spec.std[c]);
            values.extend(plane.iter().map(|p| (p - mean) / deviation));
        }
        values
    }

    /// From the gradient of the encoded image to that of the pixels (straight through Poisson's spikes).
    fn decode(&self, gradient: Signal, encoded: Shape) -> Vec<f32> {
        let values = download(&kernels::plane_out(gradient.data, encoded.plane()));
        let mut pixels = match encoded.steps {
            1 => values,
            steps => {
                let n = values.len() / steps;
                (0..n).map(|i| (0..steps).map(|t| values[t * n + i]).sum()).collect()
            }
        };
        if self.spec.encoding == Encoding::Direct {
            for (i, plane) in pixels.chunks_exact_mut(encoded.height * encoded.width).enumerate() {
                let deviation = self.spec.std[i % encoded.channels];
                for g in plane {
                    *g /= deviation;
                }
            }
        }
        pixels
    }

    /// What its layers read.
    fn values(&self) -> Values<'_> {
        Values {
            parameters: &self.parameters,
            buffers: &self.buffers,
            device: &self.device,
            steps: self.spec.steps,
            levels: self.levels,
        }
    }
}

/// `[steps, n]` → its mean over steps.
fn mean_over_steps(values: &[f32], steps: usize) -> Vec<f32> {
    let n = values.len() / steps;
    (0..n)
        .map(|i| (0..steps).map(|t| values[t * n + i]).sum::<f32>() / steps as f32)
        .collect()
}
