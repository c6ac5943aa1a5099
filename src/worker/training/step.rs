//! One step of training: its batch, its adversarial images, its update, and the numbers recorded of it.

use super::Session;
use super::divergence;
use crate::attack::{self, Terms};
use crate::input::Batch;
use crate::spec::{BackwardMode, Experiment};
use crate::train::{NotFinite, Settings, StepReport, Trainer, schedule};
use crate::worker::recorder::Recorder;
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Instant;

/// Weight of the newest step in the mean seconds of a step.
const RATE_BLEND: f64 = 0.1;

/// Takes one step, the `step`th from 1: the batch becomes adversarial where the recipe says so, and the weights move.
/// Training, `bench step` and `train --dry-run` all come through here.
///
/// # Errors
/// When a number is not finite; no weight has moved then.
pub fn take(
    trainer: &mut Trainer,
    images: &mut Batch,
    spec: &Experiment,
    lr: f64,
    step: u64,
) -> Result<StepReport, NotFinite> {
    if spec.train.recipe.attacks() {
        let terms = Terms {
            kind: spec.adversary.attack,
            eps: spec.adversary.eps,
            alpha: Some(spec.adversary.alpha).filter(|a| a.value() > 0.0),
            mode: BackwardMode::Bptt(spec.train.surrogate),
            seed: spec.train.seed.wrapping_add(step - 1),
            ..Terms::default()
        };
        images.values = attack::perturb(&trainer.network, images, &terms);
    }
    let settings = Settings {
        train: &spec.train,
        objective: &spec.objective,
        lr,
        step,
    };
    trainer.step(&images.values, &images.labels, &settings)
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
            ("train.ce", report.ce),
            ("train.loss", report.loss),
            ("train.accuracy", report.accuracy),
            ("train.lr", lr),
            ("train.lambda", spec.objective.lambda),
            ("train.h", spec.objective.h),
            ("train.gradient_norm", report.gradient_norm),
            ("train.images_per_second", images.len() as f64 / seconds),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect();
        values.extend(report.r.map(|r| ("train.r".to_string(), r)));
        values.extend(self.probe(&report.gradient_squares));
        self.latest.extend(values.iter().map(|(k, v)| (k.clone(), *v)));
        let warnings = [self.health_checks.step(report.ce), self.health_checks.probe(&values)];
        // Of this machine and minute: no part of what a checkpoint says.
        values.extend(self.resource_usage.sample());
        recorder.metric(self.at, values)?;
        for warning in warnings {
            self.warn(recorder, warning)?;
        }
        Ok(())
    }
}
