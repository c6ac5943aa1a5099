//! Command handling between two steps: signals, the inbox, pauses, and the answers that viewers wait for.

use super::Session;
use super::exactly_once::Admission;
use super::retention::Reason;
use crate::run::{
    RunDir, clock,
    command::{Answer, Command, Order, Verdict},
    event::EventKind,
    status::Phase,
};
use crate::worker::checkpoint_io::CheckpointError;
use crate::worker::controls::{Effects, Place, WorkerCommands};
use crate::worker::recorder::Recorder;
use anyhow::Result;
use std::time::{Duration, Instant};

/// How long a paused worker sleeps between two looks into its inbox.
const PAUSE_NAP: Duration = Duration::from_millis(50);
/// How often a training worker looks into its inbox.
const INBOX_EVERY: Duration = Duration::from_millis(50);

impl Session {
    pub(super) fn place(&self) -> Place {
        Place {
            step: self.at.step,
            epoch: self.at.step / self.at.per_epoch,
        }
    }

    /// Signals, commands, pauses, status. Returns by whom a stop was asked for.
    pub(super) fn between_steps(&mut self, recorder: &mut Recorder) -> Result<Option<String>> {
        let place = self.place();
        let (now, later) = std::mem::take(&mut self.replay)
            .into_iter()
            .partition(|(s, _)| *s <= place.step);
        self.replay = later;
        for (_, command) in now {
            let mut effects = self.controls.receive(command, place);
            // Most were answered by the worker that applied them first.
            effects.replies.retain(|reply| self.inbox.awaits(&reply.id));
            self.record(recorder, effects)?;
        }
        self.poll(recorder, false)?;
        loop {
            if self.controls.change_is_due(self.place())
                && let Err(why) = self.save_before_change(recorder)?
            {
                // It was promised for now, and waits for nobody.
                self.warn(recorder, Some(("checkpoint", why)))?;
            }
            let effects = self.controls.advance(self.place());
            self.record(recorder, effects)?;
            self.roll_back_if_asked(recorder)?;
            if let Some(signal) = self.signals.stop() {
                self.controls.stop(&signal);
            }
            if self.signals.take_save() {
                self.save_on_schedule(recorder, Reason::Schedule)?;
            }
            let worker_commands = self.controls.take_worker_commands();
            if let Some(by) = self.execute(recorder, worker_commands)? {
                return Ok(Some(by));
            }
            let phase = if self.controls.paused {
                Phase::Paused
            } else {
                Phase::Running
            };
            recorder.scheduled = self.scheduled();
            recorder.status(self.at, phase, &self.controls.experiment)?;
            if !self.controls.paused {
                return Ok(None);
            }
            std::thread::sleep(PAUSE_NAP);
            self.poll(recorder, true)?;
        }
    }

    fn poll(&mut self, recorder: &mut Recorder, at_once: bool) -> Result<()> {
        if !at_once && self.last_poll.is_some_and(|then| then.elapsed() < INBOX_EVERY) {
            return Ok(());
        }
        self.last_poll = Some(Instant::now());
        self.follow_rename(recorder)?;
        self.send_answers(recorder)?;
        let polled = match self.inbox.poll(self.at.step) {
            Ok(polled) => polled,
            Err(fault) => return Ok(recorder.tolerate("inbox", Err(fault))?),
        };
        recorder.tolerate("inbox", polled.fault.map_or(Ok(()), Err))?;
        for answer in polled.refused {
            recorder.event(
                self.at.step,
                EventKind::Rejected {
                    command: answer.id,
                    why: answer.why,
                },
            )?;
        }
        for command in polled.commands {
            self.take(recorder, command)?;
            // Before the next command: what comes after it is meant for the run that has been rolled back.
            self.roll_back_if_asked(recorder)?;
        }
        Ok(())
    }

    /// Applies a command from the inbox, or schedules, answers or refuses it.
    fn take(&mut self, recorder: &mut Recorder, command: Command) -> Result<()> {
        match self.admit(&command) {
            Admission::New => {}
            Admission::Waits => return Ok(()),
            Admission::Answered(answer) => {
                self.unsent.push(answer);
                return self.send_answers(recorder);
            }
        }
        if let Order::Undo { id: Some(which) } = &command.order
            && let Some(at) = self.replay.iter().position(|(_, c)| c.id == *which)
        {
            let (step, _) = self.replay.remove(at);
            recorder.event(
                self.at.step,
                EventKind::Received {
                    command: command.clone(),
                },
            )?;
            let why = format!("{which} will not take effect again at step {step}");
            return self.answer(recorder, &command.id, Verdict::Applied, Vec::new(), why);
        }
        for id in self.supersede(&command) {
            let why = format!("{id} does not take effect again: {} sets the same value", command.id);
            self.warn(recorder, Some(("superseded_command", why)))?;
            if self.inbox.awaits(&id) {
                self.refuse(recorder, &id, "a newer command set the same value".into())?;
            }
        }
        if self.controls.changes_now(&command, self.place())
            && let Err(why) = self.save_before_change(recorder)?
        {
            return self.refuse(recorder, &command.id, why);
        }
        let effects = self.controls.receive(command, self.place());
        self.record(recorder, effects)
    }

    /// Events first, answers second: what a viewer is answered has been recorded.
    fn record(&mut self, recorder: &mut Recorder, effects: Effects) -> Result<()> {
        for event in effects.events {
            if matches!(event, EventKind::Applied { .. }) {
                recorder.outdated();
            }
            recorder.event(self.at.step, event)?;
        }
        for reply in effects.replies {
            let changes = reply.changes.into_iter().map(|c| (c.key, c.old, c.new)).collect();
            self.answer(recorder, &reply.id, reply.verdict, changes, reply.why)?;
        }
        Ok(())
    }

    /// Publishes an answer, or keeps it until that can be done.
    pub(super) fn answer(
        &mut self,
        recorder: &mut Recorder,
        id: &str,
        result: Verdict,
        changes: Vec<(String, f64, f64)>,
        why: String,
    ) -> Result<()> {
        let answer = Answer {
            id: id.into(),
            result,
            step: self.at.step,
            time: clock::now_text(),
            changes,
            why,
        };
        self.unsent.push(answer);
        self.send_answers(recorder)
    }

    fn send_answers(&mut self, recorder: &mut Recorder) -> Result<()> {
        for answer in std::mem::take(&mut self.unsent) {
            let sent = self.inbox.answer(&answer);
            if sent.is_err() {
                self.unsent.push(answer);
            }
            recorder.tolerate("answer", sent)?;
        }
        Ok(())
    }

    /// Goes on in the run's folder where somebody has renamed it.
    fn follow_rename(&mut self, recorder: &mut Recorder) -> Result<()> {
        if RunDir::is_run(self.run.path()) {
            return Ok(());
        }
        let Some(now) = recorder.follow_rename()? else {
            return Ok(());
        };
        let why = format!(
            "the run's folder was renamed from {} to {}",
            self.run.path().display(),
            now.path().display()
        );
        self.inbox.relocate(now.path());
        self.run = now;
        self.warn(recorder, Some(("moved", why)))
    }

    fn execute(&mut self, recorder: &mut Recorder, worker_commands: WorkerCommands) -> Result<Option<String>> {
        if !worker_commands.checkpoint.is_empty() {
            let saved = self.probe_and_save(recorder, Reason::Command);
            let (verdict, why) = match &saved {
                Ok(path) => (Verdict::Applied, path.clone()),
                Err(error) => (Verdict::Rejected, crate::worker::sentence(error)),
            };
            for id in worker_commands.checkpoint {
                self.answer(recorder, &id, verdict, Vec::new(), why.clone())?;
            }
            match saved {
                // Whoever asked for it is answered; the run continues.
                Err(error) if error.is::<CheckpointError>() => {}
                saved => drop(saved?),
            }
        }
        if !worker_commands.evaluate.is_empty() {
            self.validate(recorder)?;
            let accuracy = self.latest.get("val.accuracy").copied().unwrap_or(f64::NAN);
            for id in worker_commands.evaluate {
                self.answer(
                    recorder,
                    &id,
                    Verdict::Applied,
                    Vec::new(),
                    format!("val.accuracy = {accuracy:.4}"),
                )?;
            }
        }
        match worker_commands.stop {
            None => Ok(None),
            Some((by, id)) => {
                recorder.status(self.at, Phase::Stopping, &self.controls.experiment)?;
                if let Some(id) = id {
                    self.answer(recorder, &id, Verdict::Applied, Vec::new(), String::new())?;
                }
                Ok(Some(by))
            }
        }
    }
}
