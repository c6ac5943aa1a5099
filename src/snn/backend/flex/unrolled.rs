//! Convolutions of any stride as gemm over unrolled patches (im2col), in pieces whose patches stay in the cache. Forward
//! and towards the input a piece is one image: how a product is summed depends on its size, and the result of an image must
//! not depend on the other images in the batch.

use super::gemm::{Matrix, product};
use crate::snn::backend::kernels::Convolution;
use rayon::prelude::*;
use std::cell::RefCell;

/// Output positions per piece: about what keeps patches and output within the second-level cache.
const POSITIONS: usize = 512;
/// Groups of pieces whose weight gradients are summed apart, in this fixed number for any thread count.
const GROUPS: usize = 8;

thread_local! {
    static PATCHES: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Lends this thread's scratch buffer, grown to `n` values whose contents are arbitrary.
fn with_patches<R>(n: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = PATCHES.with(RefCell::take);
    if buffer.len() < n {
        buffer.resize(n, 0.0);
    }
    let result = f(&mut buffer[..n]);
    PATCHES.with(|cell| cell.replace(buffer));
    result
}

/// Images per piece of the weights' gradient.
fn piece(c: Convolution) -> usize {
    let out = c.output();
    (POSITIONS / (out.height * out.width)).clamp(1, c.input.rows.max(1))
}

/// `[outputs, C, k, k]` → `[k·k·C, outputs]`, the order in which patches list their values.
fn pack(w: &[f32], c: Convolution) -> Vec<f32> {
    let (taps, channels) = (c.kernel * c.kernel, c.input.channels);
    let mut packed = vec![0.0; w.len()];
    for (o, filter) in w.chunks_exact(taps * channels).enumerate() {
        for (ch, kernel) in filter.chunks_exact(taps).enumerate() {
            for (tap, value) in kernel.iter().enumerate() {
                packed[(tap * channels + ch) * c.outputs + o] = *value;
            }
        }
    }
    packed
}

/// The reverse of [`pack`].
fn unpack(packed: &[f32], w: &mut [f32], c: Convolution) {
    let (taps, channels) = (c.kernel * c.kernel, c.input.channels);
    for (o, filter) in w.chunks_exact_mut(taps * channels).enumerate() {
        for (ch, kernel) in filter.chunks_exact_mut(taps).enumerate() {
            for (tap, value) in kernel.iter_mut().enumerate() {
                *value = packed[(tap * channels + ch) * c.outputs + o];
            }
        }
    }
}

/// The run of input positions that row `ky` of the patch at output position `(oy, ox)` reads: where it begins in the
/// input, where in the patch, and how many positions it has. Channels last make it one contiguous run; padding above,
/// below, left and right is what it leaves out.
#[inline(always)]
fn run(c: Convolution, oy: usize, ox: usize, ky: usize) -> Option<(usize, usize, usize)> {
    let y = (oy * c.stride + ky)
        .checked_sub(c.padding)
        .filter(|y| *y < c.input.height)?;
    let left = ox * c.stride;
    let skip = c.padding.saturating_sub(left);
    let from = (left + skip) - c.padding;
    let to = (left + c.kernel - c.padding.min(left + c.kernel)).min(c.input.width);
    (from < to).then(|| (y * c.input.width + from, ky * c.kernel + skip, to - from))
}

/// Unrolls the patches of some images: `patches [images·H'·W', k·k·C]`.
fn unroll(x: &[f32], patches: &mut [f32], c: Convolution) {
    let (channels, taps) = (c.input.channels, c.kernel * c.kernel);
    let out = c.output();
    let image = c.input.height * c.input.width * channels;
    let mut rows = patches.chunks_exact_mut(taps * channels);
    for x in x.chunks_exact(image) {
        for oy in 0..out.height {
            for ox in 0..out.width {
                let Some(row) = rows.next() else { return };
                for ky in 0..c.kernel {
                    match run(c, oy, ox, ky) {
                        Some((at, tap, n)) if n == c.kernel => {
                            row[tap * channels..][..n * channels].copy_from_slice(&x[at * channels..][..n * channels]);
                        }
                        Some((at, tap, n)) => {
                            row[ky * c.kernel * channels..][..c.kernel * channels].fill(0.0);
                            row[tap * channels..][..n * channels].copy_from_slice(&x[at * channels..][..n * channels]);
                        }
                        None => row[ky * c.kernel * channels..][..c.kernel * channels].fill(0.0),
                    }
                }
            }
        }
    }
}

/// Adds patch gradients back onto the positions they were read from.
fn roll(patches: &[f32], gx: &mut [f32], c: Convolution) {
    let (channels, taps) = (c.input.channels, c.kernel * c.kernel);
    let out = c.output();
    let image = c.input.height * c.input.width * channels;
    let mut rows = patches.chunks_exact(taps * channels);
    for gx in gx.chunks_exact_mut(image) {
        for oy in 0..out.height {
            for ox in 0..out.width {
                let Some(row) = rows.next() else { return };
                for ky in 0..c.kernel {
                    let Some((at, tap, n)) = run(c, oy, ox, ky) else {
                        continue;
                    };
                    let to = &mut gx[at * channels..][..n * channels];
                    for (a, b) in to.iter_mut().zip(&row[tap * channels..][..n * channels]) {
                        *a += *b;
                    }
                }
            }
        }
    }
}

/// Whether patches are the input itself: a 1×1 convolution with stride 1.
fn is_pointwise(c: Convolution) -> bool {
    c.kernel == 1 && c.stride == 1 && c.padding == 0
}

/// y = x ∗ w + b.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], c: Convolution) {
    let packed = pack(w, c);
    let out = c.output();
    let image_in = c.input.height * c.input.width * c.input.channels;
    let image_out = out.height * out.width * c.outputs;
    let k = c.fan_in();
    y.par_chunks_mut(image_out)
        .zip(x.par_chunks(image_in))
        .for_each(|(y, x)| {
            for row in y.chunks_exact_mut(c.outputs) {
                row.copy_from_slice(b);
            }
            let weights = Matrix::new(&packed, c.outputs);
            if is_pointwise(c) {
                return product(y, c.outputs, Matrix::new(x, k), weights, true);
            }
            let positions = y.len() / c.outputs;
            with_patches(positions * k, |patches| {
                unroll(x, patches, c);
                product(y, c.outputs, Matrix::new(patches, k), weights, true);
            });
        });
}

/// ∂/∂x.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], c: Convolution) {
    let packed = pack(w, c);
    let out = c.output();
    let image_in = c.input.height * c.input.width * c.input.channels;
    let image_out = out.height * out.width * c.outputs;
    let k = c.fan_in();
    gx.par_chunks_mut(image_in)
        .zip(gy.par_chunks(image_out))
        .for_each(|(gx, gy)| {
            let weights = Matrix::new(&packed, c.outputs).t();
            if is_pointwise(c) {
                return product(gx, k, Matrix::new(gy, c.outputs), weights, false);
            }
            let positions = gy.len() / c.outputs;
            gx.fill(0.0);
            with_patches(positions * k, |patches| {
                product(patches, k, Matrix::new(gy, c.outputs), weights, false);
                roll(patches, gx, c);
            });
        });
}

/// ∂/∂w.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], c: Convolution) {
    let (images, out) = (piece(c), c.output());
    let image_in = c.input.height * c.input.width * c.input.channels;
    let image_out = out.height * out.width * c.outputs;
    let k = c.fan_in();
    let pieces = c.input.rows.div_ceil(images);
    let per_group = pieces.div_ceil(GROUPS).max(1) * images;
    let sums: Vec<Vec<f32>> = x
        .par_chunks(per_group * image_in)
        .zip(gy.par_chunks(per_group * image_out))
        .map(|(x, gy)| {
            let mut sum = vec![0.0; k * c.outputs];
            for (x, gy) in x.chunks(images * image_in).zip(gy.chunks(images * image_out)) {
                let upstream = Matrix::new(gy, c.outputs);
                if is_pointwise(c) {
                    product(&mut sum, c.outputs, Matrix::new(x, k).t(), upstream, true);
                    continue;
                }
                let positions = gy.len() / c.outputs;
                with_patches(positions * k, |patches| {
                    unroll(x, patches, c);
                    product(&mut sum, c.outputs, Matrix::new(patches, k).t(), upstream, true);
                });
            }
            sum
        })
        .collect();
    let mut total = vec![0.0; k * c.outputs];
    for sum in &sums {
        for (t, s) in total.iter_mut().zip(sum) {
            *t += *s;
        }
    }
    unpack(&total, gw, c);
}
