//! The ℓ₂ form of the Square attack: pieces of the perturbation's length are moved from one window to another
//! (Andriushchenko et al. 2020, algorithm 3).

use super::L2;
use crate::attack::budget::Budget;
use crate::attack::budget::square::{Proposal, Window, coin};
use crate::attack::budget::vectors::norm;
use crate::random::Stream;

/// Windows per side of the first candidate's tiling.
const TILES: usize = 5;

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
pub fn first(ball: &L2, origin: &[f32], shape: [usize; 3], random: &mut Stream) -> Vec<f32> {
    let [channels, height, width] = shape;
    let side = (height.min(width) / TILES).max(1);
    let mut delta = vec![0.0; origin.len()];
    for top in (0..=height - side).step_by(side) {
        for left in (0..=width - side).step_by(side) {
            let window = Window { top, left, side };
            let eta = pattern(side, random);
            for channel in 0..channels {
                let sign = coin(random);
                for (at, e) in window.values(channel, shape).zip(&eta) {
                    delta[at] = sign * e;
                }
            }
        }
    }
    at_radius(ball, origin, delta)
}

/// Takes the length from one window and puts it, with what the ball still allows, into another.
pub fn next(ball: &L2, proposal: &Proposal<'_>, random: &mut Stream) -> Vec<f32> {
    let Proposal {
        best, origin, shape, ..
    } = *proposal;
    let [channels, height, width] = shape;
    // The pattern has a middle: at least 3 wide, and odd, where the image has room.
    let side = (proposal.side.max(3) | 1).min(height.min(width));
    let mut delta: Vec<f32> = best.iter().zip(origin).map(|(b, o)| b - o).collect();
    let into = proposal.window(side, random);
    let from = proposal.window(side, random);
    let eta = pattern(side, random);
    let eps = f64::from(ball.eps);
    let unused = (eps * eps - norm(&delta).powi(2)).max(0.0) / channels as f64;
    for channel in 0..channels {
        let places: Vec<usize> = into.values(channel, shape).collect();
        let old: Vec<f32> = places.iter().map(|at| delta[*at]).collect();
        let mut used = norm(&old).powi(2);
        for at in from.values(channel, shape) {
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
    at_radius(ball, origin, delta)
}

/// The perturbation scaled to the full radius.
fn at_radius(ball: &L2, origin: &[f32], delta: Vec<f32>) -> Vec<f32> {
    let scale = (f64::from(ball.eps) / norm(&delta).max(1e-12)) as f32;
    let mut x: Vec<f32> = origin.iter().zip(delta).map(|(o, d)| o + d * scale).collect();
    ball.project(&mut x, origin);
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Range;
    use crate::random::{Purpose, stream};

    const BALL: L2 = L2 {
        eps: 0.3,
        range: Range::UNIT,
    };

    fn proposed(best: &[f32], origin: &[f32], shape: [usize; 3], side: usize, random: &mut Stream) -> Vec<f32> {
        let proposal = Proposal {
            best,
            origin,
            shape,
            side,
        };
        next(&BALL, &proposal, random)
    }

    #[test]
    fn candidates_use_the_whole_radius_where_no_pixel_is_at_its_limit() {
        let (shape, origin) = ([2, 11, 9], vec![0.5f32; 2 * 11 * 9]);
        let mut random = stream(3, Purpose::Attack, 0, 0);
        let length = |x: &[f32]| norm(&x.iter().map(|x| x - 0.5).collect::<Vec<_>>());
        let mut x = first(&BALL, &origin, shape, &mut random);
        assert!((length(&x) - 0.3).abs() < 1e-5);
        for side in [1, 2, 3, 5, 9] {
            x = proposed(&x, &origin, shape, side, &mut random);
            assert!((length(&x) - 0.3).abs() < 1e-5, "{side} {}", length(&x));
        }
    }

    #[test]
    fn images_of_one_pixel_can_be_attacked_too() {
        let mut random = stream(3, Purpose::Attack, 0, 0);
        let x = first(&BALL, &[0.5], [1, 1, 1], &mut random);
        assert!(proposed(&x, &[0.5], [1, 1, 1], 1, &mut random)[0].is_finite());
    }
}
