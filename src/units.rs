//! Checked quantities with one way of printing each, so that "8/255" is never "0.03137254901960784" on one
//! screen and "8/255" on the next.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// An attack radius on `[0, 1]` pixels, or in events per cell of frames; prints as `n/255`, or as the whole number that it is.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Epsilon(f64);

impl Epsilon {
    /// No perturbation at all: prints `0/255`.
    pub const ZERO: Epsilon = Epsilon(0.0);

    /// `value` in pixel units. An ℓ₂ radius may exceed 1, so the bound is generous.
    ///
    /// # Errors
    /// When `value` is negative, not finite, or larger than 1,000.
    pub fn new(value: f64) -> Result<Self, UnitError> {
        if value.is_finite() && (0.0..=1000.0).contains(&value) {
            Ok(Epsilon(value))
        } else {
            Err(UnitError::Epsilon(value.to_string()))
        }
    }

    /// The radius in pixel units.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Epsilon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A whole number of events, or of whole pixel ranges, is said as it is.
        if self.0 >= 1.0 && self.0.fract() == 0.0 {
            return write!(f, "{}", self.0);
        }
        let n = (self.0 * 255.0 * 10_000.0).round() / 10_000.0;
        write!(f, "{n}/255")
    }
}

impl FromStr for Epsilon {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let bad = || UnitError::Epsilon(text.chars().take(40).collect());
        let value = match text.trim().split_once('/') {
            Some((n, d)) => {
                let n: f64 = n.trim().parse().map_err(|_| bad())?;
                let d: f64 = d.trim().parse().map_err(|_| bad())?;
                n / d
            }
            None => text.trim().parse().map_err(|_| bad())?,
        };
        Epsilon::new(value).map_err(|_| bad())
    }
}

impl Serialize for Epsilon {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Epsilon {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Number(f64),
        }
        match Form::deserialize(d)? {
            Form::Text(t) => t.parse().map_err(serde::de::Error::custom),
            Form::Number(n) => Epsilon::new(n).map_err(serde::de::Error::custom),
        }
    }
}

/// A quantity that is not what its name promises.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnitError {
    /// Not an attack radius.
    #[error("{0:?} is not a radius: write it as \"8/255\" or as a decimal such as 0.0314, at least 0")]
    Epsilon(String),
}

/// A duration in seconds for people: `0.4 s`, `12 s`, `3 m 05 s`, `2 h 07 m`, `3 d 04 h`.
pub fn seconds(s: f64) -> String {
    if !s.is_finite() || s < 0.0 {
        return "–".into();
    }
    let whole = s.round() as u64;
    match whole {
        0..=9 => format!("{s:.1} s"),
        10..=59 => format!("{whole} s"),
        60..=3_599 => format!("{} m {:02} s", whole / 60, whole % 60),
        3_600..=86_399 => format!("{} h {:02} m", whole / 3_600, whole % 3_600 / 60),
        _ => format!("{} d {:02} h", whole / 86_400, whole % 86_400 / 3_600),
    }
}

/// `1.2 MB`, in powers of ten.
pub fn bytes(n: u64) -> String {
    match n {
        0 => "–".into(),
        1..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

/// Four significant digits, without the noise of trailing zeros: `0.001`, `12.35`, `1.2e-7`.
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-4..6).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let digits = (3 - magnitude).max(0) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radius_prints_as_it_is_written_in_papers() {
        for text in ["0/255", "2/255", "8/255", "2.55/255"] {
            assert_eq!(text.parse::<Epsilon>().unwrap().to_string(), text);
        }
        assert_eq!("0.03137254901960784".parse::<Epsilon>().unwrap().to_string(), "8/255");
    }

    #[test]
    fn nonsense_radii_are_refused() {
        for text in ["", "-1/255", "8/0", "nan", "inf", "8/255/3", "eight"] {
            assert!(text.parse::<Epsilon>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_keep_four_digits() {
        assert_eq!(significant(0.001), "0.001");
        assert_eq!(significant(12.3456), "12.35");
        assert_eq!(significant(1.2e-7), "1.200e-7");
        assert_eq!(significant(1234567.0), "1.235e6");
        assert_eq!(significant(0.0), "0");
    }

    #[test]
    fn durations_read_like_a_clock() {
        assert_eq!(seconds(0.42), "0.4 s");
        assert_eq!(seconds(185.0), "3 m 05 s");
        assert_eq!(seconds(7620.0), "2 h 07 m");
    }
}
