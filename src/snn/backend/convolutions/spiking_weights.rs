//! Event-driven weight gradient of a convolution: every active input adds the upstream gradients of the output
//! positions that it reaches to the weights that it reached them through.
//!
//! A few output channels at a time: their upstream gradient, with its border of zeros, stays in the first-level cache,
//! and the gradients of one input channel's taps stay in registers while its active positions are visited.

use super::{
    aligned::Aligned,
    lanes::{Lanes, load, store},
    sixteen::{self, SIXTEEN},
    window::Window,
};
use crate::snn::backend::widest::dispatch;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Padded positions per group of images: with one vector each they take 20 kB under AVX2.
const GROUP: usize = 640;
/// Taps whose sums are held in registers.
const TAPS: usize = 9;

/// Whether positions in a group of images of this size can be numbered in 16 bits.
pub fn fits(w: Window) -> bool {
    w.images_for(GROUP) * w.padded_area() <= usize::from(u16::MAX)
}

/// gw `[outputs, inputs, 9]` = Σ over positions of x·gy, where most of x is zero; windows of side 3. `binary` promises
/// that all else is one.
pub fn weight_gradient(x: &[f32], binary: bool, gy: &[f32], gw: &mut [f32], w: Window) {
    let images = w.images_for(GROUP);
    let groups: Vec<Active> = x
        .par_chunks(images * w.area() * w.inputs)
        .map(|x| dispatch(Listing { x, binary, w }))
        .collect();
    let tile = dispatch(Lanes);
    gw.par_chunks_mut(tile * w.inputs * TAPS)
        .enumerate()
        .for_each(|(t, gw)| {
            dispatch(Tile {
                groups: &groups,
                binary,
                gy,
                gw,
                first: t * tile,
                w,
            });
        });
}

/// The active positions of every input channel in some images.
struct Active {
    images: usize,
    /// Where each channel's entries begin; one more at the end.
    starts: Vec<u32>,
    /// Positions in the padded images.
    cells: Vec<u16>,
    /// Values there; empty if all are one.
    values: Vec<f32>,
}

/// Lists what is active, on one thread.
struct Listing<'a> {
    x: &'a [f32],
    binary: bool,
    w: Window,
}

impl WithSimd for Listing<'_> {
    type Output = Active;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Active {
        let (x, w) = (self.x, self.w);
        let blocks = w.inputs.div_ceil(SIXTEEN);
        let mut starts = vec![0u32; w.inputs + 1];
        let mut bits = Vec::with_capacity(x.len() / w.inputs * blocks);
        for x in x.chunks_exact(w.inputs) {
            for (block, x) in x.chunks(SIXTEEN).enumerate() {
                let active = sixteen::active::<S>(&sixteen::padded(x));
                for c in sixteen::ones(active) {
                    starts[block * SIXTEEN + c + 1] += 1;
                }
                bits.push(active);
            }
        }
        for c in 0..w.inputs {
            starts[c + 1] += starts[c];
        }
        let total = starts[w.inputs] as usize;
        let mut cells = vec![0u16; total];
        let mut values = vec![0f32; if self.binary { 0 } else { total }];
        let mut next: Vec<u32> = starts[..w.inputs].to_vec();
        for (p, (x, bits)) in x.chunks_exact(w.inputs).zip(bits.chunks_exact(blocks)).enumerate() {
            let cell = ((p / w.area()) * w.padded_area() + w.first_tap(p % w.area()) + w.centre()) as u16;
            for (block, bits) in bits.iter().enumerate() {
                for c in sixteen::ones(*bits).map(|c| block * SIXTEEN + c) {
                    let at = next[c] as usize;
                    cells[at] = cell;
                    if !self.binary {
                        values[at] = x[c];
                    }
                    next[c] += 1;
                }
            }
        }
        Active {
            images: x.len() / (w.area() * w.inputs),
            starts,
            cells,
            values,
        }
    }
}

/// The gradients of a few output channels, on one thread.
struct Tile<'a> {
    groups: &'a [Active],
    binary: bool,
    gy: &'a [f32],
    /// `[channels of this tile, inputs, 9]`.
    gw: &'a mut [f32],
    first: usize,
    w: Window,
}

impl WithSimd for Tile<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.binary {
            true => self.run::<S, true>(simd),
            false => self.run::<S, false>(simd),
        }
    }
}

impl Tile<'_> {
    #[inline(always)]
    fn run<S: Simd, const BINARY: bool>(self, simd: S) {
        let (w, tile) = (self.w, S::F32_LANES);
        let wide = self.gw.len() / (w.inputs * TAPS);
        let mut sums = Aligned::zeros(w.inputs * TAPS * tile);
        let mut upstream = Aligned::zeros(w.images_for(GROUP) * w.padded_area() * tile);
        let mut image = 0;
        for group in self.groups {
            for i in 0..group.images {
                for p in 0..w.area() {
                    let gy = &self.gy[((image + i) * w.area() + p) * w.outputs + self.first..][..wide];
                    let cell = i * w.padded_area() + w.first_tap(p) + w.centre();
                    upstream[cell * tile..][..wide].copy_from_slice(gy);
                }
            }
            image += group.images;
            for (c, sums) in sums.chunks_exact_mut(TAPS * tile).enumerate() {
                let (from, to) = (group.starts[c] as usize, group.starts[c + 1] as usize);
                let values: &[f32] = if BINARY { &[] } else { &group.values[from..to] };
                visit::<S, BINARY>(simd, &upstream, &group.cells[from..to], values, sums, w);
            }
        }
        for (o, gw) in self.gw.chunks_exact_mut(w.inputs * TAPS).enumerate() {
            for (g, sums) in gw.iter_mut().zip(sums.chunks_exact(tile)) {
                *g = sums[o];
            }
        }
    }
}

/// sums `[9, tile]` += Σ over active cells of value·upstream at the output that tap reaches.
#[inline(always)]
fn visit<S: Simd, const BINARY: bool>(
    simd: S,
    upstream: &[f32],
    cells: &[u16],
    values: &[f32],
    sums: &mut [f32],
    w: Window,
) {
    let tile = S::F32_LANES;
    let centre = w.centre();
    assert!(sums.len() == TAPS * tile && w.taps() == TAPS);
    let step: [usize; TAPS] = std::array::from_fn(|tap| w.tap_offset(TAPS - 1 - tap) * tile);
    // SAFETY: `Listing` lists cells inside the border only, so that a cell's whole window lies in `upstream`; there is a
    // value for every cell unless all are one; `sums` has nine vectors.
    unsafe {
        let mut acc = [simd.splat_f32s(0.0); TAPS];
        for (tap, acc) in acc.iter_mut().enumerate() {
            *acc = load::<S>(sums.as_ptr().add(tap * tile));
        }
        for (i, cell) in cells.iter().enumerate() {
            let first = upstream.as_ptr().add((usize::from(*cell) - centre) * tile);
            if BINARY {
                for (acc, step) in acc.iter_mut().zip(step) {
                    *acc = simd.add_f32s(*acc, load::<S>(first.add(step)));
                }
            } else {
                let x = simd.splat_f32s(*values.get_unchecked(i));
                for (acc, step) in acc.iter_mut().zip(step) {
                    *acc = simd.mul_add_e_f32s(x, load::<S>(first.add(step)), *acc);
                }
            }
        }
        for (tap, acc) in acc.iter().enumerate() {
            store::<S>(sums.as_mut_ptr().add(tap * tile), *acc);
        }
    }
}
