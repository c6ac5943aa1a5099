//! What an attack is measured by and aims at: the norm of its radius, the loss it ascends, the class it wants.

use super::as_text::as_text;
use crate::input::{Label, MOST_CLASSES};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The norm of the radius ε.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// ℓ∞: the largest change of a pixel.
    #[default]
    Linf,
    /// ℓ₂: the Euclidean length of the whole change, in pixel units.
    L2,
}

impl Norm {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Norm] = &[Norm::Linf, Norm::L2];

    /// Its name in specifications and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Norm::Linf => "linf",
            Norm::L2 => "l2",
        }
    }

    /// What it measures, for help texts.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Norm::Linf => "The largest change of a pixel",
            Norm::L2 => "The Euclidean length of the change",
        }
    }

    /// Its index to ℓ in LaTeX.
    #[must_use]
    pub fn latex(self) -> &'static str {
        match self {
            Norm::Linf => "\\infty",
            Norm::L2 => "2",
        }
    }

    /// Whether its ball is a cube: every value may change by the whole radius, whatever the others do.
    #[must_use]
    pub fn is_cube(self) -> bool {
        match self {
            Norm::Linf => true,
            Norm::L2 => false,
        }
    }
}

/// α/ε of a step where no step size is given: 2.55/255 at 8/255.
pub const STEP_SHARE: f64 = 2.55 / 8.0;

/// The loss an attack ascends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttackLoss {
    /// Cross-entropy.
    #[default]
    Ce,
    /// max_{k≠y} z_k − z_y.
    Margin,
    /// Difference of logits ratio.
    Dlr,
}

/// The class a targeted attack wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The class with the largest clean logit beside the true one.
    Next,
    /// The class with the smallest clean logit.
    LeastLikely,
    /// This class; images of this class are not moved.
    Class(Label),
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::Next => f.write_str("next"),
            Aim::LeastLikely => f.write_str("least-likely"),
            Aim::Class(k) => write!(f, "{k}"),
        }
    }
}

impl FromStr for Aim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "next" => Ok(Aim::Next),
            "least-likely" => Ok(Aim::LeastLikely),
            number => {
                let class = number.parse().ok().filter(|k| *k < MOST_CLASSES);
                class.map(Aim::Class).ok_or_else(|| {
                    format!(
                        "{text:?} is not a target: allowed are next, least-likely and a class from 0 to {}",
                        MOST_CLASSES - 1
                    )
                })
            }
        }
    }
}

as_text!(Aim);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_are_written_by_their_names() {
        for norm in Norm::ALL {
            assert_eq!(serde_json::to_value(norm).unwrap(), norm.name());
        }
    }

    #[test]
    fn targets_print_as_they_are_written() {
        for text in ["next", "least-likely", "0", "9"] {
            assert_eq!(text.parse::<Aim>().unwrap().to_string(), text);
        }
        for text in ["", "-1", "10000", "nearest"] {
            assert!(text.parse::<Aim>().unwrap_err().contains("least-likely"), "{text}");
        }
    }
}
