//! Batch norm and other sums over positions, channels last: `[positions, C]`.

use crate::snn::backend::{
    norms::{Moments, Spread, join, scaling, spread},
    widest::dispatch,
};
use rayon::prelude::*;

/// Positions summed in f32 before the sum continues in f64.
const BLOCK: usize = 256;

/// Values per piece of element-wise work.
const PIECE: usize = 1 << 15;

/// Sums `f(position's channels) -> C numbers` over all positions: f32 inside a block, f64 across blocks, in a fixed
/// order.
fn sums<const N: usize>(
    positions: usize,
    channels: usize,
    add: impl Fn(usize, &mut [Vec<f32>; N]) + Sync,
) -> [Vec<f64>; N] {
    let blocks: Vec<[Vec<f32>; N]> = (0..positions.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            dispatch(
                #[inline(always)]
                || {
                    let mut partial = std::array::from_fn(|_| vec![0.0f32; channels]);
                    for position in block * BLOCK..((block + 1) * BLOCK).min(positions) {
                        add(position, &mut partial);
                    }
                    partial
                },
            )
        })
        .collect();
    let mut total = std::array::from_fn(|_| vec![0.0f64; channels]);
    for block in &blocks {
        for (total, partial) in total.iter_mut().zip(block) {
            for (t, p) in total.iter_mut().zip(partial) {
                *t += f64::from(*p);
            }
        }
    }
    total
}

/// Sum over the rows of `[rows, out.len()]`.
pub fn column_sums(x: &[f32], out: &mut [f32]) {
    let c = out.len();
    let [total] = sums(x.len() / c, c, |i, [sum]: &mut [Vec<f32>; 1]| {
        for (s, v) in sum.iter_mut().zip(&x[i * c..][..c]) {
            *s += *v;
        }
    });
    for (o, t) in out.iter_mut().zip(total) {
        *o = t as f32;
    }
}

/// `y = x·scale[c] + shift[c]`.
pub fn affine(x: &[f32], scale: &[f32], shift: &[f32], y: &mut [f32]) {
    let c = scale.len();
    let piece = (PIECE / c).max(1) * c;
    y.par_chunks_mut(piece).zip(x.par_chunks(piece)).for_each(|(y, x)| {
        dispatch(
            #[inline(always)]
            || affine_piece(x, y, scale, shift),
        );
    });
}

/// [`affine`] of some positions, as the caller's vectors are wide.
#[inline(always)]
pub fn affine_piece(x: &[f32], y: &mut [f32], scale: &[f32], shift: &[f32]) {
    let c = scale.len();
    for (y, x) in y.chunks_exact_mut(c).zip(x.chunks_exact(c)) {
        for (((y, x), a), b) in y.iter_mut().zip(x).zip(scale).zip(shift) {
            *y = *x * *a + *b;
        }
    }
}

/// Mean and biased variance per channel. One walk through memory: a block's distances from its mean are summed while the
/// block is in the cache.
pub fn moments(x: &[f32], mean: &mut [f32], variance: &mut [f32]) {
    let c = mean.len();
    let of = |x: &[f32]| {
        dispatch(
            #[inline(always)]
            || block_moments(x, c),
        )
    };
    let blocks: Vec<Moments> = x.par_chunks(BLOCK * c).map(of).collect();
    join(&blocks, mean, variance);
}

/// Moments of some positions of `c` channels.
#[inline(always)]
fn block_moments(x: &[f32], c: usize) -> Moments {
    let count = x.len() / c;
    let [mut sum, mut squares] = [(); 2].map(|()| vec![0.0f32; c]);
    for x in x.chunks_exact(c) {
        for (sum, x) in sum.iter_mut().zip(x) {
            *sum += *x;
        }
    }
    let mean: Vec<f64> = sum.iter().map(|s| f64::from(*s) / count as f64).collect();
    for (m, mean) in sum.iter_mut().zip(&mean) {
        *m = *mean as f32;
    }
    for x in x.chunks_exact(c) {
        for ((squares, x), m) in squares.iter_mut().zip(x).zip(&sum) {
            *squares += (*x - *m) * (*x - *m);
        }
    }
    Moments { count, mean, squares }
}

/// Normalises by the batch's own mean and biased variance, which it writes out.
pub fn forward(
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    y: &mut [f32],
    mean: &mut [f32],
    variance: &mut [f32],
    eps: f32,
) {
    moments(x, mean, variance);
    let (scale, shift) = scaling(gamma, beta, mean, variance, eps);
    affine(x, &scale, &shift, y);
}

/// What [`forward`] saw and found.
pub struct Batch<'a> {
    pub x: &'a [f32],
    pub gamma: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub eps: f32,
}

/// gx = γ/σ·(gy − mean(gy) − x̂·mean(gy·x̂)); gγ = Σ gy·x̂; gβ = Σ gy.
pub fn backward(at: &Batch<'_>, gy: &[f32], gx: &mut [f32], g_gamma: &mut [f32], g_beta: &mut [f32]) {
    let c = at.gamma.len();
    let positions = gy.len() / c;
    let found = sums(positions, c, |i, [plain, centred]: &mut [Vec<f32>; 2]| {
        add_sums(&gy[i * c..][..c], &at.x[i * c..][..c], at.mean, plain, centred);
    });
    let spread = spread(&found, positions, (at.gamma, at.variance, at.eps), g_gamma, g_beta);
    gx.copy_from_slice(gy);
    spread_out(gx, at.x, at.mean, &spread);
}

/// Adds g and g·(x − mean) of some positions to their sums per channel, as the caller's vectors are wide.
#[inline(always)]
pub fn add_sums(g: &[f32], x: &[f32], mean: &[f32], plain: &mut [f32], centred: &mut [f32]) {
    let c = mean.len();
    for (g, x) in g.chunks_exact(c).zip(x.chunks_exact(c)) {
        for ((((p, q), g), x), m) in plain.iter_mut().zip(centred.iter_mut()).zip(g).zip(x).zip(mean) {
            *p += *g;
            *q += *g * (*x - *m);
        }
    }
}

/// The gradient behind a batch norm, in place, to that before it.
pub fn spread_out(g: &mut [f32], x: &[f32], mean: &[f32], by: &Spread) {
    let c = mean.len();
    let piece = (PIECE / c).max(1) * c;
    g.par_chunks_mut(piece).zip(x.par_chunks(piece)).for_each(|(g, x)| {
        dispatch(
            #[inline(always)]
            || {
                for (g, x) in g.chunks_exact_mut(c).zip(x.chunks_exact(c)) {
                    let scales = by.scale.iter().zip(&by.mean).zip(&by.along);
                    for (((g, x), m), ((a, b), d)) in g.iter_mut().zip(x).zip(mean).zip(scales) {
                        *g = a * (*g - b - (*x - *m) * d);
                    }
                }
            },
        );
    });
}
