//! Every kernel composed of burn's own operations, for any backend of burn. Used where we have no kernels of our own, which
//! is CubeCL (the feature `cuda`). Planes are channels first, the outside order.
//!
//! Tests hold these kernels to those of the CPU backends. Each operation is at least one pass over memory, so the kernels of
//! `flex` and `torch` are faster.

#[cfg(feature = "cuda")]
mod cube;
mod neurons;
#[cfg(test)]
mod tests;

use super::kernels::{Convolution, Neurons, Norm, NormedNeurons, Plane, SgdStep};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{FloatDType, Shape};

pub use neurons::{lif, lif_backward, rate_backward};

/// An array.
type F<B> = FloatTensor<B>;

fn flat<B: Backend>(x: F<B>) -> F<B> {
    let n = x.shape().num_elements();
    B::float_reshape(x, Shape::new([n]))
}

fn shape(p: Plane) -> Shape {
    Shape::new([p.rows, p.channels, p.height, p.width])
}

fn plane<B: Backend>(x: F<B>, p: Plane) -> F<B> {
    B::float_reshape(x, shape(p))
}

/// One number per channel, to be spread over a plane.
fn per_channel<B: Backend>(x: F<B>) -> F<B> {
    let channels = x.shape().num_elements();
    B::float_reshape(x, Shape::new([1, channels, 1, 1]))
}

fn weight_shape(c: Convolution) -> Shape {
    Shape::new([c.outputs, c.input.channels, c.kernel, c.kernel])
}

fn options(c: Convolution) -> ConvOptions<2> {
    ConvOptions::new([c.stride; 2], [c.padding; 2], [1, 1], 1)
}

/// A flat array as a matrix of so many rows.
fn matrix<B: Backend>(x: F<B>, rows: usize) -> F<B> {
    let columns = x.shape().num_elements() / rows;
    B::float_reshape(x, Shape::new([rows, columns]))
}

/// An array of some shape whose values nobody looks at: burn's backward passes ask for a tensor to see its shape.
fn blank<B: Backend>(shape: Shape, like: &F<B>) -> F<B> {
    B::float_empty(shape, &like.device(), FloatDType::F32)
}

/// Sums a matrix over its rows.
fn over_rows<B: Backend>(x: F<B>) -> F<B> {
    flat::<B>(B::float_sum_dim(x, 0))
}

/// See `Kernels::affine`.
pub fn affine<B: Backend>(x: F<B>, scale: F<B>, shift: F<B>, p: Plane) -> F<B> {
    let scaled = B::float_mul(plane::<B>(x, p), per_channel::<B>(scale));
    flat::<B>(B::float_add(scaled, per_channel::<B>(shift)))
}

/// See `Kernels::convolution`.
pub fn convolution<B: Backend>(x: F<B>, w: F<B>, b: F<B>, c: Convolution) -> F<B> {
    let w = B::float_reshape(w, weight_shape(c));
    flat::<B>(B::conv2d(plane::<B>(x, c.input), w, Some(b), options(c)))
}

/// See `Kernels::convolution_input`.
pub fn convolution_input<B: Backend>(gy: F<B>, w: F<B>, c: Convolution) -> F<B> {
    let x = blank::<B>(shape(c.input), &gy);
    let w = B::float_reshape(w, weight_shape(c));
    flat::<B>(B::conv2d_x_backward(x, w, plane::<B>(gy, c.output()), options(c)))
}

/// See `Kernels::convolution_weight`.
pub fn convolution_weight<B: Backend>(x: F<B>, gy: F<B>, c: Convolution) -> (F<B>, F<B>) {
    let gy = plane::<B>(gy, c.output());
    let w = blank::<B>(weight_shape(c), &gy);
    let b = blank::<B>(Shape::new([c.outputs]), &gy);
    let x = plane::<B>(x, c.input);
    let gb = B::conv2d_bias_backward(x.clone(), b, gy.clone());
    let gw = B::conv2d_weight_backward(x, w, gy, options(c));
    (flat::<B>(gw), flat::<B>(gb))
}

/// See `Kernels::norm`.
pub fn norm<B: Backend>(x: F<B>, gamma: F<B>, beta: F<B>, n: Norm) -> (F<B>, F<B>, F<B>) {
    let made = B::batch_norm_train(plane::<B>(x, n.plane), gamma, beta, f64::from(n.eps));
    (flat::<B>(made.output), flat::<B>(made.mean), flat::<B>(made.variance))
}

/// See `Kernels::norm_backward`.
pub fn norm_backward<B: Backend>(
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
        flat::<B>(made.x_grad),
        flat::<B>(made.gamma_grad),
        flat::<B>(made.beta_grad),
    )
}

/// See `Kernels::moments`.
pub fn moments<B: Backend>(x: F<B>, p: Plane) -> (F<B>, F<B>) {
    let per_map = |x: F<B>| {
        B::float_mean_dim(
            B::float_reshape(x, Shape::new([p.rows * p.channels, p.height * p.width])),
            1,
        )
    };
    let per_channel = |x: F<B>| {
        flat::<B>(B::float_mean_dim(
            B::float_reshape(x, Shape::new([p.rows, p.channels])),
            0,
        ))
    };
    let mean = per_channel(per_map(x.clone()));
    let apart = B::float_sub(plane::<B>(x, p), self::per_channel::<B>(mean.clone()));
    let variance = per_channel(per_map(B::float_mul(apart.clone(), apart)));
    (mean, variance)
}

/// Scale and shift of a batch norm.
fn scaling<B: Backend>([gamma, beta]: [F<B>; 2], [mean, variance]: [F<B>; 2], eps: f32) -> (F<B>, F<B>) {
    let deviation = B::float_sqrt(B::float_add_scalar(variance, eps.into()));
    let scale = B::float_div(gamma, deviation);
    let shift = B::float_sub(beta, B::float_mul(mean, scale.clone()));
    (scale, shift)
}

/// See `Kernels::spikes`.
pub fn spikes<B: Backend>(x: F<B>, n: Neurons) -> F<B> {
    let (s, _) = lif::<B>(x, n.membrane);
    pool::<B>(s, n.spikes(), n.pool)
}

/// See `Kernels::spikes_backward`.
pub fn spikes_backward<B: Backend>(x: F<B>, gy: F<B>, n: Neurons) -> F<B> {
    let (_, u) = lif::<B>(x, n.membrane);
    let gs = pool_backward::<B>(gy, n.spikes(), n.pool);
    lif_backward::<B>(u, gs, n.membrane, n.surrogate)
}

/// See `Kernels::norm_spikes`.
pub fn norm_spikes<B: Backend>(x: F<B>, affine: [F<B>; 2], statistics: [F<B>; 2], n: NormedNeurons) -> F<B> {
    let (scale, shift) = scaling::<B>(affine, statistics, n.eps);
    spikes::<B>(self::affine::<B>(x, scale, shift, n.neurons.inputs()), n.neurons)
}

/// See `Kernels::norm_spikes_backward`.
pub fn norm_spikes_backward<B: Backend>(
    x: F<B>,
    gy: F<B>,
    [gamma, beta]: [F<B>; 2],
    [mean, variance]: [F<B>; 2],
    n: NormedNeurons,
) -> (F<B>, F<B>, F<B>) {
    let NormedNeurons { neurons, eps } = n;
    let plane = neurons.inputs();
    let (scale, shift) = scaling::<B>([gamma.clone(), beta], [mean.clone(), variance.clone()], eps);
    let g = spikes_backward::<B>(affine::<B>(x.clone(), scale, shift, plane), gy, neurons);
    norm_backward::<B>(x, g, gamma, mean, variance, Norm { plane, eps })
}

/// See `Kernels::pool`.
pub fn pool<B: Backend>(x: F<B>, p: Plane, k: usize) -> F<B> {
    if k == 1 {
        return x;
    }
    flat::<B>(B::avg_pool2d(plane::<B>(x, p), [k; 2], [k; 2], [0; 2], true, false))
}

/// See `Kernels::pool_backward`.
pub fn pool_backward<B: Backend>(gy: F<B>, p: Plane, k: usize) -> F<B> {
    if k == 1 {
        return gy;
    }
    let (x, gy) = (blank::<B>(shape(p), &gy), plane::<B>(gy, p.pooled(k)));
    flat::<B>(B::avg_pool2d_backward(x, gy, [k; 2], [k; 2], [0; 2], true, false))
}

/// See `Kernels::linear`.
pub fn linear<B: Backend>(x: F<B>, w: F<B>, b: F<B>, rows: usize) -> F<B> {
    let outputs = b.shape().num_elements();
    let w = B::float_transpose(matrix::<B>(w, outputs));
    let product = B::float_matmul(matrix::<B>(x, rows), w);
    flat::<B>(B::float_add(product, matrix::<B>(b, 1)))
}

/// See `Kernels::linear_input`.
pub fn linear_input<B: Backend>(gy: F<B>, w: F<B>, rows: usize) -> F<B> {
    let outputs = gy.shape().num_elements() / rows;
    flat::<B>(B::float_matmul(matrix::<B>(gy, rows), matrix::<B>(w, outputs)))
}

/// See `Kernels::linear_weight`.
pub fn linear_weight<B: Backend>(x: F<B>, gy: F<B>, rows: usize) -> (F<B>, F<B>) {
    let gy = matrix::<B>(gy, rows);
    let gw = B::float_matmul(B::float_transpose(gy.clone()), matrix::<B>(x, rows));
    (flat::<B>(gw), over_rows::<B>(gy))
}

/// See `Kernels::accumulate`; burn reuses the memory where nobody else holds it.
pub fn accumulate<B: Backend>(sum: F<B>, x: F<B>) -> F<B> {
    B::float_add(sum, x)
}

/// See `Kernels::sum_of_squares`.
pub fn sum_of_squares<B: Backend>(x: F<B>) -> F<B> {
    flat::<B>(B::float_sum(B::float_mul(x.clone(), x)))
}

/// See `Kernels::sgd`; burn reuses the memory where nobody else holds it.
pub fn sgd<B: Backend>(w: F<B>, g: F<B>, v: F<B>, s: SgdStep) -> (F<B>, F<B>) {
    let decayed = B::float_add(g, B::float_mul_scalar(w.clone(), s.weight_decay.into()));
    let v = B::float_add(B::float_mul_scalar(v, s.momentum.into()), decayed);
    let w = B::float_sub(w, B::float_mul_scalar(v.clone(), s.lr.into()));
    (w, v)
}
