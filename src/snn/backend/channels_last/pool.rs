//! k×k average pooling, channels last.

use crate::snn::backend::{kernels::Plane, widest::dispatch};
use rayon::prelude::*;

/// Mean over each k×k window; a remainder at the right and bottom edge is left out, as PyTorch does.
pub fn forward(x: &[f32], y: &mut [f32], p: Plane, k: usize) {
    let rows = Rows::of(p, k);
    y.par_chunks_mut(p.pooled(k).height * rows.small())
        .zip(x.par_chunks(p.height * p.width * p.channels))
        .for_each(|(y, x)| {
            for (y, x) in y.chunks_exact_mut(rows.small()).zip(x.chunks_exact(rows.large())) {
                rows.fold(x, y);
            }
        });
}

/// Spreads each gradient evenly over its window.
pub fn backward(gy: &[f32], gx: &mut [f32], p: Plane, k: usize) {
    let rows = Rows::of(p, k);
    gx.par_chunks_mut(p.height * p.width * p.channels)
        .zip(gy.par_chunks(p.pooled(k).height * rows.small()))
        .for_each(|(gx, gy)| {
            let mut windows = gx.chunks_exact_mut(rows.large());
            for (gx, gy) in windows.by_ref().zip(gy.chunks_exact(rows.small())) {
                rows.unfold(gy, gx);
            }
            windows.into_remainder().fill(0.0);
        });
}

/// As many rows of a map as a window is high, which become one row.
#[derive(Clone, Copy)]
pub struct Rows {
    width: usize,
    channels: usize,
    k: usize,
}

impl Rows {
    /// The rows of a k×k pool on such maps.
    pub fn of(p: Plane, k: usize) -> Rows {
        Rows {
            width: p.width,
            channels: p.channels,
            k,
        }
    }

    /// Values before the pool.
    pub fn large(self) -> usize {
        self.k * self.width * self.channels
    }

    /// Values behind it.
    pub fn small(self) -> usize {
        self.width / self.k * self.channels
    }

    /// Where the inputs of tap `tap` of the window of output column `ox` begin.
    #[inline(always)]
    fn at(self, ox: usize, tap: usize) -> usize {
        (tap / self.k * self.width + ox * self.k + tap % self.k) * self.channels
    }

    /// The mean over each window.
    pub fn fold(self, x: &[f32], y: &mut [f32]) {
        let share = 1.0 / (self.k * self.k) as f32;
        dispatch(
            #[inline(always)]
            || {
                for (ox, y) in y.chunks_exact_mut(self.channels).enumerate() {
                    y.fill(0.0);
                    for tap in 0..self.k * self.k {
                        for (y, x) in y.iter_mut().zip(&x[self.at(ox, tap)..]) {
                            *y += *x;
                        }
                    }
                    for y in y.iter_mut() {
                        *y *= share;
                    }
                }
            },
        );
    }

    /// Each gradient spread evenly over its window.
    pub fn unfold(self, gy: &[f32], gx: &mut [f32]) {
        let share = 1.0 / (self.k * self.k) as f32;
        dispatch(
            #[inline(always)]
            || {
                for (position, gx) in gx.chunks_exact_mut(self.channels).enumerate() {
                    let from = position % self.width / self.k * self.channels;
                    match gy.get(from..from + self.channels) {
                        Some(gy) => gx.iter_mut().zip(gy).for_each(|(gx, gy)| *gx = *gy * share),
                        None => gx.fill(0.0),
                    }
                }
            },
        );
    }
}
