//! Convolutions: which kernel does which.
//!
//! Forward, every image chooses for itself by the share of its inputs that are not zero, so that an image's result does
//! not depend on its company in the batch. The weight gradient, a sum over the batch, chooses by the share of all.

use super::super::choices::{Direction, note, wanted};
use super::super::kernels::Convolution;
use super::density::{Density, densities};
use super::direct;
use super::spiking_forward;
use super::spiking_weights;
use super::unrolled;
use super::window::{Weights, Window};
use super::winograd;
use rayon::prelude::*;

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
const CHANNELS: usize = 8;

/// y = x ∗ w + b.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], c: Convolution, branch: Branch) {
    let weights = Weights {
        values: w,
        reversed: false,
    };
    let share = match Window::of(c) {
        Some(window) => convolve(x, weights, Some(b), y, window, branch),
        None => {
            unrolled::forward(x, w, b, y, c);
            0.0
        }
    };
    tell(Direction::Forward, x, c, share);
}

/// ∂/∂x. Where gy comes from neurons, it is zero outside the surrogate's support, which the event-driven kernels use.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], c: Convolution, branch: Branch) {
    let weights = Weights {
        values: w,
        reversed: true,
    };
    let share = match Window::of(c) {
        Some(window) => convolve(gy, weights, None, gx, window.reversed(), branch),
        None => {
            unrolled::input_gradient(gy, w, gx, c);
            0.0
        }
    };
    tell(Direction::InputGradient, gy, c, share);
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

/// ∂/∂w.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], c: Convolution, branch: Branch) {
    if let Some(window) = Window::of(c)
        && window.side == 3
        && !matches!(branch, Branch::Dense | Branch::Winograd)
        && (window.inputs >= CHANNELS || branch == Branch::Events)
        && spiking_weights::fits(window)
    {
        let all = Density::sum(&densities(x, window.area() * window.inputs));
        if branch == Branch::Events || all.nonzero() <= Limits::of(window, false).weights {
            tell(Direction::WeightGradient, x, c, 1.0);
            return spiking_weights::weight_gradient(x, all.binary(), gy, gw, window);
        }
    }
    tell(Direction::WeightGradient, x, c, 0.0);
    unrolled::weight_gradient(x, gy, gw, c);
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

#[cfg(test)]
mod tests {
    use super::super::super::kernels::Plane;
    use super::*;

    /// The definition, channels last, one product at a time.
    fn plain(x: &[f32], w: &[f32], b: &[f32], c: Convolution) -> Vec<f32> {
        let out = c.output();
        let mut y = Vec::new();
        for n in 0..c.input.rows {
            for (oy, ox) in (0..out.height).flat_map(|y| (0..out.width).map(move |x| (y, x))) {
                for o in 0..c.outputs {
                    let mut sum = b[o];
                    for tap in 0..c.kernel * c.kernel {
                        let (ky, kx) = (tap / c.kernel, tap % c.kernel);
                        let iy = (oy * c.stride + ky) as isize - c.padding as isize;
                        let ix = (ox * c.stride + kx) as isize - c.padding as isize;
                        if iy < 0 || ix < 0 || iy >= c.input.height as isize || ix >= c.input.width as isize {
                            continue;
                        }
                        let at = (n * c.input.height + iy as usize) * c.input.width + ix as usize;
                        for ch in 0..c.input.channels {
                            let weight = w[(o * c.input.channels + ch) * c.kernel * c.kernel + tap];
                            sum += weight * x[at * c.input.channels + ch];
                        }
                    }
                    y.push(sum);
                }
            }
        }
        y
    }

    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        let mut random = crate::snn::random::stream(seed, crate::snn::random::Purpose::Probe, 0, 0);
        (0..n).map(|_| random.symmetric(1.0)).collect()
    }

    fn dot(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    #[test]
    fn forward_is_the_definition_and_both_gradients_are_its_adjoints() {
        for (kernel, stride, height, width) in [
            (3, 1, 7, 5),
            (3, 2, 8, 6),
            (1, 1, 4, 4),
            (1, 2, 6, 4),
            (3, 1, 1, 1),
            (3, 1, 2, 40),
        ] {
            let input = Plane {
                rows: 3,
                channels: 5,
                height,
                width,
            };
            let c = Convolution {
                input,
                outputs: 4,
                kernel,
                stride,
                padding: kernel / 2,
            };
            let (x, w, b) = (numbers(input.len(), 1), numbers(4 * c.fan_in(), 2), numbers(4, 3));
            let mut y = vec![f32::NAN; c.output().len()];
            forward(&x, &w, &b, &mut y, c, Branch::Measured);
            let want = plain(&x, &w, &b, c);
            assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4), "{c:?}");
            let gy = numbers(y.len(), 4);
            let (mut gx, mut gw) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()]);
            input_gradient(&gy, &w, &mut gx, c, Branch::Measured);
            weight_gradient(&x, &gy, &mut gw, c, Branch::Measured);
            let linear = dot(&plain(&x, &w, &[0.0; 4], c), &gy);
            assert!(
                (dot(&gx, &x) - linear).abs() < 1e-3 && (dot(&gw, &w) - linear).abs() < 1e-3,
                "{c:?}"
            );
        }
    }

    /// Mostly zeros: spikes, or spikes pooled over four positions.
    fn activity(n: usize, share: f32, pooled: bool) -> Vec<f32> {
        let levels = numbers(n, 8);
        numbers(n, 7)
            .iter()
            .zip(levels)
            .map(|(v, level)| match (v + 1.0) * 0.5 < share {
                true if pooled => ((level + 1.0) * 2.0).ceil() / 4.0,
                true => 1.0,
                false => 0.0,
            })
            .collect()
    }

    #[test]
    fn event_driven_kernels_agree_with_the_dense_ones() {
        for (channels, outputs, side, share, pooled) in [
            (8, 70, 5, 0.2, false),
            (33, 20, 6, 0.3, true),
            (16, 64, 1, 0.5, false),
            (24, 9, 17, 0.1, true),
            (9, 7, 3, 0.0, false),
            (17, 5, 4, 1.0, false),
        ] {
            let input = Plane {
                rows: 7,
                channels,
                height: side,
                width: side + 1,
            };
            let c = Convolution {
                input,
                outputs,
                kernel: 3,
                stride: 1,
                padding: 1,
            };
            let x = activity(input.len(), share, pooled);
            let (w, b) = (numbers(outputs * c.fan_in(), 2), numbers(outputs, 3));
            let gy = numbers(c.output().len(), 4);
            // As it comes from neurons: zero outside the surrogate's support.
            let upstream: Vec<f32> = gy.iter().map(|g| if g.abs() < 0.7 { 0.0 } else { *g }).collect();
            let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-4);
            let of = |branch| {
                let (mut y, mut gw) = (vec![f32::NAN; c.output().len()], vec![f32::NAN; w.len()]);
                forward(&x, &w, &b, &mut y, c, branch);
                weight_gradient(&x, &gy, &mut gw, c, branch);
                let mut gx = vec![f32::NAN; x.len()];
                input_gradient(&upstream, &w, &mut gx, c, branch);
                (y, gw, gx)
            };
            let (dense, events, winograd) = (of(Branch::Dense), of(Branch::Events), of(Branch::Winograd));
            assert!(close(&dense.0, &plain(&x, &w, &b, c)), "dense forward, {c:?}");
            assert!(close(&dense.0, &events.0), "forward, {c:?}");
            assert!(close(&dense.1, &events.1), "weight gradient, {c:?}");
            assert!(close(&dense.2, &events.2), "input gradient, {c:?}");
            assert!(close(&dense.2, &winograd.2), "input gradient by Winograd, {c:?}");
            assert_eq!(dense.0, winograd.0, "a forward pass never goes by Winograd");
        }
    }

    #[test]
    fn an_image_is_computed_alike_in_any_company() {
        let input = Plane {
            rows: 9,
            channels: 16,
            height: 4,
            width: 4,
        };
        let c = Convolution {
            input,
            outputs: 12,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let image = input.len() / input.rows;
        let x: Vec<f32> = (0..input.rows)
            .flat_map(|n| activity(image, [0.1, 0.9, 0.3][n % 3], n % 2 == 0))
            .collect();
        let (w, b) = (numbers(12 * c.fan_in(), 2), numbers(12, 3));
        let mut together = vec![f32::NAN; c.output().len()];
        forward(&x, &w, &b, &mut together, c, Branch::Measured);
        let one = Convolution {
            input: Plane { rows: 1, ..input },
            ..c
        };
        for (x, want) in x.chunks_exact(image).zip(together.chunks_exact(one.output().len())) {
            let mut alone = vec![f32::NAN; one.output().len()];
            forward(x, &w, &b, &mut alone, one, Branch::Measured);
            assert_eq!(alone, want);
        }
    }
}
