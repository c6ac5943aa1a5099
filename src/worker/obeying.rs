//! Between two steps: signals, commands, pauses, and the answers that viewers wait for.

use super::controls::{Effects, Place, Wishes};
use super::recorder::Recorder;
use super::training::Session;
use crate::run::{
    clock,
    command::{Answer, Verdict},
    event::Happening,
    status::Phase,
};
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
        let (now, later) = std::mem::take(&mut self.again)
            .into_iter()
            .partition(|(s, _)| *s <= place.step);
        self.again = later;
        for (_, command) in now {
            let effects = self.controls.receive(command, place);
            self.record(
                recorder,
                Effects {
                    replies: Vec::new(),
                    ..effects
                },
            )?;
        }
        self.poll(recorder, false)?;
        loop {
            if self.controls.change_is_due(self.place())
                && let Err(why) = self.keep_before_a_change(recorder)?
            {
                // It was promised for now, and waits for nobody.
                self.warn(recorder, Some(("checkpoint", why)))?;
            }
            let effects = self.controls.advance(self.place());
            self.record(recorder, effects)?;
            self.roll_back_if_asked(recorder)?;
            if let Some(signal) = self.signals.stop() {
                self.controls.stop(signal);
            }
            let wishes = self.controls.take_wishes();
            if let Some(by) = self.fulfil(recorder, wishes)? {
                return Ok(Some(by));
            }
            let phase = if self.controls.paused {
                Phase::Paused
            } else {
                Phase::Running
            };
            recorder.coming = self.controls.coming();
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
        let polled = self.inbox.poll(self.at.step)?;
        for answer in polled.refused {
            recorder.event(
                self.at.step,
                Happening::Rejected {
                    command: answer.id,
                    why: answer.why,
                },
            )?;
        }
        for command in polled.commands {
            if self.controls.changes_now(&command, self.place())
                && let Err(why) = self.keep_before_a_change(recorder)?
            {
                self.refuse(recorder, &command.id, why)?;
                continue;
            }
            let effects = self.controls.receive(command, self.place());
            self.record(recorder, effects)?;
            // Before the next command: what comes after it is meant for the run that has gone back.
            self.roll_back_if_asked(recorder)?;
        }
        Ok(())
    }

    /// Events first, answers second: what a viewer is told has been recorded.
    fn record(&mut self, recorder: &mut Recorder, effects: Effects) -> Result<()> {
        for event in effects.events {
            if matches!(event, Happening::Applied { .. }) {
                recorder.outdated();
            }
            recorder.event(self.at.step, event)?;
        }
        for reply in effects.replies {
            let changes = reply.changes.into_iter().map(|c| (c.key, c.old, c.new)).collect();
            self.answer(&reply.id, reply.verdict, changes, reply.why)?;
        }
        Ok(())
    }

    pub(super) fn answer(
        &mut self,
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
        Ok(self.inbox.answer(&answer)?)
    }

    fn fulfil(&mut self, recorder: &mut Recorder, wishes: Wishes) -> Result<Option<String>> {
        if !wishes.checkpoint.is_empty() {
            let saved = self.probe_and_save(recorder, false);
            if let Err(error) = &saved {
                for id in &wishes.checkpoint {
                    self.answer(id, Verdict::Rejected, Vec::new(), error.to_string())?;
                }
            }
            let path = saved?;
            for id in wishes.checkpoint {
                self.answer(&id, Verdict::Applied, Vec::new(), path.clone())?;
            }
        }
        if !wishes.evaluate.is_empty() {
            self.validate(recorder)?;
            let accuracy = self.latest.get("val.accuracy").copied().unwrap_or(f64::NAN);
            for id in wishes.evaluate {
                self.answer(
                    &id,
                    Verdict::Applied,
                    Vec::new(),
                    format!("val.accuracy = {accuracy:.4}"),
                )?;
            }
        }
        match wishes.stop {
            None => Ok(None),
            Some((by, id)) => {
                recorder.status(self.at, Phase::Stopping, &self.controls.experiment)?;
                if let Some(id) = id {
                    self.answer(&id, Verdict::Applied, Vec::new(), String::new())?;
                }
                Ok(Some(by))
            }
        }
    }
}
