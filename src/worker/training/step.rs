//! One step of training: its batch, what the recipe makes of it, its update, and the numbers recorded of it.

use super::{Session, divergence, transforms};
use crate::input::Batch;
use crate::spec::Experiment;
use crate::train::{NotFinite, Settings, StepReport, Trainer, schedule};
use crate::worker::recorder::Recorder;
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Instant;

/// Weight of the newest step in the mean seconds of a step.
const RATE_BLEND: f64 = 0.1;

/// Takes one step, the `step`th from 1: the batch is transformed as the recipe says, and the weights move.
/// Training, `bench step` and `train --dry-run` all come through here.
///
/// # Errors
/// When a number is not finite; nothing has moved then.
pub fn take(
    trainer: &mut Trainer,
    images: &mut Batch,
    spec: &Experiment,
    lr: f64,
    step: u64,
) -> Result<StepReport, NotFinite> {
    if let Some(transform) = transforms::of(spec.train.recipe) {
        images.values = transform(&trainer.network, images, spec, step);
    }
    let settings = Settings {
        train: &spec.train,
        objective: &spec.objective,
        lr,
        step,
    };
    trainer.step(images, &settings)
}

/// What is recorded of a step's update: its measurements under `train.`, whichever terms they come from.
fn recorded(report: &StepReport) -> impl Iterator<Item = (String, f64)> {
    report.metrics().map(|(name, value)| (format!("train.{name}"), value))
}

impl Session {
    pub(super) fn step(&mut self, recorder: &mut Recorder) -> Result<()> {
        let started = Instant::now();
        let (epoch, position) = (self.at.step / self.at.per_epoch, self.at.step % self.at.per_epoch);
        let mut images = self.splits.batch(epoch, position);
        let spec = &self.controls.experiment;
        let lr = spec.train.lr * schedule::factor(&spec.train, epoch) * divergence::lr_factor(self.rollbacks);
        let report = take(&mut self.trainer, &mut images, spec, lr, self.at.step + 1)?;
        self.at.step += 1;
        let seconds = started.elapsed().as_secs_f64();
        self.spent.steps += seconds;
        let blend = if recorder.step_seconds == 0.0 { 1.0 } else { RATE_BLEND };
        recorder.step_seconds += blend * (seconds - recorder.step_seconds);
        let mut values: BTreeMap<String, f64> = [
            ("train.lr", lr),
            ("train.lambda", spec.objective.lambda),
            ("train.h", spec.objective.h),
            ("train.images_per_second", images.len() as f64 / seconds),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect();
        values.extend(recorded(&report));
        values.extend(self.probe(&report.gradient_squares));
        self.latest.extend(values.iter().map(|(k, v)| (k.clone(), *v)));
        let rising = report.metric("ce").and_then(|ce| self.health_checks.step(ce));
        let warnings = [rising, self.health_checks.probe(&values)];
        // Of this machine and minute: no part of what a checkpoint says.
        values.extend(self.resource_usage.sample());
        recorder.metric(self.at, values)?;
        for warning in warnings {
            self.warn(recorder, warning)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_term_measures_is_recorded_under_its_own_name() {
        let report = StepReport {
            loss: 1.5,
            accuracy: 0.5,
            gradient_norm: 2.0,
            gradient_squares: Vec::new(),
            terms: vec![("ce", 1.0), ("kl", 0.25)],
        };
        let all: BTreeMap<String, f64> = recorded(&report).collect();
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "train.accuracy",
                "train.ce",
                "train.gradient_norm",
                "train.kl",
                "train.loss"
            ]
        );
        assert_eq!(all["train.kl"], 0.25);
    }
}
