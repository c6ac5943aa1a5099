//! Event-driven linear layer: forward visits only inputs that are not zero, the input gradient only upstream gradients that
//! are not zero, and the weight gradient only rows in which the weight's input is not zero.
//!
//! Weights are copied (transposed for the forward pass) in blocks that stay in the first-level cache while all rows pass; the
//! lists of active inputs are made once per block and used by every tile.

use crate::snn::backend::{
    convolutions::{
        aligned::Aligned,
        lanes::run_in_vectors,
        sixteen::{self, SIXTEEN},
        spiking_forward::{TILE, add_rows},
        transpose::transpose,
    },
    widest::dispatch,
};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use std::ops::Range;

/// Values read per block: their weights to a tile are 37 kB.
const BLOCK: usize = 9 * SIXTEEN;

/// W `[outputs, inputs]`, as one pass reads it.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Length of a row.
    pub inputs: usize,
    /// Whether the pass goes back from outputs to inputs: then W is not turned over.
    pub reversed: bool,
}

impl Weights<'_> {
    /// Values read and values written by a row of the pass.
    pub fn shape(self) -> (usize, usize) {
        let outputs = self.values.len() / self.inputs;
        match self.reversed {
            false => (self.inputs, outputs),
            true => (outputs, self.inputs),
        }
    }

    /// What `n` values read, `from` on, contribute to `wide` values written, `first` on: `[n, TILE]`.
    fn write(self, (first, wide): (usize, usize), (from, n): (usize, usize), block: &mut [f32]) {
        match self.reversed {
            false => {
                let rows = &self.values[first * self.inputs + from..];
                transpose(rows, self.inputs, (wide, n), block, |i| i * TILE);
            }
            true => {
                let rows = self.values[from * self.inputs..].chunks(self.inputs);
                for (to, row) in block.chunks_exact_mut(TILE).zip(rows).take(n) {
                    to[..wide].copy_from_slice(&row[first..][..wide]);
                }
            }
        }
    }
}

/// b + x·Wᵀ, or x·W where the pass is reversed, for the rows of x named: by tiles of what is written, each `[rows, TILE]`.
/// `binary` promises that all else but zeros is one.
pub fn sums(x: &[f32], weights: Weights<'_>, b: Option<&[f32]>, rows: &[usize], binary: bool) -> Vec<Aligned> {
    let (inputs, outputs) = weights.shape();
    let lists: Vec<Lists> = (0..inputs.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            dispatch(Listing {
                x,
                rows,
                inputs,
                from: block * BLOCK,
                binary,
            })
        })
        .collect();
    (0..outputs.div_ceil(TILE))
        .into_par_iter()
        .map(|t| {
            let (first, wide) = (t * TILE, TILE.min(outputs - t * TILE));
            let mut bias = [0.0; TILE];
            if let Some(b) = b {
                bias[..wide].copy_from_slice(&b[first..][..wide]);
            }
            dispatch(Tile {
                lists: &lists,
                weights,
                bias,
                at: (first, wide),
                rows: rows.len(),
                binary,
            })
        })
        .collect()
}

/// The active values of every row in one block; for the weight gradient, the active rows of every input in one.
struct Lists {
    /// Where each one's entries begin; one more at the end.
    starts: Vec<u32>,
    /// Values, counted from the block's first, or rows.
    entries: Vec<u16>,
    /// Their values; empty if all are one.
    values: Vec<f32>,
}

struct Listing<'a> {
    x: &'a [f32],
    rows: &'a [usize],
    inputs: usize,
    from: usize,
    binary: bool,
}

impl WithSimd for Listing<'_> {
    type Output = Lists;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Lists {
        let n = BLOCK.min(self.inputs - self.from);
        let mut lists = Lists {
            starts: vec![0],
            entries: Vec::new(),
            values: Vec::new(),
        };
        let (mut list, mut worth) = ([0u16; SIXTEEN], [0f32; SIXTEEN]);
        for row in self.rows {
            let x = &self.x[row * self.inputs + self.from..][..n];
            for (part, x) in x.chunks(SIXTEEN).enumerate() {
                let x = sixteen::padded(x);
                let bits = sixteen::active::<S>(&x);
                let count = bits.count_ones() as usize;
                sixteen::list::<S>(bits, &mut list);
                let first = (part * SIXTEEN) as u16;
                lists
                    .entries
                    .extend(list[..count].iter().map(|i| first.wrapping_add(*i)));
                if !self.binary {
                    sixteen::values::<S>(&x, bits, &mut worth);
                    lists.values.extend(&worth[..count]);
                }
            }
            lists.starts.push(lists.entries.len() as u32);
        }
        lists
    }
}

/// The sums of a tile, `[rows, TILE]`, on one thread.
struct Tile<'a> {
    lists: &'a [Lists],
    weights: Weights<'a>,
    bias: [f32; TILE],
    /// The first value written, and how many.
    at: (usize, usize),
    rows: usize,
    binary: bool,
}

impl WithSimd for Tile<'_> {
    type Output = Aligned;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Aligned {
        run_in_vectors!(self, S, simd, TILE, self.binary)
    }
}

impl Tile<'_> {
    #[inline(always)]
    fn run<S: Simd, const V: usize, const BINARY: bool>(self, simd: S) -> Aligned {
        let (inputs, _) = self.weights.shape();
        let mut sums = Aligned::zeros(self.rows * TILE);
        for sum in sums.chunks_exact_mut(TILE) {
            sum.copy_from_slice(&self.bias);
        }
        let mut block = Aligned::zeros(BLOCK * TILE);
        for (number, lists) in self.lists.iter().enumerate() {
            let from = number * BLOCK;
            self.weights
                .write(self.at, (from, BLOCK.min(inputs - from)), &mut block);
            for (row, sum) in sums.chunks_exact_mut(TILE).enumerate() {
                let (from, to) = (lists.starts[row] as usize, lists.starts[row + 1] as usize);
                let values: &[f32] = if BINARY { &[] } else { &lists.values[from..to] };
                add_rows::<S, V, BINARY>(simd, &block, &lists.entries[from..to], values, sum);
            }
        }
        sums
    }
}

/// The most rows that [`weight_gradient`] takes: they are numbered in 16 bits.
pub const MOST_ROWS: usize = 1 << 16;

/// gW `[outputs, inputs]` = gyᵀ·x, where most of x is zero. `binary` promises that all else is one.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], rows: usize, binary: bool) {
    let (inputs, outputs) = (x.len() / rows, gy.len() / rows);
    let parts = (0..inputs.div_ceil(BLOCK)).into_par_iter();
    let lists: Vec<Lists> = parts
        .map(|part| by_input(x, inputs, part * BLOCK..((part + 1) * BLOCK).min(inputs), binary))
        .collect();
    gw.par_chunks_mut(TILE * inputs).enumerate().for_each(|(t, gw)| {
        let wide = gw.len() / inputs;
        let mut upstream = Aligned::zeros(rows * TILE);
        for (to, gy) in upstream.chunks_exact_mut(TILE).zip(gy.chunks_exact(outputs)) {
            to[..wide].copy_from_slice(&gy[t * TILE..][..wide]);
        }
        dispatch(Gather {
            lists: &lists,
            upstream: &upstream,
            gw,
            inputs,
            binary,
        });
    });
}

/// For every input of a range the rows in which it is active, with its values there.
fn by_input(x: &[f32], inputs: usize, range: Range<usize>, binary: bool) -> Lists {
    let mut lists = vec![Vec::new(); range.len()];
    let mut values = vec![Vec::new(); range.len()];
    for (row, x) in x.chunks_exact(inputs).enumerate() {
        for (i, v) in x[range.clone()].iter().enumerate() {
            if *v != 0.0 {
                lists[i].push(row as u16);
                if !binary {
                    values[i].push(*v);
                }
            }
        }
    }
    let mut starts = vec![0];
    for list in &lists {
        starts.push(starts[starts.len() - 1] + list.len() as u32);
    }
    Lists {
        starts,
        entries: lists.concat(),
        values: values.concat(),
    }
}

/// The gradients of a tile of outputs, on one thread.
struct Gather<'a> {
    lists: &'a [Lists],
    /// `[rows, TILE]`.
    upstream: &'a [f32],
    gw: &'a mut [f32],
    inputs: usize,
    binary: bool,
}

impl WithSimd for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        run_in_vectors!(self, S, simd, TILE, self.binary)
    }
}

impl Gather<'_> {
    #[inline(always)]
    fn run<S: Simd, const V: usize, const BINARY: bool>(self, simd: S) {
        // Sixteen inputs at a time, so that what is written fills whole lines.
        let mut sums = Aligned::zeros(SIXTEEN * TILE);
        for (part, lists) in self.lists.iter().enumerate() {
            let inputs = lists.starts.len() - 1;
            for from in (0..inputs).step_by(SIXTEEN) {
                let n = SIXTEEN.min(inputs - from);
                sums.fill(0.0);
                for (i, sum) in sums.chunks_exact_mut(TILE).take(n).enumerate() {
                    let (begin, end) = (lists.starts[from + i] as usize, lists.starts[from + i + 1] as usize);
                    let values: &[f32] = if BINARY { &[] } else { &lists.values[begin..end] };
                    add_rows::<S, V, BINARY>(simd, self.upstream, &lists.entries[begin..end], values, sum);
                }
                let (outputs, first) = (self.gw.len() / self.inputs, part * BLOCK + from);
                transpose(&sums, TILE, (n, outputs), self.gw, |o| o * self.inputs + first);
            }
        }
    }
}
