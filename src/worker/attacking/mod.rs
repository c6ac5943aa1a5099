//! The attack worker: cells of (checkpoint, attack, backward mode, ε), one recorded line per batch of images, so that
//! a restart goes on where the record ends.

mod keeping;
mod measuring;
mod target;
mod timing;

use super::signals::Signals;
use crate::attack::{self, Attacked, Terms};
use crate::run::{
    SCHEMA,
    attack::{AttackLine, AttackManifest, AttackStatus},
    attack_job::{AttackDir, CellKey, Measured, plan},
    clock,
    command::{Answer, Order as Wish, Verdict},
    control::Inbox,
    files::{publish_json, read_json},
    journal::{self, Appender},
    lock::RunLock,
    process,
    status::{Exit, Outcome},
};
use crate::spec::AttackKind;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use target::Target;

pub use timing::{PassSeconds, pass_seconds};

/// Seconds within which the worker reports at the latest, unless a batch takes longer.
const DEADLINE: f64 = 10.0;
/// … and while it loads or measures, before it knows how long a batch takes.
const FIRST_DEADLINE: f64 = 120.0;
/// How long a paused worker sleeps between two looks into its inbox.
const NAP: Duration = Duration::from_millis(50);

/// Runs the attack job in this directory to its end, or until it is stopped.
///
/// # Errors
/// When the job cannot be opened or another worker holds it.
pub fn attack(directory: &Path) -> Result<Outcome> {
    let job = AttackDir::open(directory)?;
    let _lock = RunLock::take(job.path())?;
    let signals = Signals::install().context("signal handlers")?;
    let manifest = job.read_manifest()?;
    let attempt = catch_unwind(AssertUnwindSafe(|| Sweep::begin(&job, manifest, signals)?.run()));
    let result =
        attempt.unwrap_or_else(|_| Err(anyhow!("the attack worker panicked; please report it with stderr.log")));
    let (outcome, why) = match result {
        Ok(end) => end,
        Err(error) => {
            let why = super::sentence(&error);
            eprintln!("error: {why}");
            (Outcome::Failed, why)
        }
    };
    publish_json(
        &job.exit(),
        &Exit {
            outcome,
            time: clock::now_text(),
            step: 0,
            incarnation: 1,
            why,
        },
    )?;
    Ok(outcome)
}

/// Results so far: robust or not per image position, by cell.
type Done = BTreeMap<String, BTreeMap<usize, String>>;

struct Sweep {
    job: AttackDir,
    manifest: AttackManifest,
    signals: Signals,
    inbox: Inbox,
    lines: Appender,
    done: Done,
    cells: Vec<CellKey>,
    begun: Instant,
    batches_done: usize,
    batches_before: usize,
    batch_seconds: f64,
    paused: bool,
    /// Images per cell, known once the first checkpoint is loaded.
    images: Option<usize>,
    measured: Vec<Measured>,
}

impl Sweep {
    fn begin(job: &AttackDir, manifest: AttackManifest, signals: Signals) -> Result<Sweep> {
        let mut done = Done::new();
        for line in journal::read_all::<AttackLine>(&job.results()) {
            let cell = CellKey {
                checkpoint: line.checkpoint,
                attack: line.attack,
                backward: line.backward,
                eps: line.eps,
            };
            done.entry(key(&cell)).or_default().insert(line.first, line.robust);
        }
        if let Err(why) = manifest.check() {
            bail!("attack.toml: {why}");
        }
        let cells = plan(&manifest);
        Ok(Sweep {
            inbox: Inbox::open(job.path())?,
            lines: Appender::open(&job.results())?,
            measured: read_json(&job.measured()).ok().flatten().unwrap_or_default(),
            job: job.clone(),
            manifest,
            signals,
            done,
            cells,
            begun: Instant::now(),
            batches_done: 0,
            batches_before: 0,
            batch_seconds: 0.0,
            paused: false,
            images: None,
        })
    }

    fn run(&mut self) -> Result<(Outcome, String)> {
        self.status("loading", 0)?;
        let mut loaded: Option<(usize, Target)> = None;
        for (index, cell) in self.cells.clone().into_iter().enumerate() {
            if loaded.as_ref().is_none_or(|(c, _)| *c != cell.checkpoint) {
                // One network at a time: the last one goes before the next is built.
                drop(loaded.take());
                let target = Target::load(&self.manifest, cell.checkpoint)?;
                self.images = Some(target.places.len());
                loaded = Some((cell.checkpoint, target));
            }
            let Some((_, target)) = &loaded else { continue };
            if let Some(why) = self.cell(index, &cell, target)? {
                return Ok((Outcome::Stopped, why));
            }
            if cell.attack == AttackKind::None {
                self.measure(index, cell.checkpoint, target)?;
            }
        }
        self.status("", self.cells.len())?;
        Ok((Outcome::Finished, String::new()))
    }

    /// Works one cell off, batch by batch; returns why the job stops, if it does.
    fn cell(&mut self, index: usize, cell: &CellKey, target: &Target) -> Result<Option<String>> {
        let what = format!("{} {} {}", cell.attack, cell.backward, cell.eps);
        let batch = self.manifest.batch.max(1);
        for first in (0..target.places.len()).step_by(batch) {
            if self.done.get(&key(cell)).is_some_and(|d| d.contains_key(&first)) {
                self.batches_before += 1;
                continue;
            }
            self.status(&what, index)?;
            if let Some(why) = self.commands()? {
                return Ok(Some(why));
            }
            let last = (first + batch).min(target.places.len());
            let begun = Instant::now();
            let robust = self.batch(index, cell, target, first, &target.places[first..last])?;
            let seconds = begun.elapsed().as_secs_f64();
            self.batch_seconds = seconds;
            self.batches_done += 1;
            let CellKey {
                checkpoint,
                attack,
                backward,
                eps,
            } = *cell;
            self.lines.append(&AttackLine {
                checkpoint,
                attack,
                backward,
                eps,
                first,
                robust: robust.clone(),
                seconds,
            })?;
            self.done.entry(key(cell)).or_default().insert(first, robust);
        }
        self.lines.sync()?;
        Ok(None)
    }

    /// What is measured beside the cells, once per checkpoint.
    fn measure(&mut self, index: usize, checkpoint: usize, target: &Target) -> Result<()> {
        if self.measured.iter().any(|m| m.checkpoint == checkpoint) {
            return Ok(());
        }
        self.status("measuring", index + 1)?;
        let found = measuring::measure(&self.manifest, checkpoint, target);
        self.measured.push(found);
        Ok(publish_json(&self.job.measured(), &self.measured)?)
    }

    /// One character per image. Images wrong when clean are not attacked; they count as not robust.
    fn batch(&self, index: usize, cell: &CellKey, target: &Target, first: usize, places: &[u32]) -> Result<String> {
        let images = target.material.images(target.of_test, places);
        let clean = match self.clean(cell.checkpoint, first) {
            Some(known) => known,
            None => attack::classified_rightly(&target.network, &images.pixels, &images.labels, self.manifest.eot),
        };
        if cell.attack == AttackKind::None {
            return Ok(text(&clean));
        }
        let right: Vec<usize> = (0..images.len()).filter(|i| clean[*i]).collect();
        let part = images.select(&right);
        let terms = Terms {
            kind: cell.attack,
            eps: cell.eps,
            mode: cell.backward,
            ..terms(&self.manifest)
        };
        let Attacked { right: alive, pixels } = attack::attack(&target.network, target.source.as_ref(), &part, &terms);
        let mut robust = vec![false; images.len()];
        right.iter().zip(alive).for_each(|(i, alive)| robust[*i] = alive);
        let robust = text(&robust);
        if self.manifest.keep {
            let mut adversarial = images.pixels.clone();
            for (i, x) in right.iter().zip(pixels.chunks_exact(images.size().max(1))) {
                adversarial[i * images.size()..][..x.len()].copy_from_slice(x);
            }
            let kept = keeping::Kept {
                number: (index, first),
                cell,
                images: &images,
                adversarial: &adversarial,
                robust: &robust,
            };
            keeping::keep(&self.job, &target.network, self.manifest.eot, &kept)?;
        }
        Ok(robust)
    }

    /// What the clean cell, always the first of its checkpoint, found for this batch.
    fn clean(&self, checkpoint: usize, first: usize) -> Option<Vec<bool>> {
        let clean = self
            .cells
            .iter()
            .find(|c| c.checkpoint == checkpoint && c.attack == AttackKind::None)?;
        let line = self.done.get(&key(clean))?.get(&first)?;
        Some(line.chars().map(|c| c == '1').collect())
    }

    /// Obeys stop, pause and resume; says why the job stops, if it does.
    fn commands(&mut self) -> Result<Option<String>> {
        loop {
            for command in self.inbox.poll(0)?.commands {
                let (verdict, why) = match command.order {
                    Wish::Pause => {
                        self.paused = true;
                        (Verdict::Applied, String::new())
                    }
                    Wish::Resume => {
                        self.paused = false;
                        (Verdict::Applied, String::new())
                    }
                    Wish::Stop => (Verdict::Applied, String::new()),
                    _ => (Verdict::Rejected, "an attack obeys stop, pause and resume".into()),
                };
                let stops = command.order == Wish::Stop;
                let (id, time) = (command.id, clock::now_text());
                self.inbox.answer(&Answer {
                    id,
                    result: verdict,
                    step: 0,
                    time,
                    changes: Vec::new(),
                    why,
                })?;
                if stops {
                    return Ok(Some(format!("stopped by {}", command.author)));
                }
            }
            if let Some(signal) = self.signals.stop() {
                return Ok(Some(format!("stopped by {signal}")));
            }
            if let Some(most) = self.manifest.max_seconds
                && self.begun.elapsed().as_secs_f64() > most
            {
                return Ok(Some(format!("the budget of {most} seconds is spent")));
            }
            if !self.paused {
                return Ok(None);
            }
            std::thread::sleep(NAP);
            self.status("paused", self.finished_cells())?;
        }
    }

    fn finished_cells(&self) -> usize {
        self.done
            .values()
            .filter(|d| d.values().map(String::len).sum::<usize>() >= self.images_per_cell())
            .count()
    }

    /// Those asked for, or all that the split has.
    fn images_per_cell(&self) -> usize {
        self.images.unwrap_or(self.manifest.samples)
    }

    fn status(&self, current: &str, cells_done: usize) -> Result<()> {
        let here = process::here();
        let per_cell = self.images_per_cell().div_ceil(self.manifest.batch.max(1));
        let all = self.cells.len() * per_cell;
        let left = all.saturating_sub(self.batches_done + self.batches_before) as f64;
        let mean = self.begun.elapsed().as_secs_f64() / self.batches_done.max(1) as f64;
        let images = |c: &CellKey| self.done.get(&key(c)).map_or(0, |d| d.values().map(String::len).sum());
        let status = AttackStatus {
            schema: SCHEMA,
            cells_done,
            cells: self.cells.len(),
            images_done: self.cells.get(cells_done).map_or(0, images),
            images: self.images.unwrap_or(0),
            current: current.to_string(),
            eta: left * mean,
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
        };
        Ok(publish_json(&self.job.status(), &status)?)
    }
}

fn key(cell: &CellKey) -> String {
    format!("{}|{}|{}|{}", cell.checkpoint, cell.attack, cell.backward, cell.eps)
}

fn text(robust: &[bool]) -> String {
    robust.iter().map(|r| if *r { '1' } else { '0' }).collect()
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
