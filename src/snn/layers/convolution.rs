//! A convolution, which may take in the scale and shift of a batch norm behind it.

use crate::snn::backend::{self, Array, kernels};
use crate::snn::layer::{
    Backward, Builder, Cost, Flow, Forward, Layer, Memory, Planning, Remembered, Role, ScaledWeights,
};
use crate::snn::parameter::ParameterKind;
use crate::snn::signal::{Shape, Signal};

/// A convolution with a square kernel.
pub struct Convolution {
    weight: usize,
    bias: Option<usize>,
    outputs: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
}

/// What it remembers.
#[derive(Clone)]
struct Multiplied {
    input: Signal,
    /// The weights that were used and the scale per channel in them, where it took in a norm's.
    scaled: Option<(Array, Array)>,
}

impl Remembered for Multiplied {
    fn input(&self) -> Option<&Signal> {
        Some(&self.input)
    }
}

impl Convolution {
    /// A k×k convolution padded by half its kernel, whose parameters are called `name.weight` and `name.bias`.
    pub fn build(b: &mut Builder, name: &str, outputs: usize, kernel: usize, stride: usize, bias: bool) -> Convolution {
        let [channels, height, width] = b.at;
        let padding = kernel / 2;
        let shape = [outputs, channels, kernel, kernel];
        let weight = b.parameter(format!("{name}.weight"), &shape, ParameterKind::Convolution);
        let kind = ParameterKind::ConvolutionBias {
            fan_in: channels * kernel * kernel,
        };
        let bias = bias.then(|| b.parameter(format!("{name}.bias"), &[outputs], kind));
        let convolution = Convolution {
            weight,
            bias,
            outputs,
            kernel,
            stride,
            padding,
        };
        b.at = [outputs, convolution.side(height), convolution.side(width)];
        convolution
    }

    /// Side of the output for one of the input.
    fn side(&self, n: usize) -> usize {
        (n + 2 * self.padding - self.kernel) / self.stride + 1
    }

    /// Its geometry on an input of this shape.
    fn on(&self, input: Shape) -> backend::Convolution {
        backend::Convolution {
            input: input.plane(),
            outputs: self.outputs,
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        }
    }

    fn add_gradients(&self, pass: &mut Backward<'_>, x: &Signal, gy: Array) {
        let (gw, gb) = kernels::convolution_weight(x.data.clone(), gy, self.on(x.shape));
        pass.add(self.weight, gw);
        if let Some(bias) = self.bias {
            pass.add(bias, gb);
        }
    }
}

impl Layer for Convolution {
    fn role(&self) -> Role<'_> {
        Role::Weighted(Some(self))
    }

    fn parameters(&self) -> Vec<usize> {
        std::iter::once(self.weight).chain(self.bias).collect()
    }

    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let c = self.on(x.shape);
        let bias = match self.bias {
            Some(b) => pass.value(b),
            None => pass.values.device.zeros(c.outputs),
        };
        let data = kernels::convolution(x.data.clone(), pass.value(self.weight), bias, c);
        let shape = x.shape.with(c.output());
        let memory = pass.keep(|| Memory::of(Multiplied { input: x, scaled: None }));
        (Signal { data, shape }, memory)
    }

    fn backward(&self, pass: &mut Backward<'_>, memory: Memory, gy: Signal, want_input: bool) -> Option<Signal> {
        let Multiplied { input, scaled } = memory.take()?;
        let weight = match scaled {
            None => {
                if pass.wants_weights() {
                    self.add_gradients(pass, &input, gy.data.clone());
                }
                pass.value(self.weight)
            }
            Some((weight, scale)) => {
                if pass.wants_weights() {
                    let behind = pass.scaled(gy.clone(), &scale);
                    self.add_gradients(pass, &input, behind.data);
                }
                weight
            }
        };
        let c = self.on(input.shape);
        let data = want_input.then(|| kernels::convolution_input(gy.data, weight, c))?;
        let shape = input.shape;
        Some(Signal { data, shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, input: Flow) -> Flow {
        let [_, height, width] = input.at;
        let at = [self.outputs, self.side(height), self.side(width)];
        let output = Flow { at, ..input };
        let cost = Cost {
            output,
            remembered: input.values(),
            macs: plan.fan_in(self.weight) * output.values(),
        };
        plan.layer(&self.parameters(), cost)
    }

    fn fan_out(&self) -> f64 {
        (self.outputs * self.kernel * self.kernel) as f64 / (self.stride * self.stride) as f64
    }
}

impl ScaledWeights for Convolution {
    fn forward_scaled(&self, pass: &mut Forward<'_>, x: Signal, scale: Array, shift: Array) -> (Signal, Memory) {
        let c = self.on(x.shape);
        let rows = pass.value(self.weight).reshape([c.outputs, c.fan_in()]);
        let scaled = rows * scale.clone().reshape([c.outputs, 1]);
        let scaled: Array = scaled.reshape([c.outputs * c.fan_in()]);
        let bias = match self.bias {
            Some(b) => pass.value(b) * scale.clone() + shift,
            None => shift,
        };
        let data = kernels::convolution(x.data.clone(), scaled.clone(), bias, c);
        let shape = x.shape.with(c.output());
        let memory = pass.keep(|| {
            Memory::of(Multiplied {
                input: x,
                scaled: Some((scaled, scale)),
            })
        });
        (Signal { data, shape }, memory)
    }
}
