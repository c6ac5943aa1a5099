//! Pools.

pub(super) mod composed;

use super::array::{Array, on_arrays, wrap};
use super::layout::{LayoutKernels, Plane};
use burn::backend::{Dispatch, backend_extension, tensor::FloatTensor};

/// An average pool and its gradient.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait PoolKernels: LayoutKernels {
    /// k×k average pool with stride k.
    fn pool(x: FloatTensor<Self>, p: Plane, k: usize) -> FloatTensor<Self> {
        composed::pool::<Self>(x, p, k)
    }
    /// ∂/∂x of [`PoolKernels::pool`]; `p` is the pool's input.
    fn pool_backward(gy: FloatTensor<Self>, p: Plane, k: usize) -> FloatTensor<Self> {
        composed::pool_backward::<Self>(gy, p, k)
    }
}

on_arrays! { PoolKernels:
    /// See [`PoolKernels::pool`].
    pool(x; p: Plane, k: usize) -> 1;
    /// See [`PoolKernels::pool_backward`].
    pool_backward(gy; p: Plane, k: usize) -> 1;
}
