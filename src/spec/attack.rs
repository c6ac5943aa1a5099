//! Which attacks are asked for, and the grid an attack sweep runs over. Only names and numbers: the attacks
//! themselves are in `attack/`.

use super::{BackwardMode, Surrogate, error::Checker};
use crate::units::Epsilon;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// An attack with its own parameters (method: section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttackKind {
    /// No perturbation: clean accuracy.
    None,
    /// Uniform noise in the ball.
    Noise,
    /// x + ε·sign(g), one step.
    Fgsm,
    /// Projected gradient descent without a random start.
    Bim {
        /// Iterations k.
        steps: u32,
    },
    /// Projected gradient descent with a random start.
    Pgd {
        /// Iterations k.
        steps: u32,
        /// Independent starts, of which the worst per sample counts.
        restarts: u32,
    },
}

/// An attack as it is named on the command line: `pgd:10`, `pgd:50x5`, `fgsm`.
pub type AttackName = AttackKind;

impl AttackKind {
    /// Whether the attack depends on a gradient, and so on a backward mode.
    pub fn uses_gradient(self) -> bool {
        !matches!(self, AttackKind::None | AttackKind::Noise)
    }

    /// Whether every sample costs the same number of (forward, backward) passes: used for cost estimates.
    pub fn passes(self) -> (u64, u64) {
        match self {
            AttackKind::None | AttackKind::Noise => (1, 0),
            AttackKind::Fgsm => (2, 1),
            AttackKind::Bim { steps } => (u64::from(steps) + 1, u64::from(steps)),
            AttackKind::Pgd { steps, restarts } => {
                let n = u64::from(steps) * u64::from(restarts);
                (n + u64::from(restarts), n)
            }
        }
    }

    /// Parses a comma-separated list.
    ///
    /// # Errors
    /// When an entry is unknown or the list is empty.
    pub fn list(text: &str) -> Result<Vec<AttackKind>, String> {
        let kinds: Result<Vec<_>, _> = text
            .split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::parse)
            .collect();
        let kinds = kinds?;
        match kinds.is_empty() {
            true => Err("the list of attacks is empty: write for example fgsm,pgd:10".into()),
            false => Ok(kinds),
        }
    }
}

impl fmt::Display for AttackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttackKind::None => f.write_str("none"),
            AttackKind::Noise => f.write_str("noise"),
            AttackKind::Fgsm => f.write_str("fgsm"),
            AttackKind::Bim { steps } => write!(f, "bim:{steps}"),
            AttackKind::Pgd { steps, restarts: 1 } => write!(f, "pgd:{steps}"),
            AttackKind::Pgd { steps, restarts } => write!(f, "pgd:{steps}x{restarts}"),
        }
    }
}

impl FromStr for AttackKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not an attack: allowed are none, noise, fgsm, bim:K, pgd:K and pgd:KxR (K iterations from 1 to 10000, R restarts from 1 to 100), such as pgd:10"
            )
        };
        let number = |t: &str, most: u32| {
            t.parse::<u32>()
                .ok()
                .filter(|n| (1..=most).contains(n))
                .ok_or_else(wrong)
        };
        match text.split_once(':') {
            None => match text {
                "none" => Ok(AttackKind::None),
                "noise" => Ok(AttackKind::Noise),
                "fgsm" => Ok(AttackKind::Fgsm),
                "bim" => Ok(AttackKind::Bim { steps: 10 }),
                "pgd" => Ok(AttackKind::Pgd { steps: 10, restarts: 1 }),
                _ => Err(wrong()),
            },
            Some(("bim", steps)) => Ok(AttackKind::Bim {
                steps: number(steps, 10_000)?,
            }),
            Some(("pgd", rest)) => {
                let (steps, restarts) = rest.split_once('x').unwrap_or((rest, "1"));
                Ok(AttackKind::Pgd {
                    steps: number(steps, 10_000)?,
                    restarts: number(restarts, 100)?,
                })
            }
            Some(_) => Err(wrong()),
        }
    }
}

impl Serialize for AttackKind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AttackKind {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// `[attack]`: the grid that `spikedeck attack`, the demo and the attack form start from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttackGrid {
    /// Attacks, in order.
    pub attacks: Vec<AttackKind>,
    /// Radii, ascending.
    pub eps: Vec<Epsilon>,
    /// The attacker's backward modes; the worst per sample is counted over all of them.
    pub backward: Vec<BackwardMode>,
    /// How many images are attacked.
    pub samples: usize,
}

impl Default for AttackGrid {
    fn default() -> Self {
        let eps = |n: f64| Epsilon::new(n / 255.0).unwrap_or_default();
        AttackGrid {
            attacks: vec![AttackKind::Fgsm, AttackKind::Pgd { steps: 10, restarts: 1 }],
            eps: vec![eps(2.0), eps(4.0), eps(8.0)],
            backward: vec![BackwardMode::Bptt(Surrogate::REFERENCE)],
            samples: 1000,
        }
    }
}

impl AttackGrid {
    pub(super) fn check(&self, c: &mut Checker) {
        c.count("attack.samples", self.samples, 1, 1_000_000, "1000");
        c.require(
            !self.attacks.is_empty(),
            "attack.attacks",
            "[]",
            "at least one attack",
            "write for example attack.attacks = [\"fgsm\", \"pgd:10\"]",
        );
        c.require(
            !self.eps.is_empty(),
            "attack.eps",
            "[]",
            "at least one radius",
            "write for example attack.eps = [\"2/255\", \"8/255\"]",
        );
        c.require(
            !self.backward.is_empty(),
            "attack.backward",
            "[]",
            "at least one backward mode",
            "write for example attack.backward = [\"bptt:triangle:1\"]",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_print_as_they_are_written() {
        for text in ["none", "noise", "fgsm", "bim:10", "pgd:10", "pgd:50x5"] {
            assert_eq!(text.parse::<AttackKind>().unwrap().to_string(), text);
        }
        assert_eq!("pgd".parse::<AttackKind>().unwrap().to_string(), "pgd:10");
    }

    #[test]
    fn a_wrong_attack_is_refused_with_the_allowed_ones() {
        for text in ["", "pgd:0", "pgd:10x0", "pgd:x", "fgsm:3", "carlini"] {
            assert!(text.parse::<AttackKind>().is_err(), "{text}");
        }
        assert!(AttackKind::list("fgsm,nope").unwrap_err().contains("pgd:KxR"));
    }
}
