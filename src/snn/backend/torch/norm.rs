//! Batch norm in host memory, channels first: LibTorch's walks the memory once more for each of its parts.

use super::super::kernels::Plane;
use super::super::norms::{Moments, Spread, join};
use super::super::widest::dispatch;
use rayon::prelude::*;

/// Values that are summed side by side, so that the loop is one of vectors.
const LANES: usize = 16;

/// Σ f over pairs, of two functions at once.
#[inline(always)]
fn two_sums(x: &[f32], y: &[f32], f: impl Fn(f32, f32) -> [f32; 2]) -> [f32; 2] {
    let mut sums = [[0.0f32; LANES]; 2];
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter().zip(y) {
        for i in 0..LANES {
            let [a, b] = f(x[i], y[i]);
            sums[0][i] += a;
            sums[1][i] += b;
        }
    }
    let mut total = sums.map(|s| s.iter().sum::<f32>());
    for (x, y) in x_rest.iter().zip(y_rest) {
        let [a, b] = f(*x, *y);
        total[0] += a;
        total[1] += b;
    }
    total
}

/// Σ g and Σ g·(x − mean), as the caller's vectors are wide.
#[inline(always)]
pub fn sums(g: &[f32], x: &[f32], mean: f32) -> [f32; 2] {
    two_sums(g, x, |g, x| [g, g * (x - mean)])
}

/// Mean and biased variance per channel. One walk through memory: a map's distances from its mean are summed while the map
/// is in the cache.
pub fn moments(x: &[f32], p: Plane, mean: &mut [f32], variance: &mut [f32]) {
    let area = p.height * p.width;
    let of = |image: &[f32]| {
        let mut found = Moments {
            count: area,
            mean: Vec::with_capacity(p.channels),
            squares: Vec::with_capacity(p.channels),
        };
        for map in image.chunks_exact(area) {
            let (mean, squares) = dispatch(
                #[inline(always)]
                || {
                    let mean = f64::from(two_sums(map, map, |v, _| [v, 0.0])[0]) / area as f64;
                    let middle = mean as f32;
                    (mean, two_sums(map, map, |v, _| [(v - middle) * (v - middle), 0.0])[0])
                },
            );
            found.mean.push(mean);
            found.squares.push(squares);
        }
        found
    };
    let images: Vec<Moments> = x.par_chunks(area * p.channels).map(of).collect();
    join(&images, mean, variance);
}

/// The gradient behind a batch norm, in place, to that before it.
pub fn spread_out(g: &mut [f32], x: &[f32], p: Plane, mean: &[f32], by: &Spread) {
    let area = p.height * p.width;
    let image = area * p.channels;
    g.par_chunks_mut(image).zip(x.par_chunks(image)).for_each(|(g, x)| {
        let maps = g.chunks_exact_mut(area).zip(x.chunks_exact(area));
        for (c, (g, x)) in maps.enumerate() {
            let (m, a, b, d) = (mean[c], by.scale[c], by.mean[c], by.along[c]);
            dispatch(
                #[inline(always)]
                || {
                    for (g, x) in g.iter_mut().zip(x) {
                        *g = a * (*g - b - (*x - m) * d);
                    }
                },
            );
        }
    });
}
