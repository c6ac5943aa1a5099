//! The forward walk: what each layer computes, and what it remembers for the way back.

use super::Network;
use crate::snn::backend::{Array, Convolution, Membrane, Neurons, Norm, NormedNeurons, Plane, kernels};
use crate::snn::how::How;
use crate::snn::layer::{Block, Layer, NORM_EPS};
use crate::snn::pass::{BlockMemory, Memory, Statistics};
use crate::snn::segments::segments;
use crate::snn::signal::{Shape, Signal};
use crate::snn::twin;
use crate::spec::{BackwardMode, Reset, Surrogate};

/// A forward pass under way.
pub(super) struct Forward<'a> {
    pub network: &'a Network,
    pub how: &'a How,
    pub statistics: Vec<Statistics>,
}

impl Forward<'_> {
    fn value(&self, parameter: usize) -> Array {
        self.network.parameters[parameter].value.clone()
    }

    fn keep(&self, memory: impl FnOnce() -> Memory) -> Memory {
        if self.how.record { memory() } else { Memory::Nothing }
    }

    /// Runs layers; their memories come in the layers' order.
    pub fn walk(&mut self, layers: &[Layer], x: Signal) -> (Signal, Vec<Memory>) {
        match self.how.record && self.how.recompute {
            true => self.walk_segments(layers, x),
            false => self.walk_layers(layers, x),
        }
    }

    /// Remembers only what enters each segment.
    fn walk_segments(&mut self, layers: &[Layer], mut x: Signal) -> (Signal, Vec<Memory>) {
        let mut memories = Vec::with_capacity(layers.len());
        for segment in segments(layers) {
            let how = How {
                record: segment.is_plain,
                recompute: false,
                ..*self.how
            };
            let mut inside = Forward {
                network: self.network,
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

    fn walk_layers(&mut self, layers: &[Layer], mut x: Signal) -> (Signal, Vec<Memory>) {
        let mut memories = Vec::with_capacity(layers.len());
        let mut rest = layers;
        while !rest.is_empty() {
            let (y, memory, at_once) = self.next(rest, x);
            memories.push(memory);
            memories.extend((1..at_once).map(|_| Memory::Merged));
            x = y;
            rest = &rest[at_once..];
        }
        (x, memories)
    }

    /// Computes the first layer, or the first layers where one kernel does several; says how many.
    fn next(&mut self, layers: &[Layer], x: Signal) -> (Signal, Memory, usize) {
        match layers {
            [
                Layer::Convolution { weight, bias, .. },
                Layer::Norm { gamma, beta, buffer },
                ..,
            ] if !self.how.training => {
                let c = layers[0].convolution(x.shape);
                let running = self.running(*gamma, *beta, *buffer);
                let (y, memory) = self.scaled_convolution(x, (*weight, *bias), running, c);
                (y, memory, 2)
            }
            [Layer::Norm { gamma, beta, buffer }, Layer::Lif, after @ ..]
                if self.how.training && self.forgets_membranes() =>
            {
                let k = self.pool_behind(after, x.shape);
                let (y, memory) = self.norm_and_neurons(x, (*gamma, *beta, *buffer), k.unwrap_or(1));
                (y, memory, 2 + usize::from(k.is_some()))
            }
            [Layer::Lif, after @ ..] if self.forgets_membranes() => {
                let k = self.pool_behind(after, x.shape);
                let (y, memory) = self.neurons(x, k.unwrap_or(1));
                (y, memory, 1 + usize::from(k.is_some()))
            }
            [layer, ..] => {
                let (y, memory) = self.layer(layer, x);
                (y, memory, 1)
            }
            [] => (x, Memory::Nothing, 1),
        }
    }

    fn layer(&mut self, layer: &Layer, x: Signal) -> (Signal, Memory) {
        match layer {
            Layer::Convolution { weight, bias, .. } => {
                let c = layer.convolution(x.shape);
                let bias = match bias {
                    Some(b) => self.value(*b),
                    None => self.network.device.zeros(c.outputs),
                };
                let data = kernels::convolution(x.data.clone(), self.value(*weight), bias, c);
                let shape = x.shape.with(c.output());
                (Signal { data, shape }, self.keep(|| Memory::Input(x)))
            }
            Layer::Norm { gamma, beta, buffer } => self.norm(x, *gamma, *beta, *buffer),
            Layer::Lif => self.lif(x),
            Layer::Pool(k) => {
                let plane = x.shape.plane();
                let data = kernels::pool(x.data, plane, *k);
                (
                    Signal {
                        data,
                        shape: x.shape.with(plane.pooled(*k)),
                    },
                    Memory::Pool(plane),
                )
            }
            Layer::Flatten => {
                let shape = Shape {
                    channels: x.shape.units(),
                    height: 1,
                    width: 1,
                    ..x.shape
                };
                let data = kernels::plane_out(x.data, x.shape.plane());
                (Signal { data, shape }, Memory::Flatten(x.shape))
            }
            Layer::Linear { weight, bias, outputs } => {
                let rows = x.shape.steps * x.shape.images;
                let data = kernels::linear(x.data.clone(), self.value(*weight), self.value(*bias), rows);
                let shape = Shape {
                    channels: *outputs,
                    ..x.shape
                };
                (Signal { data, shape }, self.keep(|| Memory::Input(x)))
            }
            Layer::Block(block) => self.block(block, x),
        }
    }

    /// A convolution with the batch norm behind it as one convolution, where the norm goes by running statistics: its
    /// scale is multiplied into the weights, which are few beside the signals.
    fn scaled_convolution(
        &mut self,
        x: Signal,
        (weight, bias): (usize, Option<usize>),
        (scale, shift): (Array, Array),
        c: Convolution,
    ) -> (Signal, Memory) {
        let rows = self.value(weight).reshape([c.outputs, c.fan_in()]);
        let scaled = rows * scale.clone().reshape([c.outputs, 1]);
        let scaled: Array = scaled.reshape([c.outputs * c.fan_in()]);
        let bias = match bias {
            Some(b) => self.value(b) * scale.clone() + shift,
            None => shift,
        };
        let data = kernels::convolution(x.data.clone(), scaled.clone(), bias, c);
        let shape = x.shape.with(c.output());
        let memory = self.keep(|| Memory::Scaled {
            input: x,
            weight: scaled,
            scale,
        });
        (Signal { data, shape }, memory)
    }

    /// A batch norm by its running statistics, as scale and shift per channel.
    fn running(&self, gamma: usize, beta: usize, buffer: usize) -> (Array, Array) {
        let running = &self.network.buffers[buffer];
        let scale = self.value(gamma) / (running.variance.clone() + NORM_EPS).sqrt();
        let shift = self.value(beta) - running.mean.clone() * scale.clone();
        (scale, shift)
    }

    fn norm(&mut self, x: Signal, gamma: usize, beta: usize, buffer: usize) -> (Signal, Memory) {
        let (plane, shape) = (x.shape.plane(), x.shape);
        if !self.how.training {
            let (scale, shift) = self.running(gamma, beta, buffer);
            let data = kernels::affine(x.data, scale.clone(), shift, plane);
            return (Signal { data, shape }, self.keep(|| Memory::Scale(scale)));
        }
        let n = Norm { plane, eps: NORM_EPS };
        let (data, mean, variance) = kernels::norm(x.data.clone(), self.value(gamma), self.value(beta), n);
        self.tell_statistics(buffer, &mean, &variance, shape);
        (
            Signal { data, shape },
            self.keep(|| Memory::Norm {
                input: x,
                mean,
                variance,
            }),
        )
    }

    /// Notes what a batch norm found in an input of this shape.
    fn tell_statistics(&mut self, norm: usize, mean: &Array, variance: &Array, input: Shape) {
        let repeats = self.network.spec.steps / input.steps;
        self.statistics.push(Statistics {
            norm,
            mean: mean.clone(),
            variance: variance.clone(),
            positions: input.plane().positions() * repeats,
        });
    }

    /// Whether nobody looks at membranes or at spikes in front of a pool: then neither is stored.
    fn forgets_membranes(&self) -> bool {
        let plain = matches!(self.how.mode, BackwardMode::Bptt(_)) || !self.how.record;
        plain && !self.how.observe && self.network.levels.is_none()
    }

    /// k of a pool behind neurons of this shape that leaves no remainder.
    fn pool_behind(&self, after: &[Layer], shape: Shape) -> Option<usize> {
        match after {
            [Layer::Pool(k), ..] if shape.height.is_multiple_of(*k) && shape.width.is_multiple_of(*k) => Some(*k),
            _ => None,
        }
    }

    /// The neurons that an input of this shape meets, with a pool behind them.
    fn layer_of(&self, input: Shape, pool: usize) -> Neurons {
        let surrogate = match self.how.mode {
            BackwardMode::Bptt(surrogate) => surrogate,
            _ => Surrogate::REFERENCE,
        };
        Neurons {
            membrane: self.membrane(input),
            step: Plane {
                rows: input.images,
                ..input.plane()
            },
            pool,
            surrogate,
        }
    }

    /// What `n` makes of an input of this shape.
    fn fired(data: Array, input: Shape, n: Neurons) -> Signal {
        let shape = Shape {
            steps: n.membrane.steps,
            ..input
        };
        let shape = shape.with(n.outputs());
        Signal { data, shape }
    }

    fn neurons(&mut self, x: Signal, k: usize) -> (Signal, Memory) {
        let (shape, neurons) = (x.shape, self.layer_of(x.shape, k));
        let data = kernels::spikes(x.data.clone(), neurons);
        let memory = self.keep(|| Memory::Neurons {
            input: x.data,
            shape,
            neurons,
        });
        (Forward::fired(data, shape, neurons), memory)
    }

    fn norm_and_neurons(
        &mut self,
        x: Signal,
        (gamma, beta, buffer): (usize, usize, usize),
        k: usize,
    ) -> (Signal, Memory) {
        let (shape, neurons) = (x.shape, self.layer_of(x.shape, k));
        let (mean, variance) = kernels::moments(x.data.clone(), shape.plane());
        self.tell_statistics(buffer, &mean, &variance, shape);
        let normed = NormedNeurons { neurons, eps: NORM_EPS };
        let (gamma, beta) = (self.value(gamma), self.value(beta));
        let data = kernels::norm_spikes(x.data.clone(), gamma, beta, mean.clone(), variance.clone(), normed);
        let memory = self.keep(|| Memory::NormedNeurons {
            input: x.data,
            mean,
            variance,
            shape,
            neurons,
        });
        (Forward::fired(data, shape, neurons), memory)
    }

    /// The neurons that an input of this shape meets.
    fn membrane(&self, input: Shape) -> Membrane {
        let spec = &self.network.spec;
        Membrane {
            steps: spec.steps,
            neurons: input.images * input.units(),
            constant_input: input.steps == 1,
            leak: spec.leak,
            threshold: spec.threshold,
            soft_reset: spec.reset == Reset::Soft,
            detach_reset: spec.detach_reset,
            strict: !self.how.mode.fires_as_counted(),
        }
    }

    fn lif(&mut self, x: Signal) -> (Signal, Memory) {
        let spec = &self.network.spec;
        if let Some(levels) = self.network.levels {
            let shape = x.shape;
            let data = twin::rate(x.data.clone(), spec.threshold, levels);
            let memory = self.keep(|| Memory::Twin { input: x.data, shape });
            return (Signal { data, shape }, memory);
        }
        let membrane = self.membrane(x.shape);
        let shape = Shape {
            steps: spec.steps,
            ..x.shape
        };
        let (s, u) = kernels::lif(x.data.clone(), membrane);
        let input_shape = x.shape;
        let spikes = self.how.observe.then(|| s.clone());
        let memory = self.keep(|| match self.how.mode {
            BackwardMode::Rate => Memory::Rates {
                input: x.data,
                spikes,
                shape: input_shape,
                membrane,
            },
            _ => Memory::Membranes {
                u,
                spikes,
                shape: input_shape,
                membrane,
            },
        });
        (Signal { data: s, shape }, memory)
    }

    fn block(&mut self, block: &Block, x: Signal) -> (Signal, Memory) {
        let steps = self.network.spec.steps;
        let input_steps = x.shape.steps;
        let (activated, head) = self.walk(&block.head, x.clone());
        let (branch_out, branch) = self.walk(&block.branch, activated.clone());
        let (short, shortcut) = match &block.shortcut {
            Some(layer) => {
                let (y, memory) = self.layer(layer, activated);
                (y, Some(memory))
            }
            None => (x.over_time(steps), None),
        };
        let both = self.value(block.combination);
        let coefficients = [both.clone().narrow(0, 0, 1), both.narrow(0, 1, 1)];
        let data = short.data.clone() * coefficients[0].clone() + branch_out.data.clone() * coefficients[1].clone();
        let y = Signal {
            data,
            shape: branch_out.shape,
        };
        let memory = self.keep(|| {
            let summands = Some((short, branch_out));
            Memory::Block(Box::new(BlockMemory {
                head,
                branch,
                shortcut,
                summands,
                coefficients,
                input_steps,
            }))
        });
        (y, memory)
    }
}
