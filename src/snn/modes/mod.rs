//! Backward modes beyond a fixed surrogate (method: section 1), for attackers who suspect that the gradient of the training
//! surrogate is masked. Composed of tensor operations, so each exists once for every backend; slower than the fused kernels,
//! which only attacks meet.

mod potentials;
mod sharpness;
mod through_time;

#[cfg(test)]
mod tests;

pub use sharpness::Sharpness;

use super::backend::{Array, Membrane};
use super::signal::Shape;
use crate::spec::BackwardMode;
use burn::tensor::Tensor;

/// What a layer of neurons remembers of its forward pass, and the gradient of its spikes.
pub(super) struct Spiked<'a> {
    /// Membrane potentials before each reset, `[T, neurons]`.
    pub u: &'a Array,
    /// ∂/∂spikes, `[T, neurons]`.
    pub gs: Array,
    /// The layer.
    pub membrane: Membrane,
    /// The layer's output.
    pub shape: Shape,
}

/// ∂/∂input of a layer of neurons; `None` for modes that the fused kernels serve.
pub(super) fn backward(mode: BackwardMode, layer: Spiked<'_>, sharpness: &mut Sharpness) -> Option<Array> {
    let m = layer.membrane;
    let u = by_step(layer.u.clone(), m);
    let gs = by_step(layer.gs, m);
    let gx = match mode {
        BackwardMode::Bptt(_) | BackwardMode::Rate => return None,
        BackwardMode::Active => active(u, gs, m),
        BackwardMode::Hart(width) => hart(u, gs, m, width),
        BackwardMode::Pdsg(spread) => {
            let slope = potentials::slope(u.clone(), m, layer.shape, spread);
            through_time::backward(u, gs, slope, m)
        }
        BackwardMode::Assg(a) => {
            let slope = sharpness.slope(u.clone() - m.threshold, layer.shape.images, a);
            through_time::backward(u, gs, slope, m)
        }
    };
    Some(if m.constant_input {
        gx.sum_dim(0).reshape([m.neurons])
    } else {
        gx.reshape([m.steps * m.neurons])
    })
}

/// Flat to `[T, neurons]`.
fn by_step(x: Array, m: Membrane) -> Tensor<2> {
    x.reshape([m.steps, m.neurons])
}

/// 1 where a neuron fires.
fn fired(u: Tensor<2>, m: Membrane) -> Tensor<2> {
    match m.strict {
        true => u.greater_elem(m.threshold).float(),
        false => u.greater_equal_elem(m.threshold).float(),
    }
}

/// Upstream where the neuron fired at any step.
fn active(u: Tensor<2>, gs: Tensor<2>, m: Membrane) -> Tensor<2> {
    let fires = fired(u.max_dim(0), m);
    gs * fires
}

/// u_t = τ·stop(u_{t−1}) + I_t: each step's current acts on its own spike alone; then the mean over time.
fn hart(u: Tensor<2>, gs: Tensor<2>, m: Membrane, width: f32) -> Tensor<2> {
    let over = (u - m.threshold).abs();
    let slope = (over.neg() + width).clamp_min(0.0) / (width * width);
    (gs * slope).mean_dim(0).repeat(&[m.steps, 1])
}
