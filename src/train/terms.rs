//! The terms of the loss: which code computes what the table of recipes names.

mod cross_entropy;
mod sparsity;

#[cfg(test)]
mod toy_tests;

pub use cross_entropy::{CrossEntropy, cross_entropy};
pub use sparsity::{GradientSparsity, Sparsity, shifted_images, sparsity};

use super::term::Term;
use crate::spec::{LossTerm, Recipe};

/// The code of a term.
pub fn term(of: LossTerm) -> &'static dyn Term {
    match of {
        LossTerm::CrossEntropy => &CrossEntropy,
        LossTerm::Sparsity => &GradientSparsity,
    }
}

/// The terms of a recipe's loss, in the order of the table.
pub fn of(recipe: Recipe) -> Vec<&'static dyn Term> {
    recipe.facts().terms.iter().map(|t| term(*t)).collect()
}
