//! When a checkpoint is saved and recorded, and which older ones are removed.

use super::Session;
use crate::run::{
    checkpoint::{self, Pruning},
    event::EventKind,
};
use crate::train::NotFinite;
use crate::worker::checkpoint_io::{self, CheckpointContext, WorkerState};
use crate::worker::recorder::Recorder;
use crate::worker::retry::Retry;
use anyhow::Result;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Between two attempts at a checkpoint that could not be saved.
const RETRY: Duration = Duration::from_secs(60);

/// Why a checkpoint is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is time, or the worker ends.
    Schedule,
    /// The validation accuracy is the best so far.
    Best,
    /// A person asked for it: it stays until a person removes it.
    Command,
}

impl Session {
    /// Publishes a checkpoint, unless there is one of this step, and returns its directory.
    ///
    /// # Errors
    /// [`NotFinite`], with nothing written, when a weight is not a number; [`checkpoint_io::CheckpointError`] when it cannot be saved;
    /// otherwise when its record cannot be written.
    pub(super) fn save(&mut self, recorder: &mut Recorder, reason: Reason) -> Result<String> {
        let root = self.manifest.checkpoints.clone();
        let folder = checkpoint::step_folder(&root, self.at.step);
        let (is_best, by_hand) = (reason == Reason::Best, reason == Reason::Command);
        if self.last_saved == Some(self.at.step) && !is_best {
            if by_hand {
                checkpoint::pin(&folder, true)?;
            }
            return Ok(folder.display().to_string());
        }
        self.trainer.check_finite(self.at.step)?;
        if self.last_saved.is_none() {
            checkpoint::claim(&root, &self.run).map_err(checkpoint_io::CheckpointError::from)?;
        }
        let before = self.selection.best_checkpoint.clone();
        if is_best {
            self.selection.best_checkpoint = Some(folder);
        }
        let path = self.write_checkpoint(recorder, reason).inspect_err(|_| {
            self.selection.best_checkpoint = before;
        })?;
        self.last_saved = Some(self.at.step);
        let checkpoint = path.display().to_string();
        let metrics = self.latest.clone();
        recorder.event(
            self.at.step,
            EventKind::Saved {
                checkpoint: checkpoint.clone(),
                metrics,
                best: is_best,
            },
        )?;
        self.prune(recorder)?;
        Ok(checkpoint)
    }

    fn write_checkpoint(&self, recorder: &Recorder, reason: Reason) -> Result<PathBuf, checkpoint_io::CheckpointError> {
        let state = WorkerState {
            step: self.at.step,
            optimizer_steps: self.trainer.optimizer.steps,
            controls: self.controls.clone(),
            selection: self.selection.clone(),
            rollbacks: self.rollbacks,
            latest: self.latest.clone(),
        };
        let occasion = CheckpointContext {
            root: &self.manifest.checkpoints,
            id: &self.manifest.id,
            directory: self.run.path(),
            incarnation: recorder.incarnation,
            provenance: &self.provenance,
            at: self.at,
            wall: recorder.wall(),
            best: reason == Reason::Best,
            pinned: reason == Reason::Command,
        };
        checkpoint_io::save(&occasion, &self.trainer, &state)
    }

    /// Removes older checkpoints as `checkpoint.keep` says, and records which.
    fn prune(&self, recorder: &mut Recorder) -> Result<()> {
        let keep = Pruning {
            keep: self.controls.experiment.checkpoint.keep,
            best: self.selection.best_checkpoint.as_deref(),
        };
        let (removed, fault) = match checkpoint::prune(&self.manifest.checkpoints, keep) {
            Ok(removed) => (removed, Ok(())),
            Err(e) => (Vec::new(), Err(e)),
        };
        recorder.tolerate("retention", fault)?;
        if !removed.is_empty() {
            let checkpoints = removed.iter().map(|p| p.display().to_string()).collect();
            recorder.event(self.at.step, EventKind::Pruned { checkpoints })?;
        }
        Ok(())
    }

    /// The checkpoint that is due: where it cannot be saved, an alert says so once, training continues, and it is tried again
    /// every minute.
    ///
    /// # Errors
    /// [`NotFinite`], or when the record cannot be written.
    pub(super) fn save_on_schedule(&mut self, recorder: &mut Recorder, reason: Reason) -> Result<()> {
        match self.probe_and_save(recorder, reason) {
            Ok(_) => {
                self.save_again = None;
                Ok(recorder.tolerate("checkpoint", Ok::<(), String>(()))?)
            }
            Err(error) if error.is::<checkpoint_io::CheckpointError>() => {
                self.save_again = Some(Instant::now() + RETRY);
                let last = recorder.last_good();
                let why = format!(
                    "{}; training continues and it is tried again every minute; {last}",
                    crate::worker::sentence(&error)
                );
                Ok(recorder.tolerate("checkpoint", Err(why))?)
            }
            Err(error) => Err(error),
        }
    }

    /// The last checkpoint of a worker that ends: a disk that is full for the moment is waited for.
    ///
    /// # Errors
    /// [`NotFinite`]; otherwise when it cannot be saved within `longest`, or a signal does not let it wait.
    pub(super) fn save_final(&mut self, recorder: &mut Recorder, longest: Duration) -> Result<()> {
        let wait = Retry::new(&self.signals);
        loop {
            let Err(error) = self.save(recorder, Reason::Schedule) else {
                return Ok(());
            };
            let Some(checkpoint_io::CheckpointError::Run(fault)) = error.downcast_ref() else {
                return Err(error);
            };
            let why = format!("the last checkpoint: {fault}");
            recorder.tolerate("checkpoint", Err(why))?;
            if wait.seconds() > longest.as_secs_f64() || !wait.may_retry(fault) {
                let last = recorder.last_good();
                return Err(error.context(format!("the last checkpoint cannot be saved; {last}")));
            }
        }
    }

    /// What a worker does before it fails: saves what it has, if that is finite and there is room, and says so where it can.
    pub(super) fn save_before_failing(&mut self, recorder: &Recorder) {
        let step = self.at.step;
        if self.last_saved == Some(step) || self.trainer.check_finite(step).is_err() {
            return;
        }
        match self.write_checkpoint(recorder, Reason::Schedule) {
            Ok(path) => crate::worker::log(format_args!("saved before giving up: {}", path.display())),
            Err(error) => crate::worker::log(format_args!("nothing was saved before giving up: {error}")),
        }
    }

    /// The checkpoint before a change, where `checkpoint.before_change` asks for one; or why there is none.
    ///
    /// # Errors
    /// [`NotFinite`], when there is nothing finite to be saved.
    pub(super) fn save_before_change(&mut self, recorder: &mut Recorder) -> Result<Result<(), String>> {
        if !self.controls.experiment.checkpoint.before_change {
            return Ok(Ok(()));
        }
        match self.save(recorder, Reason::Schedule) {
            Ok(_) => Ok(Ok(())),
            Err(error) if error.is::<NotFinite>() => Err(error),
            Err(error) => Ok(Err(format!(
                "the checkpoint before it (checkpoint.before_change) cannot be saved: {}",
                crate::worker::sentence(&error)
            ))),
        }
    }
}
