//! A step: what it leaves alone, and when.

use super::*;
use crate::spec::{ObjectiveSpec, Recipe, TrainSpec};
use crate::train::testing::{batch, everything, settings, trainer};

struct After {
    weights: Vec<Vec<f32>>,
    means: Vec<Vec<f32>>,
    /// How often statistics were taken in.
    batches: Vec<u64>,
    r: Option<f64>,
}

/// After one `sr` step at λ = 0.
fn after_a_step(second_pass_at_zero: bool) -> After {
    let train = TrainSpec {
        recipe: Recipe::Sr,
        ..TrainSpec::default()
    };
    let objective = ObjectiveSpec {
        second_pass_at_zero,
        // So wide that the shifted images have other statistics.
        h: 0.5,
        ..ObjectiveSpec::default()
    };
    let mut trainer = trainer(&train, serde_json::json!({}));
    let report = trainer
        .step(&batch(&[0, 1, 2, 0]), &settings(&train, &objective))
        .unwrap();
    let network = &trainer.network;
    After {
        weights: network.parameters.iter().map(|p| download(&p.value)).collect(),
        means: network.buffers.iter().map(|b| download(&b.mean)).collect(),
        batches: network.buffers.iter().map(|b| b.batches).collect(),
        r: report.metric("r"),
    }
}

#[test]
fn at_lambda_zero_statistics_are_taken_in_once_and_twice_where_the_reference_is_wanted() {
    let once = after_a_step(false);
    assert_eq!((once.batches, once.r), (vec![1], None));
    let twice = after_a_step(true);
    assert_eq!(twice.batches, [2]);
    assert!(twice.r.is_some_and(|r| r > 0.0), "{:?}", twice.r);
    assert_eq!(once.weights, twice.weights, "a term of weight 0 moves no weight");
    assert_ne!(once.means, twice.means);
}

#[test]
fn nothing_has_changed_when_the_loss_is_finite_and_its_gradient_is_not() {
    let (train, objective) = (TrainSpec::default(), ObjectiveSpec::default());
    let mut trainer = trainer(&train, serde_json::json!({}));
    // Small currents, so that nothing fires and the logits are finite whatever the last layer's weights are, while the
    // membranes stay where the surrogate lets gradients pass.
    let device = trainer.network.device.clone();
    let last = trainer.network.parameters.len() - 2;
    for (i, p) in trainer.network.parameters.iter_mut().enumerate() {
        let value = if i == last { 1e30 } else { 0.01 };
        p.value = device.upload(vec![value; p.len()]);
    }
    // The classes' columns must differ, or their gradients cancel.
    let n = trainer.network.parameters[last].len();
    trainer.network.parameters[last].value = device.upload((0..n).map(|i| 1e30 * (i % 5) as f32).collect());
    let before = everything(&trainer);
    let found = trainer.step(&batch(&[0, 1, 2, 0]), &settings(&train, &objective));
    assert_eq!(found.unwrap_err().what, "the weight gradient");
    assert_eq!(everything(&trainer), before);
}

#[test]
fn nothing_has_changed_when_a_weight_is_not_finite() {
    let (train, objective) = (TrainSpec::default(), ObjectiveSpec::default());
    let mut trainer = trainer(&train, serde_json::json!({}));
    let last = trainer.network.parameters.last_mut().unwrap();
    last.value = last.value.clone() + f32::INFINITY;
    let before = everything(&trainer);
    let found = trainer.step(&batch(&[0, 1, 2, 0]), &settings(&train, &objective));
    assert_eq!(found.unwrap_err().what, "the cross-entropy");
    assert_eq!(everything(&trainer), before);
}
