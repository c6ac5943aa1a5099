//! Surrogates: what replaces the derivative of a spike (method: section 1).

use super::as_text::as_text;
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

/// What may be written, for error messages.
pub(super) const SURROGATES: &str =
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

as_text!(Surrogate);
