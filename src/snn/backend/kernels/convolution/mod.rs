//! Convolutions.

pub(super) mod composed;

use super::array::{Array, on_arrays, wrap};
use super::layout::{LayoutKernels, Plane};
use burn::backend::{Dispatch, backend_extension, tensor::FloatTensor};

/// A convolution: square kernel, same stride and padding on both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// The input.
    pub input: Plane,
    /// Output channels.
    pub outputs: usize,
    /// Kernel side, 1 or 3.
    pub kernel: usize,
    /// Stride.
    pub stride: usize,
    /// Zero padding.
    pub padding: usize,
}

impl Convolution {
    /// Shape of the output.
    pub fn output(self) -> Plane {
        let side = |n: usize| (n + 2 * self.padding - self.kernel) / self.stride + 1;
        Plane {
            channels: self.outputs,
            height: side(self.input.height),
            width: side(self.input.width),
            ..self.input
        }
    }

    /// Weights per output channel: input channels × kernel².
    pub fn fan_in(self) -> usize {
        self.input.channels * self.kernel * self.kernel
    }
}

/// A convolution and its gradients.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait ConvolutionKernels: LayoutKernels {
    /// x ∗ w + b; w is `[outputs, channels, k, k]`.
    fn convolution(
        x: FloatTensor<Self>,
        w: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: Convolution,
    ) -> FloatTensor<Self> {
        composed::convolution::<Self>(x, w, b, c)
    }
    /// ∂/∂x.
    fn convolution_input(gy: FloatTensor<Self>, w: FloatTensor<Self>, c: Convolution) -> FloatTensor<Self> {
        composed::convolution_input::<Self>(gy, w, c)
    }
    /// ∂/∂w, and ∂/∂b.
    fn convolution_weight(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        c: Convolution,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::convolution_weight::<Self>(x, gy, c)
    }
}

on_arrays! { ConvolutionKernels:
    /// See [`ConvolutionKernels::convolution`].
    convolution(x, w, b; c: Convolution) -> 1;
    /// See [`ConvolutionKernels::convolution_input`].
    convolution_input(gy, w; c: Convolution) -> 1;
    /// See [`ConvolutionKernels::convolution_weight`].
    convolution_weight(x, gy; c: Convolution) -> 2;
}
