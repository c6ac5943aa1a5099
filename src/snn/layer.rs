//! The layers: what each computes forward, what it remembers, and how it carries a gradient back.

use super::backend::{Array, Convolution, Membrane, Norm, kernels};
use super::network::{How, Network};
use super::parameter::Parameter;
use super::pass::{BlockMemory, Memory, Statistics};
use super::signal::{Shape, Signal};
use super::twin;
use crate::spec::{BackwardMode, Reset};

/// Added to the variance by every batch norm.
const NORM_EPS: f32 = 1e-5;

/// One layer; numbers are indices into the network's parameters and buffers.
pub(super) enum Layer {
    Convolution {
        weight: usize,
        bias: Option<usize>,
        outputs: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
    },
    Norm {
        gamma: usize,
        beta: usize,
        buffer: usize,
    },
    Lif,
    Pool(usize),
    Flatten,
    Linear {
        weight: usize,
        bias: usize,
        outputs: usize,
    },
    Block(Block),
}

/// A pre-activation residual block: y = c₀·shortcut + c₁·branch(head(x)).
pub(super) struct Block {
    pub head: Vec<Layer>,
    pub branch: Vec<Layer>,
    /// A 1×1 convolution of the head's output; without one, the shortcut is the block's own input.
    pub shortcut: Option<Box<Layer>>,
    pub combination: usize,
}

/// A forward pass under way.
pub(super) struct Forward<'a> {
    pub network: &'a Network,
    pub how: &'a How,
    pub statistics: Vec<Statistics>,
}

/// A backward pass under way.
pub(super) struct Backward<'a> {
    pub network: &'a Network,
    pub mode: BackwardMode,
    pub want_weights: bool,
    pub weights: Vec<Option<Array>>,
}

impl Forward<'_> {
    fn value(&self, parameter: usize) -> Array {
        self.network.parameters[parameter].value.clone()
    }

    fn keep(&self, memory: impl FnOnce() -> Memory) -> Memory {
        if self.how.record { memory() } else { Memory::Nothing }
    }

    pub fn walk(&mut self, layers: &[Layer], mut x: Signal) -> (Signal, Vec<Memory>) {
        let mut memories = Vec::with_capacity(layers.len());
        for layer in layers {
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

    fn norm(&mut self, x: Signal, gamma: usize, beta: usize, buffer: usize) -> (Signal, Memory) {
        let (plane, shape) = (x.shape.plane(), x.shape);
        if !self.how.training {
            let running = &self.network.buffers[buffer];
            let scale = self.value(gamma) / (running.variance.clone() + NORM_EPS).sqrt();
            let shift = self.value(beta) - running.mean.clone() * scale.clone();
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

    fn lif(&mut self, x: Signal) -> (Signal, Memory) {
        let spec = &self.network.spec;
        if let Some(levels) = self.network.levels {
            let shape = x.shape;
            let data = twin::rate(x.data.clone(), spec.threshold, levels);
            let memory = self.keep(|| Memory::Twin { input: x.data, shape });
            return (Signal { data, shape }, memory);
        }
        let membrane = Membrane {
            steps: spec.steps,
            neurons: x.shape.images * x.shape.units(),
            constant_input: x.shape.steps == 1,
            leak: spec.leak,
            threshold: spec.threshold,
            soft_reset: spec.reset == Reset::Soft,
            detach_reset: spec.detach_reset,
            strict: self.how.mode == BackwardMode::Rate,
        };
        let shape = Shape {
            steps: spec.steps,
            ..x.shape
        };
        let (s, u) = kernels::lif(x.data.clone(), membrane);
        let input_shape = x.shape;
        let spikes = self.how.observe.then(|| s.clone());
        let memory = self.keep(|| match self.how.mode {
            BackwardMode::Bptt(_) => Memory::Membranes {
                u,
                spikes,
                shape: input_shape,
                membrane,
            },
            BackwardMode::Rate => Memory::Rates {
                input: x.data,
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

impl Backward<'_> {
    fn value(&self, parameter: usize) -> Array {
        self.network.parameters[parameter].value.clone()
    }

    fn add(&mut self, parameter: usize, gradient: Array) {
        let slot = &mut self.weights[parameter];
        *slot = Some(match slot.take() {
            Some(sum) => sum + gradient,
            None => gradient,
        });
    }

    /// Walks layers in reverse; `None` where the gradient with respect to the first one's input is not wanted.
    pub fn walk(&mut self, layers: &[Layer], memories: &[Memory], mut gy: Signal, want_input: bool) -> Option<Signal> {
        for (i, (layer, memory)) in layers.iter().zip(memories).enumerate().rev() {
            gy = self.layer(layer, memory, gy, i > 0 || want_input)?;
        }
        Some(gy)
    }

    fn layer(&mut self, layer: &Layer, memory: &Memory, gy: Signal, want_input: bool) -> Option<Signal> {
        match (layer, memory) {
            (Layer::Convolution { weight, bias, .. }, Memory::Input(x)) => {
                let c = layer.convolution(x.shape);
                if self.want_weights {
                    let (gw, gb) = kernels::convolution_weight(x.data.clone(), gy.data.clone(), c);
                    self.add(*weight, gw);
                    if let Some(bias) = bias {
                        self.add(*bias, gb);
                    }
                }
                let data = want_input.then(|| kernels::convolution_input(gy.data, self.value(*weight), c))?;
                Some(Signal { data, shape: x.shape })
            }
            (Layer::Norm { .. }, Memory::Scale(scale)) => {
                let nothing = self.network.device.zeros(gy.shape.channels);
                let data = kernels::affine(gy.data, scale.clone(), nothing, gy.shape.plane());
                Some(Signal { data, shape: gy.shape })
            }
            (Layer::Norm { gamma, beta, .. }, Memory::Norm { input, mean, variance }) => {
                let n = Norm {
                    plane: gy.shape.plane(),
                    eps: NORM_EPS,
                };
                let (x, value) = (input.data.clone(), self.value(*gamma));
                let (data, gg, gb) = kernels::norm_backward(x, gy.data, value, mean.clone(), variance.clone(), n);
                if self.want_weights {
                    self.add(*gamma, gg);
                    self.add(*beta, gb);
                }
                Some(Signal { data, shape: gy.shape })
            }
            (Layer::Lif, Memory::Membranes { u, shape, membrane, .. }) => {
                let BackwardMode::Bptt(surrogate) = self.mode else {
                    return None;
                };
                let data = kernels::lif_backward(u.clone(), gy.data, *membrane, surrogate);
                Some(Signal { data, shape: *shape })
            }
            (
                Layer::Lif,
                Memory::Rates {
                    input, shape, membrane, ..
                },
            ) => {
                let data = kernels::rate_backward(input.clone(), gy.data, *membrane);
                Some(Signal { data, shape: *shape })
            }
            (Layer::Lif, Memory::Twin { input, shape }) => {
                let data = twin::rate_backward(input.clone(), gy.data, self.network.spec.threshold);
                Some(Signal { data, shape: *shape })
            }
            (Layer::Pool(k), Memory::Pool(plane)) => {
                let data = kernels::pool_backward(gy.data, *plane, *k);
                Some(Signal {
                    data,
                    shape: gy.shape.with(*plane),
                })
            }
            (Layer::Flatten, Memory::Flatten(shape)) => {
                let data = kernels::plane_in(gy.data, shape.plane());
                Some(Signal { data, shape: *shape })
            }
            (Layer::Linear { weight, bias, .. }, Memory::Input(x)) => {
                let rows = x.shape.steps * x.shape.images;
                if self.want_weights {
                    let (gw, gb) = kernels::linear_weight(x.data.clone(), gy.data.clone(), rows);
                    self.add(*weight, gw);
                    self.add(*bias, gb);
                }
                let data = want_input.then(|| kernels::linear_input(gy.data, self.value(*weight), rows))?;
                Some(Signal { data, shape: x.shape })
            }
            (Layer::Block(block), Memory::Block(memory)) => self.block(block, memory, gy),
            // The pass was not recorded: there is no gradient to give.
            _ => None,
        }
    }

    fn block(&mut self, block: &Block, memory: &BlockMemory, gy: Signal) -> Option<Signal> {
        let [c0, c1] = memory.coefficients.clone();
        if self.want_weights
            && let Some((short, branch)) = &memory.summands
        {
            let along = |s: &Signal| (gy.data.clone() * s.data.clone()).sum();
            self.add(block.combination, Array::cat(vec![along(short), along(branch)], 0));
        }
        let shape = gy.shape;
        let g_short = Signal {
            data: gy.data.clone() * c0,
            shape,
        };
        let g_branch = Signal {
            data: gy.data * c1,
            shape,
        };
        let mut g_activated = self.walk(&block.branch, &memory.branch, g_branch, true)?;
        match (&block.shortcut, &memory.shortcut) {
            (Some(layer), Some(shortcut)) => {
                let g = self.layer(layer, shortcut, g_short, true)?;
                g_activated.data = g_activated.data + g.data;
                self.walk(&block.head, &memory.head, g_activated, true)
            }
            _ => {
                let mut gx = self.walk(&block.head, &memory.head, g_activated, true)?;
                let direct = if memory.input_steps == 1 {
                    g_short.summed_over_time()
                } else {
                    g_short
                };
                gx.data = gx.data + direct.data;
                Some(gx)
            }
        }
    }
}

impl Layer {
    /// Outputs that one input value reaches, edges neglected.
    pub fn fan_out(&self) -> f64 {
        match self {
            Layer::Convolution {
                outputs,
                kernel,
                stride,
                ..
            } => (outputs * kernel * kernel) as f64 / (stride * stride) as f64,
            Layer::Linear { outputs, .. } => *outputs as f64,
            _ => 0.0,
        }
    }

    /// The convolution's geometry on an input of this shape.
    fn convolution(&self, input: Shape) -> Convolution {
        match self {
            Layer::Convolution {
                outputs,
                kernel,
                stride,
                padding,
                ..
            } => Convolution {
                input: input.plane(),
                outputs: *outputs,
                kernel: *kernel,
                stride: *stride,
                padding: *padding,
            },
            _ => Convolution {
                input: input.plane(),
                outputs: input.channels,
                kernel: 1,
                stride: 1,
                padding: 0,
            },
        }
    }
}

/// The value count of all parameters.
pub(super) fn count(parameters: &[Parameter]) -> usize {
    parameters.iter().map(Parameter::len).sum()
}
