//! Linear layers: gemm cut into tiles of the longer side of the output.

use super::gemm::{Matrix, product};
use rayon::prelude::*;

/// Weight rows (or columns) per tile.
const TILE: usize = 128;

/// y = x·Wᵀ + b.
pub fn forward(x: &[f32], w: &[f32], b: &[f32], y: &mut [f32], rows: usize) {
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
pub fn weight_gradient(x: &[f32], gy: &[f32], gw: &mut [f32], rows: usize) {
    let (inputs, outputs) = (x.len() / rows, gy.len() / rows);
    gw.par_chunks_mut(TILE * inputs).enumerate().for_each(|(n, gw)| {
        let width = gw.len() / inputs;
        let upstream = Matrix::new(gy, outputs).columns(n * TILE, width).t();
        product(gw, inputs, upstream, Matrix::new(x, inputs), false);
    });
}
