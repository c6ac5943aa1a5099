//! What kernels composed of burn's operations have in common: flat arrays as tensors of a shape, and back.

use super::layout::{LayoutKernels, Plane};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata};
use burn::tensor::{FloatDType, Shape};

/// A tensor of a backend.
pub type F<B> = FloatTensor<B>;

/// A tensor of any shape as a flat array.
pub fn flat<B: Backend>(x: F<B>) -> F<B> {
    let n = x.shape().num_elements();
    B::float_reshape(x, Shape::new([n]))
}

/// The shape of a plane in the outside order, which burn's operations expect.
pub fn shape(p: Plane) -> Shape {
    Shape::new([p.rows, p.channels, p.height, p.width])
}

/// An array in the backend's order as `[rows, C, H, W]` in the outside order.
pub fn plane<B: LayoutKernels>(x: F<B>, p: Plane) -> F<B> {
    B::float_reshape(B::plane_out(x, p), shape(p))
}

/// `[rows, C, H, W]` in the outside order as an array in the backend's order.
pub fn array<B: LayoutKernels>(x: F<B>, p: Plane) -> F<B> {
    B::plane_in(flat::<B>(x), p)
}

/// One number per channel, to be spread over a plane.
pub fn per_channel<B: Backend>(x: F<B>) -> F<B> {
    let channels = x.shape().num_elements();
    B::float_reshape(x, Shape::new([1, channels, 1, 1]))
}

/// A flat array as a matrix of so many rows.
pub fn matrix<B: Backend>(x: F<B>, rows: usize) -> F<B> {
    let columns = x.shape().num_elements() / rows;
    B::float_reshape(x, Shape::new([rows, columns]))
}

/// A tensor of some shape whose values nobody looks at: burn's backward passes ask for one to see its shape.
pub fn blank<B: Backend>(shape: Shape, like: &F<B>) -> F<B> {
    B::float_empty(shape, &like.device(), FloatDType::F32)
}

/// Sums a matrix over its rows.
pub fn over_rows<B: Backend>(x: F<B>) -> F<B> {
    flat::<B>(B::float_sum_dim(x, 0))
}
