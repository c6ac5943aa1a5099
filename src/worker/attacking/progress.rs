//! Commands and status of the attack worker between two batches.

use super::{Stop, Sweep};
use crate::run::{
    RunError, SCHEMA,
    attack::{AttackStatus, Stopped},
    clock,
    command::{Answer, Order, Verdict},
    files::publish_json,
    process,
};
use anyhow::Result;
use std::time::{Duration, Instant};

/// Seconds within which the worker reports at the latest, unless a batch takes longer.
const DEADLINE: f64 = 10.0;
/// … and while it loads or measures, before it knows how long a batch takes.
const FIRST_DEADLINE: f64 = 120.0;
/// How long a paused worker sleeps between two looks into its inbox.
const NAP: Duration = Duration::from_millis(50);
/// Between two status files of a paused worker.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

fn asked(why: String) -> Stop {
    Stop {
        kind: Stopped::Asked,
        why,
    }
}

impl Sweep {
    /// Carries out stop, pause and resume, and waits while paused; says why the job stops, if it does.
    pub(super) fn commands(&mut self) -> Result<Option<Stop>> {
        let mut said = None;
        loop {
            let polled = self.inbox.poll(0);
            let commands = polled
                .map_err(|fault| self.log_once(&fault))
                .unwrap_or_default()
                .commands;
            for command in commands {
                if self.carry_out(command.id, &command.order) {
                    return Ok(Some(asked(format!("stopped by {}", command.author))));
                }
            }
            if let Some(stop) = self.stop_unasked() {
                return Ok(Some(stop));
            }
            if !self.paused {
                return Ok(None);
            }
            if said.is_none_or(|at: Instant| at.elapsed() >= SIGN_OF_LIFE) {
                self.status("paused", self.cells.finished())?;
                said = Some(Instant::now());
            }
            std::thread::sleep(NAP);
        }
    }

    /// Carries out one command and answers it; returns whether it was to stop.
    fn carry_out(&mut self, id: String, order: &Order) -> bool {
        let (result, why) = match order {
            Order::Pause | Order::Resume | Order::Stop => (Verdict::Applied, String::new()),
            _ => (Verdict::Rejected, "an attack takes stop, pause and resume".into()),
        };
        match order {
            Order::Pause => self.paused = true,
            Order::Resume => self.paused = false,
            _ => {}
        }
        let answered = self.inbox.answer(&Answer {
            id,
            result,
            step: 0,
            time: clock::now_text(),
            changes: Vec::new(),
            why,
        });
        answered.unwrap_or_else(|fault| self.log_once(&fault));
        *order == Order::Stop
    }

    /// Why the job stops though no command says so: a signal, or its budget of time.
    fn stop_unasked(&self) -> Option<Stop> {
        if let Some(signal) = self.signals.stop() {
            return Some(asked(format!("stopped by {signal}")));
        }
        let most = self.manifest.max_seconds?;
        (self.started.elapsed().as_secs_f64() > most).then(|| Stop {
            kind: Stopped::Budget,
            why: format!("the budget of {most} seconds is spent"),
        })
    }

    /// Publishes where the job is: at cell `number`, doing what `current` says.
    pub(super) fn status(&self, current: &str, number: usize) -> Result<()> {
        self.publish(current, number, None)
    }

    /// The last status of a job that stops before its end.
    pub(super) fn stopped(&self, number: usize, why: Stopped) -> Result<()> {
        self.publish("", number, Some(why))
    }

    fn publish(&self, current: &str, number: usize, stopped: Option<Stopped>) -> Result<()> {
        let here = process::here();
        let cells = self.cells.all();
        let status = AttackStatus {
            schema: SCHEMA,
            cells_done: number,
            cells: cells.len(),
            images_done: cells.get(number).map_or(0, |c| c.done()),
            images: self.images.unwrap_or(0),
            current: current.to_string(),
            eta: self.cells.seconds_left(),
            time: clock::now_text(),
            host: here.host,
            boot: here.boot,
            pid: here.pid,
            process_start: here.process_start,
            next_report_s: if self.batch_seconds == 0.0 || current == "measuring" {
                FIRST_DEADLINE
            } else {
                DEADLINE.max(5.0 * self.batch_seconds)
            },
            stopped,
        };
        // A status that cannot be published is no reason to end.
        publish_json(&self.job.status(), &status).unwrap_or_else(|fault| self.log_once(&fault));
        Ok(())
    }

    /// Writes a fault that ends nothing into the job's log, if the last one was another.
    fn log_once(&self, fault: &RunError) {
        let words = fault.to_string();
        let last = self.last_fault.replace(words.clone());
        if last != words {
            crate::worker::log(format_args!("continues: {words}"));
        }
    }
}
