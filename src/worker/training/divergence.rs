//! What a run does when its numbers diverge: fail with the step and the last good checkpoint named, or, where the
//! specification asks for it, roll back to that checkpoint and continue from there at half the learning rate.
//!
//! The halving is a factor of its own beside `train.lr`, so that a command which sets the rate, and is applied again on
//! the way, does not undo it. Its count is in the events and in every later checkpoint: a run that is killed after a
//! rollback continues with it.

use super::Session;
use super::start::untrained;
use crate::run::{event::EventKind, status::Phase};
use crate::spec::OnDivergence;
use crate::train::NotFinite;
use crate::worker::controls::Controls;
use crate::worker::health_checks::HealthChecks;
use crate::worker::prior_record::PriorRecord;
use crate::worker::recorder::Recorder;
use crate::worker::selection::Selection;
use anyhow::{Result, bail};
use std::time::Duration;

/// How often a run is rolled back at the most.
pub const ROLLBACKS: u32 = 3;

/// How long a run that is asked to stop waits for room for its last checkpoint.
const STOP_WAITS: Duration = Duration::from_secs(60);

/// What the learning rate is multiplied by after so many rollbacks: a half each.
pub fn lr_factor(rollbacks: u32) -> f64 {
    0.5f64.powi(rollbacks.min(ROLLBACKS) as i32)
}

impl Session {
    /// Says what diverged, and rolls back if the specification says so and it is still allowed.
    ///
    /// # Errors
    /// When it is not: the message names the step, the last good checkpoint and the fix.
    pub(super) fn diverged(&mut self, recorder: &mut Recorder, found: NotFinite) -> Result<()> {
        let why = format!("{found}; {}", recorder.last_good());
        let alert = EventKind::Alert {
            kind: "nan".into(),
            why: why.clone(),
        };
        recorder.event(self.at.step, alert)?;
        let fix = "start a new run from it with train --resume-weights, and lower train.lr or objective.lambda";
        match self.manifest.spec.train.on_divergence {
            OnDivergence::Stop => bail!("{why}; {fix}, or set train.on_divergence = \"rollback\""),
            OnDivergence::Rollback if self.rollbacks >= ROLLBACKS => {
                bail!("{why}; rolled back {ROLLBACKS} times already, to an eighth of the learning rate; {fix}")
            }
            OnDivergence::Rollback => self.roll_back(recorder, found),
        }
    }

    fn roll_back(&mut self, recorder: &mut Recorder, found: NotFinite) -> Result<()> {
        let (from, times) = (self.at.step, self.rollbacks + 1);
        let checkpoint = match self.load_latest_checkpoint(recorder)? {
            Some(checkpoint) => checkpoint,
            None => {
                self.reset_to_start()?;
                String::new()
            }
        };
        self.rollbacks = times;
        self.health_checks = HealthChecks::default();
        let event = EventKind::RolledBack {
            checkpoint,
            from,
            times,
            lr_factor: lr_factor(times),
            why: found.to_string(),
            command: None,
        };
        recorder.event(self.at.step, event)?;
        // As on a resume: what was asked for after the checkpoint is applied again, at the same steps.
        self.restore_commands(&PriorRecord::read(&self.run));
        // What was accepted after that checkpoint, and is in the inbox still, is taken again.
        self.inbox.reopen();
        recorder.scheduled = self.scheduled();
        Ok(recorder.status(self.at, Phase::Running, &self.controls.experiment)?)
    }

    /// As at the start of the run, where there is no checkpoint to roll back to.
    fn reset_to_start(&mut self) -> Result<()> {
        let device = self.trainer.network.device.clone();
        self.trainer = untrained(&self.manifest.spec, &device)?;
        self.controls = Controls::new(self.manifest.spec.clone());
        (self.at.step, self.last_saved) = (0, None);
        (self.selection, self.latest) = (Selection::default(), Default::default());
        self.load_parent()
    }

    /// The last save of a run that is asked to stop. Weights that are no numbers are not saved, and do not keep it from
    /// stopping.
    pub(super) fn save_if_finite(&mut self, recorder: &mut Recorder) -> Result<()> {
        let Err(error) = self.save_final(recorder, STOP_WAITS) else {
            return Ok(());
        };
        let Some(found) = error.downcast_ref::<NotFinite>() else {
            return Err(error);
        };
        let why = format!("{found}, so they were not saved; {}", recorder.last_good());
        let kind = "nan".into();
        Ok(recorder.event(self.at.step, EventKind::Alert { kind, why })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rollback_halves_the_rate_three_times_at_most() {
        assert_eq!([0, 1, 2, 3, 9].map(lr_factor), [1.0, 0.5, 0.25, 0.125, 0.125]);
    }
}
