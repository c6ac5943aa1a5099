//! Convolutions of signals in host memory, channels last: which kernel does which. Those of stride 1 that keep the size of
//! their maps are done here, whichever backend is used; the others are left to the backend.
//!
//! Forward, every image chooses for itself by the share of its inputs that are not zero, so that an image's result does
//! not depend on the other images in the batch. The weight gradient, a sum over the batch, chooses by the share of all.

pub mod aligned;
pub mod buffer_pool;
pub mod density;
mod direct;
pub mod lanes;
pub mod sixteen;
pub mod spiking_forward;
mod spiking_weights;
pub mod transpose;
mod window;
mod winograd;

use super::choices::{Direction, note, wanted};
use super::kernels::Convolution;
use density::{Density, densities};
use rayon::prelude::*;
use std::sync::OnceLock;
use window::{Weights, Window};

/// Which kernels may be used; the results differ by rounding only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Branch {
    /// The faster one at the density met.
    #[default]
    Measured,
    /// Those that do what the definition says, one product after the other.
    Dense,
    /// Dense ones, with fewer products wherever the geometry allows.
    Winograd,
    /// Event-driven ones wherever there is one.
    Events,
}

impl Branch {
    /// What `SPIKEDECK_KERNELS=dense|winograd|events` asks for, so that tests and benchmarks can force it.
    pub fn asked() -> Branch {
        static ASKED: OnceLock<Branch> = OnceLock::new();
        *ASKED.get_or_init(|| match std::env::var("SPIKEDECK_KERNELS").as_deref() {
            Ok("dense") => Branch::Dense,
            Ok("winograd") => Branch::Winograd,
            Ok("events") => Branch::Events,
            _ => Branch::Measured,
        })
    }
}

/// Largest shares of non-zero inputs at which the event-driven kernels win, as measured under AVX-512: forward on spikes,
/// forward on other values, and the weight gradient.
struct Limits {
    spikes: f32,
    values: f32,
    weights: f32,
}

impl Limits {
    /// Listing the active inputs costs the same for any number of output channels, so it pays later where they are few.
    /// Beside Winograd's kernel it pays earlier.
    fn of(w: Window, beside_winograd: bool) -> Limits {
        let (spikes, values) = match (beside_winograd, w.outputs) {
            (true, ..=64) => (0.18, 0.12),
            (true, 65..256) => (0.25, 0.2),
            (true, _) => (0.3, 0.27),
            (false, ..=64) => (0.35, 0.28),
            (false, 65..256) => (0.45, 0.38),
            (false, _) => (0.58, 0.5),
        };
        let weights = match w.outputs {
            ..=64 => 0.5,
            65..256 => 0.55,
            _ => 0.6,
        };
        Limits {
            spikes,
            values,
            weights,
        }
    }
}

/// Fewer input channels than this are left to the dense kernels: their lists would be mostly padding.
pub const CHANNELS: usize = 8;

/// y = x ∗ w + b. False, and nothing done, where the geometry is not ours.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], c: Convolution, branch: Branch) -> bool {
    let weights = Weights {
        values: w,
        reversed: false,
    };
    let Some(window) = Window::of(c) else {
        tell(Direction::Forward, x, c, 0.0);
        return false;
    };
    let share = convolve(x, weights, Some(b), y, window, branch);
    tell(Direction::Forward, x, c, share);
    true
}

/// ∂/∂x. Where gy comes from neurons, it is zero outside the surrogate's support, which the event-driven kernels use.
/// False, and nothing done, where the geometry is not ours.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], c: Convolution, branch: Branch) -> bool {
    let weights = Weights {
        values: w,
        reversed: true,
    };
    let Some(window) = Window::of(c) else {
        tell(Direction::InputGradient, gy, c, 0.0);
        return false;
    };
    let share = convolve(gy, weights, None, gx, window.reversed(), branch);
    tell(Direction::InputGradient, gy, c, share);
    true
}

/// Weights as a dense kernel reads them.
enum Dense<'a> {
    Direct(direct::Panels),
    Winograd(winograd::Transformed<'a>),
}

/// Whether dense images go through Winograd's kernel. It rounds otherwise than the definition, by some units in the last
/// place; so it carries gradients back and never decides whether a membrane reaches its threshold.
fn by_winograd(weights: Weights<'_>, window: Window, branch: Branch) -> bool {
    weights.reversed
        && match branch {
            Branch::Dense => false,
            Branch::Winograd => winograd::fits(window),
            Branch::Measured | Branch::Events => winograd::suits(window),
        }
}

impl<'a> Dense<'a> {
    fn pack(weights: Weights<'_>, bias: Option<&'a [f32]>, window: Window, branch: Branch) -> Dense<'a> {
        match by_winograd(weights, window, branch) {
            false => Dense::Direct(direct::Panels::pack(weights, bias, window)),
            true => Dense::Winograd(winograd::Transformed::pack(weights, bias, window)),
        }
    }

    fn convolve(&self, x: &[f32], y: &mut [f32]) {
        match self {
            Dense::Direct(panels) => panels.convolve(x, y),
            Dense::Winograd(transformed) => transformed.convolve(x, y),
        }
    }
}

/// y = bias + x ∗ w, each image by the kernel that suits it. Tells the share of images that event-driven kernels took.
fn convolve(
    x: &[f32],
    weights: Weights<'_>,
    bias: Option<&[f32]>,
    y: &mut [f32],
    window: Window,
    branch: Branch,
) -> f32 {
    let (image_in, image_out) = (window.area() * window.inputs, window.area() * window.outputs);
    let by_winograd = by_winograd(weights, window, branch);
    let limits = Limits::of(window, by_winograd);
    let only_dense = matches!(branch, Branch::Dense | Branch::Winograd) || window.inputs < CHANNELS;
    let kernels: Vec<Kernel> = match only_dense {
        true => vec![Kernel::Dense; window.rows],
        false => (densities(x, image_in).into_iter())
            .map(|d| Kernel::choose(d, &limits, branch))
            .collect(),
    };
    let dense = kernels.iter().filter(|k| **k == Kernel::Dense).count();
    let blocks = (dense < kernels.len()).then(|| spiking_forward::Blocks::pack(weights, bias, window));
    let packed = (dense > 0).then(|| Dense::pack(weights, bias, window, branch));
    let mut pieces = Vec::new();
    let (mut x, mut y) = (x, y);
    for (kernel, images) in runs(&kernels, window, by_winograd) {
        let (x_piece, x_rest) = x.split_at(images * image_in);
        let (y_piece, y_rest) = y.split_at_mut(images * image_out);
        pieces.push((kernel, x_piece, y_piece));
        (x, y) = (x_rest, y_rest);
    }
    pieces
        .into_par_iter()
        .for_each(|(kernel, x, y)| match (kernel, &blocks, &packed) {
            (Kernel::Dense, _, Some(packed)) => packed.convolve(x, y),
            (kernel, Some(blocks), _) => blocks.convolve(x, kernel == Kernel::Spikes, y),
            // Every kernel that was chosen has its weights packed.
            _ => {}
        });
    1.0 - dense as f32 / kernels.len().max(1) as f32
}

/// ∂/∂w over active inputs only. False, and nothing done, where a matrix product is faster or the geometry is not ours.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], c: Convolution, branch: Branch) -> bool {
    if let Some(window) = Window::of(c)
        && window.side == 3
        && !matches!(branch, Branch::Dense | Branch::Winograd)
        && (window.inputs >= CHANNELS || branch == Branch::Events)
        && spiking_weights::fits(window)
    {
        let all = Density::sum(&densities(x, window.area() * window.inputs));
        if branch == Branch::Events || all.nonzero() <= Limits::of(window, false).weights {
            tell(Direction::WeightGradient, x, c, 1.0);
            spiking_weights::weight_gradient(x, all.binary(), gy, gw, window);
            return true;
        }
    }
    tell(Direction::WeightGradient, x, c, 0.0);
    false
}

/// Notes who computes a pass, with the density of what it looks at, if a benchmark asks.
fn tell(pass: Direction, seen: &[f32], c: Convolution, event_driven: f32) {
    if wanted() {
        let all = Density::sum(&densities(seen, seen.len()));
        note(pass, c, (all.nonzero(), all.binary()), event_driven);
    }
}

/// Who computes an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kernel {
    Dense,
    /// Event-driven, all inputs 0 or 1.
    Spikes,
    /// Event-driven, any inputs.
    Values,
}

impl Kernel {
    fn choose(d: Density, limits: &Limits, branch: Branch) -> Kernel {
        let most = if d.binary() { limits.spikes } else { limits.values };
        if branch == Branch::Measured && d.nonzero() > most {
            Kernel::Dense
        } else if d.binary() {
            Kernel::Spikes
        } else {
            Kernel::Values
        }
    }
}

/// Runs of consecutive images with the same kernel, cut to pieces of work.
fn runs(kernels: &[Kernel], w: Window, by_winograd: bool) -> Vec<(Kernel, usize)> {
    let mut runs: Vec<(Kernel, usize)> = Vec::new();
    for kernel in kernels {
        let most = match kernel {
            Kernel::Dense if by_winograd => w.images_for(winograd::PIECE),
            Kernel::Dense => w.images_for(direct::PIECE),
            _ => w.images_for(spiking_forward::PIECE),
        };
        match runs.last_mut() {
            Some((last, n)) if last == kernel && *n < most => *n += 1,
            _ => runs.push((*kernel, 1)),
        }
    }
    runs
}
