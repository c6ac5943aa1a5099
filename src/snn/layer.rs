//! The layers: what each is made of, and its geometry. What they compute is in `forward_walk` and `backward_walk`.

use super::backend::Convolution;
use super::parameter::Parameter;
use super::signal::Shape;

/// Added to the variance by every batch norm.
pub(super) const NORM_EPS: f32 = 1e-5;

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
    pub(super) fn convolution(&self, input: Shape) -> Convolution {
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
