//! Probes between two steps: what is measured, and what share of the time it takes. Nothing here moves a weight, and
//! how much is measured does not depend on a clock.

use super::Session;
use crate::input::Batch;
use crate::snn::Network;
use crate::spec::Experiment;
use crate::train::{probe, probe_budget::ProbeBudget, vulnerability};
use std::collections::BTreeMap;
use std::time::Instant;

/// Seconds spent since this worker started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// On training steps.
    pub steps: f64,
    /// On probes.
    pub probes: f64,
}

impl Spent {
    /// The probes' share of both.
    pub fn share(self) -> f64 {
        self.probes / (self.steps + self.probes).max(f64::MIN_POSITIVE)
    }
}

/// The probe that is due after a step, with the squares of that step's weight gradients.
pub fn measure(
    network: &Network,
    batch: &Batch,
    spec: &Experiment,
    (budget, step): (ProbeBudget, u64),
    squares: &[f64],
) -> BTreeMap<String, f64> {
    let batch = batch.first(budget.samples);
    let also = budget.measures_vulnerability(step).then(|| {
        let terms = vulnerability::Terms {
            eps: spec.probe.eps.value(),
            surrogate: spec.train.surrogate,
            chunk: spec.train.batch,
            seed: spec.train.seed,
        };
        (budget.vulnerability_samples.min(batch.len()), terms)
    });
    let mut values = probe::measure(network, &batch, spec.train.surrogate, also.as_ref());
    values.extend(probe::weight_gradients(network, squares));
    values
}

impl Session {
    /// The probe after this step, if one is due.
    pub(super) fn probe(&mut self, squares: &[f64]) -> BTreeMap<String, f64> {
        let spec = &self.controls.experiment;
        let budget = ProbeBudget::of(spec, self.at.per_epoch);
        if !budget.is_due(self.at.step) {
            return BTreeMap::new();
        }
        self.measured((budget, self.at.step), squares)
    }

    /// All that a probe can measure, on all its images: the final measurement of a run.
    pub(super) fn probe_in_full(&mut self) -> BTreeMap<String, f64> {
        self.measured((ProbeBudget::at_end(&self.controls.experiment, self.at.step), 1), &[])
    }

    fn measured(&mut self, when: (ProbeBudget, u64), squares: &[f64]) -> BTreeMap<String, f64> {
        let started = Instant::now();
        let spec = &self.controls.experiment;
        let mut values = measure(&self.trainer.network, &self.probe_batch, spec, when, squares);
        self.spent.probes += started.elapsed().as_secs_f64();
        values.insert("probe.share".into(), self.spent.share());
        values
    }
}
