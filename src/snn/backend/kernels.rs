//! The trait of a backend: every kernel that it must have. Arrays are flat; the structs here carry the shapes.
//!
//! A *plane* is `[rows, channels, height, width]` in the memory order that the backend chooses. Only [`plane_in`] and
//! [`plane_out`] know the outside order, which is PyTorch's: channels first.

#![cfg_attr(
    feature = "tch",
    allow(
        deprecated,
        reason = "burn-tch 0.22 is the last of its line and says so at every use; we pin it"
    )
)]

use crate::spec::Surrogate;
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;

/// A flat f32 array on a device.
pub type Array = Tensor<1>;

/// Shape of a stack of feature maps; `rows` = time steps × images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    /// Feature maps.
    pub rows: usize,
    /// Channels of each.
    pub channels: usize,
    /// Height.
    pub height: usize,
    /// Width.
    pub width: usize,
}

impl Plane {
    /// Elements in all.
    pub fn len(self) -> usize {
        self.rows * self.channels * self.height * self.width
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Shape after a k×k pool.
    pub fn pooled(self, k: usize) -> Plane {
        Plane {
            height: self.height / k,
            width: self.width / k,
            ..self
        }
    }

    /// Positions over which a batch norm averages.
    pub fn positions(self) -> usize {
        self.rows * self.height * self.width
    }
}

/// A convolution: square kernel, same stride and padding on both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// The input.
    pub input: Plane,
    /// Output channels.
    pub outputs: usize,
    /// Kernel side, 1 or 3.
    pub kernel: usize,
    /// Stride.
    pub stride: usize,
    /// Zero padding.
    pub padding: usize,
}

impl Convolution {
    /// Shape of the output.
    pub fn output(self) -> Plane {
        let side = |n: usize| (n + 2 * self.padding - self.kernel) / self.stride + 1;
        Plane {
            channels: self.outputs,
            height: side(self.input.height),
            width: side(self.input.width),
            ..self.input
        }
    }

    /// Weights per output channel: input channels × kernel².
    pub fn fan_in(self) -> usize {
        self.input.channels * self.kernel * self.kernel
    }
}

/// A batch norm over the channels of a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// The input.
    pub plane: Plane,
    /// Added to the variance.
    pub eps: f32,
}

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

/// One optimiser step of SGD with momentum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SgdStep {
    /// Learning rate.
    pub lr: f32,
    /// Momentum.
    pub momentum: f32,
    /// Weight decay, added to the gradient.
    pub weight_decay: f32,
}

/// The kernels. Each takes and returns flat arrays; every shape is in the parameters.
#[backend_extension(Flex: cfg(feature = "flex"), LibTorch: cfg(feature = "tch"), Cube: cfg(feature = "cuda"))]
pub trait Kernels: Backend {
    /// Outside order `[rows, C, H, W]` → the backend's order.
    fn plane_in(x: FloatTensor<Self>, p: Plane) -> FloatTensor<Self>;
    /// The backend's order → `[rows, C, H, W]`.
    fn plane_out(x: FloatTensor<Self>, p: Plane) -> FloatTensor<Self>;
    /// `y = x·scale[c] + shift[c]`.
    fn affine(x: FloatTensor<Self>, scale: FloatTensor<Self>, shift: FloatTensor<Self>, p: Plane) -> FloatTensor<Self>;
    /// x ∗ w + b; w is `[outputs, channels, k, k]`.
    fn convolution(
        x: FloatTensor<Self>,
        w: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: Convolution,
    ) -> FloatTensor<Self>;
    /// ∂/∂x.
    fn convolution_input(gy: FloatTensor<Self>, w: FloatTensor<Self>, c: Convolution) -> FloatTensor<Self>;
    /// ∂/∂w, and ∂/∂b.
    fn convolution_weight(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        c: Convolution,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// Batch norm with the batch's statistics: output, mean, biased variance.
    fn norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        n: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
    /// ∂/∂x, ∂/∂γ, ∂/∂β of [`Kernels::norm`].
    fn norm_backward(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: Norm,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
    /// Spikes `[T, neurons]` and the membrane potential before each reset.
    fn lif(x: FloatTensor<Self>, m: Membrane) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// ∂/∂x through time and reset, with surrogate `s`.
    fn lif_backward(u: FloatTensor<Self>, gs: FloatTensor<Self>, m: Membrane, s: Surrogate) -> FloatTensor<Self>;
    /// Spikes behind their pool; nothing is kept.
    fn spikes(x: FloatTensor<Self>, n: Neurons) -> FloatTensor<Self>;
    /// ∂/∂x of [`Kernels::spikes`], whose input is `x`.
    fn spikes_backward(x: FloatTensor<Self>, gy: FloatTensor<Self>, n: Neurons) -> FloatTensor<Self>;
    /// Mean and biased variance per channel.
    fn moments(x: FloatTensor<Self>, p: Plane) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// [`Kernels::spikes`] of the batch norm of `x` with these statistics.
    fn norm_spikes(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: NormedNeurons,
    ) -> FloatTensor<Self>;
    /// ∂/∂x, ∂/∂γ, ∂/∂β of [`Kernels::norm_spikes`], the statistics being those of `x`.
    fn norm_spikes_backward(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        n: NormedNeurons,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
    /// ∂/∂x of the rate-based mode: upstream times the slope at the mean input over time.
    fn rate_backward(x: FloatTensor<Self>, gs: FloatTensor<Self>, m: Membrane) -> FloatTensor<Self>;
    /// k×k average pool with stride k.
    fn pool(x: FloatTensor<Self>, p: Plane, k: usize) -> FloatTensor<Self>;
    /// ∂/∂x of [`Kernels::pool`]; `p` is the pool's input.
    fn pool_backward(gy: FloatTensor<Self>, p: Plane, k: usize) -> FloatTensor<Self>;
    /// x·Wᵀ + b; x `[rows, inputs]`, w `[outputs, inputs]`.
    fn linear(x: FloatTensor<Self>, w: FloatTensor<Self>, b: FloatTensor<Self>, rows: usize) -> FloatTensor<Self>;
    /// ∂/∂x.
    fn linear_input(gy: FloatTensor<Self>, w: FloatTensor<Self>, rows: usize) -> FloatTensor<Self>;
    /// ∂/∂w and ∂/∂b.
    fn linear_weight(
        x: FloatTensor<Self>,
        gy: FloatTensor<Self>,
        rows: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
    /// `sum + x`; in place where `sum` is not shared.
    fn accumulate(sum: FloatTensor<Self>, x: FloatTensor<Self>) -> FloatTensor<Self>;
    /// Σ x², one value.
    fn sum_of_squares(x: FloatTensor<Self>) -> FloatTensor<Self>;
    /// New weights and new velocity; in place where the arrays are not shared.
    fn sgd(
        w: FloatTensor<Self>,
        g: FloatTensor<Self>,
        v: FloatTensor<Self>,
        s: SgdStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

fn wrap(t: FloatTensor<Dispatch>) -> Array {
    Array::from_dispatch(t)
}

macro_rules! on_arrays {
    ($( $(#[$doc:meta])* $name:ident ( $($a:ident),* ; $($p:ident : $t:ty),* ) -> 1; )*) => { $(
        $(#[$doc])*
        pub fn $name($($a: Array,)* $($p: $t),*) -> Array {
            wrap(<Dispatch as Kernels>::$name($($a.into_dispatch(),)* $($p),*))
        }
    )* };
}

on_arrays! {
    /// See [`Kernels::plane_in`].
    plane_in(x; p: Plane) -> 1;
    /// See [`Kernels::plane_out`].
    plane_out(x; p: Plane) -> 1;
    /// See [`Kernels::affine`].
    affine(x, scale, shift; p: Plane) -> 1;
    /// See [`Kernels::convolution`].
    convolution(x, w, b; c: Convolution) -> 1;
    /// See [`Kernels::convolution_input`].
    convolution_input(gy, w; c: Convolution) -> 1;
    /// See [`Kernels::lif_backward`].
    lif_backward(u, gs; m: Membrane, s: Surrogate) -> 1;
    /// See [`Kernels::spikes`].
    spikes(x; n: Neurons) -> 1;
    /// See [`Kernels::spikes_backward`].
    spikes_backward(x, gy; n: Neurons) -> 1;
    /// See [`Kernels::norm_spikes`].
    norm_spikes(x, gamma, beta, mean, variance; n: NormedNeurons) -> 1;
    /// See [`Kernels::rate_backward`].
    rate_backward(x, gs; m: Membrane) -> 1;
    /// See [`Kernels::pool`].
    pool(x; p: Plane, k: usize) -> 1;
    /// See [`Kernels::pool_backward`].
    pool_backward(gy; p: Plane, k: usize) -> 1;
    /// See [`Kernels::linear`].
    linear(x, w, b; rows: usize) -> 1;
    /// See [`Kernels::accumulate`].
    accumulate(sum, x;) -> 1;
    /// See [`Kernels::sum_of_squares`].
    sum_of_squares(x;) -> 1;
    /// See [`Kernels::linear_input`].
    linear_input(gy, w; rows: usize) -> 1;
}

/// See [`Kernels::convolution_weight`].
pub fn convolution_weight(x: Array, gy: Array, c: Convolution) -> (Array, Array) {
    let (w, b) = <Dispatch as Kernels>::convolution_weight(x.into_dispatch(), gy.into_dispatch(), c);
    (wrap(w), wrap(b))
}

/// See [`Kernels::norm`].
pub fn norm(x: Array, gamma: Array, beta: Array, n: Norm) -> (Array, Array, Array) {
    let (y, m, v) = <Dispatch as Kernels>::norm(x.into_dispatch(), gamma.into_dispatch(), beta.into_dispatch(), n);
    (wrap(y), wrap(m), wrap(v))
}

/// See [`Kernels::norm_backward`].
pub fn norm_backward(
    x: Array,
    gy: Array,
    gamma: Array,
    mean: Array,
    variance: Array,
    n: Norm,
) -> (Array, Array, Array) {
    let (x, gy, gamma) = (x.into_dispatch(), gy.into_dispatch(), gamma.into_dispatch());
    let (gx, gg, gb) =
        <Dispatch as Kernels>::norm_backward(x, gy, gamma, mean.into_dispatch(), variance.into_dispatch(), n);
    (wrap(gx), wrap(gg), wrap(gb))
}

/// See [`Kernels::lif`].
pub fn lif(x: Array, m: Membrane) -> (Array, Array) {
    let (s, u) = <Dispatch as Kernels>::lif(x.into_dispatch(), m);
    (wrap(s), wrap(u))
}

/// See [`Kernels::moments`].
pub fn moments(x: Array, p: Plane) -> (Array, Array) {
    let (mean, variance) = <Dispatch as Kernels>::moments(x.into_dispatch(), p);
    (wrap(mean), wrap(variance))
}

/// See [`Kernels::norm_spikes_backward`].
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
    let (gx, gg, gb) = <Dispatch as Kernels>::norm_spikes_backward(x, gy, gamma, beta, mean, variance, n);
    (wrap(gx), wrap(gg), wrap(gb))
}

/// See [`Kernels::linear_weight`].
pub fn linear_weight(x: Array, gy: Array, rows: usize) -> (Array, Array) {
    let (w, b) = <Dispatch as Kernels>::linear_weight(x.into_dispatch(), gy.into_dispatch(), rows);
    (wrap(w), wrap(b))
}

/// See [`Kernels::sgd`].
pub fn sgd(w: Array, g: Array, v: Array, s: SgdStep) -> (Array, Array) {
    let (w, v) = <Dispatch as Kernels>::sgd(w.into_dispatch(), g.into_dispatch(), v.into_dispatch(), s);
    (wrap(w), wrap(v))
}
