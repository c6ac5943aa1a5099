//! Kernels on planes in host memory whose channels come last, `[rows, H, W, C]`: the channels of a position are contiguous,
//! so batch norm and pooling are vector loops over channels. Shared by the backends whose arrays are in host memory.

pub mod layout;
mod neurons;
pub mod norm;
pub mod pool;
mod strips;

use super::kernels::{Neurons, NormedNeurons};
use super::norms;
use neurons::{Layer, Scaling};
use strips::Strips;

/// A batch norm: γ, β, mean and variance per channel.
#[derive(Clone, Copy)]
pub struct Affine<'a> {
    pub gamma: &'a [f32],
    pub beta: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
}

/// See `NeuronKernels::spikes`.
pub fn spikes(x: &[f32], y: &mut [f32], n: Neurons) {
    layer(x, n, &Strips::of(n), None).forward(y);
}

/// See `NeuronKernels::spikes_backward`.
pub fn spikes_backward(x: &[f32], gy: &[f32], gx: &mut [f32], n: Neurons) {
    layer(x, n, &Strips::of(n), None).backward(gy, gx, n.surrogate);
}

/// See `NeuronKernels::norm_spikes`.
pub fn norm_spikes(x: &[f32], y: &mut [f32], by: Affine<'_>, n: NormedNeurons) {
    let (scale, shift) = norms::scaling(by.gamma, by.beta, by.mean, by.variance, n.eps);
    layer(x, n.neurons, &Strips::of(n.neurons), Some((&scale, &shift))).forward(y);
}

/// See `NeuronKernels::norm_spikes_backward`; the gradients of γ and β come last.
pub fn norm_spikes_backward(
    x: &[f32],
    gy: &[f32],
    gx: &mut [f32],
    by: Affine<'_>,
    n: NormedNeurons,
    (g_gamma, g_beta): (&mut [f32], &mut [f32]),
) {
    let NormedNeurons { neurons: n, eps } = n;
    let (scale, shift) = norms::scaling(by.gamma, by.beta, by.mean, by.variance, eps);
    let strips = Strips::of(n);
    let at = layer(x, n, &strips, Some((&scale, &shift)));
    let sums = at.backward_with_sums(gy, gx, n.surrogate, by.mean);
    let batch = (by.gamma, by.variance, eps);
    let spread = norms::spread(&sums, n.inputs().positions(), batch, g_gamma, g_beta);
    norm::spread_out(gx, x, by.mean, &spread);
}

/// The neurons of a layer on its input, with scale and shift of the batch norm before them.
fn layer<'a>(x: &'a [f32], n: Neurons, strips: &'a Strips, norm: Option<(&'a [f32], &'a [f32])>) -> Layer<'a> {
    Layer {
        x,
        m: n.membrane,
        strips,
        norm: norm.map(|(scale, shift)| Scaling { scale, shift }),
    }
}
