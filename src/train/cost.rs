//! What a training step costs, asked of the terms of its loss and of what is done to its batch.

use super::terms;
use crate::spec::{AdversarySpec, AttackKind, BatchTransform, Experiment, Recipe};

/// A pass with its walk to the weights, in forward passes: a backward walk to the input costs one more, and one to the
/// weights another.
const PASS: f64 = 3.0;

/// Cost of a training step as things are set, in forward passes of one image.
pub fn step_cost(experiment: &Experiment) -> f64 {
    let train = &experiment.train;
    let mut update = PASS;
    for term in terms::of(train.recipe) {
        if term.is_on(&experiment.objective) {
            let work = term.work();
            update += PASS * work.passes as f64 + work.input_gradients as f64;
        }
    }
    let transform = match train.recipe.facts().transform {
        None => 0.0,
        Some(BatchTransform::Adversary) => adversary_cost(&experiment.adversary),
    };
    train.batch as f64 * (update + transform)
}

/// Passes that a step remembers at the same time, whatever is set while it trains.
pub fn most_passes(recipe: Recipe) -> usize {
    1 + terms::of(recipe).iter().map(|t| t.work().passes).sum::<usize>()
}

/// Cost of making one image adversarial, in forward passes.
fn adversary_cost(adversary: &AdversarySpec) -> f64 {
    // Only one start is taken in training.
    let one = match adversary.attack {
        AttackKind::Pgd { steps, .. } => AttackKind::Pgd { steps, restarts: 1 },
        other => other,
    };
    // One forward pass is for counting, which training does not do.
    match one.passes() {
        (forward, 0) => forward as f64 - 1.0,
        (_, gradients) => 2.0 * gradients as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_costs_what_its_terms_and_its_adversary_take() {
        let text = "[data]\nname = \"cifar-10\"\n[network]\npreset = \"small\"\nclasses = 10\nimage = [3, 32, 32]\n\
                    mean = [0, 0, 0]\nstd = [1, 1, 1]";
        let cost = |set: &str| {
            let set: Vec<String> = set.split_whitespace().map(String::from).collect();
            let spec = Experiment::parse(text, "test", "test", &set).unwrap();
            (
                step_cost(&spec) / spec.train.batch as f64,
                most_passes(spec.train.recipe),
            )
        };
        assert_eq!(cost("recipe=plain"), (3.0, 1));
        // Without λ the second pass is not taken, but it may come while the run trains.
        assert_eq!(cost("recipe=sr"), (3.0, 2));
        assert_eq!(cost("recipe=sr lambda=0.1"), (7.0, 2));
        assert_eq!(cost("recipe=sr second_pass_at_zero=true"), (7.0, 2));
        assert_eq!(cost("recipe=at adversary.attack=pgd:7"), (17.0, 1));
        assert_eq!(cost("recipe=sr-at lambda=0.1 adversary.attack=pgd:7"), (21.0, 2));
        assert_eq!(cost("recipe=rat adversary.attack=fgsm"), (5.0, 1));
    }
}
