//! Dense convolution without unrolled patches: some output positions times two vectors of channels are summed in registers
//! over all taps, read straight from the image with its border of zeros.

use super::{
    aligned::Aligned,
    lanes::{Lanes, load, run_in_registers, store},
    window::{Weights, Window},
};
use crate::snn::backend::widest::dispatch;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Vectors of output channels summed at once.
const VECTORS: usize = 2;
/// Input channels per piece of the inner sum: its weights (9 taps × 128 × 2 vectors) stay in the second-level cache.
const CHANNELS: usize = 128;
/// Padded positions per piece of work.
pub const PIECE: usize = 320;

/// Weights in the order in which the kernel reads them.
pub struct Panels {
    values: Aligned,
    w: Window,
}

impl Panels {
    /// Packs them for this machine's vectors.
    pub fn pack(weights: Weights<'_>, bias: Option<&[f32]>, w: Window) -> Panels {
        let values = pack(weights, bias, w, VECTORS * dispatch(Lanes));
        Panels { values, w }
    }

    /// y = bias + x ∗ w for some images, on this thread.
    pub fn convolve(&self, x: &[f32], y: &mut [f32]) {
        let padded = pad(x, self.w);
        dispatch(Piece {
            padded: &padded,
            panels: &self.values,
            y,
            w: self.w,
        });
    }
}

/// Weights and bias by tiles of output channels: `[tile][bias, then channel piece][tap][channel][tile]`; zeros where
/// the last tile reaches beyond the channels.
fn pack(weights: Weights<'_>, bias: Option<&[f32]>, w: Window, tile: usize) -> Aligned {
    let per_tile = (1 + w.taps() * w.inputs) * tile;
    let mut panels = Aligned::zeros(w.outputs.div_ceil(tile) * per_tile);
    panels.par_chunks_mut(per_tile).enumerate().for_each(|(t, panel)| {
        let wide = tile.min(w.outputs - t * tile);
        let (head, mut rest) = panel.split_at_mut(tile);
        if let Some(bias) = bias {
            head[..wide].copy_from_slice(&bias[t * tile..][..wide]);
        }
        for from in (0..w.inputs).step_by(CHANNELS) {
            let n = CHANNELS.min(w.inputs - from);
            let (block, after) = rest.split_at_mut(w.taps() * n * tile);
            weights.write(w, (t * tile, wide), (from, n), block, |c, tap| (tap * n + c) * tile);
            rest = after;
        }
    });
    panels
}

/// Images with their borders.
fn pad(x: &[f32], w: Window) -> Vec<f32> {
    let (images, channels) = (x.len() / (w.area() * w.inputs), w.inputs);
    let mut padded = vec![0.0; images * w.padded_area() * channels];
    for (image, x) in x.chunks_exact(w.area() * channels).enumerate() {
        for (line, x) in x.chunks_exact(w.width * channels).enumerate() {
            let at = image * w.padded_area() + (line + w.border()) * w.padded_width() + w.border();
            padded[at * channels..][..x.len()].copy_from_slice(x);
        }
    }
    padded
}

/// Some images on one thread.
struct Piece<'a> {
    padded: &'a [f32],
    panels: &'a [f32],
    y: &'a mut [f32],
    w: Window,
}

impl WithSimd for Piece<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        run_in_registers!(self, S, simd)
    }
}

impl Piece<'_> {
    /// Sums `P` positions at once.
    #[inline(always)]
    fn run<S: Simd, const P: usize>(self, simd: S) {
        let w = self.w;
        let tile = VECTORS * S::F32_LANES;
        let positions = self.y.len() / w.outputs;
        let starts: Vec<usize> = (0..positions)
            .map(|p| ((p / w.area()) * w.padded_area() + w.first_tap(p % w.area())) * w.inputs)
            .collect();
        let taps: Vec<usize> = (0..w.taps()).map(|t| w.tap_offset(t) * w.inputs).collect();
        let mut sums = Aligned::zeros(positions.next_multiple_of(P) * tile);
        for (t, panel) in self.panels.chunks_exact((1 + w.taps() * w.inputs) * tile).enumerate() {
            let (bias, mut rest) = panel.split_at(tile);
            for sum in sums.chunks_exact_mut(tile) {
                sum.copy_from_slice(bias);
            }
            for from in (0..w.inputs).step_by(CHANNELS) {
                let n = CHANNELS.min(w.inputs - from);
                let (block, after) = rest.split_at(w.taps() * n * tile);
                for (starts, sums) in starts.chunks(P).zip(sums.chunks_exact_mut(P * tile)) {
                    let last = starts[starts.len() - 1];
                    let at = std::array::from_fn(|i| starts.get(i).unwrap_or(&last) + from);
                    add_window::<S, P>(simd, self.padded, at, &taps, n, block, sums);
                }
                rest = after;
            }
            let wide = tile.min(w.outputs - t * tile);
            for (y, sum) in self.y.chunks_exact_mut(w.outputs).zip(sums.chunks_exact(tile)) {
                y[t * tile..][..wide].copy_from_slice(&sum[..wide]);
            }
        }
    }
}

/// Adds to `sums [P, tile]` what the `n` channels from each position in `at` on contribute through all taps.
#[inline(always)]
fn add_window<S: Simd, const P: usize>(
    simd: S,
    padded: &[f32],
    at: [usize; P],
    taps: &[usize],
    n: usize,
    block: &[f32],
    sums: &mut [f32],
) {
    let tile = VECTORS * S::F32_LANES;
    let furthest = at.iter().max().unwrap_or(&0) + taps.last().unwrap_or(&0) + n;
    assert!(furthest <= padded.len() && block.len() >= taps.len() * n * tile && sums.len() >= P * tile);
    // SAFETY: taps ascend, so the assert bounds every `at + tap + channel` read from `padded`; it bounds `block` and
    // `sums`, which are read and written in their order, directly.
    unsafe {
        let mut acc: [[S::f32s; VECTORS]; P] =
            std::array::from_fn(|p| std::array::from_fn(|v| load::<S>(sums.as_ptr().add(p * tile + v * S::F32_LANES))));
        let mut weight = block.as_ptr();
        for tap in taps {
            let from: [*const f32; P] = at.map(|a| padded.as_ptr().add(a + tap));
            for c in 0..n {
                let values: [S::f32s; VECTORS] = std::array::from_fn(|v| load::<S>(weight.add(v * S::F32_LANES)));
                weight = weight.add(tile);
                for p in 0..P {
                    let x = simd.splat_f32s(*from[p].add(c));
                    for v in 0..VECTORS {
                        acc[p][v] = simd.mul_add_e_f32s(x, values[v], acc[p][v]);
                    }
                }
            }
        }
        for (p, acc) in acc.iter().enumerate() {
            for (v, value) in acc.iter().enumerate() {
                store::<S>(sums.as_mut_ptr().add(p * tile + v * S::F32_LANES), *value);
            }
        }
    }
}
