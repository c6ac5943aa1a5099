//! Event-driven convolution: a position's sum visits only those inputs that are not zero, adding the row of weights
//! that belongs to each. Multiplies only where the input is not all spikes (pooled spikes are fractions).
//!
//! Inputs are taken a few channels at a time, so that the rows of weights to choose from stay in the first-level
//! cache, and positions with equally many active inputs follow each other, so that the loop's end is predicted.

use super::{
    aligned::Aligned,
    lanes::{load, run_in_vectors, store},
    sixteen::{self, SIXTEEN},
    window::{Weights, Window},
};
use crate::snn::backend::widest::dispatch;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Channels per block of weights.
const BLOCK: usize = SIXTEEN;
/// Output channels per block of weights: 9 taps × 16 × 64 values are 37 kB.
pub const TILE: usize = 64;
/// Padded positions per piece of work: enough to use a block of weights often.
pub const PIECE: usize = 420;

/// Weights in the order in which the kernel reads them.
pub struct Blocks<'a> {
    values: Aligned,
    bias: Option<&'a [f32]>,
    w: Window,
}

impl<'a> Blocks<'a> {
    /// Packs them.
    pub fn pack(weights: Weights<'_>, bias: Option<&'a [f32]>, w: Window) -> Blocks<'a> {
        let values = pack(weights, w);
        Blocks { values, bias, w }
    }

    /// y = bias + x ∗ w for some images, on this thread. `binary` promises that every input is 0 or 1.
    pub fn convolve(&self, x: &[f32], binary: bool, y: &mut [f32]) {
        dispatch(Piece {
            x,
            binary,
            blocks: &self.values,
            bias: self.bias,
            y,
            w: self.w,
        });
    }
}

/// Rows of a block of weights: one per tap and channel, and one of zeros.
fn rows(w: Window) -> usize {
    w.taps() * BLOCK + 1
}

/// `[tile][channel block][tap × BLOCK + channel, then a row of zeros][TILE]`.
fn pack(weights: Weights<'_>, w: Window) -> Aligned {
    let per_block = rows(w) * TILE;
    let channel_blocks = w.inputs.div_ceil(BLOCK);
    let mut packed = Aligned::zeros(w.outputs.div_ceil(TILE) * channel_blocks * per_block);
    packed.par_chunks_mut(per_block).enumerate().for_each(|(at, block)| {
        let (tile, from) = (at / channel_blocks * TILE, at % channel_blocks * BLOCK);
        let wide = TILE.min(w.outputs - tile);
        let n = BLOCK.min(w.inputs - from);
        weights.write(w, (tile, wide), (from, n), block, |c, tap| (tap * BLOCK + c) * TILE);
    });
    packed
}

/// Some images on one thread.
struct Piece<'a> {
    x: &'a [f32],
    binary: bool,
    blocks: &'a [f32],
    bias: Option<&'a [f32]>,
    y: &'a mut [f32],
    w: Window,
}

impl WithSimd for Piece<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        run_in_vectors!(self, S, simd, TILE, self.binary)
    }
}

impl Piece<'_> {
    #[inline(always)]
    fn run<S: Simd, const V: usize, const BINARY: bool>(self, simd: S) {
        let w = self.w;
        let channel_blocks = w.inputs.div_ceil(BLOCK);
        let lists: Vec<Lists> = active::<S, BINARY>(self.x, w);
        let positions = self.y.len() / w.outputs;
        let mut sums = Aligned::zeros(positions * TILE);
        for (t, blocks) in self.blocks.chunks_exact(channel_blocks * rows(w) * TILE).enumerate() {
            let wide = TILE.min(w.outputs - t * TILE);
            let mut bias = [0.0; TILE];
            if let Some(given) = self.bias {
                bias[..wide].copy_from_slice(&given[t * TILE..][..wide]);
            }
            for sum in sums.chunks_exact_mut(TILE) {
                sum.copy_from_slice(&bias);
            }
            for (block, lists) in blocks.chunks_exact(rows(w) * TILE).zip(&lists) {
                let mut from = 0;
                for (position, n) in &lists.order {
                    let to = from + *n as usize;
                    let sum = &mut sums[*position as usize * TILE..][..TILE];
                    let values: &[f32] = if BINARY { &[] } else { &lists.values[from..to] };
                    add_rows::<S, V, BINARY>(simd, block, &lists.rows[from..to], values, sum);
                    from = to;
                }
            }
            for (y, sum) in self.y.chunks_exact_mut(w.outputs).zip(sums.chunks_exact(TILE)) {
                y[t * TILE..][..wide].copy_from_slice(&sum[..wide]);
            }
        }
    }
}

/// The active inputs of every output position among the channels of one block.
struct Lists {
    /// Output positions and how many entries each has, in the order of the entries.
    order: Vec<(u32, u16)>,
    /// Rows of the block of weights.
    rows: Vec<u16>,
    /// The inputs' values; empty if all are one.
    values: Vec<f32>,
}

/// Lists per block of channels for some images.
#[inline(always)]
fn active<S: Simd, const BINARY: bool>(x: &[f32], w: Window) -> Vec<Lists> {
    let images = x.len() / (w.area() * w.inputs);
    let cells = images * w.padded_area();
    let mut here = vec![[0u16; BLOCK]; cells];
    let mut value = vec![[0f32; BLOCK]; if BINARY { 0 } else { cells }];
    let mut count = vec![0u8; cells];
    let starts: Vec<u32> = (0..images * w.area())
        .map(|p| ((p / w.area()) * w.padded_area() + w.first_tap(p % w.area())) as u32)
        .collect();
    let mut lists = Vec::with_capacity(w.inputs.div_ceil(BLOCK));
    for from in (0..w.inputs).step_by(BLOCK) {
        let n = BLOCK.min(w.inputs - from);
        for (start, x) in starts.iter().zip(x.chunks_exact(w.inputs)) {
            let cell = *start as usize + w.centre();
            let x = sixteen::padded(&x[from..from + n]);
            let bits = sixteen::active::<S>(&x);
            sixteen::list::<S>(bits, &mut here[cell]);
            if !BINARY {
                sixteen::values::<S>(&x, bits, &mut value[cell]);
            }
            count[cell] = bits.count_ones() as u8;
        }
        lists.push(merge::<BINARY>(&here, &value, &count, &starts, w));
    }
    lists
}

/// Joins the lists of the taps of every output position, shortest list first.
#[inline(always)]
fn merge<const BINARY: bool>(
    here: &[[u16; BLOCK]],
    value: &[[f32; BLOCK]],
    count: &[u8],
    starts: &[u32],
    w: Window,
) -> Lists {
    let taps: Vec<usize> = (0..w.taps()).map(|t| w.tap_offset(t)).collect();
    let mut lengths = vec![0u16; starts.len()];
    for (length, start) in lengths.iter_mut().zip(starts) {
        let mut n = 0;
        for tap in &taps {
            n += u16::from(count[*start as usize + tap]);
        }
        *length = n.next_multiple_of(2);
    }
    let order = by_length(&lengths, w.taps() * BLOCK);
    let total: usize = lengths.iter().map(|n| usize::from(*n)).sum();
    // A list is written BLOCK entries at a time, so the last one may spill over its end.
    let mut rows = vec![0u16; total + BLOCK];
    let mut values = vec![0f32; if BINARY { 0 } else { total + BLOCK }];
    let zeros = (w.taps() * BLOCK) as u16;
    let mut at = 0;
    for (position, length) in &order {
        let begin = at;
        for (tap, offset) in taps.iter().enumerate() {
            let cell = starts[*position as usize] as usize + offset;
            let first = (tap * BLOCK) as u16;
            if let Some(to) = rows[at..].first_chunk_mut::<BLOCK>() {
                for (to, c) in to.iter_mut().zip(&here[cell]) {
                    *to = first.wrapping_add(*c);
                }
            }
            if !BINARY && let Some(to) = values[at..].first_chunk_mut::<BLOCK>() {
                *to = value[cell];
            }
            at += usize::from(count[cell]);
        }
        if at - begin < usize::from(*length) {
            rows[at] = zeros;
            if !BINARY {
                values[at] = 0.0;
            }
            at += 1;
        }
    }
    Lists { order, rows, values }
}

/// Positions with their lengths, sorted by length (counting sort).
fn by_length(lengths: &[u16], longest: usize) -> Vec<(u32, u16)> {
    let mut place = vec![0usize; longest + 3];
    for n in lengths {
        place[usize::from(*n) + 1] += 1;
    }
    for i in 1..place.len() {
        place[i] += place[i - 1];
    }
    let mut order = vec![(0, 0); lengths.len()];
    for (position, n) in lengths.iter().enumerate() {
        let at = &mut place[usize::from(*n)];
        order[*at] = (position as u32, *n);
        *at += 1;
    }
    order
}

/// So few sums would wait for one another: every other row is added to a second set of them.
const FEW: usize = 4;

/// sum += Σ value·row over a list of rows of `block`.
#[inline(always)]
pub fn add_rows<S: Simd, const V: usize, const BINARY: bool>(
    simd: S,
    block: &[f32],
    rows: &[u16],
    values: &[f32],
    sum: &mut [f32],
) {
    assert!(sum.len() == TILE && V * S::F32_LANES == TILE && (BINARY || values.len() == rows.len()));
    // SAFETY: who makes a list writes rows of its block only (`merge`: below taps × BLOCK + 1, `spiking_linear`: below its
    // BLOCK, or rows of the batch), and a block has that many rows of TILE values; there is a value for every row unless all are one; `sum` has
    // TILE values.
    unsafe {
        let mut acc = [simd.splat_f32s(0.0); V];
        for (v, acc) in acc.iter_mut().enumerate() {
            *acc = load::<S>(sum.as_ptr().add(v * S::F32_LANES));
        }
        let add = |i: usize, acc: &mut [S::f32s; V]| {
            let at = block.as_ptr().add(usize::from(*rows.get_unchecked(i)) * TILE);
            if BINARY {
                for (v, acc) in acc.iter_mut().enumerate() {
                    *acc = simd.add_f32s(*acc, load::<S>(at.add(v * S::F32_LANES)));
                }
            } else {
                let x = simd.splat_f32s(*values.get_unchecked(i));
                for (v, acc) in acc.iter_mut().enumerate() {
                    *acc = simd.mul_add_e_f32s(x, load::<S>(at.add(v * S::F32_LANES)), *acc);
                }
            }
        };
        let mut from = 0;
        if V <= FEW {
            let mut other = [simd.splat_f32s(0.0); V];
            while from + 2 <= rows.len() {
                add(from, &mut acc);
                add(from + 1, &mut other);
                from += 2;
            }
            for (acc, other) in acc.iter_mut().zip(other) {
                *acc = simd.add_f32s(*acc, other);
            }
        }
        for i in from..rows.len() {
            add(i, &mut acc);
        }
        for (v, acc) in acc.iter().enumerate() {
            store::<S>(sum.as_mut_ptr().add(v * S::F32_LANES), *acc);
        }
    }
}
