//! Synthetic run directories: written as a worker writes them, without a worker.

use super::METRICS;
use crate::run::{
    RunDir, clock,
    files::publish_json,
    journal::Appender,
    manifest::Manifest,
    metric::Metric,
    new_run::NewRun,
    process,
    status::{Exit, Outcome, Phase, Status},
};
use crate::spec::Experiment;
use anyhow::Result;
use std::path::Path;

/// Steps of a made-up run in all.
const TOTAL: u64 = 10_000_000;

const NAMES: [&str; METRICS] = [
    "train.ce",
    "train.loss",
    "train.accuracy",
    "train.r",
    "train.lr",
    "train.gradient_norm",
    "train.images_per_second",
    "layer.0.firing_rate",
    "layer.1.firing_rate",
    "layer.2.firing_rate",
];

/// What made-up runs are, but for their names.
///
/// # Errors
/// When the working folder is gone.
pub fn manifest(spec: Experiment) -> Result<Manifest> {
    let new = NewRun {
        spec,
        spec_file: "experiments/bench/experiment.toml".into(),
        runs: None,
        checkpoints: None,
        data: "data".into(),
        parent: None,
        id: None,
        argv: Vec::new(),
    };
    Ok(new.manifest()?)
}

/// A run's directory with nothing but what it is. Not synced to the disk: it is thrown away soon.
///
/// # Errors
/// When the disk does not take it.
pub fn run(root: &Path, like: &Manifest, number: usize) -> Result<RunDir> {
    let id = format!(
        "20261123-{:02}{:02}{:02}-bench-{number:04}",
        number / 3600 % 24,
        number / 60 % 60,
        number % 60
    );
    let manifest = Manifest {
        id: id.clone(),
        name: format!("bench-{number}"),
        checkpoints: root.join("checkpoints").join(&id),
        ..like.clone()
    };
    let run = RunDir::at(root.join("experiments/bench/runs").join(&id));
    std::fs::create_dir_all(run.inbox())?;
    std::fs::create_dir_all(run.done())?;
    std::fs::write(run.manifest(), toml::to_string(&manifest)?)?;
    Ok(run)
}

/// Says that a run is live, in this very process.
///
/// # Errors
/// When the disk does not take it.
pub fn report(run: &RunDir, step: u64) -> Result<()> {
    let here = process::here();
    let status = Status {
        schema: crate::run::SCHEMA,
        phase: Phase::Running,
        step,
        total_steps: TOTAL,
        epoch: step as f64 / 1000.0,
        epochs: TOTAL / 1000,
        rate: 800.0,
        eta: 3600.0,
        time: clock::now_text(),
        uptime: 0.0,
        problem: String::new(),
        host: here.host,
        boot: here.boot,
        pid: here.pid,
        process_start: here.process_start,
        device: "cpu".into(),
        incarnation: 1,
        next_report_s: 3600.0,
        scheduled: Vec::new(),
        tunables: Default::default(),
    };
    Ok(publish_json(&run.status(), &status)?)
}

/// Says that a run is over.
///
/// # Errors
/// When the disk does not take it.
pub fn finish(run: &RunDir, step: u64) -> Result<()> {
    let exit = Exit {
        outcome: Outcome::Finished,
        time: clock::now_text(),
        step,
        incarnation: 1,
        why: String::new(),
    };
    std::fs::write(run.exit(), serde_json::to_vec(&exit)?)?;
    Ok(())
}

/// Appends a step's line.
///
/// # Errors
/// When the disk does not take it.
pub fn step(journal: &mut Appender, step: u64) -> Result<()> {
    let t = step as f64;
    // Cheap, without a pattern that a chart would show.
    let noise = |salt: f64| ((t * 12.9898 + salt).sin() * 43_758.547).fract();
    let fall = (-t / 2e5).exp();
    let values = NAMES.iter().enumerate().map(|(n, name)| {
        let value = 2.0 * fall + 0.3 + 0.1 * noise(n as f64);
        ((*name).to_string(), value)
    });
    let line = Metric {
        step,
        epoch: t / 1000.0,
        wall: t * 0.05,
        values: values.collect(),
    };
    Ok(journal.append(&line)?)
}
