//! Exact binomial tests, and Holm's correction where several are made: which difference is more than chance.

/// Adding a term smaller than this share of the sum no longer changes it.
const NEGLIGIBLE: f64 = 1e-17;

/// The probability of `hits` or more among `n` trials that each succeed with probability `p`, which is held to [0, 1].
/// Exact but for rounding; where `hits` is 0 it is 1, where it exceeds `n` it is 0.
pub fn at_least(hits: usize, n: usize, p: f64) -> f64 {
    let p = if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) };
    match (hits, p) {
        (0, _) => 1.0,
        (hits, _) if hits > n => 0.0,
        (_, 0.0) => 0.0,
        (_, 1.0) => 1.0,
        // The tail that falls from its first term on is summed; the other one is what is left of 1.
        (hits, p) if hits as f64 > n as f64 * p => upper_tail(hits, n, p),
        (hits, p) => (1.0 - upper_tail(n - hits + 1, n, 1.0 - p)).clamp(0.0, 1.0),
    }
}

/// Σ over k ≥ `hits` of the binomial distribution, `hits` lying above its mean or at most one below.
fn upper_tail(hits: usize, n: usize, p: f64) -> f64 {
    let first = (ln_choose(n, hits) + hits as f64 * p.ln() + (n - hits) as f64 * (-p).ln_1p()).exp();
    let odds = p / (1.0 - p);
    let (mut term, mut sum) = (first, first);
    for k in hits..n {
        let ratio = (n - k) as f64 / (k + 1) as f64 * odds;
        term *= ratio;
        sum += term;
        if ratio < 1.0 && term < sum * NEGLIGIBLE {
            break;
        }
    }
    sum.min(1.0)
}

/// ln (n over k).
fn ln_choose(n: usize, k: usize) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// ln n!: a sum for small n, Stirling's series beyond, which is then exact to the last digits.
fn ln_factorial(n: usize) -> f64 {
    if n < 32 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let x = n as f64 + 1.0;
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

/// McNemar's exact test, one-sided: how probable it is that of the images on which two attacks differ so many or more
/// fall to the one side, `more`, where each side is equally probable. 1 where they never differ.
/// Source: Q. McNemar, Psychometrika 12 (1947).
pub fn mcnemar(more: usize, fewer: usize) -> f64 {
    at_least(more, more.saturating_add(fewer), 0.5)
}

/// The same, two-sided: so large a difference to either side.
pub fn mcnemar_two_sided(one: usize, other: usize) -> f64 {
    (2.0 * mcnemar(one.max(other), one.min(other))).min(1.0)
}

/// Holm's correction: each p-value as it is to be held against the level that all tests share, so that the chance of
/// one false alarm among them stays below that level, however they depend on each other. In the order given.
/// Source: S. Holm, Scand. J. Statist. 6 (1979).
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut corrected = vec![1.0; p.len()];
    let mut least = 0.0f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max((p[at] * (p.len() - rank) as f64).min(1.0));
        corrected[at] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tails() {
        for (hits, n, p, wanted) in [
            (5, 5, 0.5, 0.031_25),
            (0, 7, 0.1, 1.0),
            (8, 7, 0.1, 0.0),
            (3, 10, 0.1, 0.070_190_826_4),
            (1, 10, 0.1, 0.651_321_559_9),
            (60, 100, 0.5, 0.028_443_966_8),
            (0, 0, 0.5, 1.0),
            (1, 0, 0.5, 0.0),
            (3, 9, 0.0, 0.0),
            (9, 9, 1.0, 1.0),
        ] {
            let found = at_least(hits, n, p);
            assert!((found - wanted).abs() < 1e-9, "{hits} of {n} at {p}: {found}");
        }
    }

    #[test]
    fn both_tails_of_every_small_distribution_add_up() {
        for n in [1usize, 2, 7, 31, 32, 33, 200] {
            for p in [0.01f64, 0.1, 0.5, 0.93] {
                let term = |k: usize| (ln_choose(n, k) + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp();
                for hits in 0..=n {
                    let wanted: f64 = (hits..=n).map(term).sum();
                    assert!((at_least(hits, n, p) - wanted).abs() < 1e-10, "{hits} of {n} at {p}");
                }
            }
        }
    }

    #[test]
    fn a_million_images_are_no_trouble_and_a_certain_difference_has_no_chance() {
        let even = at_least(500_000, 1_000_000, 0.5);
        assert!((even - 0.500_398_9).abs() < 1e-6, "{even}");
        assert!(mcnemar(300_000, 200_000) < 1e-100);
        assert!((0.0..=1.0).contains(&at_least(7, 1_000_000, f64::NAN)));
    }

    #[test]
    fn only_the_images_on_which_two_attacks_differ_count() {
        assert_eq!(mcnemar(0, 0), 1.0);
        assert!((mcnemar(9, 1) - 11.0 / 1024.0).abs() < 1e-12);
        assert!((mcnemar_two_sided(1, 9) - 22.0 / 1024.0).abs() < 1e-12);
        assert_eq!(mcnemar_two_sided(4, 4), 1.0);
    }

    #[test]
    fn holm_holds_the_smallest_against_all_and_the_largest_against_itself() {
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, wanted) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - wanted).abs() < 1e-12, "{corrected:?}");
        }
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }
}
