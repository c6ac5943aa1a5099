//! LIF neurons composed of burn's operations, one time step after the other; and neurons with a pool or a batch norm composed
//! of the backend's own kernels.

use super::super::composing::{F, flat, over_rows};
use super::super::norm::Norm;
use super::{Membrane, NeuronKernels, Neurons, NormedNeurons, RateSlope};
use crate::spec::Surrogate;
use burn::backend::tensor::BoolTensor;
use burn::backend::{Backend, TensorMetadata, get_device_settings};
use burn::tensor::{FloatDType, Shape, Slice};
use std::f32::consts::PI;

/// A flat array as `[steps, neurons]`; a constant input as `[1, neurons]`.
fn steps<B: Backend>(x: F<B>, m: Membrane) -> F<B> {
    let rows = x.shape().num_elements() / m.neurons;
    B::float_reshape(x, Shape::new([rows, m.neurons]))
}

/// Step `t` of `[steps, neurons]`, as `[1, neurons]`.
fn step<B: Backend>(x: &F<B>, t: usize, m: Membrane) -> F<B> {
    B::float_slice(x.clone(), &[Slice::from(t..t + 1), Slice::from(0..m.neurons)])
}

/// [u ≥ θ], or > θ in strict mode.
fn fires<B: Backend>(u: F<B>, m: Membrane) -> BoolTensor<B> {
    let kind = get_device_settings::<B>(&u.device()).bool_dtype;
    match m.strict {
        true => B::float_greater_elem(u, m.threshold.into(), kind),
        false => B::float_greater_equal_elem(u, m.threshold.into(), kind),
    }
}

/// 1 where true, else 0.
fn number<B: Backend>(x: BoolTensor<B>) -> F<B> {
    B::bool_into_float(x, FloatDType::F32)
}

fn ones_like<B: Backend>(x: &F<B>) -> F<B> {
    B::float_ones(x.shape(), &x.device(), FloatDType::F32)
}

/// See `NeuronKernels::lif`.
pub fn lif<B: Backend>(x: F<B>, m: Membrane) -> (F<B>, F<B>) {
    let x = steps::<B>(x, m);
    let mut potentials = Vec::with_capacity(m.steps);
    let mut after: Option<F<B>> = None;
    for t in 0..m.steps {
        let current = step::<B>(&x, if m.constant_input { 0 } else { t }, m);
        let u = match after {
            None => current,
            Some(v) => B::float_add(B::float_mul_scalar(v, m.leak.into()), current),
        };
        let fired = fires::<B>(u.clone(), m);
        after = Some(match m.soft_reset {
            true => {
                let over = B::float_add_scalar(u.clone(), (-m.threshold).into());
                B::float_mask_where(u.clone(), fired, over)
            }
            false => B::float_mask_fill(u.clone(), fired, 0.0f32.into()),
        });
        potentials.push(u);
    }
    let u = B::float_cat(potentials, 0);
    let s = number::<B>(fires::<B>(u.clone(), m));
    (flat::<B>(s), flat::<B>(u))
}

/// The surrogate's slope at `over` = u − θ.
fn slope<B: Backend>(over: F<B>, s: Surrogate) -> F<B> {
    match s {
        Surrogate::Triangle(w) => {
            let height = B::float_add_scalar(B::float_neg(B::float_abs(over)), w.into());
            B::float_mul_scalar(B::float_clamp_min(height, 0.0f32.into()), (1.0 / (w * w)).into())
        }
        Surrogate::Sigmoid(a) => {
            // p·(1 − p) from σ(a·v) and σ(−a·v): no loss where p is near 1.
            let p = B::sigmoid(B::float_mul_scalar(over.clone(), a.into()));
            let q = B::sigmoid(B::float_mul_scalar(over, (-a).into()));
            B::float_mul_scalar(B::float_mul(p, q), a.into())
        }
        Surrogate::Arctan(a) => {
            let z = B::float_mul_scalar(over, (0.5 * PI * a).into());
            let below = B::float_add_scalar(B::float_mul(z.clone(), z), 1.0f32.into());
            B::float_mul_scalar(B::float_recip(below), (0.5 * a).into())
        }
        Surrogate::Rectangle(w) => {
            let kind = get_device_settings::<B>(&over.device()).bool_dtype;
            let inside = B::float_lower_elem(B::float_abs(over), (0.5 * w).into(), kind);
            B::float_mul_scalar(number::<B>(inside), (1.0 / w).into())
        }
        Surrogate::Gaussian(w) => {
            let z = B::float_mul_scalar(over, (1.0 / w).into());
            let bell = B::float_exp(B::float_mul_scalar(B::float_mul(z.clone(), z), (-0.5f32).into()));
            B::float_mul_scalar(bell, (1.0 / (w * (2.0 * PI).sqrt())).into())
        }
        Surrogate::StraightThrough => ones_like::<B>(&over),
    }
}

/// Back-propagation through time. gu_t = (gs_t − r·τ·gu_{t+1})·g + τ·gu_{t+1}·keep is carry·gu_{t+1} + g·gs_t, with
/// carry known for all steps beforehand.
pub fn lif_backward<B: Backend>(u: F<B>, gs: F<B>, m: Membrane, s: Surrogate) -> F<B> {
    let (u, gs) = (steps::<B>(u, m), steps::<B>(gs, m));
    let g = slope::<B>(B::float_add_scalar(u.clone(), (-m.threshold).into()), s);
    let mut carry = match m.soft_reset {
        true => ones_like::<B>(&u),
        false => number::<B>(B::bool_not(fires::<B>(u.clone(), m))),
    };
    if !m.detach_reset {
        let reset = match m.soft_reset {
            true => B::float_mul_scalar(g.clone(), m.threshold.into()),
            false => B::float_mul(g.clone(), u),
        };
        carry = B::float_sub(carry, reset);
    }
    let carry = B::float_mul_scalar(carry, m.leak.into());
    let direct = B::float_mul(g, gs);
    let mut back: Vec<F<B>> = Vec::with_capacity(m.steps);
    for t in (0..m.steps).rev() {
        let here = step::<B>(&direct, t, m);
        back.push(match back.last() {
            None => here,
            Some(next) => B::float_add(here, B::float_mul(next.clone(), step::<B>(&carry, t, m))),
        });
    }
    back.reverse();
    over_time::<B>(B::float_cat(back, 0), m)
}

/// See `NeuronKernels::rate_backward`: gs times the slope at the mean input over time.
pub fn rate_backward<B: Backend>(x: F<B>, gs: F<B>, m: Membrane) -> F<B> {
    let mean = B::float_mean_dim(steps::<B>(x, m), 0);
    let r = RateSlope::new(m);
    let kind = get_device_settings::<B>(&mean.device()).bool_dtype;
    let within = |low: f32, high: f32, value: f32| {
        let above = B::float_greater_equal_elem(mean.clone(), low.into(), kind);
        let below = B::float_lower_equal_elem(mean.clone(), high.into(), kind);
        B::float_mul_scalar(number::<B>(B::bool_and(above, below)), value.into())
    };
    let slope = B::float_add(within(r.low, r.high, r.middle), within(0.0, r.low, r.below));
    over_time::<B>(B::float_mul(steps::<B>(gs, m), slope), m)
}

/// The gradient of a layer's input from those of its steps: their sum if the input is one step repeated.
fn over_time<B: Backend>(gx: F<B>, m: Membrane) -> F<B> {
    match m.constant_input {
        true => over_rows::<B>(gx),
        false => flat::<B>(gx),
    }
}

/// The pool behind neurons; 1 is none.
fn pooled<B: NeuronKernels>(s: F<B>, n: Neurons) -> F<B> {
    match n.pool {
        1 => s,
        k => B::pool(s, n.spikes(), k),
    }
}

/// See `NeuronKernels::spikes`.
pub fn spikes<B: NeuronKernels>(x: F<B>, n: Neurons) -> F<B> {
    let (s, _) = B::lif(x, n.membrane);
    pooled::<B>(s, n)
}

/// See `NeuronKernels::spikes_backward`.
pub fn spikes_backward<B: NeuronKernels>(x: F<B>, gy: F<B>, n: Neurons) -> F<B> {
    let (_, u) = B::lif(x, n.membrane);
    let gs = match n.pool {
        1 => gy,
        k => B::pool_backward(gy, n.spikes(), k),
    };
    B::lif_backward(u, gs, n.membrane, n.surrogate)
}

/// Scale and shift of a batch norm.
fn scaling<B: Backend>([gamma, beta]: [F<B>; 2], [mean, variance]: [F<B>; 2], eps: f32) -> (F<B>, F<B>) {
    let deviation = B::float_sqrt(B::float_add_scalar(variance, eps.into()));
    let scale = B::float_div(gamma, deviation);
    let shift = B::float_sub(beta, B::float_mul(mean, scale.clone()));
    (scale, shift)
}

/// See `NeuronKernels::norm_spikes`.
pub fn norm_spikes<B: NeuronKernels>(x: F<B>, affine: [F<B>; 2], statistics: [F<B>; 2], n: NormedNeurons) -> F<B> {
    let (scale, shift) = scaling::<B>(affine, statistics, n.eps);
    B::spikes(B::affine(x, scale, shift, n.neurons.inputs()), n.neurons)
}

/// See `NeuronKernels::norm_spikes_backward`.
pub fn norm_spikes_backward<B: NeuronKernels>(
    x: F<B>,
    gy: F<B>,
    [gamma, beta]: [F<B>; 2],
    [mean, variance]: [F<B>; 2],
    n: NormedNeurons,
) -> (F<B>, F<B>, F<B>) {
    let NormedNeurons { neurons, eps } = n;
    let plane = neurons.inputs();
    let (scale, shift) = scaling::<B>([gamma.clone(), beta], [mean.clone(), variance.clone()], eps);
    let g = B::spikes_backward(B::affine(x.clone(), scale, shift, plane), gy, neurons);
    B::norm_backward(x, g, gamma, mean, variance, Norm { plane, eps })
}
