//! Sums of gradients, and the optimiser's step.

pub(super) mod composed;

use super::array::{Array, on_arrays, wrap};
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};

/// One optimiser step of SGD with momentum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SgdStep {
    /// Learning rate.
    pub lr: f32,
    /// Momentum.
    pub momentum: f32,
    /// Weight decay, added to the gradient.
    pub weight_decay: f32,
}

/// What is done to weights and their gradients.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait OptimiserKernels: Backend {
    /// `sum + x`; in place where `sum` is not shared.
    fn accumulate(sum: FloatTensor<Self>, x: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::accumulate::<Self>(sum, x)
    }
    /// Σ x², one value.
    fn sum_of_squares(x: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::sum_of_squares::<Self>(x)
    }
    /// New weights and new velocity; in place where the arrays are not shared.
    fn sgd(
        w: FloatTensor<Self>,
        g: FloatTensor<Self>,
        v: FloatTensor<Self>,
        s: SgdStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::sgd::<Self>(w, g, v, s)
    }
}

on_arrays! { OptimiserKernels:
    /// See [`OptimiserKernels::accumulate`].
    accumulate(sum, x;) -> 1;
    /// See [`OptimiserKernels::sum_of_squares`].
    sum_of_squares(x;) -> 1;
    /// See [`OptimiserKernels::sgd`].
    sgd(w, g, v; s: SgdStep) -> 2;
}
