//! What a recipe makes of a batch before a step is taken on it: which code computes what the table of recipes names.

mod adversary;

use crate::input::Batch;
use crate::snn::Network;
use crate::spec::{BatchTransform, Experiment, Recipe};

/// The values `[N, C, H, W]` that take the place of a batch's own, for the step of this number (from 1). The network does
/// not change.
pub type Transform = fn(&Network, &Batch, &Experiment, u64) -> Vec<f32>;

/// The code of a transform.
fn transform(of: BatchTransform) -> Transform {
    match of {
        BatchTransform::Adversary => adversary::adversarial,
    }
}

/// The transform of a recipe, where it has one.
pub fn of(recipe: Recipe) -> Option<Transform> {
    recipe.facts().transform.map(transform)
}
