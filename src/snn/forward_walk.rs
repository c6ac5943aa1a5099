//! The forward walk: what each layer computes, and what it remembers for the way back.

use super::backend::{Array, Membrane, Norm, Plane, kernels};
use super::layer::{Block, Layer, NORM_EPS};
use super::network::{How, Network};
use super::pass::{BlockMemory, Memory, Statistics};
use super::segments::segments;
use super::signal::{Shape, Signal};
use super::twin;
use crate::spec::{BackwardMode, Reset};

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
        while let Some((layer, after)) = rest.split_first() {
            let scaled = match after.first() {
                Some(norm) if !self.how.training => self.convolution_and_norm(layer, norm, &x),
                _ => None,
            };
            rest = after;
            if let Some((y, memory)) = scaled {
                memories.extend([memory, Memory::Merged]);
                x = y;
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            if let (Layer::Lif, Some(Layer::Pool(k))) = (layer, after.first())
                && self.pools_at_once(x.shape, *k)
            {
                let (y, memory) = self.lif_and_pool(x, *k);
                memories.extend([memory, Memory::Merged]);
                x = y;
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            let (y, memory) = self.layer(layer, x);
            memories.push(memory);
            x = y;
        }
        (x, memories)
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
    /// scale is multiplied into the weights, which are few beside the signals. `None` for other pairs of layers.
    fn convolution_and_norm(&mut self, layer: &Layer, norm: &Layer, x: &Signal) -> Option<(Signal, Memory)> {
        let (Layer::Convolution { weight, bias, .. }, Layer::Norm { gamma, beta, buffer }) = (layer, norm) else {
            return None;
        };
        let c = layer.convolution(x.shape);
        let (scale, shift) = self.running(*gamma, *beta, *buffer);
        let rows = self.value(*weight).reshape([c.outputs, c.fan_in()]);
        let scaled = rows * scale.clone().reshape([c.outputs, 1]);
        let scaled: Array = scaled.reshape([c.outputs * c.fan_in()]);
        let bias = match bias {
            Some(b) => self.value(*b) * scale.clone() + shift,
            None => shift,
        };
        let data = kernels::convolution(x.data.clone(), scaled.clone(), bias, c);
        let shape = x.shape.with(c.output());
        let memory = self.keep(|| Memory::Scaled {
            input: x.clone(),
            weight: scaled,
            scale,
        });
        Some((Signal { data, shape }, memory))
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
        let repeats = self.network.spec.steps / shape.steps;
        self.statistics.push(Statistics {
            norm: buffer,
            mean: mean.clone(),
            variance: variance.clone(),
            positions: plane.positions() * repeats,
        });
        (
            Signal { data, shape },
            self.keep(|| Memory::Norm {
                input: x,
                mean,
                variance,
            }),
        )
    }

    /// Whether neurons and the pool behind them are one kernel: nobody asks for the spikes themselves, and the pool leaves
    /// no remainder.
    fn pools_at_once(&self, shape: Shape, k: usize) -> bool {
        let whole = shape.height.is_multiple_of(k) && shape.width.is_multiple_of(k);
        let plain = matches!(self.how.mode, BackwardMode::Bptt(_)) || !self.how.record;
        whole && plain && !self.how.observe && self.network.levels.is_none()
    }

    fn lif_and_pool(&mut self, x: Signal, k: usize) -> (Signal, Memory) {
        let membrane = self.membrane(x.shape);
        let plane = Plane {
            rows: x.shape.images,
            ..x.shape.plane()
        };
        let (data, u) = kernels::lif_pool(x.data, membrane, plane, k);
        let shape = Shape {
            steps: membrane.steps,
            ..x.shape
        };
        let shape = shape.with(plane.pooled(k));
        let memory = self.keep(|| Memory::Membranes {
            u,
            pool: Some((plane, k)),
            spikes: None,
            shape: x.shape,
            membrane,
        });
        (Signal { data, shape }, memory)
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
                pool: None,
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
