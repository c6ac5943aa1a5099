//! When a checkpoint is published, its record, and which older ones go.

use super::recorder::Recorder;
use super::saving::{self, Occasion, WorkerState};
use super::training::Session;
use crate::run::{
    checkpoint::{self, Pruning},
    event::Happening,
};
use crate::train::NotFinite;
use anyhow::Result;

impl Session {
    /// Publishes a checkpoint, unless there is one of this step, and returns its directory.
    ///
    /// # Errors
    /// [`crate::train::NotFinite`], with nothing written, when a weight is not a number; otherwise what the disk says.
    pub(super) fn save(&mut self, recorder: &mut Recorder, is_best: bool) -> Result<String> {
        let root = self.manifest.checkpoints.clone();
        if self.last_saved == Some(self.at.step) && !is_best {
            return Ok(checkpoint::step_folder(&root, self.at.step).display().to_string());
        }
        self.trainer.check_finite(self.at.step)?;
        if is_best {
            self.selection.best_checkpoint = Some(checkpoint::step_folder(&root, self.at.step));
        }
        let state = WorkerState {
            step: self.at.step,
            optimizer_steps: self.trainer.optimizer.steps,
            controls: self.controls.clone(),
            selection: self.selection.clone(),
            rollbacks: self.rollbacks,
            latest: self.latest.clone(),
        };
        let occasion = Occasion {
            root: &root,
            id: &self.manifest.id,
            directory: self.run.path(),
            at: self.at,
            wall: recorder.wall(),
            best: is_best,
        };
        let path = saving::save(&occasion, &self.trainer, &state)?;
        self.last_saved = Some(self.at.step);
        let checkpoint = path.display().to_string();
        let metrics = self.latest.clone();
        recorder.event(
            self.at.step,
            Happening::Saved {
                checkpoint: checkpoint.clone(),
                metrics,
                best: is_best,
            },
        )?;
        let keep = Pruning {
            keep: self.controls.experiment.checkpoint.keep,
            best: self.selection.best_checkpoint.as_deref(),
        };
        let removed = checkpoint::prune(&root, keep)?;
        if !removed.is_empty() {
            let checkpoints = removed.iter().map(|p| p.display().to_string()).collect();
            recorder.event(self.at.step, Happening::Pruned { checkpoints })?;
        }
        Ok(checkpoint)
    }

    /// The checkpoint before a change, where `checkpoint.before_change` asks for one; or why there is none.
    ///
    /// # Errors
    /// [`NotFinite`], when there is nothing sound to be saved.
    pub(super) fn keep_before_a_change(&mut self, recorder: &mut Recorder) -> Result<Result<(), String>> {
        if !self.controls.experiment.checkpoint.before_change {
            return Ok(Ok(()));
        }
        match self.save(recorder, false) {
            Ok(_) => Ok(Ok(())),
            Err(error) if error.is::<NotFinite>() => Err(error),
            Err(error) => Ok(Err(format!(
                "the checkpoint before it (checkpoint.before_change) cannot be saved: {}",
                super::sentence(&error)
            ))),
        }
    }
}
