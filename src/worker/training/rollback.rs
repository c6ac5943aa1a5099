//! Rollback by command. In this order, so that a worker killed at any point of it leaves a run that
//! either has not been rolled back, and will be when it is resumed (the command is still unanswered), or has.
//!
//! Unlike after a divergence, changes made since the checkpoint are not made again: they are what is undone.

use super::Session;
use super::divergence::lr_factor;
use super::start::untrained;
use crate::run::{
    checkpoint::{self, Checkpoint},
    command::Verdict,
    event::EventKind,
    status::Phase,
};
use crate::train::Trainer;
use crate::worker::checkpoint_io::{self, WorkerState};
use crate::worker::controls::RollbackCommand;
use crate::worker::health_checks::HealthChecks;
use crate::worker::recorder::Recorder;
use anyhow::Result;

impl Session {
    /// Carries out the rollback command, or refuses it, with nothing changed.
    pub(super) fn roll_back_if_asked(&mut self, recorder: &mut Recorder) -> Result<()> {
        let Some(command) = self.controls.take_rollback() else {
            return Ok(());
        };
        if self.accepted_rollbacks.contains(&command.id) {
            // It was to take effect at a later step than the one rolled back to, or nobody lived to say that it was accepted.
            return self.answer(
                recorder,
                &command.id,
                Verdict::Applied,
                Vec::new(),
                "the run was rolled back already".into(),
            );
        }
        match self.load_rollback_target(&command) {
            Ok((found, trainer, state)) => self.apply_rollback(recorder, &command, &found, trainer, state),
            Err(error) => self.refuse(recorder, &command.id, crate::worker::sentence(&error)),
        }
    }

    /// Reads everything into a network of its own: what turns out to be damaged has touched nothing.
    fn load_rollback_target(&self, command: &RollbackCommand) -> Result<(Checkpoint, Trainer, WorkerState)> {
        let found = checkpoint::open(&checkpoint::find(&self.manifest.checkpoints, &command.checkpoint)?)?;
        found.verify()?;
        let mut trainer = untrained(&self.manifest.spec, &self.trainer.network.device)?;
        let state = checkpoint_io::restore(&found, &mut trainer)?;
        Ok((found, trainer, state))
    }

    fn apply_rollback(
        &mut self,
        recorder: &mut Recorder,
        command: &RollbackCommand,
        found: &Checkpoint,
        trainer: Trainer,
        state: WorkerState,
    ) -> Result<()> {
        let from = self.at.step;
        let aside = checkpoint::set_aside_newer(&self.manifest.checkpoints, state.step, &command.id)?;
        self.trainer = trainer;
        (self.at.step, self.last_saved) = (state.step, Some(state.step));
        (self.selection, self.rollbacks, self.latest) = (state.selection, state.rollbacks, state.latest);
        let dropped: Vec<String> = std::mem::take(&mut self.replay)
            .into_iter()
            .map(|(_, c)| c.id)
            .collect();
        let unanswered = dropped
            .into_iter()
            .filter(|id| self.inbox.awaits(id))
            .collect::<Vec<_>>();
        self.health_checks = HealthChecks::default();
        let forgotten = self.controls.roll_back_to(state.controls);
        let event = EventKind::RolledBack {
            checkpoint: found.path().display().to_string(),
            from,
            times: self.rollbacks,
            lr_factor: lr_factor(self.rollbacks),
            why: format!("{} asked for it", command.author),
            command: Some(command.id.clone()),
        };
        recorder.event(self.at.step, event)?;
        self.accepted_rollbacks.insert(command.id.clone());
        let phase = match self.controls.paused {
            true => Phase::Paused,
            false => Phase::Running,
        };
        recorder.scheduled = self.scheduled();
        recorder.status(self.at, phase, &self.controls.experiment)?;
        for id in forgotten.into_iter().chain(unanswered) {
            let why = format!(
                "the run was rolled back to step {} before this took effect; send it again",
                state.step
            );
            self.refuse(recorder, &id, why)?;
        }
        let why = match aside {
            0 => format!("from step {from}"),
            n => format!(
                "from step {from}; {n} newer checkpoints are in superseded-{}",
                command.id
            ),
        };
        self.answer(recorder, &command.id, Verdict::Applied, Vec::new(), why)
    }

    pub(super) fn refuse(&mut self, recorder: &mut Recorder, id: &str, why: String) -> Result<()> {
        let rejected = EventKind::Rejected {
            command: id.to_string(),
            why: why.clone(),
        };
        recorder.event(self.at.step, rejected)?;
        self.answer(recorder, id, Verdict::Rejected, Vec::new(), why)
    }
}
