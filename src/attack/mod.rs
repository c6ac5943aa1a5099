//! Adversarial attacks (method: section 5). What a perturbation may cost is a `budget`; the harness, not an attack, keeps to
//! it: every image that comes back has been moved into it and measured.
//!
//! Each image is attacked on its own (`search`); batches only share the work. Randomness belongs to the image
//! (seed, image, restart), so results do not depend on how images fall into batches.

mod apgd;
pub mod budget;
mod checkpoints;
mod harness;
mod loss;
mod momentum;
mod oracle;
mod pgd;
mod sa_pgd;
mod search;
mod square;
mod vulnerability;

#[cfg(test)]
mod tests;

pub use harness::{Attacked, attack, classified_rightly, descend, perturb};
pub use loss::{Goal, slope as loss_slope, value as loss_value};
pub use oracle::{Attacker, Draws, Oracle, Query, Slope, counted_logits, input_gradient, is_deterministic};
pub use vulnerability::{Radius as VulnerabilityRadius, Vulnerability, gradient_sizes, vulnerability};

use crate::spec::{Aim, AttackKind, AttackLoss, BackwardMode, Norm, Surrogate};
use crate::units::Epsilon;

/// What an attack may use.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The attack.
    pub kind: AttackKind,
    /// The radius.
    pub eps: Epsilon,
    /// Its norm.
    pub norm: Norm,
    /// Step size; `None` is the attack's own, for PGD (2.55/8)·ε.
    pub alpha: Option<Epsilon>,
    /// The attacker's backward mode.
    pub mode: BackwardMode,
    /// The loss ascended by the attacks that have none of their own.
    pub loss: AttackLoss,
    /// The class aimed at; `None` is any but the true one.
    pub target: Option<Aim>,
    /// Draws of a random coding that gradients and predictions are averaged over.
    pub eot: u32,
    /// From which all randomness is drawn.
    pub seed: u64,
}

impl Terms {
    /// The draws of a random coding.
    pub fn draws(&self) -> Draws {
        Draws {
            count: self.eot,
            seed: self.seed,
        }
    }
}

impl Default for Terms {
    /// No attack: a base to name only what differs.
    fn default() -> Terms {
        Terms {
            kind: AttackKind::None,
            eps: Epsilon::ZERO,
            norm: Norm::default(),
            alpha: None,
            mode: BackwardMode::Bptt(Surrogate::REFERENCE),
            loss: AttackLoss::Ce,
            target: None,
            eot: 1,
            seed: 0,
        }
    }
}
