//! Neurons and the optimiser's step composed of LibTorch's own operations, for memory that our Rust kernels cannot
//! reach (CUDA). They compute what `lif.rs` and `sgd.rs` compute, also on the CPU, where the tests compare the two.

use crate::{
    snn::backend::kernels::{Membrane, RateSlope, SgdStep},
    spec::Surrogate,
};
use burn_tch::TchTensor;
use std::f64::consts::PI;
use tch::{Kind, Tensor};

/// A flat array as `[steps, neurons]`; a constant input as `[1, neurons]`.
fn steps(x: &Tensor, m: Membrane) -> Tensor {
    x.reshape([-1, m.neurons as i64])
}

/// [u ≥ θ], or > 0 in strict mode.
fn fires(u: &Tensor, m: Membrane) -> Tensor {
    let theta = f64::from(m.threshold);
    if m.strict { u.gt(theta) } else { u.ge(theta) }
}

/// Spikes and membranes before the reset. Four small kernels per time step, two large ones at the end.
pub fn forward(x: &Tensor, m: Membrane) -> (Tensor, Tensor) {
    let x = steps(x, m);
    let u = Tensor::empty([m.steps as i64, m.neurons as i64], (Kind::Float, x.device()));
    let zero = Tensor::zeros([], (Kind::Float, x.device()));
    let mut v: Option<Tensor> = None;
    for t in 0..m.steps as i64 {
        let current = x.get(if m.constant_input { 0 } else { t });
        let mut potential = u.get(t);
        match &v {
            None => potential.copy_(&current),
            Some(v) => {
                let _ = v.mul_scalar_out(&potential, f64::from(m.leak));
                let _ = potential.g_add_(&current);
            }
        }
        v = Some(match m.soft_reset {
            true => &potential - fires(&potential, m).to_kind(Kind::Float) * f64::from(m.threshold),
            false => zero.where_self(&fires(&potential, m), &potential),
        });
    }
    let s = fires(&u, m).to_kind(Kind::Float);
    (s.reshape([-1]), u.reshape([-1]))
}

/// Scale and shift of a batch norm by given γ, β, mean and variance, computed as the Rust kernels do.
pub fn scaling(by: [&TchTensor; 4], eps: f32) -> (Tensor, Tensor) {
    let [gamma, beta, mean, variance] = by.map(|t| &t.tensor);
    let scale = gamma / (variance + f64::from(eps)).sqrt_();
    let shift = beta - mean * &scale;
    (scale, shift)
}

/// A batch norm of `[rows, C, H, W]` by given γ, β, mean and variance, flat.
pub fn normalise(x: &Tensor, by: [&TchTensor; 4], eps: f32) -> Tensor {
    let [gamma, beta, mean, variance] = by.map(|t| Some(&t.tensor));
    let (y, _, _) = x.native_batch_norm(gamma, beta, mean, variance, false, 0.0, f64::from(eps));
    y.reshape([-1])
}

/// The surrogate's slope at `over` = u − θ.
fn slope(mut over: Tensor, s: Surrogate) -> Tensor {
    match s {
        Surrogate::Triangle(w) => {
            let w = f64::from(w);
            (over.abs_().neg_() + w).clamp_min_(0.0) / (w * w)
        }
        Surrogate::Sigmoid(a) => {
            let a = f64::from(a);
            let p = (over * a).sigmoid_();
            (1.0 - &p) * p * a
        }
        Surrogate::Arctan(a) => {
            let a = f64::from(a);
            ((over * (0.5 * PI * a)).square_() + 1.0).reciprocal_() * (0.5 * a)
        }
        Surrogate::Rectangle(w) => {
            let w = f64::from(w);
            over.abs().lt(0.5 * w).to_kind(Kind::Float) / w
        }
        Surrogate::Gaussian(w) => {
            let w = f64::from(w);
            ((over / w).square_() * -0.5).exp_() / (w * (2.0 * PI).sqrt())
        }
        Surrogate::StraightThrough => over.ones_like(),
    }
}

/// Back-propagation through time. gu_t = (gs_t − r·τ·gu_{t+1})·g + τ·gu_{t+1}·keep is a·gu_{t+1} + b with a and b known
/// for all steps beforehand, so each step is one kernel.
pub fn backward(u: &Tensor, gs: &Tensor, m: Membrane, s: Surrogate) -> Tensor {
    let u = steps(u, m);
    let g = slope(&u - f64::from(m.threshold), s);
    let mut carry = match m.soft_reset {
        true => u.ones_like(),
        false => fires(&u, m).logical_not().to_kind(Kind::Float),
    };
    match (m.detach_reset, m.soft_reset) {
        (true, _) => {}
        (false, false) => carry -= &g * &u,
        (false, true) => carry -= &g * f64::from(m.threshold),
    }
    carry *= f64::from(m.leak);
    let gu = g * steps(gs, m);
    for t in (0..m.steps as i64 - 1).rev() {
        let _ = gu.get(t).addcmul_(&gu.get(t + 1), &carry.get(t));
    }
    over_time(gu, m)
}

/// gs times the slope at the mean input over time.
pub fn rate_backward(x: &Tensor, gs: &Tensor, m: Membrane) -> Tensor {
    let mean = steps(x, m).mean_dim(0, true, Kind::Float);
    let r = RateSlope::new(m);
    let within = |low: f32, high: f32, value: f32| {
        mean.ge(f64::from(low))
            .logical_and_(&mean.le(f64::from(high)))
            .to_kind(Kind::Float)
            * f64::from(value)
    };
    let slope = within(r.low, r.high, r.middle) + within(0.0, r.low, r.below);
    over_time(steps(gs, m) * slope, m)
}

/// The gradient of a layer's input from those of its steps: their sum if the input is one step repeated.
fn over_time(gx: Tensor, m: Membrane) -> Tensor {
    match m.constant_input {
        true => gx.sum_dim_intlist(0, false, Kind::Float),
        false => gx.reshape([-1]),
    }
}

/// v ← μ·v + (g + wd·w); w ← w − lr·v, in place.
pub fn sgd(w: &mut Tensor, g: &Tensor, v: &mut Tensor, s: SgdStep) {
    *v *= f64::from(s.momentum);
    *v += g;
    *v += &*w * f64::from(s.weight_decay);
    *w -= &*v * f64::from(s.lr);
}
