//! The attack worker: cells of (checkpoint, attack, backward mode, ε), one recorded line per batch of images, so that
//! a restart continues where the record ends.

mod batch;
mod gradient_quality;
mod kept_examples;
mod measurement;
mod progress;
mod replay;
mod resume_check;
mod target;
mod timing;

use super::disk_reserve::DiskReserve;
use super::retry::Retry;
use super::signals::Signals;
use crate::attack::{Draws, Terms};
use crate::run::{
    attack::{AttackLine, AttackManifest, CellEnd, Stopped},
    attack_job::{AttackDir, CellKey, Cells, Measured},
    clock,
    control::Inbox,
    files::{publish_json, read_json, sweep_partial},
    journal::{self, Appender},
    lock::RunLock,
    status::{Exit, Outcome},
};
use crate::spec::AttackKind;
use anyhow::{Context, Result, anyhow, bail};
use replay::Replayed;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;
use target::Target;

pub(super) use target::load_network;
pub use timing::{PassSeconds, pass_seconds};

/// Runs the attack job in this directory to its end, or until it is stopped.
///
/// # Errors
/// When the job cannot be opened or another worker holds it.
pub fn attack(directory: &Path) -> Result<Outcome> {
    // Before anything slow: a scheduler's warning may come early.
    let signals = Signals::install().context("signal handlers")?;
    let job = AttackDir::open(directory)?;
    let _lock = RunLock::take(job.path())?;
    sweep_partial(job.path());
    let mut reserve = DiskReserve::take(job.path());
    let manifest = job.read_manifest()?;
    let attempt = catch_unwind(AssertUnwindSafe(|| Sweep::begin(&job, manifest, signals)?.run()));
    let result =
        attempt.unwrap_or_else(|_| Err(anyhow!("the attack worker panicked; please report it with stderr.log")));
    let (outcome, why) = match result {
        Ok(None) => (Outcome::Finished, String::new()),
        Ok(Some(stop)) => (Outcome::Stopped, stop.why),
        Err(error) => {
            let why = super::sentence(&error);
            crate::worker::log(format_args!("error: {why}"));
            (Outcome::Failed, why)
        }
    };
    let exit = Exit {
        outcome,
        time: clock::now_text(),
        step: 0,
        incarnation: 1,
        why,
    };
    // Where the disk is full, this is what the room was kept for.
    reserve.release();
    publish_json(&job.exit(), &exit)?;
    Ok(outcome)
}

/// Why the job stops before its end.
#[derive(Debug, Clone, PartialEq)]
struct Stop {
    kind: Stopped,
    why: String,
}

struct Sweep {
    job: AttackDir,
    manifest: AttackManifest,
    signals: Signals,
    inbox: Inbox,
    lines: Appender,
    cells: Cells,
    /// The job whose images are counted again, where nothing is attacked.
    replayed: Option<Replayed>,
    measured: Vec<Measured>,
    started: Instant,
    batch_seconds: f64,
    paused: bool,
    /// The fault that was told last.
    last_fault: RefCell<String>,
    /// Images per cell, known once the first checkpoint is loaded.
    images: Option<usize>,
}

impl Sweep {
    fn begin(job: &AttackDir, manifest: AttackManifest, signals: Signals) -> Result<Sweep> {
        if let Err(why) = manifest.check() {
            bail!("attack.toml: {why}");
        }
        let mut cells = Cells::of(&manifest);
        for line in journal::read_all::<AttackLine>(&job.results()) {
            cells.apply(&line);
        }
        Ok(Sweep {
            inbox: Inbox::take_over(job.path())?,
            lines: Appender::open(&job.results())?,
            measured: read_json(&job.measured()).ok().flatten().unwrap_or_default(),
            replayed: manifest.replay.as_ref().map(Replayed::open).transpose()?,
            job: job.clone(),
            manifest,
            signals,
            cells,
            started: Instant::now(),
            batch_seconds: 0.0,
            paused: false,
            last_fault: RefCell::default(),
            images: None,
        })
    }

    /// Works all cells off; says why it stopped where it did.
    fn run(&mut self) -> Result<Option<Stop>> {
        self.status("loading", 0)?;
        let mut loaded: Option<(usize, Target)> = None;
        let keys: Vec<CellKey> = self.cells.all().iter().map(|c| c.key).collect();
        for (number, key) in keys.iter().enumerate() {
            if loaded.as_ref().is_none_or(|(c, _)| *c != key.checkpoint) {
                // One network at a time: the last one goes before the next is built.
                drop(loaded.take());
                let target = Target::load(&self.manifest, key.checkpoint)?;
                resume_check::check(&self.job, &self.manifest, key.checkpoint, &target)?;
                self.images = Some(target.places.len());
                self.cells.limit(key.checkpoint, target.places.len());
                loaded = Some((key.checkpoint, target));
            }
            let Some((_, target)) = &loaded else { continue };
            if let Some(stop) = self.cell(number, key, target)? {
                self.stopped(number, stop.kind)?;
                return Ok(Some(stop));
            }
            if key.attack == AttackKind::None
                && let Some(stop) = self.measure(number, key.checkpoint, target)?
            {
                self.stopped(number + 1, stop.kind)?;
                return Ok(Some(stop));
            }
        }
        self.status("", keys.len())?;
        Ok(None)
    }

    /// Works one cell off, batch by batch; says why the job stops, if it does.
    fn cell(&mut self, number: usize, key: &CellKey, target: &Target) -> Result<Option<Stop>> {
        let what = format!("{} {} {}", key.attack, key.backward, key.eps);
        while let Some(span) = self.cells.next(number, self.manifest.batch) {
            self.status(&what, number)?;
            if let Some(stop) = self.commands()? {
                return Ok(Some(stop));
            }
            let started = Instant::now();
            let (robust, ended) = match &self.replayed {
                Some(replayed) if key.attack != AttackKind::None => self.replay(replayed, key, span.first, target)?,
                _ => {
                    let robust = self.batch(number, key, target, &span)?;
                    let ended = self.ends(number, &robust);
                    (robust, ended)
                }
            };
            let seconds = started.elapsed().as_secs_f64();
            self.batch_seconds = seconds;
            let line = AttackLine {
                checkpoint: key.checkpoint,
                attack: key.attack,
                backward: key.backward,
                eps: key.eps,
                first: span.first,
                robust,
                seconds,
                ended,
            };
            self.append(&line)?;
            self.cells.apply(&line);
        }
        self.lines.sync()?;
        Ok(None)
    }

    /// Records a batch; where the disk does not take it for the moment, waits until it does.
    fn append(&mut self, line: &AttackLine) -> Result<()> {
        let wait = Retry::new(&self.signals);
        let mut told = false;
        while let Err(fault) = self.lines.append(line) {
            if !std::mem::replace(&mut told, true) {
                super::log(format_args!("waiting: {fault}"));
            }
            if !wait.may_retry(&fault) {
                return Err(fault.into());
            }
        }
        Ok(())
    }

    /// Whether a cell is as precise as was asked for once this batch is counted. The clean cell, which all others stand
    /// on, goes through all images.
    fn ends(&self, number: usize, robust: &str) -> Option<CellEnd> {
        let cell = self.cells.all().get(number)?;
        let wanted = self
            .manifest
            .precision
            .filter(|_| cell.key.attack != AttackKind::None)?;
        let left = cell.done() + robust.len() < self.cells.images(cell.key.checkpoint);
        (left && cell.tally().and(robust).half_width() <= wanted).then_some(CellEnd::Precision)
    }

    /// What is measured beside the cells, once per checkpoint; says why the job stops, if it does.
    fn measure(&mut self, number: usize, checkpoint: usize, target: &Target) -> Result<Option<Stop>> {
        if self.measured.iter().any(|m| m.checkpoint == checkpoint) {
            return Ok(None);
        }
        let manifest = self.manifest.clone();
        let mut stop = None;
        let found = measurement::measure(&manifest, checkpoint, target, &mut || {
            self.status("measuring", number)?;
            stop = self.commands()?;
            // A budget that is spent ends the job afterwards: what is not measured to its end would start again at every
            // start, and a small budget would never get past it.
            Ok(stop.as_ref().is_none_or(|s| s.kind == Stopped::Budget))
        })?;
        if let Some(found) = found {
            self.measured.push(found);
            publish_json(&self.job.measured(), &self.measured)?;
        }
        Ok(stop)
    }
}

fn text(robust: &[bool]) -> String {
    robust.iter().map(|r| if *r { '1' } else { '0' }).collect()
}

/// The draws of a random coding by which a job counts.
fn draws(manifest: &AttackManifest) -> Draws {
    terms(manifest).draws()
}

/// What all of a job's attacks share.
fn terms(manifest: &AttackManifest) -> Terms {
    Terms {
        norm: manifest.norm,
        alpha: manifest.alpha,
        loss: manifest.loss,
        target: manifest.target,
        eot: manifest.eot,
        seed: manifest.seed,
        ..Terms::default()
    }
}
