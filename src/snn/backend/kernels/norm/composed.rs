//! Batch norms composed of burn's operations.

use super::super::composing::{F, array, flat, per_channel, plane};
use super::super::layout::{LayoutKernels, Plane};
use super::Norm;
use burn::tensor::Shape;

/// See `NormKernels::affine`.
pub fn affine<B: LayoutKernels>(x: F<B>, scale: F<B>, shift: F<B>, p: Plane) -> F<B> {
    let scaled = B::float_mul(plane::<B>(x, p), per_channel::<B>(scale));
    array::<B>(B::float_add(scaled, per_channel::<B>(shift)), p)
}

/// See `NormKernels::moments`.
pub fn moments<B: LayoutKernels>(x: F<B>, p: Plane) -> (F<B>, F<B>) {
    let per_map = |x: F<B>| {
        B::float_mean_dim(
            B::float_reshape(x, Shape::new([p.rows * p.channels, p.height * p.width])),
            1,
        )
    };
    let over_maps = |x: F<B>| {
        flat::<B>(B::float_mean_dim(
            B::float_reshape(x, Shape::new([p.rows, p.channels])),
            0,
        ))
    };
    let x = plane::<B>(x, p);
    let mean = over_maps(per_map(x.clone()));
    let apart = B::float_sub(x, per_channel::<B>(mean.clone()));
    let variance = over_maps(per_map(B::float_mul(apart.clone(), apart)));
    (mean, variance)
}

/// See `NormKernels::norm`.
pub fn norm<B: LayoutKernels>(x: F<B>, gamma: F<B>, beta: F<B>, n: Norm) -> (F<B>, F<B>, F<B>) {
    let made = B::batch_norm_train(plane::<B>(x, n.plane), gamma, beta, f64::from(n.eps));
    (
        array::<B>(made.output, n.plane),
        flat::<B>(made.mean),
        flat::<B>(made.variance),
    )
}

/// See `NormKernels::norm_backward`.
pub fn norm_backward<B: LayoutKernels>(
    x: F<B>,
    gy: F<B>,
    gamma: F<B>,
    mean: F<B>,
    variance: F<B>,
    n: Norm,
) -> (F<B>, F<B>, F<B>) {
    let (x, gy) = (plane::<B>(x, n.plane), plane::<B>(gy, n.plane));
    let made = B::batch_norm_train_backward(x, gamma, mean, variance, f64::from(n.eps), gy);
    (
        array::<B>(made.x_grad, n.plane),
        flat::<B>(made.gamma_grad),
        flat::<B>(made.beta_grad),
    )
}
