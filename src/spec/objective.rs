//! The objective (method: section 3) and the adversary that adversarial training trains against.

use super::{AttackKind, LossTerm, error::Checker};
use crate::units::Epsilon;
use serde::{Deserialize, Serialize};

/// Which f and R the sparsity term uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// f = σ(z_y − z_r), R = mean(D²): the reference's code.
    #[default]
    PairwiseSquared,
    /// f = softmax(z)_y, R = mean(|D|): the paper's text.
    SoftmaxL1,
}

/// `[objective]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectiveSpec {
    /// Which f and R.
    pub variant: Variant,
    /// Weight λ of the sparsity term; 0 skips its second pass, unless `second_pass_at_zero`.
    pub lambda: f64,
    /// Finite-difference width h in pixel units.
    pub h: f64,
    /// Whether `sr` and `sr-at` take the second pass at λ = 0 too, as the reference does: its term then weighs nothing, but
    /// batch norms take in the statistics of both passes.
    pub second_pass_at_zero: bool,
}

impl ObjectiveSpec {
    /// What a term is multiplied by in the loss.
    pub fn weight(&self, term: LossTerm) -> f64 {
        match term {
            LossTerm::CrossEntropy => 1.0,
            LossTerm::Sparsity => self.lambda,
        }
    }

    /// Whether a step takes the sparsity term's shifted pass, where its recipe has that term.
    pub fn has_shifted_pass(&self) -> bool {
        self.lambda > 0.0 || self.second_pass_at_zero
    }
}

impl Default for ObjectiveSpec {
    fn default() -> Self {
        ObjectiveSpec {
            variant: Variant::default(),
            lambda: 0.0,
            h: 0.01,
            second_pass_at_zero: false,
        }
    }
}

impl ObjectiveSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.range("objective.lambda", self.lambda, 0.0, 1000.0, "0.002");
        c.range("objective.h", self.h, 1e-5, 1.0, "0.01");
    }
}

/// `[adversary]`: the images that adversarial training puts in place of the batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdversarySpec {
    /// `fgsm` or `pgd:K`.
    pub attack: AttackKind,
    /// Radius ε.
    pub eps: Epsilon,
    /// Step size α of PGD in pixel units; 0 means (2.55/8)·ε.
    pub alpha: Epsilon,
}

impl Default for AdversarySpec {
    fn default() -> Self {
        AdversarySpec {
            attack: AttackKind::Pgd { steps: 7, restarts: 1 },
            eps: Epsilon::new(8.0 / 255.0).unwrap_or_default(),
            alpha: Epsilon::ZERO,
        }
    }
}

impl AdversarySpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.range("adversary.eps", self.eps.value(), 0.0, 1.0, "\"8/255\"");
        c.range("adversary.alpha", self.alpha.value(), 0.0, 1.0, "\"2.55/255\"");
        c.require(
            self.attack.uses_gradient(),
            "adversary.attack",
            self.attack,
            "fgsm, bim:K or pgd:K",
            "write for example adversary.attack = \"pgd:7\"",
        );
    }
}
