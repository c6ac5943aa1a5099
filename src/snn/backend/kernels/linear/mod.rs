//! Linear layers.

pub(super) mod composed;

use super::array::{Array, on_arrays, wrap};
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};

/// A linear layer and its gradients.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait LinearKernels: Backend {
    /// x·Wᵀ + b; x `[rows, inputs]`, w `[outputs, inputs]`.
    fn linear(x: FloatTensor<Self>, w: FloatTensor<Self>, b: FloatTensor<Self>, rows: usize) -> FloatTensor<Self> {
        composed::linear::<Self>(x, w, b, rows)
    }
    /// ∂/∂x.
    fn linear_input(gy: FloatTensor<Self>, w: FloatTensor<Self>, rows: usize) -> FloatTensor<Self> {
        composed::linear_input::<Self>(gy, w, rows)
    }
    /// ∂/∂w and ∂/∂b.
    fn linear_weight(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        rows: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::linear_weight::<Self>(x, gy, rows)
    }
}

on_arrays! { LinearKernels:
    /// See [`LinearKernels::linear`].
    linear(x, w, b; rows: usize) -> 1;
    /// See [`LinearKernels::linear_input`].
    linear_input(gy, w; rows: usize) -> 1;
    /// See [`LinearKernels::linear_weight`].
    linear_weight(x, gy; rows: usize) -> 2;
}
