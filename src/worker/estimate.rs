//! What a run would cost on this device, for `train --dry-run`: a few real steps, probes, evaluations and a checkpoint,
//! each timed and multiplied by how often the run will do it. Nothing is left on the disk.

use super::bench::peak_resident;
use super::checkpoint_io::{self, CheckpointContext, WorkerState};
use super::controls::Controls;
use super::data_splits::DataSplits;
use super::progress::Progress;
use super::selection::Selection;
use super::training::{probe, robustness, step, untrained};
use crate::input::Batch;
use crate::run::{manifest::Manifest, provenance::Provenance};
use crate::snn::backend::Device;
use crate::spec::Experiment;
use crate::train::{StepReport, Trainer, evaluate, probe_budget::ProbeBudget, schedule};
use anyhow::{Result, anyhow};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// Seconds that the timing of steps continues, and the fewest and most steps timed.
const STEPS_SECONDS: f64 = 8.0;
const STEPS: std::ops::RangeInclusive<u64> = 3..=400;
/// Steps before the clock starts; one where a step is as long as [`LONG`].
const WARM_UP: u64 = 3;
/// A step so long, in seconds, that warming up costs more than it fixes.
const LONG: f64 = 2.0;
/// Seconds that the timing of an evaluation continues.
const EVALUATION_SECONDS: f64 = 2.0;

/// What a run would take.
#[derive(Debug, Clone, Serialize)]
pub struct Estimate {
    /// The device measured.
    pub device: String,
    /// Optimiser steps per epoch and in all; early stopping may end it sooner.
    pub steps_per_epoch: u64,
    /// In all.
    pub steps: u64,
    /// Seconds of a step, mean of those timed.
    pub step_seconds: f64,
    /// Steps timed.
    pub steps_timed: u64,
    /// Images per second within steps, as the run's `train.images_per_second`.
    pub images_per_second: f64,
    /// Seconds of a probe of the gradient, and of one that measures the vulnerability too.
    pub probe_seconds: f64,
    /// Of the latter.
    pub long_probe_seconds: f64,
    /// Seconds at the most of the attack that a checkpoint is probed with; 0 where none is.
    pub attack_probe_seconds: f64,
    /// Share of the time of steps and probes that probes will take.
    pub probe_share: f64,
    /// Seconds of one evaluation of the validation split.
    pub validation_seconds: f64,
    /// Seconds of the evaluation of the test set.
    pub test_seconds: f64,
    /// Seconds to save a checkpoint.
    pub checkpoint_seconds: f64,
    /// Seconds to load the data and build the network.
    pub start_seconds: f64,
    /// Seconds of the whole run.
    pub seconds: f64,
    /// Largest resident memory of this process while it measured, in bytes; 0 where the system does not tell.
    pub peak_bytes: u64,
}

/// Measures. Early stopping is not foreseen.
///
/// # Errors
/// When the device or the data are not there, or a step's numbers are not finite.
pub fn measure(manifest: &Manifest) -> Result<Estimate> {
    let spec = &manifest.spec;
    let started = Instant::now();
    let device = Device::for_training(&spec.train)?;
    let mut splits = DataSplits::load(spec, &manifest.data)?;
    let mut trainer = untrained(spec, &device)?;
    let start_seconds = started.elapsed().as_secs_f64();
    let per_epoch = splits.steps_per_epoch();
    let steps = per_epoch * spec.train.epochs;
    let timed = time_steps(spec, &mut splits, &mut trainer, &device)?;
    let budget = ProbeBudget::of(spec, per_epoch);
    let (probe_seconds, long_probe_seconds) = time_probes(spec, &splits, &trainer, budget, &timed.report);
    let validation_seconds = time_evaluation(&trainer, splits.validation(), splits.size(false));
    let test_seconds = time_evaluation(&trainer, splits.test(), splits.size(true));
    let checkpoint_seconds = time_checkpoint(manifest, &trainer)?;
    let (probes, long) = budget.count(steps);
    let stepping = steps as f64 * timed.seconds;
    let saves = match spec.checkpoint.every {
        0 => spec.train.epochs,
        every => steps / every + 1,
    };
    let attacked = spec.probe.attack_samples.min(splits.size(false));
    let images = |n: usize| splits.images(false, &(0..n as u32).collect::<Vec<_>>());
    let attack_probe_seconds = robustness::most_seconds(&trainer.network, images, attacked, spec);
    let probing =
        (probes - long) as f64 * probe_seconds + long as f64 * long_probe_seconds + saves as f64 * attack_probe_seconds;
    let besides = spec.train.epochs as f64 * validation_seconds + test_seconds + saves as f64 * checkpoint_seconds;
    Ok(Estimate {
        device: device.to_string(),
        steps_per_epoch: per_epoch,
        steps,
        step_seconds: timed.seconds,
        steps_timed: timed.count,
        images_per_second: timed.images as f64 / (timed.seconds * timed.count as f64),
        probe_seconds,
        long_probe_seconds,
        attack_probe_seconds,
        probe_share: probing / (probing + stepping),
        validation_seconds,
        test_seconds,
        checkpoint_seconds,
        start_seconds,
        seconds: start_seconds + stepping + probing + besides,
        peak_bytes: peak_resident(),
    })
}

/// Steps that were timed.
struct Timed {
    /// Mean seconds of one.
    seconds: f64,
    count: u64,
    images: usize,
    report: StepReport,
}

fn time_steps(spec: &Experiment, splits: &mut DataSplits, trainer: &mut Trainer, device: &Device) -> Result<Timed> {
    let per_epoch = splits.steps_per_epoch();
    let lr = spec.train.lr * schedule::factor(&spec.train, 0);
    let mut step = 0;
    let mut one = |trainer: &mut Trainer| -> Result<(f64, usize, StepReport)> {
        let started = Instant::now();
        let mut images = splits.batch(step / per_epoch, step % per_epoch);
        let report = step::take(trainer, &mut images, spec, lr, step + 1)
            .map_err(|e| anyhow!("{e}, in the first steps: lower train.lr or objective.lambda"))?;
        device.synchronize();
        step += 1;
        Ok((started.elapsed().as_secs_f64(), images.len(), report))
    };
    for _ in 0..WARM_UP {
        if one(trainer)?.0 > LONG {
            break;
        }
    }
    let (mut total, mut images, mut count) = (0.0, 0, 0);
    loop {
        let (seconds, n, report) = one(trainer)?;
        (total, images, count) = (total + seconds, images + n, count + 1);
        let enough = count >= *STEPS.start() && total >= STEPS_SECONDS;
        if enough || count >= *STEPS.end() {
            return Ok(Timed {
                seconds: total / count as f64,
                count,
                images,
                report,
            });
        }
    }
}

/// Seconds of a probe, and of one that measures the vulnerability too.
fn time_probes(
    spec: &Experiment,
    splits: &DataSplits,
    trainer: &Trainer,
    budget: ProbeBudget,
    report: &StepReport,
) -> (f64, f64) {
    let batch = splits.probe(spec.probe.samples);
    let time = |step: u64| {
        let started = Instant::now();
        probe::measure(&trainer.network, &batch, spec, (budget, step), &report.gradient_squares);
        started.elapsed().as_secs_f64()
    };
    let (short, long) = (2 * budget.every, budget.vulnerability_every * budget.every);
    // The first of each pays for fresh memory.
    let twice = |step: u64| match time(step) {
        first if first > LONG => first,
        _ => time(step),
    };
    (twice(short), twice(long))
}

/// Seconds to evaluate `size` images, from the first batches.
fn time_evaluation(trainer: &Trainer, batches: impl Iterator<Item = Batch>, size: usize) -> f64 {
    let (started, mut images) = (Instant::now(), 0);
    let mut batches = batches.peekable();
    while batches.peek().is_some() && (images == 0 || started.elapsed().as_secs_f64() < EVALUATION_SECONDS) {
        let found = evaluate::evaluate(&trainer.network, batches.by_ref().take(1), || false);
        images += found.map_or(0, |f| f.images).max(1);
    }
    started.elapsed().as_secs_f64() * size as f64 / images.max(1) as f64
}

/// Seconds to save a checkpoint into the folder for temporary files; it is removed again.
fn time_checkpoint(manifest: &Manifest, trainer: &Trainer) -> Result<f64> {
    let root = std::env::temp_dir().join(format!("spikedeck-dry-run-{}", std::process::id()));
    let state = WorkerState {
        step: 0,
        optimizer_steps: trainer.optimizer.steps,
        controls: Controls::new(manifest.spec.clone()),
        selection: Selection::default(),
        rollbacks: 0,
        latest: BTreeMap::new(),
    };
    let occasion = CheckpointContext {
        root: &root,
        id: &manifest.id,
        directory: &root,
        provenance: &Provenance::default(),
        at: Progress::default(),
        wall: 0.0,
        best: false,
        incarnation: 1,
        pinned: false,
    };
    let started = Instant::now();
    let saved = checkpoint_io::save(&occasion, trainer, &state);
    let seconds = started.elapsed().as_secs_f64();
    let removed = std::fs::remove_dir_all(&root);
    saved?;
    removed?;
    Ok(seconds)
}
