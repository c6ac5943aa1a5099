//! The worker's pen: metrics, events and status, in the order in which things happened.

use crate::run::{
    RunError, clock,
    coming::Coming,
    dir::RunDir,
    event::{Event, Happening},
    files::publish_json,
    journal::Appender,
    metric::Metric,
    process,
    status::{Exit, Outcome, Phase, Status},
};
use crate::spec::{Experiment, TUNABLES};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Seconds between two status files while training goes on.
const STATUS_EVERY: Duration = Duration::from_millis(500);
/// The shortest deadline a worker sets itself for its next sign of life, in seconds.
const DEADLINE: f64 = 10.0;
/// Seconds between two syncs of the journals to the disk.
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// How far a run is, and how far it has to go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Optimiser steps done.
    pub step: u64,
    /// Optimiser steps in all.
    pub total: u64,
    /// Optimiser steps per epoch.
    pub per_epoch: u64,
    /// Epochs in all.
    pub epochs: u64,
    /// Images per step.
    pub batch: usize,
}

impl Progress {
    /// Epochs done, as a fraction.
    pub fn epoch(self) -> f64 {
        self.step as f64 / self.per_epoch.max(1) as f64
    }
}

/// Writes a run's record.
pub struct Recorder {
    run: RunDir,
    metrics: Appender,
    events: Appender,
    device: String,
    /// Which incarnation of the worker this is.
    pub incarnation: u32,
    started: Instant,
    wall_before: f64,
    /// How far the run was when something was last recorded: what is left to be told after a panic.
    pub reached: Progress,
    /// The newest checkpoint that is whole, with its step.
    good: Option<(u64, String)>,
    /// Mean seconds of a step, recent.
    pub step_seconds: f64,
    /// What is told to be to come.
    pub coming: Vec<Coming>,
    last_status: Option<(Instant, Phase)>,
    last_sync: Instant,
}

impl Recorder {
    /// Opens the journals for appending; `wall_before` is the run's clock at the end of earlier incarnations.
    pub fn open(run: RunDir, incarnation: u32, wall_before: f64) -> Result<Recorder, RunError> {
        Ok(Recorder {
            metrics: Appender::open(&run.metrics())?,
            events: Appender::open(&run.events())?,
            run,
            device: String::new(),
            incarnation,
            started: Instant::now(),
            wall_before,
            reached: Progress::default(),
            good: None,
            step_seconds: 0.0,
            coming: Vec::new(),
            last_status: None,
            last_sync: Instant::now(),
        })
    }

    /// Names the device in every status from now on.
    pub fn on_device(&mut self, device: &str) {
        self.device = device.to_string();
    }

    /// Seconds on the run's own clock.
    pub fn wall(&self) -> f64 {
        self.wall_before + self.started.elapsed().as_secs_f64()
    }

    /// Appends one event and makes it durable.
    pub fn event(&mut self, step: u64, what: Happening) -> Result<(), RunError> {
        match &what {
            Happening::Saved { checkpoint, .. }
            | Happening::Resumed { checkpoint }
            | Happening::RolledBack { checkpoint, .. } => {
                self.good = Some((step, checkpoint.clone())).filter(|(_, path)| !path.is_empty());
            }
            _ => {}
        }
        let event = Event {
            time: clock::now_text(),
            step,
            wall: self.wall(),
            what,
        };
        if matches!(event.what, Happening::RolledBack { .. }) {
            // The next status says the step at once: until then the old one would tell a step that no longer counts.
            self.last_status = None;
        }
        self.events.append(&event)?;
        self.events.sync()
    }

    /// Which checkpoint to go on from, in words.
    pub fn last_good(&self) -> String {
        match &self.good {
            Some((step, path)) => format!("the last good checkpoint is of step {step}, {path}"),
            None => "there is no checkpoint yet".into(),
        }
    }

    /// The device that was named last.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Appends one line of numbers.
    pub fn metric(&mut self, at: Progress, values: BTreeMap<String, f64>) -> Result<(), RunError> {
        self.reached = at;
        self.metrics.append(&Metric {
            step: at.step,
            epoch: at.epoch(),
            wall: self.wall(),
            values,
        })?;
        if self.last_sync.elapsed() >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes everything written durable.
    pub fn sync(&mut self) -> Result<(), RunError> {
        self.last_sync = Instant::now();
        self.metrics.sync()?;
        self.events.sync()
    }

    /// What the last status said is no longer so: the next one is published whatever its age.
    pub fn outdated(&mut self) {
        self.last_status = None;
    }

    /// Publishes a status if the phase changed, the last one is old enough, or it is outdated.
    pub fn status(&mut self, at: Progress, phase: Phase, experiment: &Experiment) -> Result<(), RunError> {
        self.reached = at;
        if let Some((when, last)) = self.last_status
            && last == phase
            && when.elapsed() < STATUS_EVERY
        {
            return Ok(());
        }
        self.last_status = Some((Instant::now(), phase));
        let here = process::here();
        let rate = if self.step_seconds > 0.0 {
            at.batch as f64 / self.step_seconds
        } else {
            0.0
        };
        let status = Status {
            schema: crate::run::SCHEMA,
            phase,
            step: at.step,
            total_steps: at.total,
            epoch: at.epoch(),
            epochs: at.epochs,
            rate,
            eta: at.total.saturating_sub(at.step) as f64 * self.step_seconds,
            time: clock::now_text(),
            host: here.host,
            boot: here.boot,
            pid: here.pid,
            process_start: here.process_start,
            device: self.device.clone(),
            incarnation: self.incarnation,
            next_report_s: DEADLINE.max(5.0 * self.step_seconds),
            tunables: TUNABLES
                .iter()
                .map(|t| (t.key.to_string(), t.get(experiment)))
                .collect(),
            coming: self.coming.clone(),
        };
        publish_json(&self.run.status(), &status)
    }

    /// Writes the last word.
    pub fn exit(&mut self, step: u64, outcome: Outcome, why: &str) -> Result<(), RunError> {
        let exit = Exit {
            outcome,
            time: clock::now_text(),
            step,
            incarnation: self.incarnation,
            why: why.into(),
        };
        self.sync()?;
        publish_json(&self.run.exit(), &exit)
    }
}
