//! Conversion between channels first, the order of the images, and channels last, the order of these kernels.

use crate::snn::backend::kernels::Plane;
use rayon::prelude::*;

/// `[rows, C, H, W]` → `[rows, H, W, C]`.
pub fn channels_last(x: &[f32], y: &mut [f32], p: Plane) {
    transpose(x, y, p.channels, p.height * p.width);
}

/// `[rows, H, W, C]` → `[rows, C, H, W]`.
pub fn channels_first(x: &[f32], y: &mut [f32], p: Plane) {
    transpose(x, y, p.height * p.width, p.channels);
}

/// Each `[a, b]` becomes `[b, a]`.
fn transpose(x: &[f32], y: &mut [f32], a: usize, b: usize) {
    y.par_chunks_mut(a * b).zip(x.par_chunks(a * b)).for_each(|(y, x)| {
        for (j, row) in y.chunks_exact_mut(a).enumerate() {
            for (i, out) in row.iter_mut().enumerate() {
                *out = x[i * b + j];
            }
        }
    });
}
