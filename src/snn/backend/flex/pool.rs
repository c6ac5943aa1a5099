//! k×k average pooling, channels last.

use super::super::kernels::Plane;
use super::super::widest::dispatch;
use rayon::prelude::*;

/// Mean over each k×k window; a remainder at the right and bottom edge is left out, as PyTorch does.
pub fn forward(x: &[f32], y: &mut [f32], p: Plane, k: usize) {
    let (c, out) = (p.channels, p.pooled(k));
    let share = 1.0 / (k * k) as f32;
    let (image_in, image_out) = (p.height * p.width * c, out.height * out.width * c);
    y.par_chunks_mut(image_out)
        .zip(x.par_chunks(image_in))
        .for_each(|(y, x)| {
            dispatch(
                #[inline(always)]
                || {
                    for (position, y) in y.chunks_exact_mut(c).enumerate() {
                        let (oy, ox) = (position / out.width, position % out.width);
                        y.fill(0.0);
                        for tap in 0..k * k {
                            let at = (oy * k + tap / k) * p.width + ox * k + tap % k;
                            for (y, x) in y.iter_mut().zip(&x[at * c..][..c]) {
                                *y += *x;
                            }
                        }
                        for y in y.iter_mut() {
                            *y *= share;
                        }
                    }
                },
            );
        });
}

/// Spreads each gradient evenly over its window.
pub fn backward(gy: &[f32], gx: &mut [f32], p: Plane, k: usize) {
    let (c, out) = (p.channels, p.pooled(k));
    let share = 1.0 / (k * k) as f32;
    let (image_in, image_out) = (p.height * p.width * c, out.height * out.width * c);
    gx.par_chunks_mut(image_in)
        .zip(gy.par_chunks(image_out))
        .for_each(|(gx, gy)| {
            dispatch(
                #[inline(always)]
                || {
                    for (position, gx) in gx.chunks_exact_mut(c).enumerate() {
                        let (oy, ox) = (position / p.width / k, position % p.width / k);
                        if oy >= out.height || ox >= out.width {
                            gx.fill(0.0);
                            continue;
                        }
                        for (gx, gy) in gx.iter_mut().zip(&gy[(oy * out.width + ox) * c..][..c]) {
                            *gx = *gy * share;
                        }
                    }
                },
            );
        });
}
