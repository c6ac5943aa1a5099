//! Shards of a batch, joined: what equals the whole batch and what does not.

use super::*;
use crate::input::Batch;
use crate::snn::backend::download;
use crate::spec::{ObjectiveSpec, Recipe, TrainSpec};
use crate::train::testing::{batch, everything, settings, trainer};

/// `sr` at this λ; at 0 there is only the clean pass.
fn specs(lambda: f64) -> (TrainSpec, ObjectiveSpec) {
    let train = TrainSpec {
        recipe: Recipe::Sr,
        ..TrainSpec::default()
    };
    let objective = ObjectiveSpec {
        lambda,
        h: 0.1,
        ..ObjectiveSpec::default()
    };
    (train, objective)
}

/// What a batch, whole or in shards of these samples, does to a fresh network: its report, and all numbers afterwards.
fn after(
    batch: &Batch,
    shards: &[std::ops::Range<usize>],
    (lambda, network): (f64, &serde_json::Value),
) -> (crate::train::StepReport, Vec<Vec<f32>>) {
    let (train, objective) = specs(lambda);
    let s = settings(&train, &objective);
    let mut trainer = trainer(&train, network.clone());
    let found = shards.iter().map(|range| {
        let shard = batch.select(&range.clone().collect::<Vec<_>>());
        trainer.passes(&shard, range.start as u64, &s).unwrap()
    });
    let found = Found::join(found.collect()).unwrap();
    let report = trainer.apply(found, &s).unwrap();
    (report, everything(&trainer).0)
}

fn close(a: &[Vec<f32>], b: &[Vec<f32>], what: &str) {
    for (i, (a, b)) in a.iter().flatten().zip(b.iter().flatten()).enumerate() {
        assert!(
            (a - b).abs() <= 1e-5 * a.abs().max(1.0),
            "{what}, number {i}: {b} is not {a}"
        );
    }
}

#[test]
fn two_halves_that_norms_see_alike_are_the_whole_batch() {
    // Every image once in each half, in another order: each half has the statistics of the whole.
    let batch = batch(&[0, 1, 2]).select(&[0, 1, 2, 2, 0, 1]);
    let network = serde_json::json!({});
    let (whole, numbers) = after(&batch, std::slice::from_ref(&(0..6)), (0.5, &network));
    let (joined, also) = after(&batch, &[0..3, 3..6], (0.5, &network));
    for ((name, want), (_, got)) in whole.metrics().zip(joined.metrics()) {
        assert!(
            (want - got).abs() < 1e-5 * want.abs().max(1.0),
            "{name}: {got} is not {want}"
        );
    }
    assert!(whole.metric("r").is_some_and(|r| r > 0.0));
    close(&numbers, &also, "weights and statistics");
}

#[test]
fn two_halves_are_each_normalised_by_itself_and_averaged_in_their_order() {
    let (train, objective) = specs(0.5);
    let (s, trainer) = (settings(&train, &objective), trainer(&train, serde_json::json!({})));
    let halves = || {
        let batch = batch(&[0, 1, 2, 0, 1]);
        let half = |of: &[usize]| trainer.passes(&batch.select(of), of[0] as u64, &s).unwrap();
        [half(&[0, 1]), half(&[2, 3, 4])]
    };
    let [a, b] = halves();
    let mean = |a: f64, b: f64| a * (2.0 / 5.0) + b * (3.0 / 5.0);
    let want: Vec<f64> = a.metrics().zip(b.metrics()).map(|(a, b)| mean(a.1, b.1)).collect();
    let values = |g: &WeightGradients| g.iter().flatten().map(download).collect::<Vec<_>>();
    let gradients: Vec<Vec<f32>> = values(&a.gradients)
        .iter()
        .zip(values(&b.gradients))
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * 0.4 + b * 0.6).collect())
        .collect();
    let [joined, again] = [(); 2].map(|()| Found::join(halves().into()).unwrap());
    assert_eq!(joined.metrics().map(|m| m.1).collect::<Vec<_>>(), want);
    close(&gradients, &values(&joined.gradients), "gradients");
    assert_eq!(values(&joined.gradients), values(&again.gradients), "to the bit");
    assert_eq!((joined.samples, joined.right), (5, a.right + b.right));
    assert_eq!(joined.logits, [a.logits, b.logits].concat());
    assert!(Found::join(Vec::new()).is_none());
}

#[test]
fn the_first_norm_finds_in_all_shards_together_what_it_finds_in_the_whole_batch_also_of_random_codes() {
    for encoding in ["direct", "poisson"] {
        let network = serde_json::json!({ "encoding": encoding, "blocks": [[4]], "hidden": [] });
        let batch = batch(&[0, 1, 2, 0, 1, 2]);
        let (_, whole) = after(&batch, std::slice::from_ref(&(0..6)), (0.0, &network));
        let (_, joined) = after(&batch, &[0..2, 2..6], (0.0, &network));
        // Its running mean and variance come behind the weights.
        let weights = trainer(&specs(0.0).0, network).network.parameters.len();
        close(&whole[weights..][..2], &joined[weights..][..2], encoding);
        assert!(whole[weights].iter().any(|m| m.abs() > 1e-3), "{encoding}");
    }
}
