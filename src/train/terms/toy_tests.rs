//! A term and a hook that only tests have: how one is added, and that the step needs to know nothing of it.

use crate::snn::{Network, backend::download};
use crate::spec::{ObjectiveSpec, TrainSpec};
use crate::train::passes::{PassNumber, Passes};
use crate::train::term::{Evaluated, Term, Work};
use crate::train::terms::CrossEntropy;
use crate::train::testing::{Z, assert_close, batch, numeric, settings, trainer};
use crate::train::{Settings, loss};

/// Logit pairing with darker images, at half its value.
struct Pairing;

/// ‖z − other‖²/2, mean over samples of three classes, and its gradient with respect to z.
fn pairing(z: &[f32], other: &[f32]) -> (f64, Vec<f64>) {
    let away: Vec<f64> = z.iter().zip(other).map(|(a, b)| f64::from(a - b)).collect();
    let n = z.len() as f64 / 3.0;
    let value = away.iter().map(|d| d * d / 2.0).sum::<f64>() / n;
    (value, away.iter().map(|d| d / n).collect())
}

impl Term for Pairing {
    fn name(&self) -> &'static str {
        "the logit pairing"
    }
    fn weight(&self, _: &ObjectiveSpec) -> f64 {
        0.5
    }
    fn work(&self) -> Work {
        Work {
            passes: 1,
            ..Work::default()
        }
    }
    fn evaluate(&self, passes: &mut Passes<'_>, _: &Settings<'_>) -> Evaluated {
        let darker: Vec<f32> = passes.values().iter().map(|v| v * 0.5).collect();
        let (clean, dark) = (PassNumber::CLEAN, passes.forward(&darker));
        let (value, to_clean) = pairing(passes.logits(clean), passes.logits(dark));
        let to_dark = to_clean.iter().map(|g| -g).collect();
        Evaluated {
            value,
            gradients: vec![(clean, to_clean), (dark, to_dark)],
            metrics: vec![("pairing", value)],
            by_sample: Vec::new(),
        }
    }
}

#[test]
fn its_gradient_is_its_derivative() {
    let other = [0.9f32, -0.4, 0.3, 0.0, 1.8, -0.7];
    assert_close(&pairing(&Z, &other).1, &numeric(|z| pairing(z, &other).0));
}

#[test]
fn it_is_trained_with_the_cross_entropy_and_recorded_and_a_hook_runs_after_each_step() {
    let (train, objective) = (TrainSpec::default(), ObjectiveSpec::default());
    let (batch, mut trainer) = (batch(&[0, 1, 2, 0]), trainer(&train, serde_json::json!({})));
    let bound = |network: &mut Network, _: &Settings<'_>| {
        network.parameters[0].value = network.parameters[0].value.clone().clamp(-0.3, 0.3);
    };
    let mut losses = Vec::new();
    for step in 1..=20 {
        let s = Settings {
            step,
            ..settings(&train, &objective)
        };
        let found = loss::passes(&trainer.network, (&batch, 0), &[&CrossEntropy, &Pairing], &s).unwrap();
        let report = trainer.apply_with(found, &s, Some(bound)).unwrap();
        let of = |name| report.metric(name).unwrap();
        assert_eq!(of("loss"), of("ce") + 0.5 * of("pairing"));
        losses.push(of("loss"));
    }
    assert!(losses[19] < 0.7 * losses[0], "{losses:?}");
    assert_eq!(trainer.network.buffers[0].batches, 40, "both passes were taken in");
    let weights = download(&trainer.network.parameters[0].value);
    assert!(weights.iter().all(|w| w.abs() <= 0.3));
}
