//! How workers come into being: started, asked whether they live, ended, and named to people. What differs between a
//! process of this machine and a job of a cluster is behind [`Launcher`]; everything else asks the [`Worker`] of a run or
//! attack, and takes no process id for one of this machine.
//!
//! One more launcher is a file here and a line in `LAUNCHERS`.

mod handle;
mod launch_state;
mod local;
mod record;
#[cfg(test)]
mod tests;
mod worker;

pub use super::process::Alive;
pub use handle::Handle;
pub use record::Launch;
pub use worker::Worker;

use super::{RunDir, error::RunError, names};
use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

/// Every launcher that this program knows.
static LAUNCHERS: &[&dyn Launcher] = &[
    &local::Local,
    #[cfg(test)]
    &tests::toy::Lines,
];

/// The launcher of records that name none, and of workers that were started by hand.
pub const LOCAL: &str = local::KIND;

/// Starts workers, and answers for those it started.
pub trait Launcher: Sync {
    /// Its word in `control/launch.json`.
    fn kind(&self) -> &'static str;

    /// Starts a worker, or hands it to what will start it; does not wait for it. Returns what is needed to find it again.
    ///
    /// # Errors
    /// When it cannot be started, or was refused.
    fn start(&self, task: &Task) -> Result<Handle, RunError>;

    /// Waits until a worker that was just started has taken its job over, where that is a matter of seconds. A launcher
    /// whose workers wait in a queue does not wait.
    ///
    /// # Errors
    /// When the worker ended before it had its job, with what it said.
    fn wait_until_begun(&self, _task: &Task, _worker: &Worker) -> Result<(), RunError> {
        Ok(())
    }

    /// Whether a handle has what this launcher needs; a record whose handle has not counts as no record.
    fn accepts(&self, handle: &Handle) -> bool;

    /// Whether the worker lives. [`Alive::Unknown`] is an answer: nothing is concluded from it.
    fn alive(&self, worker: &Worker) -> Alive;

    /// Whether the worker can be asked about and ended from here.
    fn is_reachable(&self, worker: &Worker) -> bool;

    /// Ends the worker of a run or attack directory.
    ///
    /// # Errors
    /// When it is out of reach, has ended, or may not be ended by this user.
    fn end(&self, job: &Path, worker: &Worker, how: How) -> Result<(), RunError>;

    /// Who the worker is, for people.
    fn describe(&self, worker: &Worker) -> Who;

    /// The directories of attacks that workers of this launcher are known to work on, as far as it can list them.
    fn attacks_at_work(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// What a worker is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Train a run.
    Train,
    /// Attack checkpoints.
    Attack,
}

/// A worker to be started.
#[derive(Debug)]
pub struct Task<'a> {
    /// What it does.
    pub verb: Verb,
    /// The directory of its run or attack.
    pub job: &'a Path,
    /// Further options of the worker.
    pub options: &'a [OsString],
    /// Bytes that its `stderr.log` had before.
    pub log_before: u64,
}

/// How a worker is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Ask (SIGTERM): the worker saves and stops.
    Ask,
    /// At once (SIGKILL): what was not saved is lost.
    AtOnce,
}

/// A worker in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Who {
    /// What it is: `process 4711`.
    pub name: String,
    /// The machine it works on; empty while that is not known.
    pub host: String,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.is_empty() {
            true => f.write_str(&self.name),
            false => write!(f, "{} on {}", self.name, self.host),
        }
    }
}

/// Starts the worker of a run with these options, and waits until it has taken the run over where its launcher does.
///
/// # Errors
/// When it cannot be started; when it ended before it had the run, because another one has it for example: with what it
/// said.
pub fn start_worker(run: &RunDir, options: &[OsString]) -> Result<Worker, RunError> {
    start(wanted(), Verb::Train, run.path(), options)
}

/// Starts the worker of an attack directory.
///
/// # Errors
/// As [`start_worker`].
pub fn start_attack_worker(dir: &Path) -> Result<Worker, RunError> {
    start(wanted(), Verb::Attack, dir, &[])
}

/// The directories of attacks that workers are known to work on, of all launchers; there may be others.
pub fn attacks_at_work() -> Vec<PathBuf> {
    LAUNCHERS.iter().flat_map(|l| l.attacks_at_work()).collect()
}

/// What new workers are started by: processes of this machine. Nothing chooses another yet.
fn wanted() -> &'static dyn Launcher {
    &local::Local
}

fn start(launcher: &dyn Launcher, verb: Verb, job: &Path, options: &[OsString]) -> Result<Worker, RunError> {
    let task = Task {
        verb,
        job,
        options,
        log_before: std::fs::metadata(job.join(names::STDERR)).map_or(0, |m| m.len()),
    };
    let handle = launcher.start(&task)?;
    Launch::record(job, &handle)?;
    let worker = Worker::started(handle);
    launcher.wait_until_begun(&task, &worker)?;
    Ok(worker)
}

/// The launcher of this word; none where only a newer program has it.
fn of_kind(kind: &str) -> Option<&'static dyn Launcher> {
    LAUNCHERS.iter().find(|l| l.kind() == kind).copied()
}
