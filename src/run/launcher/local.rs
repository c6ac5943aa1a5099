//! Workers that are processes of this machine. Of a process of another machine, such as one on a shared folder, only its
//! record is known here: nothing is concluded from its id.

use super::{Alive, Handle, How, Launcher, Task, Verb, Who, Worker};
use crate::run::{
    RunDir,
    error::RunError,
    files::read_inside,
    lock::RunLock,
    names,
    process::{self, Identity},
    spawn, text,
};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::Deserialize;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Its word.
pub const KIND: &str = "local";

/// How long a new worker may take until it holds the run's lock.
const TAKES_OVER: Duration = Duration::from_secs(60);

/// Processes of this machine.
#[derive(Debug)]
pub struct Local;

impl Launcher for Local {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn start(&self, task: &Task) -> Result<Handle, RunError> {
        let verb = match task.verb {
            Verb::Train => "worker",
            Verb::Attack => "attack-worker",
        };
        let pid = spawn::this_program(verb, task.job, task.options)?;
        Ok(Handle::new(KIND, &process::of(pid)))
    }

    fn wait_until_begun(&self, task: &Task, worker: &Worker) -> Result<(), RunError> {
        let (Verb::Train, Some(who)) = (task.verb, identity(worker)) else {
            return Ok(());
        };
        let started = Instant::now();
        while !has_taken_over(task.job, who.pid) && started.elapsed() <= TAKES_OVER {
            if process::alive(&who) == Alive::No && !has_taken_over(task.job, who.pid) {
                let said = said_since(&task.job.join(names::STDERR), task.log_before);
                return Err(RunError::refused(task.job, said));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn accepts(&self, handle: &Handle) -> bool {
        read(handle).is_some()
    }

    fn alive(&self, worker: &Worker) -> Alive {
        identity(worker).map_or(Alive::Unknown, |who| process::alive(&who))
    }

    fn is_reachable(&self, worker: &Worker) -> bool {
        identity(worker).is_some_and(|who| who.host == process::host())
    }

    /// A signal to exactly the process that was started or reported, never to another that got its number since.
    fn end(&self, job: &Path, worker: &Worker, how: How) -> Result<(), RunError> {
        let named = identity(worker).and_then(|who| Some((i32::try_from(who.pid).ok().and_then(Pid::from_raw)?, who)));
        let (pid, who) = named.ok_or_else(|| RunError::refused(job, "its status names no process"))?;
        // The handle is taken first and the process looked at second: what is signalled is what was looked at.
        let handle = pidfd_open(pid, PidfdFlags::empty());
        match process::alive(&who) {
            Alive::Yes => {}
            Alive::No => return Err(RunError::refused(job, "its worker has ended already")),
            Alive::Unknown => {
                let why = format!("its worker runs on {}, process {}; end it there", who.host, who.pid);
                return Err(RunError::refused(job, why));
            }
        }
        let signal = match how {
            How::Ask => Signal::TERM,
            How::AtOnce => Signal::KILL,
        };
        handle
            .and_then(|h| pidfd_send_signal(h, signal))
            .map_err(|e| RunError::io(job, "signal its worker")(e.into()))
    }

    fn describe(&self, worker: &Worker) -> Who {
        identity(worker).map_or_else(Who::default, |who| Who {
            name: format!("process {}", who.pid),
            host: who.host,
        })
    }

    fn attacks_at_work(&self) -> Vec<PathBuf> {
        process::attack_workers()
    }
}

/// The process: the one that reported, or the one that was started.
fn identity(worker: &Worker) -> Option<Identity> {
    worker.reported.clone().or_else(|| read(&worker.handle))
}

fn read(handle: &Handle) -> Option<Identity> {
    Identity::deserialize(Value::Object(handle.fields.clone())).ok()
}

/// A worker has the run when it holds the lock and has set the exit record of the one before it aside, or has ended since
/// with an exit record of its own.
fn has_taken_over(job: &Path, pid: u32) -> bool {
    let holds = RunLock::holder_of(job).is_some_and(|holder| holder == pid);
    holds && (!RunDir::at(job).exit().exists() || !RunLock::is_held(job))
}

/// The last line that was printed to a log since it had so many bytes.
fn said_since(log: &Path, before: u64) -> String {
    let bytes = read_inside(log, 16 << 20).unwrap_or_default();
    let new = bytes
        .get(usize::try_from(before).unwrap_or(usize::MAX)..)
        .unwrap_or_default();
    let new = String::from_utf8_lossy(new);
    let line = new.lines().rev().find(|l| !l.trim().is_empty());
    let said = line.map_or("it said nothing", |l| l.trim().trim_start_matches("error: "));
    format!(
        "its worker ended before it had taken the run over: {}",
        text::clean(said)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(who: &Identity) -> Worker {
        Worker::started(Handle::new(KIND, who))
    }

    #[test]
    fn only_the_very_process_is_killed() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let who = process::of(child.id());
        let kill = |who: &Identity| worker(who).end(Path::new("/r"), How::AtOnce);
        let other = Identity {
            process_start: who.process_start + 1,
            ..who.clone()
        };
        assert!(kill(&other).unwrap_err().to_string().contains("ended"));
        let far = Identity {
            host: "elsewhere".into(),
            ..who.clone()
        };
        assert!(kill(&far).unwrap_err().to_string().contains("elsewhere"));
        assert!(!worker(&far).is_reachable() && worker(&who).is_reachable());
        assert!(child.try_wait().unwrap().is_none());
        kill(&who).unwrap();
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn the_process_that_reported_counts_before_the_one_that_was_started() {
        let me = process::here();
        let mut started = worker(&Identity { pid: 1, ..me.clone() });
        started.reported = Some(me.clone());
        assert_eq!(started.alive(), Alive::Yes);
        assert_eq!(
            started.describe().to_string(),
            format!("process {} on {}", me.pid, me.host)
        );
    }
}
