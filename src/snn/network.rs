//! A network: forward, backward, and the statistics that training keeps.

use super::backend::{Array, Device, download, precision};
use super::batch_statistics::BatchStatistics;
use super::build::{Blueprint, blueprint};
use super::encoder::Encoder;
use super::how::How;
use super::initialise::draw;
use super::layer::{Backward, Forward, Layers, Values, WeightGradients};
use super::modes::Sharpness;
use super::parameter::{Buffer, Draft, Parameter};
use super::pass::Pass;
use super::signal::Signal;
use crate::spec::NetworkSpec;

/// Share of a new batch in the running statistics.
const NORM_MOMENTUM: f32 = 0.1;

/// A spiking network on a device.
pub struct Network {
    /// What it was built from.
    pub spec: NetworkSpec,
    /// Where it lives.
    pub device: Device,
    /// How samples become the currents of its first layer.
    pub encoder: Encoder,
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
            encoder: Encoder::of(spec),
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
        let spec = Encoder::without_time(self.spec);
        Network {
            encoder: Encoder::of(&spec),
            spec,
            levels: Some(levels),
            ..self
        }
    }

    /// Trained values in all.
    pub fn parameter_count(&self) -> usize {
        self.parameters.iter().map(Parameter::len).sum()
    }

    /// Runs so many samples of the encoder's form, `[images, C, H, W]` or `[images, T, C, H, W]` (not clamped here to what their
    /// values may be). A random coding knows them by their place in this batch.
    pub fn forward(&self, pixels: &[f32], images: usize, how: &How) -> Pass {
        let places: Vec<u64> = (0..images as u64).collect();
        self.forward_of(pixels, &places, how)
    }

    /// [`Network::forward`] of samples that a random coding knows by these numbers, such as their places in the data set.
    pub fn forward_of(&self, pixels: &[f32], places: &[u64], how: &How) -> Pass {
        let images = places.len();
        let x = self.encoder.encode(&self.device, pixels, places, how.draw);
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

    /// Carries ∂/∂logits `[images, classes]` back through a recorded pass: ∂/∂sample, in the samples' form. Empty where
    /// the pass was not recorded.
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
        gx.map(|g| self.encoder.decode(g, pass.encoded)).unwrap_or_default()
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
