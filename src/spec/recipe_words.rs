//! A specification's recipe in words, with the numbers that matter to it.

use super::{BatchTransform, Experiment};
use crate::units::significant;

/// `SR: cross-entropy + λ·R, λ = 0.002`; `AT: trained on pgd:7 at 8/255`. The formula of the loss is left out where the batch
/// is transformed.
pub fn recipe_in_words(spec: &Experiment) -> String {
    let facts = spec.train.recipe.facts();
    let mut parts = Vec::new();
    if facts.transform.is_none() {
        let loss: Vec<&str> = facts.terms.iter().map(|t| t.facts().formula).collect();
        let alone = if loss.len() == 1 { " alone" } else { "" };
        parts.push(loss.join(" + ") + alone);
    }
    for term in facts.terms {
        if let Some(weight) = term.facts().weight {
            let value = significant(spec.objective.weight(*term));
            parts.push(format!("{} = {value}", weight.symbol));
        }
    }
    parts.extend(facts.transform.map(|t| transform_in_words(t, spec)));
    format!("{}: {}", facts.label, parts.join(", "))
}

fn transform_in_words(transform: BatchTransform, spec: &Experiment) -> String {
    match transform {
        BatchTransform::Adversary => format!("trained on {} at {}", spec.adversary.attack, spec.adversary.eps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Recipe;

    #[test]
    fn each_recipe_says_its_loss_its_weights_and_its_adversary() {
        let text = "[data]\nname = \"glyphs\"\n[network]\npreset = \"small\"\nclasses = 10\nimage = [1, 16, 16]\nmean = [0.2]\nstd = [0.3]";
        let words = |recipe: Recipe| {
            let lambda = if recipe.has(crate::spec::LossTerm::Sparsity) {
                0.002
            } else {
                0.0
            };
            let set = [format!("recipe={}", recipe.facts().name), format!("lambda={lambda}")];
            recipe_in_words(&Experiment::parse(text, "f", "n", &set).unwrap())
        };
        assert_eq!(
            Recipe::ALL.map(words),
            [
                "plain: cross-entropy alone",
                "SR: cross-entropy + λ·R, λ = 0.002",
                "AT: trained on pgd:7 at 8/255",
                "SR+AT: λ = 0.002, trained on pgd:7 at 8/255",
                "RAT: trained on pgd:7 at 8/255",
            ]
        );
    }
}
