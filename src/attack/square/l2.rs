//! The ℓ₂ form of the Square attack: pieces of the perturbation's length are moved from one window to another
//! (Andriushchenko et al. 2020, algorithm 3).

use super::{Shape, below, coin};
use crate::attack::ball::{Ball, norm};
use crate::random::Stream;

/// Windows per side of the first candidate's tiling.
const TILES: usize = 5;

/// A square window, in every channel.
#[derive(Debug, Clone, Copy)]
struct Window {
    top: usize,
    left: usize,
    side: usize,
}

impl Window {
    fn random(side: usize, [_, height, width]: Shape, random: &mut Stream) -> Window {
        Window {
            top: below(random, height - side + 1),
            left: below(random, width - side + 1),
            side,
        }
    }

    /// Indices of its pixels in one channel.
    fn pixels(self, channel: usize, [_, height, width]: Shape) -> impl Iterator<Item = usize> {
        (self.top..self.top + self.side).flat_map(move |row| {
            (self.left..self.left + self.side).map(move |col| (channel * height + row) * width + col)
        })
    }
}

/// One bump of `rows` × `columns` whose height falls towards the edges: Σ_{k=0..m} 1/(n + 1 − k)², m the distance to
/// the nearest edge.
fn bump(rows: usize, columns: usize) -> Vec<f32> {
    let n = rows / 2;
    let value = |row: usize, column: usize| {
        let away = row.abs_diff(n).max(column.abs_diff(columns / 2)).min(n);
        (0..=n - away).map(|k| 1.0 / ((n + 1 - k) as f32).powi(2)).sum::<f32>()
    };
    (0..rows * columns).map(|i| value(i / columns, i % columns)).collect()
}

/// Two bumps of opposite sign side by side, of length 1, upright or on their side.
fn pattern(side: usize, random: &mut Stream) -> Vec<f32> {
    let half = side / 2;
    let (plus, minus) = (bump(side, half), bump(side, side - half));
    let mut eta = vec![0.0; side * side];
    for row in 0..side {
        for column in 0..side {
            eta[row * side + column] = match column < half {
                true => plus[row * half + column],
                false => -minus[row * (side - half) + column - half],
            };
        }
    }
    let length = norm(&eta) as f32;
    let upright = coin(random) > 0.0;
    let turned = |i: usize| if upright { i } else { i % side * side + i / side };
    (0..side * side).map(|i| eta[turned(i)] / length).collect()
}

/// A tiling of the image with patterns of random sign, at the full radius.
pub fn first(origin: &[f32], shape: Shape, ball: &Ball, random: &mut Stream) -> Vec<f32> {
    let [channels, height, width] = shape;
    let side = (height.min(width) / TILES).max(1);
    let mut delta = vec![0.0; origin.len()];
    for top in (0..=height - side).step_by(side) {
        for left in (0..=width - side).step_by(side) {
            let window = Window { top, left, side };
            let eta = pattern(side, random);
            for channel in 0..channels {
                let sign = coin(random);
                for (at, e) in window.pixels(channel, shape).zip(&eta) {
                    delta[at] = sign * e;
                }
            }
        }
    }
    at_radius(origin, delta, ball)
}

/// Takes the length from one window and puts it, with what the ball still allows, into another.
pub fn propose(best: &[f32], origin: &[f32], shape: Shape, side: usize, ball: &Ball, random: &mut Stream) -> Vec<f32> {
    let [channels, height, width] = shape;
    // The pattern has a middle: at least 3 wide, and odd, where the image has room.
    let side = (side.max(3) | 1).min(height.min(width));
    let mut delta: Vec<f32> = best.iter().zip(origin).map(|(b, o)| b - o).collect();
    let into = Window::random(side, shape, random);
    let from = Window::random(side, shape, random);
    let eta = pattern(side, random);
    let eps = f64::from(ball.eps);
    let unused = (eps * eps - norm(&delta).powi(2)).max(0.0) / channels as f64;
    for channel in 0..channels {
        let places: Vec<usize> = into.pixels(channel, shape).collect();
        let old: Vec<f32> = places.iter().map(|at| delta[*at]).collect();
        let mut used = norm(&old).powi(2);
        for at in from.pixels(channel, shape) {
            if !places.contains(&at) {
                used += f64::from(delta[at]).powi(2);
            }
            delta[at] = 0.0;
        }
        let (sign, length) = (coin(random), norm(&old).max(1e-12) as f32);
        let new: Vec<f32> = eta.iter().zip(&old).map(|(e, o)| sign * e + o / length).collect();
        let scale = ((used + unused).sqrt() / norm(&new).max(1e-12)) as f32;
        for (at, v) in places.iter().zip(new) {
            delta[*at] = v * scale;
        }
    }
    at_radius(origin, delta, ball)
}

/// The perturbation scaled to the full radius.
fn at_radius(origin: &[f32], delta: Vec<f32>, ball: &Ball) -> Vec<f32> {
    let scale = (f64::from(ball.eps) / norm(&delta).max(1e-12)) as f32;
    let mut x: Vec<f32> = origin.iter().zip(delta).map(|(o, d)| o + d * scale).collect();
    ball.project(&mut x, origin);
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use crate::spec::Norm;

    #[test]
    fn candidates_use_the_whole_radius_where_no_pixel_is_at_its_limit() {
        let ball = Ball {
            norm: Norm::L2,
            eps: 0.3,
        };
        let (shape, origin) = ([2, 11, 9], vec![0.5f32; 2 * 11 * 9]);
        let mut random = stream(3, Purpose::Attack, 0, 0);
        let length = |x: &[f32]| norm(&x.iter().map(|x| x - 0.5).collect::<Vec<_>>());
        let mut x = first(&origin, shape, &ball, &mut random);
        assert!((length(&x) - 0.3).abs() < 1e-5);
        for side in [1, 2, 3, 5, 9] {
            x = propose(&x, &origin, shape, side, &ball, &mut random);
            assert!((length(&x) - 0.3).abs() < 1e-5, "{side} {}", length(&x));
        }
    }

    #[test]
    fn images_of_one_pixel_can_be_attacked_too() {
        let ball = Ball {
            norm: Norm::L2,
            eps: 0.3,
        };
        let mut random = stream(3, Purpose::Attack, 0, 0);
        let x = first(&[0.5], [1, 1, 1], &ball, &mut random);
        let x = propose(&x, &[0.5], [1, 1, 1], 1, &ball, &mut random);
        assert!(x[0].is_finite());
    }
}
