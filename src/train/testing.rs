//! What tests of training share.

use super::{Optimizer, Settings, Trainer};
use crate::input::{Batch, Input, Label};
use crate::snn::{Network, backend::Device, backend::download};
use crate::spec::{NetworkSpec, ObjectiveSpec, TrainSpec};

/// Logits of two samples.
pub const Z: [f32; 6] = [1.0, -0.5, 0.25, 0.1, 2.0, -1.0];
/// Their classes.
pub const Y: [Label; 2] = [0, 2];

/// Central difference of `f` at each logit of [`Z`].
pub fn numeric(f: impl Fn(&[f32]) -> f64) -> Vec<f64> {
    let step = 1e-2f32;
    (0..Z.len())
        .map(|i| {
            let at = |d: f32| {
                let mut z = Z;
                z[i] += d;
                f(&z)
            };
            (at(step) - at(-step)) / f64::from(2.0 * step)
        })
        .collect()
}

/// Fails where two lists differ by more than central differences do.
pub fn assert_close(a: &[f64], b: &[f64]) {
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 2e-4, "{a} {b}");
    }
}

/// A trainer of a network for images `[1, 4, 4]` of three classes, with these keys of `[network]` over its own.
pub fn trainer(train: &TrainSpec, keys: serde_json::Value) -> Trainer {
    let mut spec = serde_json::json!({
        "family": "vgg", "blocks": [[4, "pool"]], "hidden": [], "classes": 3, "image": [1, 4, 4],
        "mean": [0.5], "std": [0.25], "steps": 2, "threshold": 0.5,
    });
    let keys = keys.as_object().cloned().unwrap_or_default();
    spec.as_object_mut().unwrap().extend(keys);
    let spec: NetworkSpec = serde_json::from_value(spec).unwrap();
    let network = Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap();
    let optimizer = Optimizer::new(train.optimizer, &network);
    Trainer { network, optimizer }
}

/// Images `[1, 4, 4]` of these classes, no two alike.
pub fn batch(labels: &[Label]) -> Batch {
    Batch {
        input: Input::image([1, 4, 4]),
        values: (0..labels.len() * 16).map(|i| (i * 37 % 64) as f32 / 64.0).collect(),
        labels: labels.to_vec(),
        places: (0..labels.len() as u64).collect(),
    }
}

/// Settings of the first step, at a learning rate of 0.1.
pub fn settings<'a>(train: &'a TrainSpec, objective: &'a ObjectiveSpec) -> Settings<'a> {
    Settings {
        train,
        objective,
        lr: 0.1,
        step: 1,
    }
}

/// Every number of a trainer that a step may change: weights, batch-norm statistics and their count, the optimiser.
pub fn everything(trainer: &Trainer) -> (Vec<Vec<f32>>, Vec<u64>) {
    let network = &trainer.network;
    let weights = network.parameters.iter().map(|p| &p.value);
    let statistics = network.buffers.iter().flat_map(|b| [&b.mean, &b.variance]);
    let state = trainer.optimizer.state(network).map(|(_, array)| array);
    let counts = network.buffers.iter().map(|b| b.batches);
    (
        weights.chain(statistics).chain(state).map(download).collect(),
        counts.chain([trainer.optimizer.steps]).collect(),
    )
}
