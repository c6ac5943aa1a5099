//! Arithmetic on one sample's values that several budgets need.

use crate::input::Range;

/// How far beyond its radius a point may lie where values are at most 1: what a radius loses as an f32, and a sum by rounding.
pub(super) const SLACK: f64 = 1e-6;

/// −1, 0 or 1; 0 where it is not a number.
#[must_use]
pub fn sign(g: f32) -> f32 {
    if g > 0.0 {
        1.0
    } else if g < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// ℓ₂ norm, summed in f64.
pub(super) fn norm(values: &[f32]) -> f64 {
    values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt()
}

/// ℓ∞ norm.
pub(super) fn largest(values: &[f32]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(f64::from(v.abs())))
}

/// `values` scaled to the given size; zeros stay.
pub(super) fn scaled(values: Vec<f32>, size: f64, measure: fn(&[f32]) -> f64) -> Vec<f32> {
    let share = match measure(&values) {
        now if now > 0.0 => size / now,
        _ => 0.0,
    };
    values.into_iter().map(|v| (f64::from(v) * share) as f32).collect()
}

/// The original with a change added to it.
pub(super) fn added(origin: &[f32], change: Vec<f32>) -> Vec<f32> {
    origin.iter().zip(change).map(|(o, d)| o + d).collect()
}

/// The largest size of a value of a range, and no less than 1: what rounding is relative to.
pub(super) fn scale(range: Range) -> f64 {
    f64::from(range.low.abs().max(range.high.abs())).max(1.0)
}
