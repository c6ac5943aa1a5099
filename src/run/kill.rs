//! Ending a worker that does not respond: a signal to exactly the process that wrote the status, never to another that
//! got its number since.

use super::{
    RunDir,
    attack_job::AttackDir,
    error::RunError,
    launch::Launch,
    process::{self, Alive, Identity},
};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::path::Path;

/// How to end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Ask (SIGTERM): the worker saves and stops.
    Ask,
    /// At once (SIGKILL): what was not saved is lost.
    AtOnce,
}

/// The newest process known to work on a run or attack: the one last started, or the one that last reported.
pub fn worker_of(job: &Path) -> Option<Identity> {
    let reported = match AttackDir::is_attack(job) {
        true => AttackDir::at(job)
            .read_status()
            .ok()
            .flatten()
            .map(|s| (s.time.clone(), Identity::from(&s))),
        false => RunDir::at(job)
            .read_status()
            .ok()
            .flatten()
            .map(|s| (s.time.clone(), Identity::from(&s))),
    };
    match (reported, Launch::read(job)) {
        (Some((time, who)), Some(launch)) => Some(if time >= launch.time { who } else { launch.who }),
        (Some((_, who)), None) => Some(who),
        (None, Some(launch)) => Some(launch.who),
        (None, None) => None,
    }
}

/// Signals the worker of a run or attack directory.
///
/// # Errors
/// When it runs on another machine, is gone, or belongs to another user.
pub fn kill(job: &Path, who: &Identity, how: How) -> Result<(), RunError> {
    let pid = i32::try_from(who.pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| RunError::refused(job, "its status names no process"))?;
    // The handle is taken first and the process looked at second: what is signalled is what was looked at.
    let handle = pidfd_open(pid, PidfdFlags::empty());
    match process::alive(who) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_process_is_killed() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let who = process::of(child.id());
        let other = Identity {
            process_start: who.process_start + 1,
            ..who.clone()
        };
        assert!(
            kill(Path::new("/r"), &other, How::AtOnce)
                .unwrap_err()
                .to_string()
                .contains("ended")
        );
        let far = Identity {
            host: "elsewhere".into(),
            ..who.clone()
        };
        assert!(
            kill(Path::new("/r"), &far, How::AtOnce)
                .unwrap_err()
                .to_string()
                .contains("elsewhere")
        );
        assert!(child.try_wait().unwrap().is_none());
        kill(Path::new("/r"), &who, How::AtOnce).unwrap();
        assert!(!child.wait().unwrap().success());
    }
}
