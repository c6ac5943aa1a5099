//! Linear layers: event-driven where inputs are mostly zero, else gemm cut into tiles of the longer side of the output.

use super::convolution::Branch;
use super::density::{Density, densities};
use super::gemm::{Matrix, product};
use super::spiking_forward::TILE as TILE_OF_EVENTS;
use super::spiking_linear;
use rayon::prelude::*;

/// Weight rows (or columns) per tile.
const TILE: usize = 128;

/// Largest share of non-zero inputs at which the event-driven kernels win.
const MOST: f32 = 0.3;
/// Fewer rows than this do not pay for turning the gradient over.
const ROWS: usize = 384;
/// Smaller layers are left to gemm: there is little to win.
const WEIGHTS: usize = 1 << 15;

/// Whether event-driven kernels suit a density; forced either way by `branch`.
fn suits(density: Density, weights: usize, branch: Branch) -> bool {
    match branch {
        Branch::Dense | Branch::Winograd => false,
        Branch::Events => true,
        Branch::Measured => weights >= WEIGHTS && density.nonzero() <= MOST,
    }
}

/// y = x·Wᵀ + b. Every row chooses for itself by its share of non-zero inputs, so that its result does not depend on its
/// company.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], branch: Branch) {
    let (inputs, outputs) = (w.len() / b.len().max(1), b.len());
    let mut chosen: [Vec<usize>; 3] = Default::default();
    for (row, density) in densities(x, inputs).into_iter().enumerate() {
        let kernel = match (suits(density, w.len(), branch), density.binary()) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        };
        chosen[kernel].push(row);
    }
    let [dense, spikes, values] = chosen;
    if dense.len() * inputs == x.len() {
        return gemm(x, w, b, y, dense.len());
    }
    if !dense.is_empty() {
        let part: Vec<f32> = dense
            .iter()
            .flat_map(|r| x[r * inputs..][..inputs].iter().copied())
            .collect();
        let mut made = vec![0.0; dense.len() * outputs];
        gemm(&part, w, b, &mut made, dense.len());
        for (row, made) in dense.iter().zip(made.chunks_exact(outputs)) {
            y[row * outputs..][..outputs].copy_from_slice(made);
        }
    }
    for (rows, binary) in [(spikes, true), (values, false)] {
        if rows.is_empty() {
            continue;
        }
        for (t, tile) in spiking_linear::forward(x, w, b, &rows, binary).iter().enumerate() {
            let wide = TILE_OF_EVENTS.min(outputs - t * TILE_OF_EVENTS);
            for (row, sums) in rows.iter().zip(tile.chunks_exact(TILE_OF_EVENTS)) {
                y[row * outputs + t * TILE_OF_EVENTS..][..wide].copy_from_slice(&sums[..wide]);
            }
        }
    }
}

/// [`forward`] by matrix product.
fn gemm(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], rows: usize) {
    let (inputs, outputs) = (x.len() / rows, b.len());
    let tiles: Vec<Vec<f32>> = w
        .par_chunks(TILE * inputs)
        .zip(b.par_chunks(TILE))
        .map(|(w, b)| {
            let mut tile: Vec<f32> = (0..rows).flat_map(|_| b.iter().copied()).collect();
            product(
                &mut tile,
                b.len(),
                Matrix::new(x, inputs),
                Matrix::new(w, inputs).t(),
                true,
            );
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

/// gx = gy·W.
pub fn input_gradient(gy: &[f32], w: &[f32], gx: &mut [f32], rows: usize) {
    let outputs = gy.len() / rows;
    let inputs = gx.len() / rows;
    let tiles: Vec<(usize, Vec<f32>)> = (0..inputs.div_ceil(TILE))
        .into_par_iter()
        .map(|n| {
            let width = TILE.min(inputs - n * TILE);
            let mut tile = vec![0.0; rows * width];
            let weights = Matrix::new(w, inputs).columns(n * TILE, width);
            product(&mut tile, width, Matrix::new(gy, outputs), weights, false);
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
    if pays && suits(density, gw.len(), branch) && rows <= spiking_linear::MOST_ROWS {
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
        let mut random = crate::snn::random::stream(seed, crate::snn::random::Purpose::Probe, 0, 0);
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
            let gy = numbers(rows * outs, 4);
            let of = |branch| {
                let (mut y, mut gw) = (vec![f32::NAN; rows * outs], vec![f32::NAN; w.len()]);
                forward(&x, &w, &b, &mut y, branch);
                weight_gradient(&x, &gy, &mut gw, rows, branch);
                (y, gw)
            };
            let (dense, events, mixed) = (of(Branch::Dense), of(Branch::Events), of(Branch::Measured));
            for other in [&events, &mixed] {
                let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
                assert!(
                    close(&dense.0, &other.0) && close(&dense.1, &other.1),
                    "{rows} {ins} {outs}"
                );
            }
        }
    }

    #[test]
    fn a_row_is_computed_alike_in_any_company() {
        let (rows, ins, outs) = (9, 600, 70);
        let (x, w, b) = (inputs(rows, ins), numbers(ins * outs, 2), numbers(outs, 3));
        let mut together = vec![f32::NAN; rows * outs];
        forward(&x, &w, &b, &mut together, Branch::Measured);
        for (x, want) in x
            .chunks_exact(ins)
            .zip(together.chunks_exact(outs))
            .filter(|(x, _)| x.contains(&0.0))
        {
            let mut alone = vec![f32::NAN; outs];
            forward(x, &w, &b, &mut alone, Branch::Measured);
            assert_eq!(alone, want);
        }
    }
}
