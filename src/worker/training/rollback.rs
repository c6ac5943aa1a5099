//! Going back because somebody asked for it. In this order, so that a worker killed at any point of it leaves a run that
//! either has not gone back, and will when it is taken up again (the command is still unanswered), or has.
//!
//! Unlike after a divergence, changes made since the checkpoint are not made again: they are what is taken back.

use super::Session;
use super::divergence::lr_factor;
use super::start::untrained;
use crate::run::{
    checkpoint::{self, Checkpoint},
    command::Verdict,
    event::Happening,
    status::Phase,
};
use crate::train::Trainer;
use crate::worker::controls::RollbackWish;
use crate::worker::recorder::Recorder;
use crate::worker::saving::{self, WorkerState};
use crate::worker::watching::Watching;
use anyhow::Result;

impl Session {
    /// Grants the wish to go back, or refuses it, with nothing changed.
    pub(super) fn roll_back_if_asked(&mut self, recorder: &mut Recorder) -> Result<()> {
        let Some(wish) = self.controls.take_rollback() else {
            return Ok(());
        };
        if self.granted.contains(&wish.id) {
            // It was to take effect at a later step than the one gone back to, or nobody lived to say that it was granted.
            return self.answer(
                recorder,
                &wish.id,
                Verdict::Applied,
                Vec::new(),
                "the run has gone back already".into(),
            );
        }
        match self.prepare(&wish) {
            Ok((found, trainer, state)) => self.take_up(recorder, &wish, &found, trainer, state),
            Err(error) => self.refuse(recorder, &wish.id, crate::worker::sentence(&error)),
        }
    }

    /// Reads everything into a network of its own: what turns out to be damaged has touched nothing.
    fn prepare(&self, wish: &RollbackWish) -> Result<(Checkpoint, Trainer, WorkerState)> {
        let found = checkpoint::open(&checkpoint::find(&self.manifest.checkpoints, &wish.checkpoint)?)?;
        found.verify()?;
        let mut trainer = untrained(&self.manifest.spec, &self.trainer.network.device)?;
        let state = saving::restore(&found, &mut trainer)?;
        Ok((found, trainer, state))
    }

    fn take_up(
        &mut self,
        recorder: &mut Recorder,
        wish: &RollbackWish,
        found: &Checkpoint,
        trainer: Trainer,
        state: WorkerState,
    ) -> Result<()> {
        let from = self.at.step;
        let aside = checkpoint::set_aside_newer(&self.manifest.checkpoints, state.step, &wish.id)?;
        self.trainer = trainer;
        (self.at.step, self.last_saved) = (state.step, Some(state.step));
        (self.selection, self.rollbacks, self.latest) = (state.selection, state.rollbacks, state.latest);
        let dropped: Vec<String> = std::mem::take(&mut self.again).into_iter().map(|(_, c)| c.id).collect();
        let unanswered = dropped
            .into_iter()
            .filter(|id| self.inbox.awaits(id))
            .collect::<Vec<_>>();
        self.watching = Watching::default();
        let forgotten = self.controls.go_back_to(state.controls);
        let event = Happening::RolledBack {
            checkpoint: found.path().display().to_string(),
            from,
            times: self.rollbacks,
            lr_factor: lr_factor(self.rollbacks),
            why: format!("{} asked for it", wish.author),
            command: Some(wish.id.clone()),
        };
        recorder.event(self.at.step, event)?;
        self.granted.insert(wish.id.clone());
        let phase = match self.controls.paused {
            true => Phase::Paused,
            false => Phase::Running,
        };
        recorder.coming = self.coming();
        recorder.status(self.at, phase, &self.controls.experiment)?;
        for id in forgotten.into_iter().chain(unanswered) {
            let why = format!(
                "the run went back to step {} before this took effect; send it again",
                state.step
            );
            self.refuse(recorder, &id, why)?;
        }
        let why = match aside {
            0 => format!("from step {from}"),
            n => format!("from step {from}; {n} newer checkpoints are in superseded-{}", wish.id),
        };
        self.answer(recorder, &wish.id, Verdict::Applied, Vec::new(), why)
    }

    pub(super) fn refuse(&mut self, recorder: &mut Recorder, id: &str, why: String) -> Result<()> {
        let rejected = Happening::Rejected {
            command: id.to_string(),
            why: why.clone(),
        };
        recorder.event(self.at.step, rejected)?;
        self.answer(recorder, id, Verdict::Rejected, Vec::new(), why)
    }
}
