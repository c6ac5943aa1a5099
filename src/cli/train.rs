//! `spikedeck train`: create a run (or take one up again), start its worker, and follow it.

use super::{
    dry_run,
    failure::{Code, require_engine, usage},
    follow::{caught_up, conclude, follow, result_json},
    interrupt::Interrupts,
    output::Output,
    resolve::{self, checkpoint_error},
};
use crate::{
    data::root,
    run::{RunDir, checkpoint, lock::RunLock, new_run::NewRun, spawn, status::Outcome},
    spec::Experiment,
};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Train a network as a specification says, in a process of its own
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The specification: an experiment.toml or its folder
    #[arg(value_name = "SPEC", required_unless_present = "resume", conflicts_with = "resume")]
    spec: Option<PathBuf>,
    /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the run's directory is made [default: runs/ beside the specification]
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// Where checkpoints go [default: checkpoints/ beside experiments/, else ./checkpoints]
    #[arg(long, value_name = "DIR")]
    checkpoints: Option<PathBuf>,
    /// cpu, flex, tch, tch:cuda:N or cuda:N
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Change a key of the specification; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Answer at once and let the run go on by itself
    #[arg(long)]
    detach: bool,
    /// Take up a run that was stopped, failed or was lost, from its last checkpoint
    #[arg(long, value_name = "RUN", conflicts_with_all = ["data", "runs", "checkpoints", "device", "set", "resume_weights"])]
    resume: Option<PathBuf>,
    /// Start a new run from the weights of this checkpoint: its folder, or RUN:best, RUN:latest, RUN:STEP
    #[arg(long, value_name = "CKPT")]
    resume_weights: Option<PathBuf>,
    /// Say what would be done, what it needs and how long it would take here, after a short measurement
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// Does it.
///
/// # Errors
/// An invalid specification, a folder that cannot be written, a run that has a worker already.
pub fn run(args: TrainArgs, out: Output) -> Result<Code> {
    let run = match &args.resume {
        Some(path) => {
            let run = resumable(path)?;
            if args.dry_run {
                return dry_run::show_resume(&run, out);
            }
            require_engine("train")?;
            device_is_there(&run.read_manifest()?.spec)?;
            run.archive_exit()?;
            run
        }
        None => {
            let new = plan(&args)?;
            if args.dry_run {
                return dry_run::show(&new, out);
            }
            require_engine("train")?;
            device_is_there(&new.spec)?;
            new.create()?
        }
    };
    start(&run, args.detach, out)
}

/// Starts the run's worker; follows it unless `detach`.
///
/// # Errors
/// When the worker cannot be started.
pub fn start(run: &RunDir, detach: bool, out: Output) -> Result<Code> {
    let reader = caught_up(run)?;
    // Before the worker starts: a Ctrl-C in between must not leave it alone.
    let interrupts = if detach {
        None
    } else {
        Some(Interrupts::take_over().context("Ctrl-C")?)
    };
    spawn::start_worker(run)?;
    let Some(interrupts) = interrupts else {
        out.say(format!("running: {}", run.path().display()));
        out.answer(&json!({ "run": run.path(), "state": "running" }));
        return Ok(Code::Done);
    };
    out.say(format!("run {}", run.path().display()));
    out.event(&json!({ "event": "run", "run": run.path() }));
    let ended = follow(reader, out, &interrupts)?;
    let code = conclude(&ended, out);
    out.answer(&result_json(&ended));
    Ok(code)
}

fn plan(args: &TrainArgs) -> Result<NewRun> {
    let spec_file = args.spec.clone().unwrap_or_default();
    let mut set = args.set.clone();
    if let Some(device) = &args.device {
        set.push(format!("train.device={device}"));
    }
    let parent = match &args.resume_weights {
        None => None,
        Some(path) => {
            let checkpoint = checkpoint::open(&resolve::checkpoint(path)?).map_err(|e| checkpoint_error(path, e))?;
            checkpoint.verify()?;
            Some(checkpoint.path().to_path_buf())
        }
    };
    Ok(NewRun {
        spec: Experiment::load(&spec_file, &set)?,
        spec_file,
        runs: args.runs.clone(),
        checkpoints: args.checkpoints.clone(),
        data: root::resolve(args.data.as_deref()),
        parent,
        argv: std::env::args().collect(),
    })
}

/// Refuses a device that is not here, or one that lacks the precision asked for, while there is no run yet to fail of it.
#[cfg(feature = "engine")]
fn device_is_there(spec: &Experiment) -> Result<()> {
    let found = crate::snn::backend::Device::for_training(&spec.train);
    found.map(drop).map_err(|e| usage(e.to_string()))
}

#[cfg(not(feature = "engine"))]
fn device_is_there(_: &Experiment) -> Result<()> {
    Ok(())
}

/// The run, if it may be taken up again.
fn resumable(path: &std::path::Path) -> Result<RunDir> {
    let run = RunDir::open(&resolve::run(path)?)?;
    run.read_manifest()?;
    // Taken and given back: the worker takes it for itself.
    drop(RunLock::take(run.path())?);
    if run.read_exit()?.is_some_and(|e| e.outcome == Outcome::Finished) {
        let path = path.display();
        return Err(usage(format!(
            "{path}: is finished, there is nothing to resume; --resume-weights CKPT starts a new run from its weights"
        )));
    }
    Ok(run)
}
