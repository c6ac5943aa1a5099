//! `[attack]`: the grid that an attack sweep runs over. Only names and numbers: the attacks themselves are in
//! `attack/`.

use super::{AttackKind, BackwardMode, Surrogate, error::Checker};
use crate::units::Epsilon;
use serde::{Deserialize, Serialize};

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
