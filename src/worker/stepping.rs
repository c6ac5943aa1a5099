//! One step of training: its batch, its adversarial images, its update, and the numbers recorded of it.

use super::recorder::Recorder;
use super::recovering;
use super::training::Session;
use crate::attack::{self, Loss, Terms};
use crate::spec::BackwardMode;
use crate::train::{Settings, probe, schedule};
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Instant;

/// Probes per epoch where the specification does not say.
const PROBES_PER_EPOCH: u64 = 20;
/// Weight of the newest step in the mean seconds of a step.
const RATE_BLEND: f64 = 0.1;

impl Session {
    pub(super) fn step(&mut self, recorder: &mut Recorder) -> Result<()> {
        let begun = Instant::now();
        let (epoch, position) = (self.at.step / self.at.per_epoch, self.at.step % self.at.per_epoch);
        let mut images = self.material.batch(epoch, position);
        let spec = &self.controls.experiment;
        if spec.train.recipe.attacks() {
            let alpha = Some(spec.adversary.alpha).filter(|a| a.value() > 0.0);
            let terms = Terms {
                kind: spec.adversary.attack,
                eps: spec.adversary.eps,
                alpha,
                mode: BackwardMode::Bptt(spec.train.surrogate),
                loss: Loss::CrossEntropy,
                seed: spec.train.seed.wrapping_add(self.at.step),
            };
            images.pixels = attack::perturb(&self.trainer.network, &images, &terms);
        }
        let lr = spec.train.lr * schedule::factor(&spec.train, epoch) * recovering::lr_factor(self.rollbacks);
        let settings = Settings {
            train: &spec.train,
            objective: &spec.objective,
            lr,
            step: self.at.step + 1,
        };
        let report = self.trainer.step(&images.pixels, &images.labels, &settings)?;
        self.at.step += 1;
        let seconds = begun.elapsed().as_secs_f64();
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
        if self.probe_is_due() {
            let surrogate = spec.train.surrogate;
            values.extend(probe::measure(
                &self.trainer.network,
                &self.probe.0,
                &self.probe.1,
                surrogate,
            ));
        }
        self.latest.extend(values.iter().map(|(k, v)| (k.clone(), *v)));
        Ok(recorder.metric(self.at, values)?)
    }

    fn probe_is_due(&self) -> bool {
        let every = match self.controls.experiment.probe.every {
            0 => (self.at.per_epoch / PROBES_PER_EPOCH).max(1),
            every => every,
        };
        self.at.step == 1 || self.at.step.is_multiple_of(every)
    }
}
