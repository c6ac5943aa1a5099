//! The backward walk: each layer carries a gradient back through what it remembered.

use super::{Forward, Layer, Memory, Values};
use crate::snn::backend::{Array, kernels};
use crate::snn::how::How;
use crate::snn::modes::Sharpness;
use crate::snn::signal::Signal;

/// ∂/∂parameter in the order of the network's parameters; `None` for what a walk did not reach.
pub type WeightGradients = Vec<Option<Array>>;

/// A backward pass under way.
pub struct Backward<'a> {
    /// What the layers read.
    pub values: Values<'a>,
    /// How the forward pass was run.
    pub how: How,
    /// Gradients of the weights so far, where they are wanted.
    pub weights: Option<WeightGradients>,
    /// What the adaptive mode has learned of these images.
    pub sharpness: &'a mut Sharpness,
}

impl Backward<'_> {
    /// A parameter's values.
    pub fn value(&self, parameter: usize) -> Array {
        self.values.of(parameter)
    }

    /// Whether gradients of parameters are wanted.
    pub fn wants_weights(&self) -> bool {
        self.weights.is_some()
    }

    /// Adds to a parameter's gradient.
    pub fn add(&mut self, parameter: usize, gradient: Array) {
        let Some(slot) = self.weights.as_mut().and_then(|w| w.get_mut(parameter)) else {
            return;
        };
        *slot = Some(match slot.take() {
            Some(sum) => kernels::accumulate(sum, gradient),
            None => gradient,
        });
    }

    /// A gradient times a scale per channel.
    pub fn scaled(&self, gy: Signal, scale: &Array) -> Signal {
        let nothing = self.values.device.zeros(gy.shape.channels);
        let data = kernels::affine(gy.data, scale.clone(), nothing, gy.shape.plane());
        Signal { data, shape: gy.shape }
    }

    /// Walks layers in reverse, each memory going when its layer has used it; `None` where the gradient with respect to the
    /// first one's input is not wanted.
    pub fn walk(
        &mut self,
        layers: &[Box<dyn Layer>],
        memories: Vec<Memory>,
        mut gy: Signal,
        want_input: bool,
    ) -> Option<Signal> {
        for (i, memory) in memories.into_iter().enumerate().rev() {
            let wanted = i > 0 || want_input;
            gy = match memory {
                Memory::Merged => gy,
                Memory::Segment { layers: n, input } => self.segment(&layers[i..i + n], input, gy, wanted)?,
                memory => layers[i].backward(self, memory, gy, wanted)?,
            };
        }
        Some(gy)
    }

    /// Computes a segment again, remembering everything, and walks back through it. The statistics of its batch norms are
    /// those of the first time, since the numbers are.
    fn segment(&mut self, layers: &[Box<dyn Layer>], input: Signal, gy: Signal, want_input: bool) -> Option<Signal> {
        let how = How {
            recompute: false,
            ..self.how
        };
        let (_, memories) = Forward::new(self.values, &how).walk(layers, input);
        self.walk(layers, memories, gy, want_input)
    }
}
