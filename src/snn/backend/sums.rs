//! Sums of whole arrays, on plain slices in host memory; the same number whatever the number of threads.

use super::widest::dispatch;
use rayon::prelude::*;

/// Values per piece.
const PIECE: usize = 1 << 15;

/// sum ← sum + x.
pub fn accumulate(sum: &mut [f32], x: &[f32]) {
    sum.par_chunks_mut(PIECE).zip(x.par_chunks(PIECE)).for_each(|(sum, x)| {
        dispatch(
            #[inline(always)]
            || {
                for (sum, x) in sum.iter_mut().zip(x) {
                    *sum += *x;
                }
            },
        );
    });
}

/// Σ x². Sixteen sums side by side, so that the loop is one of vectors; pieces are added in f64.
pub fn squares(x: &[f32]) -> f64 {
    let pieces: Vec<f64> = x
        .par_chunks(PIECE)
        .map(|x| {
            dispatch(
                #[inline(always)]
                || square_piece(x),
            )
        })
        .collect();
    pieces.iter().sum()
}

/// One piece.
#[inline(always)]
fn square_piece(x: &[f32]) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for x in whole {
        for (sum, x) in sums.iter_mut().zip(x) {
            *sum += x * x;
        }
    }
    sums.iter().map(|s| f64::from(*s)).sum::<f64>() + rest.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_definition_for_any_length() {
        for n in [0, 1, 17, PIECE - 1, 2 * PIECE + 5] {
            let x: Vec<f32> = (0..n).map(|i| ((i * 7919) % 13) as f32 - 6.0).collect();
            let want: f64 = x.iter().map(|v| f64::from(*v).powi(2)).sum();
            assert!((squares(&x) - want).abs() <= 1e-6 * want, "{n}");
            let mut sum = x.clone();
            accumulate(&mut sum, &x);
            assert!(sum.iter().zip(&x).all(|(s, x)| *s == 2.0 * x));
        }
    }
}
