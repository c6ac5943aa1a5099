//! The backward walk: how each layer carries a gradient back through what it remembered.

use super::forward_walk::Forward;
use super::{Network, WeightGradients};
use crate::snn::backend::{Array, Norm, NormedNeurons, kernels};
use crate::snn::how::How;
use crate::snn::layer::{Block, Layer, NORM_EPS};
use crate::snn::modes::{self, Sharpness, Spiked};
use crate::snn::pass::{BlockMemory, Memory};
use crate::snn::signal::Signal;
use crate::snn::twin;
use crate::spec::BackwardMode;

/// A backward pass under way.
pub(super) struct Backward<'a> {
    pub network: &'a Network,
    pub how: How,
    /// Gradients of the weights so far, where they are wanted.
    pub weights: Option<WeightGradients>,
    /// What the adaptive mode has learned of these images.
    pub sharpness: &'a mut Sharpness,
}

impl Backward<'_> {
    fn value(&self, parameter: usize) -> Array {
        self.network.parameters[parameter].value.clone()
    }

    fn add(&mut self, parameter: usize, gradient: Array) {
        let Some(slot) = self.weights.as_mut().and_then(|w| w.get_mut(parameter)) else {
            return;
        };
        *slot = Some(match slot.take() {
            Some(sum) => kernels::accumulate(sum, gradient),
            None => gradient,
        });
    }

    /// Walks layers in reverse, each memory going when its layer has used it; `None` where the gradient with respect to the
    /// first one's input is not wanted.
    pub fn walk(
        &mut self,
        layers: &[Layer],
        memories: Vec<Memory>,
        mut gy: Signal,
        want_input: bool,
    ) -> Option<Signal> {
        for (i, memory) in memories.into_iter().enumerate().rev() {
            let wanted = i > 0 || want_input;
            gy = match memory {
                Memory::Segment { layers: n, input } => self.segment(&layers[i..i + n], input, gy, wanted)?,
                memory => self.layer(&layers[i], memory, gy, wanted)?,
            };
        }
        Some(gy)
    }

    /// Computes a segment again, remembering everything, and walks back through it. The statistics of its batch norms are
    /// those of the first time, since the numbers are.
    fn segment(&mut self, layers: &[Layer], input: Signal, gy: Signal, want_input: bool) -> Option<Signal> {
        let how = How {
            recompute: false,
            ..self.how
        };
        let mut forward = Forward {
            network: self.network,
            how: &how,
            statistics: Vec::new(),
        };
        let (_, memories) = forward.walk(layers, input);
        self.walk(layers, memories, gy, want_input)
    }

    fn layer(&mut self, layer: &Layer, memory: Memory, gy: Signal, want_input: bool) -> Option<Signal> {
        match (layer, memory) {
            (Layer::Convolution { weight, .. }, Memory::Input(x)) => {
                if self.weights.is_some() {
                    self.convolution_weights(layer, &x, gy.data.clone());
                }
                let c = layer.convolution(x.shape);
                let data = want_input.then(|| kernels::convolution_input(gy.data, self.value(*weight), c))?;
                Some(Signal { data, shape: x.shape })
            }
            (Layer::Convolution { .. }, Memory::Scaled { input, weight, scale }) => {
                if self.weights.is_some() {
                    let behind = self.scaled(gy.clone(), &scale);
                    self.convolution_weights(layer, &input, behind.data);
                }
                let c = layer.convolution(input.shape);
                let data = want_input.then(|| kernels::convolution_input(gy.data, weight, c))?;
                let shape = input.shape;
                Some(Signal { data, shape })
            }
            (_, Memory::Merged) => Some(gy),
            (Layer::Norm { gamma, beta, .. }, memory) => self.norm([*gamma, *beta], memory, gy),
            (Layer::Lif, memory) => self.neurons(memory, gy),
            (Layer::Pool(k), Memory::Pool(plane)) => {
                let data = kernels::pool_backward(gy.data, plane, *k);
                Some(Signal {
                    data,
                    shape: gy.shape.with(plane),
                })
            }
            (Layer::Flatten, Memory::Flatten(shape)) => {
                let data = kernels::plane_in(gy.data, shape.plane());
                Some(Signal { data, shape })
            }
            (Layer::Linear { weight, bias, .. }, Memory::Input(x)) => {
                let rows = x.shape.steps * x.shape.images;
                if self.weights.is_some() {
                    let (gw, gb) = kernels::linear_weight(x.data, gy.data.clone(), rows);
                    self.add(*weight, gw);
                    self.add(*bias, gb);
                }
                let data = want_input.then(|| kernels::linear_input(gy.data, self.value(*weight), rows))?;
                Some(Signal { data, shape: x.shape })
            }
            (Layer::Block(block), Memory::Block(memory)) => self.block(block, *memory, gy),
            // The pass was not recorded: there is no gradient to give.
            _ => None,
        }
    }

    /// A batch norm, alone or with the neurons behind it; its γ and β by their numbers.
    fn norm(&mut self, [gamma, beta]: [usize; 2], memory: Memory, gy: Signal) -> Option<Signal> {
        match memory {
            Memory::Scale(scale) => Some(self.scaled(gy, &scale)),
            Memory::Norm { input, mean, variance } => {
                let n = Norm {
                    plane: gy.shape.plane(),
                    eps: NORM_EPS,
                };
                let value = self.value(gamma);
                let (data, gg, gb) = kernels::norm_backward(input.data, gy.data, value, mean, variance, n);
                if self.weights.is_some() {
                    self.add(gamma, gg);
                    self.add(beta, gb);
                }
                Some(Signal { data, shape: gy.shape })
            }
            Memory::NormedNeurons {
                input,
                mean,
                variance,
                shape,
                neurons,
            } => {
                let n = NormedNeurons { neurons, eps: NORM_EPS };
                let affine = [self.value(gamma), self.value(beta)];
                let (data, gg, gb) = kernels::norm_spikes_backward(input, gy.data, affine, [mean, variance], n);
                if self.weights.is_some() {
                    self.add(gamma, gg);
                    self.add(beta, gb);
                }
                Some(Signal { data, shape })
            }
            _ => None,
        }
    }

    /// A layer of neurons, in the backward mode of the pass.
    fn neurons(&mut self, memory: Memory, gy: Signal) -> Option<Signal> {
        match memory {
            Memory::Neurons { input, shape, neurons } => {
                let data = kernels::spikes_backward(input, gy.data, neurons);
                Some(Signal { data, shape })
            }
            Memory::Membranes { u, shape, membrane, .. } => {
                let data = match self.how.mode {
                    BackwardMode::Bptt(surrogate) => kernels::lif_backward(u, gy.data, membrane, surrogate),
                    mode => {
                        let layer = Spiked {
                            u: &u,
                            gs: gy.data,
                            membrane,
                            shape: gy.shape,
                        };
                        modes::backward(mode, layer, self.sharpness)?
                    }
                };
                Some(Signal { data, shape })
            }
            Memory::Rates {
                input, shape, membrane, ..
            } => {
                let data = kernels::rate_backward(input, gy.data, membrane);
                Some(Signal { data, shape })
            }
            Memory::Twin { input, shape } => {
                let data = twin::rate_backward(input, gy.data, self.network.spec.threshold);
                Some(Signal { data, shape })
            }
            _ => None,
        }
    }

    /// A gradient times a scale per channel.
    fn scaled(&self, gy: Signal, scale: &Array) -> Signal {
        let nothing = self.network.device.zeros(gy.shape.channels);
        let data = kernels::affine(gy.data, scale.clone(), nothing, gy.shape.plane());
        Signal { data, shape: gy.shape }
    }

    /// Adds the gradients of a convolution's weights and bias.
    fn convolution_weights(&mut self, layer: &Layer, x: &Signal, gy: Array) {
        let Layer::Convolution { weight, bias, .. } = layer else {
            return;
        };
        let (gw, gb) = kernels::convolution_weight(x.data.clone(), gy, layer.convolution(x.shape));
        self.add(*weight, gw);
        if let Some(bias) = bias {
            self.add(*bias, gb);
        }
    }

    fn block(&mut self, block: &Block, memory: BlockMemory, gy: Signal) -> Option<Signal> {
        let [c0, c1] = memory.coefficients;
        if self.weights.is_some()
            && let Some((short, branch)) = memory.summands
        {
            let along = |s: &Signal| (gy.data.clone() * s.data.clone()).sum();
            self.add(block.combination, Array::cat(vec![along(&short), along(&branch)], 0));
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
        let mut g_activated = self.walk(&block.branch, memory.branch, g_branch, true)?;
        match (&block.shortcut, memory.shortcut) {
            (Some(layer), Some(shortcut)) => {
                let g = self.layer(layer, shortcut, g_short, true)?;
                g_activated.data = g_activated.data + g.data;
                self.walk(&block.head, memory.head, g_activated, true)
            }
            _ => {
                let mut gx = self.walk(&block.head, memory.head, g_activated, true)?;
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
