//! Backward modes: how gradients pass through the spike. A value that a trainer chooses once and an attacker
//! chooses anew for every attack (method: section 1).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The function g(v) that replaces the spike's derivative, v = u − θ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Surrogate {
    /// max(0, γ − |v|)/γ².
    Triangle(f32),
    /// a·σ(av)·(1 − σ(av)).
    Sigmoid(f32),
    /// (α/2)/(1 + (π α v/2)²).
    Arctan(f32),
    /// 1/γ on |v| < γ/2.
    Rectangle(f32),
    /// Normal density of v with deviation γ.
    Gaussian(f32),
    /// 1 everywhere.
    StraightThrough,
}

impl Surrogate {
    /// The reference's training surrogate: triangle with γ = 1.
    pub const REFERENCE: Surrogate = Surrogate::Triangle(1.0);

    /// The width parameter (γ, a or α), if there is one.
    pub fn width(self) -> Option<f32> {
        match self {
            Surrogate::Triangle(w)
            | Surrogate::Sigmoid(w)
            | Surrogate::Arctan(w)
            | Surrogate::Rectangle(w)
            | Surrogate::Gaussian(w) => Some(w),
            Surrogate::StraightThrough => None,
        }
    }
}

impl fmt::Display for Surrogate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Surrogate::Triangle(w) => write!(f, "triangle:{w}"),
            Surrogate::Sigmoid(w) => write!(f, "sigmoid:{w}"),
            Surrogate::Arctan(w) => write!(f, "arctan:{w}"),
            Surrogate::Rectangle(w) => write!(f, "rectangle:{w}"),
            Surrogate::Gaussian(w) => write!(f, "gaussian:{w}"),
            Surrogate::StraightThrough => f.write_str("straight-through"),
        }
    }
}

const SURROGATES: &str =
    "triangle:1, sigmoid:4, arctan:2, rectangle:1, gaussian:0.5 or straight-through, widths above 0 and at most 100";

impl FromStr for Surrogate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, width) = match text.split_once(':') {
            Some((name, width)) => (name, Some(width)),
            None => (text, None),
        };
        let wrong = || format!("{text:?} is not a surrogate: allowed are {SURROGATES}");
        let width = |default: f32| match width {
            None => Ok(default),
            Some(w) => w
                .parse::<f32>()
                .ok()
                .filter(|w| *w > 0.0 && *w <= 100.0)
                .ok_or_else(wrong),
        };
        match name {
            "triangle" => width(1.0).map(Surrogate::Triangle),
            "sigmoid" => width(4.0).map(Surrogate::Sigmoid),
            "arctan" => width(2.0).map(Surrogate::Arctan),
            "rectangle" => width(1.0).map(Surrogate::Rectangle),
            "gaussian" => width(0.5).map(Surrogate::Gaussian),
            "straight-through" => Ok(Surrogate::StraightThrough),
            _ => Err(wrong()),
        }
    }
}

/// How a whole T-step layer is differentiated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BackwardMode {
    /// Back-propagation through time with a surrogate at each step.
    Bptt(Surrogate),
    /// The rate-based backward ("bptr" in the reference, RGA in the literature), κ = 0.2; fires on u − θ > 0.
    Rate,
}

impl fmt::Display for BackwardMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackwardMode::Bptt(s) => write!(f, "bptt:{s}"),
            BackwardMode::Rate => f.write_str("rate"),
        }
    }
}

impl FromStr for BackwardMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "rate" => Ok(BackwardMode::Rate),
            other => match other.strip_prefix("bptt:") {
                Some(s) => s.parse().map(BackwardMode::Bptt),
                None => Err(format!(
                    "{text:?} is not a backward mode: allowed are rate and bptt:SURROGATE with {SURROGATES}, or the preset reference"
                )),
            },
        }
    }
}

/// Parses a comma-separated list of backward modes; the preset `reference` stands for the reference's four.
///
/// # Errors
/// When an entry is unknown or the list is empty.
pub fn backward_list(text: &str) -> Result<Vec<BackwardMode>, String> {
    let mut modes = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let add: &[BackwardMode] = match part {
            "reference" => &[
                BackwardMode::Bptt(Surrogate::Triangle(1.0)),
                BackwardMode::Bptt(Surrogate::Sigmoid(4.0)),
                BackwardMode::Bptt(Surrogate::Arctan(2.0)),
                BackwardMode::Rate,
            ],
            one => &[one.parse()?],
        };
        for mode in add {
            if !modes.contains(mode) {
                modes.push(*mode);
            }
        }
    }
    match modes.is_empty() {
        true => Err("the list of backward modes is empty: write for example bptt:triangle:1".into()),
        false => Ok(modes),
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => { $(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}
as_text!(Surrogate, BackwardMode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_print_as_they_are_written() {
        for text in [
            "bptt:triangle:1",
            "bptt:sigmoid:4",
            "bptt:arctan:2",
            "bptt:rectangle:0.5",
            "bptt:straight-through",
            "rate",
        ] {
            assert_eq!(text.parse::<BackwardMode>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_reference_preset_is_the_papers_ensemble() {
        let names: Vec<String> = backward_list("reference,rate")
            .unwrap()
            .iter()
            .map(BackwardMode::to_string)
            .collect();
        assert_eq!(names, ["bptt:triangle:1", "bptt:sigmoid:4", "bptt:arctan:2", "rate"]);
    }

    #[test]
    fn a_wrong_mode_lists_the_right_ones() {
        assert!(
            "bptt:triangel:1"
                .parse::<BackwardMode>()
                .unwrap_err()
                .contains("triangle:1")
        );
        assert!("bptt:triangle:-1".parse::<BackwardMode>().is_err());
        assert!(backward_list(" , ").is_err());
    }
}
