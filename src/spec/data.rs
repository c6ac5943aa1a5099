//! Which images are trained on, and how they are varied.

use super::error::Checker;
use serde::{Deserialize, Serialize};

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// `glyphs` (embedded), `fashion-mnist`, `mnist`, `cifar-10` or `cifar-100`.
    pub name: String,
    /// Random changes to training images.
    #[serde(default)]
    pub augment: AugmentKind,
    /// Share of the training images held out for validation.
    #[serde(default = "tenth")]
    pub validation: f64,
    /// Use only the first so many training images (before the validation share is taken); 0 means all.
    #[serde(default)]
    pub limit: usize,
    /// From which the validation split is drawn: 0 where a specification does not say, so that runs of different
    /// `train.seed` share their data. None in runs recorded before there was this key: their split follows `train.seed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
}

/// Random changes to training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AugmentKind {
    /// Images as they are.
    #[default]
    None,
    /// Random crop after padding by 4.
    Crop,
    /// Random crop after padding by 4, and horizontal flip.
    CropFlip,
}

fn tenth() -> f64 {
    0.1
}

/// The data sets a specification may name.
pub const DATA_SETS: [&str; 5] = ["glyphs", "fashion-mnist", "mnist", "cifar-10", "cifar-100"];

/// Training images of a data set in its original files, the validation share included; none where it is not known.
pub fn training_images(name: &str) -> Option<usize> {
    match name {
        "glyphs" => Some(2000),
        "fashion-mnist" | "mnist" => Some(60_000),
        "cifar-10" | "cifar-100" => Some(50_000),
        _ => None,
    }
}

impl DataSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.require(
            DATA_SETS.contains(&self.name.as_str()),
            "data.name",
            format!("{:?}", self.name),
            &format!("one of {}", DATA_SETS.join(", ")),
            "write for example data.name = \"fashion-mnist\"",
        );
        c.range("data.validation", self.validation, 0.01, 0.5, "0.1");
        c.require(
            self.limit == 0 || self.limit >= 20,
            "data.limit",
            self.limit,
            "0 (all) or at least 20",
            "write for example data.limit = 10000",
        );
    }
}
