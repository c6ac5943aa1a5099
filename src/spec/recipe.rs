//! The table of recipes (method: section 3): of which terms the loss of each consists, what it does to the batch before a
//! step and to the weights after it, and in which words a person reads of it. Whoever needs to know a property of a recipe
//! asks here; what the parts compute is in `train` and `worker`.

use super::batch_transform::BatchTransform;
use super::joined::{joined, length, text};
use super::loss_term::LossTerm;
use super::step_hook::StepHook;
use serde::{Deserialize, Serialize};

/// `train.recipe`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// Cross-entropy alone.
    #[default]
    Plain,
    /// Cross-entropy + λ·R.
    Sr,
    /// Cross-entropy on adversarial images.
    At,
    /// Adversarial images and λ·R.
    SrAt,
    /// Adversarial images, weights regularised after each step.
    Rat,
}

/// A row of the table.
pub struct RecipeFacts {
    /// As a specification names it.
    pub name: &'static str,
    /// As a screen names it.
    pub label: &'static str,
    /// What it minimises, on which images, and what it does besides.
    pub description: &'static str,
    /// The terms of the loss, in the order in which they are evaluated and their gradients added.
    pub terms: &'static [LossTerm],
    /// What becomes of the batch before the step.
    pub transform: Option<BatchTransform>,
    /// What is done to the weights after it.
    pub hook: Option<StepHook>,
}

use LossTerm::{CrossEntropy, Sparsity};

impl Recipe {
    /// All of them.
    pub const ALL: [Recipe; 5] = [Recipe::Plain, Recipe::Sr, Recipe::At, Recipe::SrAt, Recipe::Rat];

    /// The table.
    pub const fn facts(self) -> &'static RecipeFacts {
        match self {
            Recipe::Plain => &RecipeFacts {
                name: "plain",
                label: "plain",
                description: "cross-entropy alone",
                terms: &[CrossEntropy],
                transform: None,
                hook: None,
            },
            Recipe::Sr => &RecipeFacts {
                name: "sr",
                label: "SR",
                description: "cross-entropy + λ·R",
                terms: &[CrossEntropy, Sparsity],
                transform: None,
                hook: None,
            },
            Recipe::At => &RecipeFacts {
                name: "at",
                label: "AT",
                description: "cross-entropy on adversarial images",
                terms: &[CrossEntropy],
                transform: Some(BatchTransform::Adversary),
                hook: None,
            },
            Recipe::SrAt => &RecipeFacts {
                name: "sr-at",
                label: "SR+AT",
                description: "cross-entropy + λ·R on adversarial images",
                terms: &[CrossEntropy, Sparsity],
                transform: Some(BatchTransform::Adversary),
                hook: None,
            },
            Recipe::Rat => &RecipeFacts {
                name: "rat",
                label: "RAT",
                description: "cross-entropy on adversarial images, weights regularised after each step",
                terms: &[CrossEntropy],
                transform: Some(BatchTransform::Adversary),
                hook: Some(StepHook::Orthogonal),
            },
        }
    }

    /// The recipe that a specification names so.
    pub fn named(name: &str) -> Option<Recipe> {
        Recipe::ALL.into_iter().find(|r| r.facts().name == name)
    }

    /// Whether its loss has this term.
    pub fn has(self, term: LossTerm) -> bool {
        self.facts().terms.contains(&term)
    }

    /// The terms that its loss lacks.
    pub fn lacking(self) -> impl Iterator<Item = LossTerm> {
        LossTerm::ALL.into_iter().filter(move |t| !self.has(*t))
    }

    /// Names of the recipes whose loss has this term, in the table's order.
    pub fn names_with(term: LossTerm) -> impl Iterator<Item = &'static str> {
        Recipe::ALL
            .into_iter()
            .filter(move |r| r.has(term))
            .map(|r| r.facts().name)
    }

    /// Why a live hyper-parameter cannot be given this value under this recipe: nothing would read it. Of a term that the
    /// recipe lacks only the weight is refused, and 0 is not.
    ///
    /// # Errors
    /// A sentence with the key, the reason and a recipe that would read it.
    pub fn check_effect(self, key: &str, value: f64) -> Result<(), String> {
        let start = |name: Option<&str>| format!("start a run with train.recipe = {:?}", name.unwrap_or_default());
        let is_weight = |t: &LossTerm| t.facts().weight.is_some_and(|w| w.key == key);
        if let Some(term) = self.lacking().find(|t| value != 0.0 && is_weight(t)) {
            let (name, with) = (term.facts().name, Recipe::names_with(term).next());
            return Err(format!(
                "{key} = {value}: this run's recipe has no {name}; {}",
                start(with)
            ));
        }
        let of = |t: &BatchTransform| t.facts().tunables.contains(&key) && self.facts().transform != Some(*t);
        if let Some(transform) = BatchTransform::ALL.into_iter().find(of) {
            let with = Recipe::ALL.into_iter().find(|r| r.facts().transform == Some(transform));
            let (without, with) = (transform.facts().without, with.map(|r| r.facts().name));
            return Err(format!("{key}: this run's recipe {without}; {}", start(with)));
        }
        Ok(())
    }
}

const fn each(description: bool) -> [&'static str; Recipe::ALL.len()] {
    let (mut texts, mut i) = ([""; Recipe::ALL.len()], 0);
    while i < texts.len() {
        let facts = Recipe::ALL[i].facts();
        texts[i] = if description { facts.description } else { facts.name };
        i += 1;
    }
    texts
}

/// What a specification may name, in the table's order.
pub const RECIPE_NAMES: [&str; Recipe::ALL.len()] = each(false);

const DESCRIPTIONS: [&str; Recipe::ALL.len()] = each(true);
const DESCRIPTION_BYTES: [u8; length(&DESCRIPTIONS, "; ", "; ")] = joined(&DESCRIPTIONS, "; ", "; ");
const NAME_BYTES: [u8; length(&RECIPE_NAMES, ", ", " or ")] = joined(&RECIPE_NAMES, ", ", " or ");

/// `plain, sr, … or rat`.
pub const RECIPE_NAME_LIST: &str = text(&NAME_BYTES);
/// What each is, in the same order.
pub const RECIPE_DESCRIPTIONS: &str = text(&DESCRIPTION_BYTES);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{KEYS, TUNABLES};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_those_that_a_specification_is_read_by() {
        for recipe in Recipe::ALL {
            let name = recipe.facts().name;
            assert_eq!(serde_json::to_value(recipe).unwrap(), name);
            assert_eq!(Recipe::named(name), Some(recipe));
        }
        assert_eq!(Recipe::named("magic"), None);
        assert_eq!(RECIPE_NAME_LIST.replace(" or ", ", "), RECIPE_NAMES.join(", "));
        assert_eq!(RECIPE_DESCRIPTIONS, DESCRIPTIONS.join("; "));
    }

    #[test]
    fn each_tunable_that_a_part_reads_is_one_and_belongs_to_that_part_alone() {
        let of_terms = LossTerm::ALL.into_iter().flat_map(|t| t.facts().tunables);
        let of_transforms = BatchTransform::ALL.into_iter().flat_map(|t| t.facts().tunables);
        let all: Vec<&str> = of_terms.chain(of_transforms).copied().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        for key in all {
            assert!(TUNABLES.iter().any(|t| t.key == key), "{key}");
        }
        for weight in LossTerm::ALL.into_iter().filter_map(|t| t.facts().weight) {
            let tunable = TUNABLES.iter().find(|t| t.key == weight.key).unwrap();
            assert_eq!(tunable.symbol, weight.symbol);
        }
    }

    #[test]
    fn the_words_about_a_weight_name_the_recipes_that_have_its_term() {
        for term in LossTerm::ALL {
            let Some(weight) = term.facts().weight else { continue };
            let key = KEYS.iter().find(|k| k.key == weight.key).unwrap();
            let names: Vec<String> = Recipe::names_with(term).map(|n| format!("`{n}`")).collect();
            let want = format!("0 unless `train.recipe` is {}", names.join(" or "));
            assert!(key.meaning.ends_with(&want), "{}: {want:?}", key.meaning);
        }
    }

    #[test]
    fn what_nothing_would_read_is_refused_with_a_recipe_that_reads_it() {
        let refused = |recipe: Recipe, key, value| recipe.check_effect(key, value).err();
        assert_eq!(
            refused(Recipe::At, "objective.lambda", 0.5).unwrap(),
            "objective.lambda = 0.5: this run's recipe has no sparsity term; start a run with train.recipe = \"sr\""
        );
        assert_eq!(
            refused(Recipe::Sr, "adversary.alpha", 0.0).unwrap(),
            "adversary.alpha: this run's recipe trains on clean images; start a run with train.recipe = \"at\""
        );
        for (recipe, key, value) in [
            (Recipe::Plain, "objective.lambda", 0.0),
            (Recipe::Plain, "objective.h", 0.1),
            (Recipe::SrAt, "objective.lambda", 0.5),
            (Recipe::SrAt, "adversary.eps", 0.1),
            (Recipe::Rat, "train.lr", 0.1),
        ] {
            assert_eq!(refused(recipe, key, value), None, "{recipe:?} {key}");
        }
    }
}
