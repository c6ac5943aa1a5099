//! Linear layers composed of burn's operations.

use super::super::composing::{F, flat, matrix, over_rows};
use burn::backend::{Backend, TensorMetadata};

/// See `LinearKernels::linear`.
pub fn linear<B: Backend>(x: F<B>, w: F<B>, b: F<B>, rows: usize) -> F<B> {
    let outputs = b.shape().num_elements();
    let w = B::float_transpose(matrix::<B>(w, outputs));
    let product = B::float_matmul(matrix::<B>(x, rows), w);
    flat::<B>(B::float_add(product, matrix::<B>(b, 1)))
}

/// See `LinearKernels::linear_input`.
pub fn linear_input<B: Backend>(gy: F<B>, w: F<B>, rows: usize) -> F<B> {
    let outputs = gy.shape().num_elements() / rows;
    flat::<B>(B::float_matmul(matrix::<B>(gy, rows), matrix::<B>(w, outputs)))
}

/// See `LinearKernels::linear_weight`.
pub fn linear_weight<B: Backend>(x: F<B>, gy: F<B>, rows: usize) -> (F<B>, F<B>) {
    let gy = matrix::<B>(gy, rows);
    let gw = B::float_matmul(B::float_transpose(gy.clone()), matrix::<B>(x, rows));
    (flat::<B>(gw), over_rows::<B>(gy))
}
