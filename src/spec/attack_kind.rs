//! Which attacks there are, by name (method: section 5). Only names and numbers: the attacks themselves are in
//! `attack/`.

use super::as_text::as_text;
use super::attack_terms::Norm;
use std::{fmt, str::FromStr};

/// Most iterations of an iterated attack.
const MOST_STEPS: u32 = 10_000;
/// Most restarts.
const MOST_RESTARTS: u32 = 100;
/// Most queries of a gradient-free attack.
const MOST_QUERIES: u32 = 1_000_000;
/// Targets that APGD-T aims at: the classes next to the true one by clean logits (Croce and Hein 2020).
pub const APGD_TARGETS: u32 = 9;

/// An attack with its own parameters (method: section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttackKind {
    /// No perturbation: clean accuracy.
    None,
    /// Uniform noise in the ball.
    Noise,
    /// Normal noise of deviation ε, cut to the ball.
    Gaussian,
    /// x + ε·sign(g), one step.
    Fgsm,
    /// A random corner of the half-sized ball, then one step over the rest of ε (Tramèr 2018).
    Rfgsm,
    /// The same as torchattacks 3.2.7 computes it: two steps of 8/255, projected.
    RfgsmTa,
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
    /// BIM along a decaying sum of normalised gradients (Dong 2018).
    MiFgsm {
        /// Iterations k.
        steps: u32,
    },
    /// PGD that sets its own step size, on the cross-entropy (Croce and Hein 2020).
    ApgdCe {
        /// Iterations k.
        steps: u32,
    },
    /// … on the difference of logits ratio.
    ApgdDlr {
        /// Iterations k.
        steps: u32,
    },
    /// … on the targeted difference of logits ratio, target by target.
    ApgdT {
        /// Iterations k, for each target.
        steps: u32,
    },
    /// PGD with one step size per pixel from the history of its gradients.
    SaPgd {
        /// Iterations k.
        steps: u32,
    },
    /// Random squares, without any gradient (Andriushchenko 2020).
    Square {
        /// Forward passes at most.
        queries: u32,
    },
}

/// An attack as it is named on the command line: `pgd:10`, `pgd:50x5`, `fgsm`.
pub type AttackName = AttackKind;

impl AttackKind {
    /// Every form, as messages and hints name it.
    pub const FORMS: &str = "none, noise, gaussian, fgsm, rfgsm, rfgsm-ta, bim:K, pgd:K, pgd:KxR, mifgsm:K, apgd-ce:K, apgd-dlr:K, apgd-t:K, sapgd:K, square:Q";

    /// Whether the attack depends on a gradient, and so on a backward mode.
    pub fn uses_gradient(self) -> bool {
        !matches!(
            self,
            AttackKind::None | AttackKind::Noise | AttackKind::Gaussian | AttackKind::Square { .. }
        )
    }

    /// Whether it moves without looking at the network at all.
    pub fn is_noise(self) -> bool {
        matches!(self, AttackKind::Noise | AttackKind::Gaussian)
    }

    /// Whether it is defined for a radius in this norm.
    pub fn is_defined_for(self, norm: Norm) -> bool {
        let needs_a_cube = matches!(
            self,
            AttackKind::Rfgsm | AttackKind::RfgsmTa | AttackKind::MiFgsm { .. } | AttackKind::SaPgd { .. }
        );
        norm.is_cube() || !needs_a_cube
    }

    /// Whether it ascends a margin between logits by itself, which a saturated confidence cannot hide.
    pub fn ascends_margin(self) -> bool {
        matches!(
            self,
            AttackKind::ApgdDlr { .. } | AttackKind::ApgdT { .. } | AttackKind::Square { .. }
        )
    }

    /// Gradient steps of an iterated attack.
    pub fn steps(self) -> Option<u32> {
        match self {
            AttackKind::Bim { steps }
            | AttackKind::Pgd { steps, .. }
            | AttackKind::MiFgsm { steps }
            | AttackKind::ApgdCe { steps }
            | AttackKind::ApgdDlr { steps }
            | AttackKind::ApgdT { steps }
            | AttackKind::SaPgd { steps } => Some(steps),
            _ => None,
        }
    }

    /// Independent starts.
    pub fn restarts(self) -> u32 {
        match self {
            AttackKind::Pgd { restarts, .. } => restarts,
            _ => 1,
        }
    }

    /// The same attack with another number of iterations and one start: attacks that differ only in these compare equal.
    pub fn family(self) -> AttackKind {
        match self {
            AttackKind::Bim { .. } => AttackKind::Bim { steps: 1 },
            AttackKind::Pgd { .. } => AttackKind::Pgd { steps: 1, restarts: 1 },
            AttackKind::MiFgsm { .. } => AttackKind::MiFgsm { steps: 1 },
            AttackKind::ApgdCe { .. } => AttackKind::ApgdCe { steps: 1 },
            AttackKind::ApgdDlr { .. } => AttackKind::ApgdDlr { steps: 1 },
            AttackKind::ApgdT { .. } => AttackKind::ApgdT { steps: 1 },
            AttackKind::SaPgd { .. } => AttackKind::SaPgd { steps: 1 },
            AttackKind::Square { .. } => AttackKind::Square { queries: 1 },
            other => other,
        }
    }

    /// The most (forward, backward) passes that one sample costs, for estimates: a sample that is broken leaves early.
    pub fn passes(self) -> (u64, u64) {
        match self {
            AttackKind::None | AttackKind::Noise | AttackKind::Gaussian => (1, 0),
            AttackKind::Fgsm | AttackKind::Rfgsm | AttackKind::RfgsmTa => (2, 1),
            AttackKind::Square { queries } => (u64::from(queries) + 1, 0),
            AttackKind::ApgdT { steps } => {
                let targets = u64::from(APGD_TARGETS);
                ((u64::from(steps) + 2) * targets, u64::from(steps) * targets)
            }
            AttackKind::ApgdCe { steps } | AttackKind::ApgdDlr { steps } | AttackKind::SaPgd { steps } => {
                (u64::from(steps) + 2, u64::from(steps))
            }
            AttackKind::Bim { steps } | AttackKind::MiFgsm { steps } => (u64::from(steps) + 1, u64::from(steps)),
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
            AttackKind::Gaussian => f.write_str("gaussian"),
            AttackKind::Fgsm => f.write_str("fgsm"),
            AttackKind::Rfgsm => f.write_str("rfgsm"),
            AttackKind::RfgsmTa => f.write_str("rfgsm-ta"),
            AttackKind::Bim { steps } => write!(f, "bim:{steps}"),
            AttackKind::Pgd { steps, restarts: 1 } => write!(f, "pgd:{steps}"),
            AttackKind::Pgd { steps, restarts } => write!(f, "pgd:{steps}x{restarts}"),
            AttackKind::MiFgsm { steps } => write!(f, "mifgsm:{steps}"),
            AttackKind::ApgdCe { steps } => write!(f, "apgd-ce:{steps}"),
            AttackKind::ApgdDlr { steps } => write!(f, "apgd-dlr:{steps}"),
            AttackKind::ApgdT { steps } => write!(f, "apgd-t:{steps}"),
            AttackKind::SaPgd { steps } => write!(f, "sapgd:{steps}"),
            AttackKind::Square { queries } => write!(f, "square:{queries}"),
        }
    }
}

impl FromStr for AttackKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not an attack: allowed are {} (K iterations from 1 to {MOST_STEPS}, R restarts from 1 to {MOST_RESTARTS}, Q queries from 1 to {MOST_QUERIES}), such as pgd:10",
                AttackKind::FORMS
            )
        };
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let bounded = |t: &str, most: u32| {
            t.parse::<u32>()
                .ok()
                .filter(|n| (1..=most).contains(n))
                .ok_or_else(wrong)
        };
        let steps = |default: u32| number.map_or(Ok(default), |n| bounded(n, MOST_STEPS));
        let plain = |kind: AttackKind| if number.is_none() { Ok(kind) } else { Err(wrong()) };
        match name {
            "none" => plain(AttackKind::None),
            "noise" => plain(AttackKind::Noise),
            "gaussian" => plain(AttackKind::Gaussian),
            "fgsm" => plain(AttackKind::Fgsm),
            "rfgsm" => plain(AttackKind::Rfgsm),
            "rfgsm-ta" => plain(AttackKind::RfgsmTa),
            "bim" => steps(10).map(|steps| AttackKind::Bim { steps }),
            "pgd" => {
                let (steps, restarts) = number
                    .unwrap_or("10")
                    .split_once('x')
                    .unwrap_or((number.unwrap_or("10"), "1"));
                Ok(AttackKind::Pgd {
                    steps: bounded(steps, MOST_STEPS)?,
                    restarts: bounded(restarts, MOST_RESTARTS)?,
                })
            }
            "mifgsm" => steps(10).map(|steps| AttackKind::MiFgsm { steps }),
            "apgd-ce" => steps(100).map(|steps| AttackKind::ApgdCe { steps }),
            "apgd-dlr" => steps(100).map(|steps| AttackKind::ApgdDlr { steps }),
            "apgd-t" => steps(100).map(|steps| AttackKind::ApgdT { steps }),
            "sapgd" => steps(100).map(|steps| AttackKind::SaPgd { steps }),
            "square" => {
                let queries = number.map_or(Ok(5000), |n| bounded(n, MOST_QUERIES))?;
                Ok(AttackKind::Square { queries })
            }
            _ => Err(wrong()),
        }
    }
}

as_text!(AttackKind);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_print_as_they_are_written() {
        for text in [
            "none",
            "noise",
            "gaussian",
            "fgsm",
            "rfgsm",
            "rfgsm-ta",
            "bim:10",
            "pgd:10",
            "pgd:50x5",
            "mifgsm:7",
            "apgd-ce:100",
            "apgd-dlr:50",
            "apgd-t:20",
            "sapgd:100",
            "square:5000",
        ] {
            assert_eq!(text.parse::<AttackKind>().unwrap().to_string(), text);
        }
        for (short, full) in [("pgd", "pgd:10"), ("apgd-ce", "apgd-ce:100"), ("square", "square:5000")] {
            assert_eq!(short.parse::<AttackKind>().unwrap().to_string(), full);
        }
    }

    #[test]
    fn a_wrong_attack_is_refused_with_the_allowed_ones() {
        for text in [
            "",
            "pgd:0",
            "pgd:10x0",
            "pgd:x",
            "pgd:",
            "fgsm:3",
            "carlini",
            "apgd-ce:10001",
            "apgd-ce:5x2",
            "square:0",
            "square:1000001",
            "rfgsm-ta:1",
            "sapgd:-1",
            "apgd:10",
        ] {
            assert!(text.parse::<AttackKind>().is_err(), "{text}");
        }
        let said = AttackKind::list("fgsm,nope").unwrap_err();
        assert!(said.contains("pgd:KxR") && said.contains("square:Q"), "{said}");
    }

    #[test]
    fn only_what_looks_at_the_network_backwards_has_a_backward_mode() {
        let uses: Vec<bool> = ["noise", "gaussian", "square", "fgsm", "rfgsm", "apgd-t", "sapgd"]
            .iter()
            .map(|t| t.parse::<AttackKind>().unwrap().uses_gradient())
            .collect();
        assert_eq!(uses, [false, false, false, true, true, true, true]);
        assert_eq!("square:7".parse::<AttackKind>().unwrap().passes(), (8, 0));
    }
}
