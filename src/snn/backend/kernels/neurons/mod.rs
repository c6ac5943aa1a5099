//! LIF neurons over all time steps: alone, with the pool behind them, and with the batch norm before them as well.

pub(super) mod composed;
mod rate_slope;

pub use rate_slope::RateSlope;

use super::array::{Array, on_arrays, wrap};
use super::layout::Plane;
use super::norm::NormKernels;
use super::pool::PoolKernels;
use crate::spec::Surrogate;
use burn::backend::{Dispatch, backend_extension, tensor::FloatTensor};

/// A layer of LIF neurons over `steps` time steps of `neurons` each (neurons = images × units).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membrane {
    /// T.
    pub steps: usize,
    /// Neurons per step.
    pub neurons: usize,
    /// Whether the input is one step that is repeated T times.
    pub constant_input: bool,
    /// τ.
    pub leak: f32,
    /// θ.
    pub threshold: f32,
    /// Soft reset (u − θ·s) instead of hard (u·(1 − s)).
    pub soft_reset: bool,
    /// Cut the reset out of the gradient.
    pub detach_reset: bool,
    /// Fire on u − θ > 0 instead of ≥ 0, as the reference's rate-based mode does.
    pub strict: bool,
}

impl Membrane {
    /// Elements of the layer's input.
    pub fn input_len(self) -> usize {
        if self.constant_input {
            self.neurons
        } else {
            self.steps * self.neurons
        }
    }
}

/// A layer of neurons on feature maps, and the pool behind them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neurons {
    /// The neurons.
    pub membrane: Membrane,
    /// One time step of them; its rows are images.
    pub step: Plane,
    /// k of the k×k average pool behind them, of which the sides are multiples; 1 for none.
    pub pool: usize,
    /// What stands for ∂spike/∂potential on the way back.
    pub surrogate: Surrogate,
}

impl Neurons {
    /// The input: T steps, or the one that is repeated.
    pub fn inputs(self) -> Plane {
        match self.membrane.constant_input {
            true => self.step,
            false => self.spikes(),
        }
    }

    /// The spikes of all steps.
    pub fn spikes(self) -> Plane {
        Plane {
            rows: self.membrane.steps * self.step.rows,
            ..self.step
        }
    }

    /// What the pool leaves of them.
    pub fn outputs(self) -> Plane {
        self.spikes().pooled(self.pool)
    }
}

/// Neurons behind a batch norm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormedNeurons {
    /// The neurons.
    pub neurons: Neurons,
    /// Added to the variance.
    pub eps: f32,
}

/// Neurons and their gradients.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait NeuronKernels: NormKernels + PoolKernels {
    /// Spikes `[T, neurons]` and the membrane potential before each reset.
    fn lif(x: FloatTensor<Self>, m: Membrane) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed::lif::<Self>(x, m)
    }
    /// ∂/∂x through time and reset, with surrogate `s`.
    fn lif_backward(u: FloatTensor<Self>, gs: FloatTensor<Self>, m: Membrane, s: Surrogate) -> FloatTensor<Self> {
        composed::lif_backward::<Self>(u, gs, m, s)
    }
    /// ∂/∂x of the rate-based mode: upstream times the slope at the mean input over time.
    fn rate_backward(x: FloatTensor<Self>, gs: FloatTensor<Self>, m: Membrane) -> FloatTensor<Self> {
        composed::rate_backward::<Self>(x, gs, m)
    }
    /// Spikes behind their pool; nothing is kept.
    fn spikes(x: FloatTensor<Self>, n: Neurons) -> FloatTensor<Self> {
        composed::spikes::<Self>(x, n)
    }
    /// ∂/∂x of [`NeuronKernels::spikes`], whose input is `x`.
    fn spikes_backward(x: FloatTensor<Self>, gy: FloatTensor<Self>, n: Neurons) -> FloatTensor<Self> {
        composed::spikes_backward::<Self>(x, gy, n)
    }
    /// [`NeuronKernels::spikes`] of the batch norm of `x` with these statistics.
    fn norm_spikes(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: NormedNeurons,
    ) -> FloatTensor<Self> {
        composed::norm_spikes::<Self>(x, [gamma, beta], [mean, variance], n)
    }
    /// ∂/∂x, ∂/∂γ, ∂/∂β of [`NeuronKernels::norm_spikes`], the statistics being those of `x`.
    fn norm_spikes_backward(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: NormedNeurons,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        composed::norm_spikes_backward::<Self>(x, gy, [gamma, beta], [mean, variance], n)
    }
}

on_arrays! { NeuronKernels:
    /// See [`NeuronKernels::lif`].
    lif(x; m: Membrane) -> 2;
    /// See [`NeuronKernels::lif_backward`].
    lif_backward(u, gs; m: Membrane, s: Surrogate) -> 1;
    /// See [`NeuronKernels::rate_backward`].
    rate_backward(x, gs; m: Membrane) -> 1;
    /// See [`NeuronKernels::spikes`].
    spikes(x; n: Neurons) -> 1;
    /// See [`NeuronKernels::spikes_backward`].
    spikes_backward(x, gy; n: Neurons) -> 1;
    /// See [`NeuronKernels::norm_spikes`].
    norm_spikes(x, gamma, beta, mean, variance; n: NormedNeurons) -> 1;
}

/// See [`NeuronKernels::norm_spikes_backward`].
pub fn norm_spikes_backward(
    x: Array,
    gy: Array,
    [gamma, beta]: [Array; 2],
    [mean, variance]: [Array; 2],
    n: NormedNeurons,
) -> (Array, Array, Array) {
    let (x, gy) = (x.into_dispatch(), gy.into_dispatch());
    let (gamma, beta) = (gamma.into_dispatch(), beta.into_dispatch());
    let (mean, variance) = (mean.into_dispatch(), variance.into_dispatch());
    let (gx, gg, gb) = <Dispatch as NeuronKernels>::norm_spikes_backward(x, gy, gamma, beta, mean, variance, n);
    (wrap(gx), wrap(gg), wrap(gb))
}
