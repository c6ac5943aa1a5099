//! `spikedeck train`: create a run (or resume one), start its worker, and follow it.

use super::{
    dry_run,
    failure::{Code, require_engine, usage},
    follow::{Ended, caught_up, conclude, follow, result_json},
    interrupt::Interrupts,
    output::Output,
    resolve::{self, checkpoint_error},
};
use crate::{
    data::root,
    run::{
        Budget, RunDir, checkpoint, fork,
        job_worker::worker_of,
        launcher,
        lock::RunLock,
        new_run::NewRun,
        place::absolute,
        resume::resume_point,
        status::{Outcome, Phase, RunState},
    },
    spec::Experiment,
};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a run that is started detached may take to fail before it is said to run.
const MOMENT: Duration = Duration::from_secs(3);

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
    /// Answer at once and let the run continue by itself
    #[arg(long)]
    detach: bool,
    /// Resume a run that was stopped, failed or was lost, from its last checkpoint; with --set or --extend another run goes
    /// on from that checkpoint
    #[arg(long, value_name = "RUN", conflicts_with_all = ["runs", "checkpoints", "device", "resume_weights"])]
    resume: Option<PathBuf>,
    /// With --resume: this many more epochs, as another run that continues from the last checkpoint with its optimiser; the
    /// learning rate's schedule spans the new number of epochs
    #[arg(long, value_name = "EPOCHS", requires = "resume", value_parser = clap::value_parser!(u64).range(1..))]
    extend: Option<u64>,
    /// With --resume: start again from step 0; the checkpoints that are there are moved aside
    #[arg(long, requires = "resume", conflicts_with_all = ["extend", "set"])]
    from_scratch: bool,
    /// With --resume: continue with the images that are there, though they are not those that the run was trained on
    #[arg(long, requires = "resume", conflicts_with_all = ["extend", "set"])]
    accept_data: bool,
    /// The run's folder name: start it, or resume it if it is there; the same command serves a job that is requeued
    #[arg(long, value_name = "NAME", requires = "spec", conflicts_with = "resume")]
    or_resume: Option<String>,
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
    if let Some(path) = &args.resume {
        return match args.extend.is_some() || !args.set.is_empty() {
            true => extend(&args, path, out),
            false => resume(&args, path, out),
        };
    }
    if args.extend.is_some() || args.from_scratch || args.accept_data {
        return Err(usage("--extend, --from-scratch and --accept-data go with --resume RUN"));
    }
    let new = plan(&args)?;
    let there = match &args.or_resume {
        Some(name) => Some(new.runs_folder()?.join(name)),
        None => None,
    };
    if let Some(there) = there.as_deref().filter(|t| RunDir::is_run(t)) {
        return resume_as_it_is(&args, there, &new.spec, out);
    }
    if args.dry_run {
        return dry_run::show(&new, out);
    }
    require_engine("train")?;
    device_is_there(&new.spec)?;
    match (new.create(), there) {
        (Ok(run), _) => start(&run, args.detach, &[], out),
        // Another process was first.
        (Err(_), Some(there)) if RunDir::is_run(&there) => resume_as_it_is(&args, &there, &new.spec, out),
        (Err(error), _) => Err(error.into()),
    }
}

/// Resumes a run that `--or-resume` names, and says what of the command line it does not take: a run keeps what it was
/// started with.
fn resume_as_it_is(args: &TrainArgs, there: &Path, asked: &Experiment, out: Output) -> Result<Code> {
    let has = RunDir::open(there)?.read_manifest()?.spec;
    let differ = differing_keys(&has, asked);
    if !differ.is_empty() {
        out.note(format!(
            "note: the run keeps what it was started with; not taken: {} (--resume RUN --set makes another run of it)",
            differ.join(", ")
        ));
    }
    resume(args, there, out)
}

/// The keys in which two specifications differ, with both values.
fn differing_keys(has: &Experiment, asked: &Experiment) -> Vec<String> {
    fn flat(prefix: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
        match value {
            toml::Value::Table(table) => table.iter().for_each(|(key, value)| {
                let key = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}.{key}")
                };
                flat(&key, value, into);
            }),
            value => drop(into.insert(prefix.to_string(), value.to_string())),
        }
    }
    let of = |spec: &Experiment| {
        let mut keys = BTreeMap::new();
        if let Ok(value) = toml::Value::try_from(spec) {
            flat("", &value, &mut keys);
        }
        keys
    };
    let (has, asked) = (of(has), of(asked));
    let mut all: Vec<&String> = has.keys().chain(asked.keys()).collect();
    all.sort();
    all.dedup();
    let value = |of: &BTreeMap<String, String>, key: &str| of.get(key).cloned().unwrap_or_else(|| "not set".into());
    all.into_iter()
        .filter(|key| has.get(*key) != asked.get(*key))
        .map(|key| format!("{key} = {} (the run has {})", value(&asked, key), value(&has, key)))
        .take(8)
        .collect()
}

fn resume(args: &TrainArgs, path: &Path, out: Output) -> Result<Code> {
    let run = RunDir::open(&resolve::run(path)?)?;
    let manifest = run.read_manifest()?;
    if run.read_exit()?.is_some_and(|e| e.outcome == Outcome::Finished) {
        return finished(args, &run, out);
    }
    // Taken and given back: the worker takes it for itself.
    drop(RunLock::take(run.path())?);
    if args.dry_run && !args.from_scratch {
        return dry_run::show_resume(&run, out);
    }
    require_engine("train")?;
    device_is_there(&manifest.spec)?;
    let mut options: Vec<OsString> = Vec::new();
    match args.from_scratch {
        true => options.push("--from-scratch".into()),
        false => dry_run::say_passed_over(&resume_point(&run, &manifest.checkpoints)?, out),
    }
    if args.accept_data {
        options.push("--accept-data".into());
    }
    if let Some(data) = &args.data {
        options.extend(["--data".into(), absolute(data)?.into()]);
    }
    start(&run, args.detach, &options, out)
}

/// A run that has done all its epochs: an error for whoever wants it resumed, and just right for `--or-resume`.
fn finished(args: &TrainArgs, run: &RunDir, out: Output) -> Result<Code> {
    if args.or_resume.is_none() {
        let path = run.path().display();
        return Err(usage(format!(
            "{path}: is finished, there is nothing to resume; --extend EPOCHS trains more epochs, and --resume-weights CKPT \
             starts a new run from its weights"
        )));
    }
    let mut reader = caught_up(run)?;
    reader.poll(Budget::ALL);
    out.say(format!("{}: is finished already", run.path().display()));
    out.answer(&result_json(&Ended {
        reader,
        state: RunState::Finished,
        interrupted: false,
    }));
    Ok(Code::Done)
}

/// Another run that continues from the last checkpoint with changes.
fn extend(args: &TrainArgs, path: &Path, out: Output) -> Result<Code> {
    let run = RunDir::open(&resolve::run(path)?)?;
    let old = run.read_manifest()?.spec;
    let mut changes = args.set.clone();
    if let Some(more) = args.extend {
        let sets = |change: &&String| ["train.epochs=", "epochs="].iter().any(|key| change.starts_with(key));
        if let Some(change) = changes.iter().find(sets) {
            return Err(usage(format!(
                "--extend {more} and --set {change} both say how many epochs there are: give one of them"
            )));
        }
        changes.push(format!("train.epochs={}", old.train.epochs.saturating_add(more)));
    }
    let mut fork =
        fork::plan(&run, "latest", &changes, std::env::args().collect()).map_err(|e| usage(e.to_string()))?;
    if let Some(data) = &args.data {
        fork.manifest.data = absolute(data)?;
    }
    out.note(format!(
        "another run continues from step {} with the optimiser and ramps of {}, which is left alone",
        fork.step,
        run.path().display()
    ));
    note_schedule(&old, &fork, out);
    if args.dry_run {
        out.answer(&json!({ "dry_run": true, "spec": fork.manifest.spec, "step": fork.step }));
        return Ok(Code::Done);
    }
    require_engine("train")?;
    device_is_there(&fork.manifest.spec)?;
    start(&fork.create()?, args.detach, &[], out)
}

/// More epochs stretch the schedule of the learning rate: says what that does to the rate of the next step.
#[cfg(feature = "engine")]
fn note_schedule(old: &Experiment, fork: &fork::Fork, out: Output) {
    use crate::{train::schedule::factor, units::significant};
    let (before, after) = (&old.train, &fork.manifest.spec.train);
    let epoch = fork.epoch.floor() as u64;
    let (was, is) = (before.lr * factor(before, epoch), after.lr * factor(after, epoch));
    if was != is {
        out.note(format!(
            "the schedule now spans {} epochs instead of {}: the learning rate of epoch {epoch} is {} (it was {})",
            after.epochs,
            before.epochs,
            significant(is),
            significant(was)
        ));
    }
}

#[cfg(not(feature = "engine"))]
fn note_schedule(_: &Experiment, _: &fork::Fork, _: Output) {}

/// Starts the run's worker with these options; follows it unless `detach`.
///
/// # Errors
/// When the worker cannot be started, or another one has the run.
pub fn start(run: &RunDir, detach: bool, options: &[OsString], out: Output) -> Result<Code> {
    let mut reader = caught_up(run)?;
    // Before the worker starts: a Ctrl-C in between must not leave it alone.
    let interrupts = if detach {
        None
    } else {
        Some(Interrupts::take_over().context("Ctrl-C")?)
    };
    launcher::start_worker(run, options)?;
    reader.expect_another_end();
    let Some(interrupts) = interrupts else {
        if let Some(why) = ended_at_once(run) {
            out.note(format!("error: {why}"));
            out.answer(&json!({ "run": run.path(), "state": "failed", "why": why }));
            return Ok(Code::Failed);
        }
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

/// Why a worker that was just started has failed already, such as for missing data: waited for until it trains, and for no
/// longer than a moment.
fn ended_at_once(run: &RunDir) -> Option<String> {
    let started = Instant::now();
    while started.elapsed() < MOMENT {
        if let Ok(Some(exit)) = run.read_exit() {
            return (exit.outcome == Outcome::Failed).then_some(exit.why);
        }
        let status = run.read_status().ok().flatten();
        // Before the new worker reports, the status is the last one's.
        let is_its = || worker_of(run.path()).is_some_and(|w| w.reported.is_some());
        if status.is_some_and(|s| s.phase != Phase::Starting && is_its()) {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
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
        id: args.or_resume.as_deref().map(plain_name).transpose()?,
        argv: std::env::args().collect(),
    })
}

/// A name for a run's folder.
fn plain_name(name: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match !name.is_empty() && name.len() <= 100 && !name.starts_with(['.', '-']) && name.chars().all(plain) {
        true => Ok(name.to_string()),
        false => Err(usage(format!(
            "--or-resume {name:?}: the name of the run's folder is at most 100 letters, digits, hyphens, underscores and \
             dots, and begins with a letter or digit"
        ))),
    }
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
