//! The training worker: a loop of steps, and between two steps everything else.

mod changes;
mod commands;
mod divergence;
mod evaluation;
mod exactly_once;
pub(super) mod probe;
mod retention;
pub(super) mod robustness;
mod rollback;
mod start;
pub(super) mod step;
mod transforms;

pub use start::StartOptions;
pub(super) use start::untrained;

use super::checkpoint_io::CheckpointError;
use super::controls::Controls;
use super::data_splits::DataSplits;
use super::health_checks::{HealthChecks, Warning};
use super::out_of_memory;
use super::prior_record::PriorRecord;
use super::progress::Progress;
use super::recorder::Recorder;
use super::resource_usage::ResourceUsage;
use super::retry;
use super::selection::Selection;
use super::signals::Signals;
use crate::input::Batch;
use crate::run::{
    RunError, checkpoint,
    command::{Answer, Command},
    control::Inbox,
    dir::RunDir,
    event::EventKind,
    files::sweep_partial,
    lock::RunLock,
    manifest::Manifest,
    provenance::Provenance,
    status::Outcome,
};
use crate::train::{NotFinite, Trainer};
use anyhow::{Context, Result, anyhow};
use exactly_once::Recorded;
use retention::Reason;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

/// Trains the run in this directory until it is finished, stopped or has failed, and says so in its record.
///
/// # Errors
/// When the run cannot be opened or another worker holds it. What goes wrong later is in the record too.
pub fn train(directory: &Path, options: &StartOptions) -> Result<Outcome> {
    // Before anything slow: a scheduler's warning may come early.
    let signals = Signals::install().context("signal handlers")?;
    let run = RunDir::open(directory)?;
    let _lock = RunLock::take(run.path())?;
    sweep(&run);
    // Only now that this is the run's worker: one that lost the race for the lock must not touch the exit record.
    run.archive_exit()?;
    let manifest = run.read_manifest()?;
    let earlier = PriorRecord::read(&run);
    let mut recorder = Recorder::open(run.clone(), signals.clone(), earlier.incarnation + 1, earlier.wall)?;
    recorder.checkpoints_in(&manifest.checkpoints);
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        // One that is not this run's must not be touched.
        if earlier.incarnation > 0 {
            checkpoint::claim(&manifest.checkpoints, &run)?;
            checkpoint::sweep(&manifest.checkpoints);
        }
        let mut session = Session::start(&run, manifest, (signals, options), &earlier, &mut recorder)?;
        let result = session.run(&mut recorder);
        if result.as_ref().is_err_and(is_of_the_disk) {
            session.save_before_failing(&recorder);
        }
        result
    }));
    let result =
        attempt.unwrap_or_else(|panic| Err(anyhow!(out_of_memory::panic_message(&panic_text(&panic), &recorder))));
    let step = recorder.reached.step;
    match result {
        Ok((outcome, why)) => {
            recorder.exit(step, outcome, &why)?;
            Ok(outcome)
        }
        Err(error) => {
            let why = super::sentence(&error);
            crate::worker::log(format_args!("error: {why}"));
            // The disk may be what is wrong: say it in as many places as still work.
            let event = match is_of_the_disk(&error) {
                true => Ok(()),
                false => recorder.event(step, EventKind::Failed { why: why.clone() }),
            };
            let exit = recorder.exit(step, Outcome::Failed, &why);
            event.and(exit).context(why)?;
            Ok(Outcome::Failed)
        }
    }
}

/// Whether a fault of the disk ended the worker: the network is intact then.
fn is_of_the_disk(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.is::<RunError>() || cause.is::<CheckpointError>())
}

/// Removes what killed workers left half-written. The caller holds the run's lock.
fn sweep(run: &RunDir) {
    for folder in [run.path().to_path_buf(), run.done()] {
        sweep_partial(&folder);
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_string()
}

/// One incarnation of a training run.
pub(super) struct Session {
    run: RunDir,
    manifest: Manifest,
    inbox: Inbox,
    signals: Signals,
    controls: Controls,
    trainer: Trainer,
    splits: DataSplits,
    probe_batch: Batch,
    spent: probe::Spent,
    resource_usage: ResourceUsage,
    health_checks: HealthChecks,
    at: Progress,
    selection: Selection,
    /// How often the run was rolled back because its numbers diverged.
    rollbacks: u32,
    latest: BTreeMap<String, f64>,
    /// Commands of a superseded past, to be applied again at their step.
    replay: Vec<(u64, Command)>,
    /// Commands that an earlier worker recorded.
    recorded: Recorded,
    /// Answers that could not be published yet.
    unsent: Vec<Answer>,
    /// When a checkpoint that could not be saved is tried again.
    save_again: Option<Instant>,
    /// Rollback commands that were accepted: a checkpoint may still hold one as yet to come.
    accepted_rollbacks: BTreeSet<String>,
    last_saved: Option<u64>,
    /// What it computes from and by.
    provenance: Provenance,
    /// When the inbox was last looked into: before the first step in any case.
    last_poll: Option<Instant>,
}

impl Session {
    fn run(&mut self, recorder: &mut Recorder) -> Result<(Outcome, String)> {
        loop {
            match self.iterate(recorder) {
                Ok(None) => {}
                Ok(Some(end)) => return Ok(end),
                Err(error) => match error.downcast_ref::<NotFinite>().copied() {
                    Some(found) => self.diverged(recorder, found)?,
                    None => return Err(error),
                },
            }
        }
    }

    /// Records a warning, if there is one.
    pub(super) fn warn(&self, recorder: &mut Recorder, warning: Option<Warning>) -> Result<()> {
        let Some((kind, why)) = warning else { return Ok(()) };
        let kind = kind.to_string();
        Ok(recorder.event(self.at.step, EventKind::Alert { kind, why })?)
    }

    /// One step with what belongs to it, or the end.
    fn iterate(&mut self, recorder: &mut Recorder) -> Result<Option<(Outcome, String)>> {
        if self.at.step >= self.at.total {
            self.save_final(recorder, retry::MAX_WAIT)?;
            self.finish(recorder)?;
            return Ok(Some((Outcome::Finished, String::new())));
        }
        if let Some(why) = self.selection.exhausted(self.controls.experiment.train.patience) {
            self.save_on_schedule(recorder, Reason::Schedule)?;
            self.save_final(recorder, retry::MAX_WAIT)?;
            recorder.event(self.at.step, EventKind::EndedEarly { why: why.clone() })?;
            self.finish(recorder)?;
            return Ok(Some((Outcome::Finished, why)));
        }
        if let Some(by) = self.between_steps(recorder)? {
            self.save_if_finite(recorder)?;
            recorder.event(self.at.step, EventKind::Stopped { by: by.clone() })?;
            return Ok(Some((Outcome::Stopped, by)));
        }
        self.step(recorder)?;
        let epoch_ends = self.at.step.is_multiple_of(self.at.per_epoch);
        let mut is_best = false;
        if epoch_ends && let Some(found) = self.validate(recorder)? {
            is_best = self.selection.take(found.accuracy);
            let warning = self.health_checks.epoch(&self.selection);
            self.warn(recorder, warning)?;
        }
        let due = match self.controls.experiment.checkpoint.every {
            0 => epoch_ends,
            every => self.at.step.is_multiple_of(every),
        };
        let again = self.save_again.is_some_and(|when| Instant::now() >= when);
        if due || is_best || again || self.at.step == self.at.total {
            let reason = if is_best { Reason::Best } else { Reason::Schedule };
            self.save_on_schedule(recorder, reason)?;
        }
        Ok(None)
    }
}
