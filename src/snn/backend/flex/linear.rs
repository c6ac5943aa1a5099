//! Linear layers: event-driven where inputs are mostly zero, else gemm cut into tiles of the longer side of the output.

use super::{
    gemm::{Matrix, product},
    spiking_linear::{self, Weights},
};
use crate::snn::backend::convolutions::{
    Branch,
    density::{Density, densities},
    spiking_forward::TILE as TILE_OF_EVENTS,
};
use rayon::prelude::*;
use std::borrow::Cow;

/// Weight rows (or columns) per tile.
const TILE: usize = 128;
/// Rows per matrix product, always so many: how a product adds up depends on its size, and a row must be computed alike
/// whatever rows are beside it.
const ROWS_AT_ONCE: usize = 16;

/// Largest share of non-zero values at which the event-driven kernels win on the way forward and back: a matrix product
/// sorts all weights first, which few rows do not pay for.
const MOST: f32 = 0.6;
/// The same of inputs, for the weights' gradient.
const MOST_FOR_WEIGHTS: f32 = 0.3;
/// Fewer rows than this do not pay for turning the weights' gradient over.
const ROWS: usize = 384;
/// Smaller layers are left to gemm: there is little to win.
const WEIGHTS: usize = 1 << 15;

/// Whether event-driven kernels suit a density; forced either way by `branch`.
fn suits(density: Density, most: f32, weights: usize, branch: Branch) -> bool {
    match branch {
        Branch::Dense | Branch::Winograd => false,
        Branch::Events => true,
        Branch::Measured => weights >= WEIGHTS && density.nonzero() <= most,
    }
}

/// y = x·Wᵀ + b.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], branch: Branch) {
    let weights = Weights {
        values: w,
        inputs: w.len() / b.len().max(1),
        reversed: false,
    };
    pass(x, weights, Some(b), y, branch, |x, y| gemm(x, w, b, y));
}

/// gx = gy·W. Where gy comes from neurons, it is zero outside the surrogate's support.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], rows: usize, branch: Branch) {
    let weights = Weights {
        values: w,
        inputs: gx.len() / rows,
        reversed: true,
    };
    pass(gy, weights, None, gx, branch, |gy, gx| gemm_back(gy, w, gx));
}

/// `[rows, ·]` → `[rows, ·]`. Every row chooses for itself by its share of values that are not zero, so that its result does
/// not depend on its company; `dense` does the rows that are not event-driven.
fn pass(
    x: &[f32],
    weights: Weights<'_>,
    bias: Option<&[f32]>,
    y: &mut [f32],
    branch: Branch,
    dense: impl Fn(Part<'_>, &mut [f32]),
) {
    let (inputs, outputs) = weights.shape();
    let mut chosen: [Vec<usize>; 3] = Default::default();
    for (row, density) in densities(x, inputs).into_iter().enumerate() {
        let kernel = match (suits(density, MOST, weights.values.len(), branch), density.binary()) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        };
        chosen[kernel].push(row);
    }
    let [by_product, spikes, values] = chosen;
    let rows = by_product.len();
    if rows * inputs == x.len() {
        return dense(Part { x, rows }, y);
    }
    if rows > 0 {
        let rows_of = by_product.iter().flat_map(|r| &x[r * inputs..][..inputs]);
        let x: Vec<f32> = rows_of.copied().collect();
        let mut made = vec![0.0; rows * outputs];
        dense(Part { x: &x, rows }, &mut made);
        for (row, made) in by_product.iter().zip(made.chunks_exact(outputs)) {
            y[row * outputs..][..outputs].copy_from_slice(made);
        }
    }
    for (rows, binary) in [(spikes, true), (values, false)] {
        if rows.is_empty() {
            continue;
        }
        for (t, tile) in spiking_linear::sums(x, weights, bias, &rows, binary).iter().enumerate() {
            let wide = TILE_OF_EVENTS.min(outputs - t * TILE_OF_EVENTS);
            for (row, sums) in rows.iter().zip(tile.chunks_exact(TILE_OF_EVENTS)) {
                y[row * outputs + t * TILE_OF_EVENTS..][..wide].copy_from_slice(&sums[..wide]);
            }
        }
    }
}

/// Some rows.
struct Part<'a> {
    x: &'a [f32],
    rows: usize,
}

/// The rows, with zeros behind them up to a whole number of products.
fn filled_up(x: &[f32], rows: usize) -> Cow<'_, [f32]> {
    match rows.next_multiple_of(ROWS_AT_ONCE) - rows {
        0 => Cow::Borrowed(x),
        missing => {
            let mut filled = x.to_vec();
            filled.resize(x.len() + missing * (x.len() / rows), 0.0);
            Cow::Owned(filled)
        }
    }
}

/// [`forward`] by matrix product.
fn gemm(Part { x, rows }: Part<'_>, w: &[f32], b: &[f32], y: &mut [f32]) {
    let (inputs, outputs) = (x.len() / rows, b.len());
    let x = &filled_up(x, rows);
    let tiles: Vec<Vec<f32>> = w
        .par_chunks(TILE * inputs)
        .zip(b.par_chunks(TILE))
        .map(|(w, b)| {
            let mut tile: Vec<f32> = (0..x.len() / inputs).flat_map(|_| b.iter().copied()).collect();
            let weights = Matrix::new(w, inputs).t();
            let parts = tile.chunks_exact_mut(ROWS_AT_ONCE * b.len());
            for (y, x) in parts.zip(x.chunks_exact(ROWS_AT_ONCE * inputs)) {
                product(y, b.len(), Matrix::new(x, inputs), weights, true);
            }
            tile.truncate(rows * b.len());
            tile
        })
        .collect();
    for (n, tile) in tiles.iter().enumerate() {
        let width = tile.len() / rows;
        for (y, t) in y.chunks_exact_mut(outputs).zip(tile.chunks_exact(width)) {
            y[n * TILE..][..width].copy_from_slice(t);
        }
    }
}

/// [`input_gradient`] by matrix product.
fn gemm_back(Part { x: gy, rows }: Part<'_>, w: &[f32], gx: &mut [f32]) {
    let outputs = gy.len() / rows;
    let inputs = gx.len() / rows;
    let gy = &filled_up(gy, rows);
    let tiles: Vec<(usize, Vec<f32>)> = (0..inputs.div_ceil(TILE))
        .into_par_iter()
        .map(|n| {
            let width = TILE.min(inputs - n * TILE);
            let mut tile = vec![0.0; gy.len() / outputs * width];
            let weights = Matrix::new(w, inputs).columns(n * TILE, width);
            let parts = tile.chunks_exact_mut(ROWS_AT_ONCE * width);
            for (gx, gy) in parts.zip(gy.chunks_exact(ROWS_AT_ONCE * outputs)) {
                product(gx, width, Matrix::new(gy, outputs), weights, false);
            }
            tile.truncate(rows * width);
            (width, tile)
        })
        .collect();
    for (n, (width, tile)) in tiles.iter().enumerate() {
        for (gx, t) in gx.chunks_exact_mut(inputs).zip(tile.chunks_exact(*width)) {
            gx[n * TILE..][..*width].copy_from_slice(t);
        }
    }
}

/// gW = gyᵀ·x.
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], rows: usize, branch: Branch) {
    let (inputs, outputs) = (x.len() / rows, gy.len() / rows);
    let density = Density::sum(&densities(x, inputs));
    let pays = rows >= ROWS || branch == Branch::Events;
    if pays && suits(density, MOST_FOR_WEIGHTS, gw.len(), branch) && rows <= spiking_linear::MOST_ROWS {
        return spiking_linear::weight_gradient(x, gy, gw, rows, density.binary());
    }
    gw.par_chunks_mut(TILE * inputs).enumerate().for_each(|(n, gw)| {
        let width = gw.len() / inputs;
        let upstream = Matrix::new(gy, outputs).columns(n * TILE, width).t();
        product(gw, inputs, upstream, Matrix::new(x, inputs), false);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        let mut random = crate::random::stream(seed, crate::random::Purpose::Probe, 0, 0);
        (0..n).map(|_| random.symmetric(1.0)).collect()
    }

    /// Rows of different densities: spikes, fractions of them, and numbers.
    fn inputs(rows: usize, inputs: usize) -> Vec<f32> {
        let levels = numbers(rows * inputs, 5);
        (0..rows * inputs)
            .map(|i| match (i / inputs % 3, levels[i]) {
                (0, v) => f32::from(u8::from(v > 0.7)),
                (1, v) if v > 0.8 => (v * 4.0).ceil() / 4.0 - 0.25,
                (1, _) => 0.0,
                (_, v) => v,
            })
            .collect()
    }

    #[test]
    fn event_driven_layers_agree_with_gemm() {
        for (rows, ins, outs) in [(7, 300, 70), (3, 16, 64), (12, 9, 5), (5, 433, 130), (1, 1, 1)] {
            let (x, w, b) = (inputs(rows, ins), numbers(ins * outs, 2), numbers(outs, 3));
            let gy = inputs(rows, outs);
            let of = |branch| {
                let (mut y, mut gw) = (vec![f32::NAN; rows * outs], vec![f32::NAN; w.len()]);
                forward(&x, &w, &b, &mut y, branch);
                weight_gradient(&x, &gy, &mut gw, rows, branch);
                let mut gx = vec![f32::NAN; rows * ins];
                input_gradient(&gy, &w, &mut gx, rows, branch);
                (y, gw, gx)
            };
            let (dense, events, mixed) = (of(Branch::Dense), of(Branch::Events), of(Branch::Measured));
            for other in [&events, &mixed] {
                let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
                assert!(
                    close(&dense.0, &other.0) && close(&dense.1, &other.1) && close(&dense.2, &other.2),
                    "{rows} {ins} {outs}"
                );
            }
        }
    }

    #[test]
    fn a_row_is_computed_alike_in_any_company() {
        for (rows, ins, outs) in [
            (9, 600, 70),
            (50, 600, 300),
            (37, 128, 10),
            (100, 64, 10),
            (33, 2000, 130),
        ] {
            let (x, w, b) = (inputs(rows, ins), numbers(ins * outs, 2), numbers(outs, 3));
            let gy = inputs(rows, outs);
            for branch in [Branch::Measured, Branch::Dense, Branch::Events] {
                let of = |x: &[f32], gy: &[f32]| {
                    let rows = x.len() / ins;
                    let (mut y, mut gx) = (vec![f32::NAN; rows * outs], vec![f32::NAN; rows * ins]);
                    forward(x, &w, &b, &mut y, branch);
                    input_gradient(gy, &w, &mut gx, rows, branch);
                    (y, gx)
                };
                let (y, gx) = of(&x, &gy);
                for size in [1, 2, 7, 16] {
                    let parts = x
                        .chunks(size * ins)
                        .zip(gy.chunks(size * outs))
                        .map(|(x, gy)| of(x, gy));
                    let parts: Vec<(Vec<f32>, Vec<f32>)> = parts.collect();
                    let ys: Vec<f32> = parts.iter().flat_map(|p| &p.0).copied().collect();
                    let gxs: Vec<f32> = parts.iter().flat_map(|p| &p.1).copied().collect();
                    assert!(ys == y && gxs == gx, "{rows} {ins} {outs} {branch:?} by {size}");
                }
            }
        }
    }
}
