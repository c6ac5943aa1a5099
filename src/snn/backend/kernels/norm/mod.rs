//! Batch norms, and scale and shift per channel.

pub(super) mod composed;

use super::array::{Array, on_arrays, wrap};
use super::layout::{LayoutKernels, Plane};
use burn::backend::{Dispatch, backend_extension, tensor::FloatTensor};

/// A batch norm over the channels of a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// The input.
    pub plane: Plane,
    /// Added to the variance.
    pub eps: f32,
}

/// A batch norm, its gradients, and what it is made of.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait NormKernels: LayoutKernels {
    /// `y = x·scale[c] + shift[c]`.
    fn affine(x: FloatTensor<Self>, scale: FloatTensor<Self>, shift: FloatTensor<Self>, p: Plane) -> FloatTensor<Self> {
        composed::affine::<Self>(x, scale, shift, p)
    }
    /// Mean and biased variance per channel.
    fn moments(x: FloatTensor<Self>, p: Plane) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::moments::<Self>(x, p)
    }
    /// Batch norm with the batch's statistics: output, mean, biased variance.
    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        n: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        composed::norm::<Self>(x, gamma, beta, n)
    }
    /// ∂/∂x, ∂/∂γ, ∂/∂β of [`NormKernels::norm`].
    fn norm_backward(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        composed::norm_backward::<Self>(x, gy, gamma, mean, variance, n)
    }
}

on_arrays! { NormKernels:
    /// See [`NormKernels::affine`].
    affine(x, scale, shift; p: Plane) -> 1;
    /// See [`NormKernels::moments`].
    moments(x; p: Plane) -> 2;
    /// See [`NormKernels::norm`].
    norm(x, gamma, beta; n: Norm) -> 3;
    /// See [`NormKernels::norm_backward`].
    norm_backward(x, gy, gamma, mean, variance; n: Norm) -> 3;
}
