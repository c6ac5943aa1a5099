//! `measured.json`: what an attack's worker measured of a checkpoint beside the cells, for the panels of its checks, of theory and of classes.

use crate::input::Label;
use crate::spec::{AttackKind, BackwardMode};
use crate::units::Epsilon;
use serde::{Deserialize, Serialize};

/// What was measured of one checkpoint: on a few images, but for the labels and the gradients' norms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Index into [`crate::run::attack::AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// Images it was measured on.
    pub images: usize,
    /// Classes of the network.
    pub classes: usize,
    /// Whether its coding draws random numbers.
    pub random_coding: bool,
    /// Largest difference of a logit between five runs of the same images, relative to the largest logit; over the
    /// logits that are numbers.
    pub logit_spread: f64,
    /// Images with a logit that is NaN or infinite in any of the five runs; 0 in records of earlier versions, which did
    /// not look.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_finite: usize,
    /// Share of images whose true class has all the confidence that f32 can express.
    pub saturated: f64,
    /// Per backward mode.
    pub modes: Vec<MeasuredMode>,
    /// True classes of the job's images, in its order: of all, or of the first 50,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Where gradients are another network's: one of the attacks with the network's own, for comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub white_box: Option<WhiteBox>,
    /// The gap between adversary and noise, for ℓ∞ radii.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerability: Option<VulnerabilityRecord>,
}

/// One attack of the grid, repeated with the attacked network's own gradients on the first images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhiteBox {
    /// The attack.
    pub attack: AttackKind,
    /// The backward mode.
    pub backward: BackwardMode,
    /// The radius.
    pub eps: Epsilon,
    /// One character per image, as in the results.
    pub robust: String,
}

/// How much more an adversary moves the true class's confidence f than noise of the same size (method: section 3), in
/// the first backward mode. Means over the images; numbers that are not finite are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityRecord {
    /// The backward mode.
    pub backward: BackwardMode,
    /// Images it was measured on.
    pub images: usize,
    /// ‖∇f‖₁.
    pub l1: f64,
    /// ‖∇f‖₂.
    pub l2: f64,
    /// ‖∇f‖₀.
    pub l0: f64,
    /// First-order ρ_adv/ρ_rand = 3·‖∇f‖₁²/‖∇f‖₂², where there is a gradient.
    pub ratio_first_order: Option<f64>,
    /// Its bound 3·‖∇f‖₀.
    pub bound: Option<f64>,
    /// At each radius.
    pub radii: Vec<VulnerabilityAt>,
    /// The gradients of the job's images one by one, the first thousand at most, in the job's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gradients: Vec<GradientNorms>,
}

/// Norms of one image's ∇f.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GradientNorms {
    /// ‖∇f‖₀: pixels that are not zero. Three times this bounds the image's first-order ratio.
    pub l0: u32,
    /// ‖∇f‖₁.
    pub l1: f64,
    /// ‖∇f‖₂.
    pub l2: f64,
}

/// Both vulnerabilities at one radius: E or max of (f(x+δ) − f(x))².
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityAt {
    /// The radius.
    pub eps: Epsilon,
    /// Measured under noise.
    pub random: f64,
    /// Measured under attack, in both directions.
    pub adversarial: f64,
    /// Measured adversarial over random; absent where noise changes nothing.
    pub ratio: Option<f64>,
    /// To first order, under noise.
    pub random_first_order: f64,
    /// To first order, under attack.
    pub adversarial_first_order: f64,
}

/// What was measured in one backward mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredMode {
    /// The attacker's backward mode.
    pub backward: BackwardMode,
    /// Share of images whose input gradient is zero in every pixel.
    pub zero_gradient: f64,
    /// Accuracy under BIM where every pixel may take any value (ε = 1).
    pub unbounded: f64,
    /// How small the gradient is; absent in records of earlier versions, and where no image was right when clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub float_steps: Option<FloatSteps>,
    /// Whether the gradient points to where the margin falls; absent likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<Leads>,
}

/// How much a change of an image's most sensitive pixel moves the margin between its logits, by what the gradient says,
/// in steps of f32 at the size of its largest logit: max|∂margin/∂x|·ε over that spacing. Below one the gradient claims
/// that the network does not move at all, which no network does: the surrogate is too narrow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FloatSteps {
    /// The change of the pixel.
    pub eps: Epsilon,
    /// On the image where it is least.
    pub smallest: f64,
    /// The median over the images.
    pub median: f64,
}

/// On how many images a step of ε in every pixel along the signs of the margin's gradient lowers the margin more than
/// the same step the other way. Of a gradient that says nothing it is a coin's toss; images on which both do the same
/// are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Leads {
    /// The step.
    pub eps: Epsilon,
    /// Images on which the step along the gradient is the better one.
    pub along: usize,
    /// Images on which it is the worse one.
    pub against: usize,
}

/// For what is recorded only where there is some.
fn is_zero(count: &usize) -> bool {
    *count == 0
}
