//! Wilson's score interval: how sure a share counted on n images is.

/// The 97.5 % quantile of the standard normal distribution, for 95 % intervals.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a share of `hits` among `n`; `(0, 1)` where nothing was counted.
/// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), without continuity correction.
pub fn interval(hits: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (hits, n) = (hits.min(n) as f64, n as f64);
    let p = hits / n;
    let scale = 1.0 + Z * Z / n;
    let middle = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At 0 and n the bound is exact; rounding must not move it.
    let low = if hits == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if hits == n { 1.0 } else { (middle + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_intervals() {
        for (hits, n, low, high) in [
            (81, 263, 0.255_273, 0.366_160),
            (15, 148, 0.062_386, 0.160_522),
            (0, 20, 0.0, 0.161_125),
            (1, 29, 0.006_113, 0.171_755),
            (10, 10, 0.722_467, 1.0),
        ] {
            let (l, h) = interval(hits, n);
            assert!((l - low).abs() < 1e-4 && (h - high).abs() < 1e-4, "{hits}/{n}: {l} {h}");
        }
    }

    #[test]
    fn the_share_lies_inside_and_nothing_counted_says_nothing() {
        assert_eq!(interval(0, 0), (0.0, 1.0));
        for n in 1..60 {
            for hits in 0..=n {
                let (low, high) = interval(hits, n);
                let p = hits as f64 / n as f64;
                assert!(0.0 <= low && low <= p && p <= high && high <= 1.0, "{hits}/{n}");
            }
        }
    }
}
