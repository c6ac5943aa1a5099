//! Reading an attack as it grows: files in, [`Cells`] and state out.

use super::{AttackDir, Cells, Check, Measured, sanity::panel};
use crate::run::{
    attack::{AttackLine, AttackManifest, AttackStatus, Stopped},
    clock::Timestamp,
    error::RunError,
    files::read_json,
    journal::{Budget, Tail},
    launcher::{Alive, Launch, Worker},
    process::Identity,
    state::{GRACE, ended, is_fresh},
    status::{Exit, Outcome, RunState},
};
use std::path::Path;

/// A reader of one attack. Holds no file open between polls.
#[derive(Debug)]
pub struct AttackReader {
    dir: AttackDir,
    manifest: AttackManifest,
    results: Tail<AttackLine>,
    cells: Cells,
    status: Option<AttackStatus>,
    exit: Option<Exit>,
    launch: Option<Launch>,
    more: bool,
}

impl AttackReader {
    /// Opens an attack; nothing is read of its results yet.
    ///
    /// # Errors
    /// As [`AttackDir::open`].
    pub fn open(path: &Path) -> Result<AttackReader, RunError> {
        let dir = AttackDir::open(path)?;
        let manifest = dir.read_manifest()?;
        Ok(AttackReader {
            results: Tail::new(&dir.results()),
            cells: Cells::of(&manifest),
            manifest,
            status: None,
            exit: None,
            launch: None,
            more: false,
            dir,
        })
    }

    /// Reads what was added, within the budget; returns whether anything changed.
    pub fn poll(&mut self, budget: Budget) -> bool {
        let mut changed = false;
        if let Ok(status) = self.dir.read_status() {
            changed |= status != self.status;
            self.status = status;
        }
        if let Ok(exit) = self.dir.read_exit() {
            changed |= exit != self.exit;
            self.exit = exit;
        }
        let launch = Launch::read(self.dir.path());
        changed |= launch != self.launch;
        self.launch = launch;
        let batch = self.results.poll(budget);
        if batch.reset {
            self.cells = Cells::of(&self.manifest);
        }
        batch.lines.iter().for_each(|line| self.cells.apply(line));
        // What the worker says is of the checkpoint that it is at.
        if let Some(status) = self.status.as_ref().filter(|s| s.images > 0)
            && let Some(cell) = self.cells.all().get(status.cells_done).or(self.cells.all().last())
        {
            self.cells.limit(cell.key.checkpoint, status.images);
        }
        self.more = batch.more;
        changed || batch.reset || !batch.lines.is_empty()
    }

    /// The attack's state now: as a run's, see [`crate::run::state::derive_state`].
    pub fn state(&self, now: Timestamp) -> RunState {
        let heard = self.status.as_ref().map(|s| s.time.as_str());
        if let Some(exit) = &self.exit {
            return ended(exit.outcome);
        }
        if let Some(state) = self.launch.as_ref().and_then(|l| l.state(heard)) {
            return state;
        }
        let Some(status) = &self.status else {
            return RunState::Queued;
        };
        let worker = Worker::that_reported(self.launch.as_ref(), &status.time, Identity::from(status));
        if worker.alive() == Alive::No && !is_fresh(&status.time, GRACE, now) {
            return RunState::Lost;
        }
        if is_fresh(&status.time, status.next_report_s, now) {
            return if status.current == "paused" {
                RunState::Paused
            } else {
                RunState::Running
            };
        }
        RunState::Stalled
    }

    /// The attack's directory.
    pub fn dir(&self) -> &AttackDir {
        &self.dir
    }

    /// What is attacked, and how.
    pub fn manifest(&self) -> &AttackManifest {
        &self.manifest
    }

    /// What was measured.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Whether the result is believable: every check of the sanity panel.
    pub fn sanity(&self) -> Vec<Check> {
        panel(&self.manifest, &self.cells, &self.measured())
    }

    /// What the worker measured beside the cells, per checkpoint; read from its file.
    pub fn measured(&self) -> Vec<Measured> {
        read_json(&self.dir.measured()).ok().flatten().unwrap_or_default()
    }

    /// Time of the worker's last status.
    pub fn status(&self) -> Option<&AttackStatus> {
        self.status.as_ref()
    }

    /// The worker's exit record.
    pub fn exit(&self) -> Option<&Exit> {
        self.exit.as_ref()
    }

    /// Why the job stopped before its end, if it did.
    pub fn stopped(&self) -> Option<Stopped> {
        let stopped = self.exit.as_ref().is_some_and(|e| e.outcome == Outcome::Stopped);
        self.status.as_ref().and_then(|s| s.stopped).filter(|_| stopped)
    }

    /// Whether the last poll ran out of budget: poll again soon.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Lines that were not what they should be, or belonged nowhere.
    pub fn skipped(&self) -> u64 {
        self.results.skipped() + self.cells.strange()
    }
}
