//! The attack worker: cells of (checkpoint, attack, backward mode, ε), one recorded line per batch of images, so that
//! a restart goes on where the record ends.

use super::material::Material;
use super::saving::MODEL;
use super::signals::Signals;
use crate::attack::{self, Images, Loss, Terms};
use crate::run::{
    SCHEMA,
    attack::{AttackLine, AttackLoss, AttackManifest, AttackStatus, Order, Split},
    attack_job::{AttackDir, CellKey, plan},
    checkpoint, clock,
    command::{Answer, Order as Wish, Verdict},
    control::Inbox,
    files::publish_json,
    journal::{self, Appender},
    lock::RunLock,
    process,
    status::{Exit, Outcome},
};
use crate::snn::{
    Network,
    backend::Device,
    random::{Purpose, stream},
};
use crate::spec::AttackKind;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Seconds within which the worker reports at the latest, unless a batch takes longer.
const DEADLINE: f64 = 10.0;
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
}

/// A checkpoint's network with the images it is attacked on.
struct Target {
    network: Network,
    material: Material,
    places: Vec<u32>,
    of_test: bool,
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
        let cells = plan(&manifest);
        Ok(Sweep {
            inbox: Inbox::open(job.path())?,
            lines: Appender::open(&job.results())?,
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
        })
    }

    fn run(&mut self) -> Result<(Outcome, String)> {
        self.status("loading", 0)?;
        let mut loaded: Option<(usize, Target)> = None;
        for (index, cell) in self.cells.clone().into_iter().enumerate() {
            if loaded.as_ref().is_none_or(|(c, _)| *c != cell.checkpoint) {
                loaded = Some((cell.checkpoint, self.load(cell.checkpoint)?));
            }
            let Some((_, target)) = &loaded else { continue };
            if let Some(why) = self.cell(index, &cell, target)? {
                return Ok((Outcome::Stopped, why));
            }
        }
        self.status("", self.cells.len())?;
        Ok((Outcome::Finished, String::new()))
    }

    fn load(&self, index: usize) -> Result<Target> {
        let path = self
            .manifest
            .checkpoints
            .get(index)
            .ok_or_else(|| anyhow!("attack.toml: no checkpoint {index}"))?;
        let checkpoint = checkpoint::open(path)?;
        let spec = checkpoint.meta.spec.clone();
        let device = Device::find(&self.manifest.device)?;
        let mut network = Network::new(&spec.network, &device, 0)
            .ok_or_else(|| anyhow!("{}: its network cannot be built", path.display()))?;
        network
            .load_safetensors(&checkpoint.read_file(MODEL)?)
            .with_context(|| path.display().to_string())?;
        let material = Material::load(&spec, &self.manifest.data)?;
        let of_test = self.manifest.split == Split::Test;
        let there = material.size(of_test);
        if there == 0 {
            bail!("{}: the split holds no images", path.display());
        }
        let mut places: Vec<u32> = (0..there as u32).collect();
        if self.manifest.order == Order::Shuffled {
            shuffle(&mut places, self.manifest.seed);
        }
        places.truncate(self.manifest.samples);
        Ok(Target {
            network,
            material,
            places,
            of_test,
        })
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
            let robust = self.batch(cell, target, first, &target.places[first..last]);
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

    /// One character per image. Images wrong when clean are not attacked; they count as not robust.
    fn batch(&self, cell: &CellKey, target: &Target, first: usize, places: &[u32]) -> String {
        let images = target.material.images(target.of_test, places);
        let clean = match self.clean(cell.checkpoint, first) {
            Some(known) => known,
            None => attack::classified_rightly(&target.network, &images.pixels, &images.labels),
        };
        if cell.attack == AttackKind::None {
            return text(&clean);
        }
        let right: Vec<usize> = (0..images.len()).filter(|i| clean[*i]).collect();
        let part: Images = images.select(&right);
        let terms = Terms {
            kind: cell.attack,
            eps: cell.eps,
            alpha: self.manifest.alpha,
            mode: cell.backward,
            loss: match self.manifest.loss {
                AttackLoss::Ce => Loss::CrossEntropy,
                AttackLoss::Margin => Loss::Margin,
                AttackLoss::Dlr => Loss::Dlr,
            },
            seed: self.manifest.seed,
        };
        let mut robust = vec![false; images.len()];
        if !part.is_empty() {
            for (i, alive) in right.into_iter().zip(attack::survivors(&target.network, &part, &terms)) {
                robust[i] = alive;
            }
        }
        text(&robust)
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
            .filter(|d| d.values().map(String::len).sum::<usize>() >= self.manifest.samples)
            .count()
    }

    fn status(&self, current: &str, cells_done: usize) -> Result<()> {
        let here = process::here();
        let per_cell = self.manifest.samples.div_ceil(self.manifest.batch.max(1));
        let all = self.cells.len() * per_cell;
        let left = all.saturating_sub(self.batches_done + self.batches_before) as f64;
        let mean = self.begun.elapsed().as_secs_f64() / self.batches_done.max(1) as f64;
        let images = |c: &CellKey| self.done.get(&key(c)).map_or(0, |d| d.values().map(String::len).sum());
        let status = AttackStatus {
            schema: SCHEMA,
            cells_done,
            cells: self.cells.len(),
            images_done: self.cells.get(cells_done).map_or(0, images),
            current: current.to_string(),
            eta: left * mean,
            time: clock::now_text(),
            host: here.host,
            boot: here.boot,
            pid: here.pid,
            process_start: here.process_start,
            next_report_s: DEADLINE.max(5.0 * self.batch_seconds),
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

/// Fisher and Yates.
fn shuffle(places: &mut [u32], seed: u64) {
    let mut random = stream(seed, Purpose::Attack, u64::MAX, 0);
    for i in (1..places.len()).rev() {
        let j = (random.uniform() * (i + 1) as f32) as usize;
        places.swap(i, j.min(i));
    }
}
