//! What a worker warns of while it trains: a rising loss, silent layers, an accuracy that no longer rises. Each warning is
//! given once, and again only after its cause was gone. Pure; its state is not part of a checkpoint.

use super::selection::Selection;
use std::collections::{BTreeMap, BTreeSet};

/// Weight of the past in the mean loss.
const PAST: f64 = 0.98;
/// Steps before the mean means something.
const WARM: u64 = 100;
/// By how much the mean loss, in nats, must at least have risen above its lowest.
const RISEN: f64 = 0.5;
/// Epochs without a better accuracy that are a plateau.
const STILL: u64 = 10;

/// A warning: its kind, and why.
pub type Warning = (&'static str, String);

/// What was seen so far.
#[derive(Debug, Clone, Default)]
pub struct HealthChecks {
    steps: u64,
    mean: f64,
    lowest: Option<f64>,
    rising: bool,
    silent: BTreeSet<String>,
    still: Option<f64>,
}

impl HealthChecks {
    /// After a step with this cross-entropy.
    pub fn step(&mut self, ce: f64) -> Option<Warning> {
        self.steps += 1;
        self.mean = PAST * self.mean + (1.0 - PAST) * ce;
        // Without the zero that the mean started with.
        let mean = self.mean / (1.0 - PAST.powf(self.steps as f64));
        if self.steps < WARM {
            return None;
        }
        let lowest = self.lowest.map_or(mean, |l| l.min(mean));
        self.lowest = Some(lowest);
        let was = self.rising;
        self.rising = mean > lowest + lowest.max(RISEN) || (was && mean > lowest + lowest.max(RISEN) / 2.0);
        (self.rising && !was).then(|| {
            let why = format!("the mean training cross-entropy has risen from {lowest:.3} to {mean:.3}");
            ("divergence", why)
        })
    }

    /// After a probe: layers of which no neuron fired.
    pub fn probe(&mut self, values: &BTreeMap<String, f64>) -> Option<Warning> {
        let mut new = Vec::new();
        for (name, rate) in values {
            let Some(layer) = name
                .strip_prefix("layer.")
                .and_then(|rest| rest.strip_suffix(".firing_rate"))
            else {
                continue;
            };
            let fell = *rate == 0.0 && self.silent.insert(layer.to_string());
            if *rate > 0.0 {
                self.silent.remove(layer);
            } else if fell {
                new.push(layer);
            }
        }
        (!new.is_empty()).then(|| {
            let why = format!("no neuron of layer {} fires on the probe's images", new.join(", "));
            ("dead_layer", why)
        })
    }

    /// After an epoch whose accuracy was taken.
    pub fn epoch(&mut self, selection: &Selection) -> Option<Warning> {
        let best = selection.best.filter(|_| selection.stale >= STILL)?;
        (self.still.replace(best) != Some(best)).then(|| {
            let why = format!(
                "val.accuracy has not risen above {best:.4} for {} epochs",
                selection.stale
            );
            ("plateau", why)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_rises_is_said_once_and_again_after_it_fell() {
        let mut health_checks = HealthChecks::default();
        let mut run = |ce: f64, steps: usize| (0..steps).filter_map(|_| health_checks.step(ce)).collect::<Vec<_>>();
        assert_eq!(run(2.3, 200), []);
        assert_eq!(run(0.2, 400), []);
        assert_eq!(run(0.6, 300), [], "twice as much, but little");
        let said = run(2.0, 300);
        assert!(said.len() == 1 && said[0].0 == "divergence", "{said:?}");
        assert_eq!(run(0.2, 400), []);
        assert_eq!(run(2.0, 300).len(), 1);
    }

    #[test]
    fn the_first_steps_are_no_divergence() {
        let mut health_checks = HealthChecks::default();
        assert!((0..WARM - 1).all(|n| health_checks.step(if n == 0 { 0.1 } else { 5.0 }).is_none()));
    }

    #[test]
    fn silent_layers_are_named_once_until_they_fire_again() {
        let mut health_checks = HealthChecks::default();
        let rates = |rates: &[f64]| {
            let named = |(n, r): (usize, &f64)| (format!("layer.{n}.firing_rate"), *r);
            rates.iter().enumerate().map(named).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(health_checks.probe(&rates(&[0.1, 0.2])), None);
        let (kind, why) = health_checks.probe(&rates(&[0.1, 0.0])).unwrap();
        assert!(kind == "dead_layer" && why.contains("layer 1 fires"), "{why}");
        assert_eq!(health_checks.probe(&rates(&[0.1, 0.0])), None);
        assert_eq!(health_checks.probe(&rates(&[0.1, 0.1])), None);
        assert!(
            health_checks
                .probe(&rates(&[0.0, 0.0]))
                .unwrap()
                .1
                .contains("layer 0, 1 fires")
        );
    }

    #[test]
    fn an_accuracy_that_stands_still_is_said_once() {
        let (mut health_checks, mut selection) = (HealthChecks::default(), Selection::default());
        let mut said = 0;
        for n in 0..40 {
            selection.take(if n < 5 { 0.1 * n as f64 } else { 0.3 });
            said += u32::from(health_checks.epoch(&selection).is_some());
        }
        assert_eq!(said, 1);
        selection.take(0.9);
        assert_eq!(health_checks.epoch(&selection), None);
        (0..STILL).for_each(|_| assert!(!selection.take(0.5)));
        assert!(
            health_checks
                .epoch(&selection)
                .unwrap()
                .1
                .contains("0.9000 for 10 epochs")
        );
    }
}
