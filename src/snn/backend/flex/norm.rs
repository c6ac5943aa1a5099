//! Batch norm and other sums over positions, channels last: `[positions, C]`.

use super::super::widest::dispatch;
use rayon::prelude::*;

/// Positions summed in f32 before the sum goes on in f64.
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
            || {
                for (y, x) in y.chunks_exact_mut(c).zip(x.chunks_exact(c)) {
                    for (((y, x), a), b) in y.iter_mut().zip(x).zip(scale).zip(shift) {
                        *y = *x * *a + *b;
                    }
                }
            },
        );
    });
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
    let c = gamma.len();
    let positions = x.len() / c;
    column_sums(x, mean);
    for m in mean.iter_mut() {
        *m /= positions as f32;
    }
    let [squares] = sums(positions, c, |i, [sum]: &mut [Vec<f32>; 1]| {
        for ((s, v), m) in sum.iter_mut().zip(&x[i * c..][..c]).zip(mean.iter()) {
            *s += (*v - *m) * (*v - *m);
        }
    });
    for (v, s) in variance.iter_mut().zip(squares) {
        *v = (s / positions as f64) as f32;
    }
    let scale: Vec<f32> = gamma
        .iter()
        .zip(variance.iter())
        .map(|(g, v)| g / (v + eps).sqrt())
        .collect();
    let shift: Vec<f32> = beta
        .iter()
        .zip(mean.iter())
        .zip(&scale)
        .map(|((b, m), a)| b - m * a)
        .collect();
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
    let inverse: Vec<f32> = at.variance.iter().map(|v| 1.0 / (v + at.eps).sqrt()).collect();
    let [plain, centred] = sums(positions, c, |i, [plain, centred]: &mut [Vec<f32>; 2]| {
        let (gy, x) = (&gy[i * c..][..c], &at.x[i * c..][..c]);
        for ((((p, q), g), x), m) in plain.iter_mut().zip(centred.iter_mut()).zip(gy).zip(x).zip(at.mean) {
            *p += *g;
            *q += *g * (*x - *m);
        }
    });
    // γ/σ, mean(gy) and mean(gy·x̂)/σ.
    let [mut a, mut b, mut d] = std::array::from_fn(|_| vec![0.0f32; c]);
    for ch in 0..c {
        let along = centred[ch] * f64::from(inverse[ch]);
        g_gamma[ch] = along as f32;
        g_beta[ch] = plain[ch] as f32;
        let n = positions as f64;
        a[ch] = at.gamma[ch] * inverse[ch];
        b[ch] = (plain[ch] / n) as f32;
        d[ch] = (along / n) as f32 * inverse[ch];
    }
    let piece = (PIECE / c).max(1) * c;
    gx.par_chunks_mut(piece)
        .zip(gy.par_chunks(piece))
        .zip(at.x.par_chunks(piece))
        .for_each(|((gx, gy), x)| {
            dispatch(
                #[inline(always)]
                || {
                    for ((gx, gy), x) in gx.chunks_exact_mut(c).zip(gy.chunks_exact(c)).zip(x.chunks_exact(c)) {
                        let scales = a.iter().zip(&b).zip(&d);
                        for ((((o, g), x), m), ((a, b), d)) in gx.iter_mut().zip(gy).zip(x).zip(at.mean).zip(scales) {
                            *o = a * (*g - b - (*x - *m) * d);
                        }
                    }
                },
            );
        });
}
