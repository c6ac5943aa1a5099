//! The auto-probe: at every checkpoint, a cheap attack on some images of the validation split, so that robust accuracy
//! is a curve beside the loss. It looks at the network in evaluation mode and moves nothing.

use super::Session;
use super::retention::Reason;
use crate::attack::{self, Terms};
use crate::input::Batch;
use crate::run::status::Phase;
use crate::snn::Network;
use crate::spec::{APGD_TARGETS, AttackKind, BackwardMode, Experiment};
use crate::train::cost::step_cost;
use crate::worker::recorder::Recorder;
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Instant;

/// Training steps' worth of work between two status files.
const STEPS_AT_ONCE: f64 = 2.0;

/// What the specification asks for; `None` where it asks for nothing.
fn terms(spec: &Experiment) -> Option<Terms> {
    let kind = spec.probe.attack.filter(|a| *a != AttackKind::None)?;
    Some(Terms {
        kind,
        eps: spec.probe.attack_eps,
        mode: BackwardMode::Bptt(spec.train.surrogate),
        seed: spec.train.seed,
        ..Terms::default()
    })
}

/// Images attacked at once: no more than a training step holds in memory, and few enough to report in between.
fn at_once(spec: &Experiment, kind: AttackKind) -> usize {
    let (forward, backward) = kind.passes();
    let image = forward.saturating_add(backward).max(1) as f64;
    ((STEPS_AT_ONCE * step_cost(spec) / image) as usize).clamp(1, spec.train.batch.max(1))
}

/// How many of the images are still classified rightly; those that are wrong when clean are not.
fn robust(network: &Network, images: &Batch, terms: &Terms) -> usize {
    let right = attack::classified_rightly(network, &images.values, &images.labels, &images.places, terms.draws());
    let right: Vec<usize> = (0..images.len()).filter(|i| right[*i]).collect();
    let found = attack::attack(network, None, &images.select(&right), terms);
    found.right.iter().filter(|r| **r).count()
}

/// The seconds that a probe of `size` images takes at the most, measured on the first of `images`: an image that is
/// broken leaves early, which an untrained network cannot show.
pub fn most_seconds(network: &Network, images: impl Fn(usize) -> Batch, size: usize, spec: &Experiment) -> f64 {
    let (Some(terms), true) = (terms(spec), size > 0) else {
        return 0.0;
    };
    let some = images(at_once(spec, terms.kind).min(size));
    let rounds = match terms.kind {
        AttackKind::ApgdT { .. } => APGD_TARGETS,
        kind => kind.restarts(),
    };
    let started = Instant::now();
    attack::perturb(network, &some, &terms);
    let one = started.elapsed().as_secs_f64();
    attack::classified_rightly(network, &some.values, &some.labels, &some.places, terms.draws());
    let counted = started.elapsed().as_secs_f64() - one;
    (f64::from(rounds) * (one + 2.0 * counted) + counted) * size as f64 / some.len().max(1) as f64
}

impl Session {
    /// Publishes a checkpoint with what the auto-probe says of it, and returns its directory.
    ///
    /// # Errors
    /// As [`Session::save`].
    pub(super) fn probe_and_save(&mut self, recorder: &mut Recorder, reason: Reason) -> Result<String> {
        if self.last_saved != Some(self.at.step) {
            self.probe_robustness(recorder)?;
        }
        self.save(recorder, reason)
    }

    fn probe_robustness(&mut self, recorder: &mut Recorder) -> Result<()> {
        let (at, spec) = (self.at, &self.controls.experiment);
        let size = spec.probe.attack_samples.min(self.splits.size(false));
        let (Some(terms), true) = (terms(spec), size > 0) else {
            return Ok(());
        };
        self.trainer.check_finite(at.step)?;
        let started = Instant::now();
        let places: Vec<u32> = (0..size as u32).collect();
        let mut count = 0;
        for some in places.chunks(at_once(spec, terms.kind)) {
            recorder.status(at, Phase::Evaluating, spec)?;
            count += robust(&self.trainer.network, &self.splits.images(false, some), &terms);
        }
        self.spent.probes += started.elapsed().as_secs_f64();
        let values: BTreeMap<String, f64> = [
            ("val.robust_accuracy".to_string(), count as f64 / size as f64),
            ("probe.share".to_string(), self.spent.share()),
        ]
        .into();
        self.latest.extend(values.clone());
        Ok(recorder.metric(at, values)?)
    }
}
