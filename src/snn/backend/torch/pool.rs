//! k×k average pooling in host memory, channels first: LibTorch's own walks its windows value by value, and took a sixth
//! of a training step.

use super::super::kernels::Plane;
use rayon::prelude::*;

/// Values per piece of work.
const PIECE: usize = 1 << 15;

/// Maps `[maps, H·W]` to `[maps, H'·W']` in pieces of whole maps.
fn in_pieces(x: &[f32], y: &mut [f32], from: usize, to: usize, one: impl Fn(&[f32], &mut [f32]) + Sync) {
    let maps = (PIECE / from.max(to).max(1)).max(1);
    y.par_chunks_mut(maps * to)
        .zip(x.par_chunks(maps * from))
        .for_each(|(y, x)| {
            for (y, x) in y.chunks_exact_mut(to).zip(x.chunks_exact(from)) {
                one(x, y);
            }
        });
}

/// Mean over each k×k window; a remainder at the right and bottom edge is left out, as LibTorch does.
pub fn forward(x: &[f32], y: &mut [f32], p: Plane, k: usize) {
    let out = p.pooled(k);
    in_pieces(x, y, p.height * p.width, out.height * out.width, |x, y| {
        fold(x, y, p, k)
    });
}

/// One map.
pub fn fold(x: &[f32], y: &mut [f32], p: Plane, k: usize) {
    let share = 1.0 / (k * k) as f32;
    for (y, rows) in y.chunks_exact_mut(p.width / k).zip(x.chunks_exact(k * p.width)) {
        y.fill(0.0);
        for row in rows.chunks_exact(p.width) {
            for (y, window) in y.iter_mut().zip(row.chunks_exact(k)) {
                *y += window.iter().sum::<f32>();
            }
        }
        y.iter_mut().for_each(|y| *y *= share);
    }
}

/// Spreads each gradient evenly over its window.
pub fn backward(gy: &[f32], gx: &mut [f32], p: Plane, k: usize) {
    let out = p.pooled(k);
    in_pieces(gy, gx, out.height * out.width, p.height * p.width, |gy, gx| {
        unfold(gy, gx, p, k);
    });
}

/// One map.
pub fn unfold(gy: &[f32], gx: &mut [f32], p: Plane, k: usize) {
    let share = 1.0 / (k * k) as f32;
    let mut pairs = gx.chunks_exact_mut(k * p.width);
    for (rows, gy) in pairs.by_ref().zip(gy.chunks_exact(p.width / k)) {
        for row in rows.chunks_exact_mut(p.width) {
            let mut windows = row.chunks_exact_mut(k);
            for (window, g) in windows.by_ref().zip(gy) {
                window.fill(*g * share);
            }
            windows.into_remainder().fill(0.0);
        }
    }
    pairs.into_remainder().fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pooling_is_the_mean_and_its_gradient_is_spread_also_where_a_remainder_is_left_out() {
        let p = Plane {
            rows: 1,
            channels: 2,
            height: 5,
            width: 5,
        };
        let x: Vec<f32> = (0..p.len()).map(|i| i as f32).collect();
        let mut y = vec![f32::NAN; 8];
        forward(&x, &mut y, p, 2);
        assert_eq!(y, [3.0, 5.0, 13.0, 15.0, 28.0, 30.0, 38.0, 40.0]);
        let mut gx = vec![f32::NAN; p.len()];
        backward(&[4.0, 8.0, 12.0, 16.0, 0.0, 0.0, 0.0, 4.0], &mut gx, p, 2);
        let first = [
            1.0, 1.0, 2.0, 2.0, 0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 3.0, 3.0, 4.0, 4.0, 0.0, 3.0, 3.0, 4.0, 4.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
        ];
        assert_eq!(gx[..25], first);
        assert_eq!(gx[25..].iter().sum::<f32>(), 4.0);
    }
}
