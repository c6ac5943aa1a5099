//! The confidence f = p_y of the true class by softmax, and its slope ∂p_y/∂z, on logits `[n, K]` in f64.

use crate::input::Label;

/// log softmax of one sample's logits `[K]`.
#[must_use]
pub fn log_softmax(z: &[f32]) -> Vec<f64> {
    let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shifted: Vec<f64> = z.iter().map(|v| f64::from(*v) - f64::from(max)).collect();
    let log_sum = shifted.iter().map(|v| v.exp()).sum::<f64>().ln();
    shifted.into_iter().map(|v| v - log_sum).collect()
}

/// p_y of one sample; its slope `[K]` into `slope`. The slope is p_y·(1 − p_y) for the true class, with 1 − p_y summed from the
/// other classes, so that a saturated confidence keeps a small slope instead of rounding to zero; −p_y·p_c for the others.
pub fn confidence(z: &[f32], y: usize, slope: &mut [f64]) -> f64 {
    let p: Vec<f64> = log_softmax(z).into_iter().map(f64::exp).collect();
    let others: f64 = p.iter().enumerate().filter(|(c, _)| *c != y).map(|(_, p)| p).sum();
    for (c, s) in slope.iter_mut().enumerate() {
        *s = p[y] * if c == y { others } else { -p[c] };
    }
    p[y]
}

/// f of each sample.
#[must_use]
pub fn confidences(logits: &[f32], labels: &[Label]) -> Vec<f64> {
    let of = |(z, y): (&[f32], &Label)| log_softmax(z)[usize::from(*y)].exp();
    logits
        .chunks_exact(classes(logits, labels))
        .zip(labels)
        .map(of)
        .collect()
}

/// f of each sample, and ∂f/∂z `[n, K]`.
#[must_use]
pub fn confidence_slopes(logits: &[f32], labels: &[Label]) -> (Vec<f64>, Vec<f32>) {
    let k = classes(logits, labels);
    let (mut slope, mut slopes) = (vec![0.0; k], Vec::with_capacity(logits.len()));
    let mut values = Vec::with_capacity(labels.len());
    for (z, y) in logits.chunks_exact(k).zip(labels) {
        values.push(confidence(z, usize::from(*y), &mut slope));
        slopes.extend(slope.iter().map(|s| *s as f32));
    }
    (values, slopes)
}

fn classes(logits: &[f32], labels: &[Label]) -> usize {
    (logits.len() / labels.len().max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_the_derivative_of_the_confidence() {
        let (z, step) = ([1.0f32, -0.5, 0.25], 1e-2f32);
        for y in 0..3 {
            let mut slope = [0.0; 3];
            let f = confidence(&z, y, &mut slope);
            assert!((f - confidences(&z, &[y as Label])[0]).abs() < 1e-15);
            for c in 0..3 {
                let at = |d: f32| {
                    let mut z = z;
                    z[c] += d;
                    confidences(&z, &[y as Label])[0]
                };
                let numeric = (at(step) - at(-step)) / f64::from(2.0 * step);
                assert!((slope[c] - numeric).abs() < 2e-5, "{y} {c} {} {numeric}", slope[c]);
            }
        }
    }

    #[test]
    fn a_saturated_confidence_keeps_its_slope() {
        let (f, slopes) = confidence_slopes(&[60.0, 0.0, 0.0], &[0]);
        assert_eq!(f, [1.0]);
        let e = (-60f64).exp();
        assert!((f64::from(slopes[0]) / (2.0 * e) - 1.0).abs() < 1e-6, "{slopes:?}");
        assert!((f64::from(slopes[1]) / -e - 1.0).abs() < 1e-6, "{slopes:?}");
    }
}
