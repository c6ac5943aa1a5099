//! Back-propagation through time where the surrogate's slope is given for every neuron and step.

use super::{Membrane, fired};
use burn::tensor::Tensor;

/// ∂/∂current `[T, neurons]`. gu_t = (gs_t − r·τ·gu_{t+1})·slope_t + τ·gu_{t+1}·keep_t, where r = u (hard reset) or θ
/// (soft) if the reset is part of the graph, and keep = ∂reset/∂u with the spike held fixed.
pub fn backward(u: Tensor<2>, gs: Tensor<2>, slope: Tensor<2>, m: Membrane) -> Tensor<2> {
    let mut carry = match m.soft_reset {
        true => u.ones_like(),
        false => fired(u.clone(), m).neg() + 1.0,
    };
    if !m.detach_reset {
        let reset = match m.soft_reset {
            true => slope.clone() * m.threshold,
            false => slope.clone() * u,
        };
        carry = carry - reset;
    }
    let carry = carry * m.leak;
    let direct = gs * slope;
    let step = |x: &Tensor<2>, t: usize| x.clone().slice([t..t + 1, 0..m.neurons]);
    let mut back: Vec<Tensor<2>> = Vec::with_capacity(m.steps);
    for t in (0..m.steps).rev() {
        let here = step(&direct, t);
        let with_later = match back.last() {
            None => here,
            Some(later) => here + later.clone() * step(&carry, t),
        };
        back.push(with_later);
    }
    back.reverse();
    Tensor::cat(back, 0)
}
