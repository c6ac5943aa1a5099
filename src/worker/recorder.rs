//! Writes a run's record: metrics, events and status, in the order in which things happened.
//!
//! A journal that cannot be written for the moment is waited for, with the reason in `status.json`; a status that cannot be
//! published is an alert and never the end. Where even the exit record does not fit, it goes beside the checkpoints.

use super::disk_reserve::DiskReserve;
use super::progress::Progress;
use super::retry::Retry;
use super::signals::Signals;
use crate::run::{
    RunError, clock,
    dir::RunDir,
    event::{Event, EventKind},
    files::publish_json,
    journal::Appender,
    metric::Metric,
    names::LAST_WORDS,
    process,
    schedule::ScheduledCommand,
    status::{Exit, Outcome, Phase, Status},
};
use crate::spec::{Experiment, TUNABLES};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Seconds between two status files while training continues.
const STATUS_EVERY: Duration = Duration::from_millis(500);
/// The shortest deadline a worker sets itself for its next status, in seconds.
const DEADLINE: f64 = 10.0;
/// … and the first one, before it knows how long a step takes: a device may need long to start.
const FIRST_DEADLINE: f64 = 120.0;
/// Seconds between two syncs of the journals to the disk.
const SYNC_EVERY: Duration = Duration::from_secs(5);

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
    /// The newest intact checkpoint, with its step.
    good: Option<(u64, String)>,
    /// Mean seconds of a step, recent.
    pub step_seconds: f64,
    /// Scheduled commands, for the status.
    pub scheduled: Vec<ScheduledCommand>,
    last_status: Option<(Instant, Phase)>,
    /// What was published last.
    said: Option<Status>,
    last_sync: Instant,
    signals: Signals,
    reserve: DiskReserve,
    /// Kinds of faults that last, each told once.
    faults: BTreeMap<&'static str, String>,
    /// The run's folder, held open: it is found again when it was renamed.
    folder: Option<File>,
    /// The folder of the run's checkpoints, once known.
    checkpoints: Option<PathBuf>,
}

/// Which of the two journals.
#[derive(Debug, Clone, Copy)]
enum Journal {
    Metrics,
    Events,
}

impl Recorder {
    /// Opens the journals for appending; `wall_before` is the run's clock at the end of earlier incarnations.
    pub fn open(run: RunDir, signals: Signals, incarnation: u32, wall_before: f64) -> Result<Recorder, RunError> {
        Ok(Recorder {
            folder: File::open(run.path()).ok(),
            reserve: DiskReserve::take(run.path()),
            said: None,
            signals,
            faults: BTreeMap::new(),
            checkpoints: None,
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
            scheduled: Vec::new(),
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
    pub fn event(&mut self, step: u64, what: EventKind) -> Result<(), RunError> {
        match &what {
            EventKind::Saved { checkpoint, .. }
            | EventKind::Resumed { checkpoint }
            | EventKind::RolledBack { checkpoint, .. } => {
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
        if matches!(event.what, EventKind::RolledBack { .. }) {
            // The next status says the step at once: until then the old one would tell a step that no longer counts.
            self.last_status = None;
        }
        self.append(Journal::Events, &event)?;
        self.settle(Journal::Events)
    }

    /// Appends a line; where the disk does not take it for the moment, waits until it does.
    fn append<T: serde::Serialize>(&mut self, journal: Journal, line: &T) -> Result<(), RunError> {
        self.patiently(journal, |appender| appender.append(line))
    }

    /// Makes a journal durable.
    fn settle(&mut self, journal: Journal) -> Result<(), RunError> {
        self.patiently(journal, Appender::sync)
    }

    fn patiently(
        &mut self,
        journal: Journal,
        mut act: impl FnMut(&mut Appender) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mut waiting: Option<(Retry, String)> = None;
        loop {
            let appender = match journal {
                Journal::Metrics => &mut self.metrics,
                Journal::Events => &mut self.events,
            };
            let Err(fault) = act(appender) else { break };
            let (wait, _) = waiting.get_or_insert_with(|| (Retry::new(&self.signals), fault.to_string()));
            if wait.seconds() < 0.5 {
                crate::worker::log(format_args!("waiting: {fault}"));
            }
            if !wait.may_retry(&fault) {
                return Err(match self.signals.stop() {
                    Some(by) => RunError::Ended {
                        by,
                        fault: Box::new(fault),
                    },
                    None => fault,
                });
            }
            self.say_waiting(&fault);
        }
        let Some((wait, fault)) = waiting else { return Ok(()) };
        self.reserve.refill();
        self.last_status = None;
        let why = format!(
            "the record could not be written for {:.0} s ({fault}); continuing",
            wait.seconds()
        );
        let alert = Event {
            time: clock::now_text(),
            step: self.reached.step,
            wall: self.wall(),
            what: EventKind::Alert {
                kind: "record".into(),
                why,
            },
        };
        self.events.append(&alert)
    }

    /// Says in the status what is waited for, as far as there is room for it.
    fn say_waiting(&mut self, fault: &RunError) {
        let Some(status) = &mut self.said else { return };
        status.time = clock::now_text();
        status.uptime = process::uptime().unwrap_or(0.0);
        status.phase = Phase::Paused;
        status.next_report_s = FIRST_DEADLINE;
        status.problem = format!("waiting, will continue by itself: {fault}");
        let _ = self.reserve.publish(&self.run.status(), status);
    }

    /// A fault that is no reason to end: told once, as an alert, until it is over.
    ///
    /// # Errors
    /// When the alert itself cannot be recorded.
    pub fn tolerate<E: std::fmt::Display>(
        &mut self,
        kind: &'static str,
        result: Result<(), E>,
    ) -> Result<(), RunError> {
        match result {
            Ok(()) => {
                self.faults.remove(kind);
                Ok(())
            }
            Err(_) if self.faults.contains_key(kind) => Ok(()),
            Err(fault) => {
                let why = fault.to_string();
                self.faults.insert(kind, why.clone());
                self.last_status = None;
                crate::worker::log(format_args!("{kind}: {why}"));
                self.event(self.reached.step, EventKind::Alert { kind: kind.into(), why })
            }
        }
    }

    /// Where the run's folder is now, if it was renamed while the worker ran; everything is written there from now on.
    ///
    /// # Errors
    /// When it was removed: what the worker writes would be seen by nobody.
    pub fn follow_rename(&mut self) -> Result<Option<RunDir>, RunError> {
        let Some(folder) = self.folder.as_ref() else {
            return Ok(None);
        };
        if folder.metadata().is_ok_and(|m| m.nlink() == 0) {
            return Err(RunError::refused(
                self.run.path(),
                "the run's folder was removed while its worker ran",
            ));
        }
        let Some(now) = process::path_of(folder) else {
            return Ok(None);
        };
        if now == self.run.path() || !RunDir::is_run(&now) {
            return Ok(None);
        }
        self.run = RunDir::at(&now);
        self.metrics.relocate(&self.run.metrics());
        self.events.relocate(&self.run.events());
        self.reserve.relocate(&now);
        self.last_status = None;
        Ok(Some(self.run.clone()))
    }

    /// Where the exit record goes if the run's folder has no room for it.
    pub fn checkpoints_in(&mut self, folder: &Path) {
        self.checkpoints = Some(folder.to_path_buf());
    }

    /// Which checkpoint to resume from, in words.
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
        let line = Metric {
            step: at.step,
            epoch: at.epoch(),
            wall: self.wall(),
            values,
        };
        self.append(Journal::Metrics, &line)?;
        if self.last_sync.elapsed() >= SYNC_EVERY {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes everything written durable.
    pub fn sync(&mut self) -> Result<(), RunError> {
        self.last_sync = Instant::now();
        self.settle(Journal::Metrics)?;
        self.settle(Journal::Events)
    }

    /// What the last status said is no longer so: the next one is published whatever its age.
    pub fn outdated(&mut self) {
        self.last_status = None;
    }

    /// Publishes a status if the phase changed, the last one is old enough, or it is outdated. One that cannot be
    /// published is an alert, and tried again at the next call.
    ///
    /// # Errors
    /// When the alert cannot be recorded either.
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
            uptime: process::uptime().unwrap_or(0.0),
            problem: self
                .faults
                .get("checkpoint")
                .map_or_else(String::new, |why| format!("no checkpoint can be saved: {why}")),
            host: here.host,
            boot: here.boot,
            pid: here.pid,
            process_start: here.process_start,
            device: self.device.clone(),
            incarnation: self.incarnation,
            next_report_s: match self.step_seconds {
                0.0 => FIRST_DEADLINE,
                seconds => DEADLINE.max(5.0 * seconds),
            },
            tunables: TUNABLES
                .iter()
                .map(|t| (t.key.to_string(), t.get(experiment)))
                .collect(),
            scheduled: self.scheduled.clone(),
        };
        let published = self.reserve.publish(&self.run.status(), &status);
        self.said = Some(status);
        self.tolerate("status", published)
    }

    /// The status of a worker that fails between two of its reports would tell an older step for ever.
    fn say_where_it_ended(&mut self, step: u64) {
        let epoch = self.reached.epoch();
        let Some(status) = &mut self.said else { return };
        if status.step != step {
            (status.step, status.epoch, status.time) = (step, epoch, clock::now_text());
            let _ = self.reserve.publish(&self.run.status(), status);
        }
    }

    /// Writes the exit record: in the run's folder, else beside the checkpoints. Journals that cannot be made durable do not
    /// keep it from being said.
    ///
    /// # Errors
    /// When it can be said nowhere.
    pub fn exit(&mut self, step: u64, outcome: Outcome, why: &str) -> Result<(), RunError> {
        let exit = Exit {
            outcome,
            time: clock::now_text(),
            step,
            incarnation: self.incarnation,
            why: why.into(),
        };
        self.say_where_it_ended(step);
        let synced = self.metrics.sync().and(self.events.sync());
        self.reserve.release();
        let Err(fault) = publish_json(&self.run.exit(), &exit) else {
            return synced;
        };
        let beside = self.checkpoints.as_deref().map(|folder| folder.join(LAST_WORDS));
        match beside.map(|path| publish_json(&path, &exit)) {
            Some(Ok(())) => Ok(()),
            _ => Err(fault),
        }
    }
}
