//! The forward walk: layers one after the other, or several at once where their roles allow it.

use super::groups::{Group, Terms, first, segments};
use super::{Layer, Memory, Values};
use crate::snn::backend::Array;
use crate::snn::how::How;
use crate::snn::signal::{Shape, Signal};

/// A forward pass under way.
pub struct Forward<'a> {
    /// What the layers read.
    pub values: Values<'a>,
    /// How the pass is run.
    pub how: &'a How,
    /// What the norms found in the batch so far.
    pub statistics: Vec<Statistics>,
}

/// A batch norm's statistics over one batch.
pub struct Statistics {
    /// Which norm.
    pub norm: usize,
    /// Mean per channel.
    pub mean: Array,
    /// Biased variance per channel.
    pub variance: Array,
    /// T·N·H·W, also where the signal was constant over time and stored once.
    pub positions: usize,
}

impl<'a> Forward<'a> {
    /// A pass that begins.
    pub fn new(values: Values<'a>, how: &'a How) -> Forward<'a> {
        Forward {
            values,
            how,
            statistics: Vec::new(),
        }
    }

    /// A parameter's values.
    pub fn value(&self, parameter: usize) -> Array {
        self.values.of(parameter)
    }

    /// What a layer remembers, where the pass is recorded.
    pub fn keep(&self, memory: impl FnOnce() -> Memory) -> Memory {
        if self.how.record { memory() } else { Memory::Nothing }
    }

    /// Notes what a norm found in an input of this shape.
    pub fn tell_statistics(&mut self, norm: usize, mean: &Array, variance: &Array, input: Shape) {
        let repeats = self.values.steps / input.steps;
        self.statistics.push(Statistics {
            norm,
            mean: mean.clone(),
            variance: variance.clone(),
            positions: input.plane().positions() * repeats,
        });
    }

    /// Runs layers; their memories come in the layers' order.
    pub fn walk(&mut self, layers: &[Box<dyn Layer>], x: Signal) -> (Signal, Vec<Memory>) {
        match self.how.record && self.how.recompute {
            true => self.walk_segments(layers, x),
            false => self.walk_layers(layers, x),
        }
    }

    /// Remembers only what enters each segment.
    fn walk_segments(&mut self, layers: &[Box<dyn Layer>], mut x: Signal) -> (Signal, Vec<Memory>) {
        let mut memories = Vec::with_capacity(layers.len());
        for segment in segments(layers) {
            let how = How {
                record: segment.is_plain,
                recompute: false,
                ..*self.how
            };
            let mut inside = Forward {
                values: self.values,
                how: &how,
                statistics: std::mem::take(&mut self.statistics),
            };
            let input = x.clone();
            let (y, remembered) = inside.walk_layers(segment.layers, x);
            self.statistics = inside.statistics;
            match segment.is_plain {
                true => memories.extend(remembered),
                false => {
                    let n = segment.layers.len();
                    memories.push(Memory::Segment { layers: n, input });
                    memories.extend((1..n).map(|_| Memory::Merged));
                }
            }
            x = y;
        }
        (x, memories)
    }

    fn walk_layers(&mut self, layers: &[Box<dyn Layer>], mut x: Signal) -> (Signal, Vec<Memory>) {
        let terms = Terms::of(self.how, self.values.levels.is_some());
        let mut memories = Vec::with_capacity(layers.len());
        let mut rest = layers;
        while let Some((group, at_once)) = first(rest, x.shape, terms) {
            let (y, memory) = self.group(group, x);
            memories.push(memory);
            memories.extend((1..at_once).map(|_| Memory::Merged));
            x = y;
            rest = &rest[at_once..];
        }
        (x, memories)
    }

    fn group(&mut self, group: Group<'_>, x: Signal) -> (Signal, Memory) {
        match group {
            Group::One(layer) => layer.forward(self, x),
            Group::ScaledWeights(weights, norm) => {
                let (scale, shift) = norm.running(self.values);
                weights.forward_scaled(self, x, scale, shift)
            }
            Group::Neurons(neurons, pool) => {
                let neurons_of = neurons.neurons(self, x.shape, pool);
                neurons.forward_fused(self, x, neurons_of)
            }
            Group::NormedNeurons(norm, neurons, pool) => {
                let neurons = neurons.neurons(self, x.shape, pool);
                norm.forward_neurons(self, x, neurons)
            }
        }
    }
}
