//! Samples that change with time are trained on, probed and evaluated like images.

use super::{Optimizer, Settings, Trainer, evaluate, probe, vulnerability};
use crate::input::Batch;
use crate::snn::{Network, backend::download, testing};
use crate::spec::{ObjectiveSpec, Recipe, Surrogate, TrainSpec};

fn batch(network: &Network) -> Batch {
    let input = network.encoder.input();
    Batch {
        input,
        values: (0..4 * input.len()).map(|i| (i * 37 % 64) as f32 / 64.0).collect(),
        labels: vec![0, 1, 2, 0],
        places: (0..4).collect(),
    }
}

#[test]
fn a_step_with_the_sparsity_term_moves_the_weights() {
    let (network, _) = testing::networks(3);
    let batch = batch(&network);
    let before = download(&network.parameters[0].value);
    let train = TrainSpec {
        recipe: Recipe::Sr,
        ..TrainSpec::default()
    };
    let objective = ObjectiveSpec {
        lambda: 0.1,
        ..ObjectiveSpec::default()
    };
    let optimizer = Optimizer::new(train.optimizer, &network);
    let mut trainer = Trainer { network, optimizer };
    let settings = Settings {
        train: &train,
        objective: &objective,
        lr: 0.1,
        step: 1,
    };
    let report = trainer.step(&batch, &settings).unwrap();
    assert!(report.metric("r").is_some_and(|r| r > 0.0) && report.gradient_norm > 0.0);
    assert_ne!(before, download(&trainer.network.parameters[0].value));
}

#[test]
fn probes_and_evaluations_count_samples_and_not_frames() {
    let (network, _) = testing::networks(3);
    let batch = batch(&network);
    let terms = vulnerability::Terms {
        eps: 0.1,
        surrogate: Surrogate::REFERENCE,
        chunk: 4,
        seed: 0,
    };
    let found = probe::measure(&network, &batch, Surrogate::REFERENCE, Some(&(2, terms)));
    assert_eq!(found["probe.samples"], 4.0);
    assert!(
        found["vulnerability.random"] > 0.0 && found["gradient.l1"] > 0.0,
        "{found:?}"
    );
    let evaluated = evaluate::evaluate(&network, [batch.clone(), batch].into_iter(), || false).unwrap();
    assert_eq!(evaluated.images, 8);
}
