//! The worker of a run or attack, as its launch record and its last status name it. It asks its launcher; it never looks
//! at a process table itself.

use super::{Alive, Handle, How, LOCAL, Launch, Who, of_kind};
use crate::run::{error::RunError, process::Identity};
use std::path::Path;

/// A worker: what it was started as, and the process that has reported since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// What it was started as; of one that nobody recorded starting, a local one's without fields.
    pub handle: Handle,
    /// The process that wrote the last status, if it did so after the start. It may be of another machine.
    pub reported: Option<Identity>,
}

impl Worker {
    /// One that was just started.
    pub fn started(handle: Handle) -> Worker {
        Worker { handle, reported: None }
    }

    /// The one that wrote a status at `time` as process `who`: of the launcher of `launch`, where that is older.
    pub fn that_reported(launch: Option<&Launch>, time: &str, who: Identity) -> Worker {
        let handle = launch.filter(|l| time >= l.time.as_str()).map(|l| l.handle.clone());
        Worker {
            handle: handle.unwrap_or_else(|| Handle::new(LOCAL, &())),
            reported: Some(who),
        }
    }

    /// The newest that is known of: the one last started, or the one that last reported.
    pub fn newest(launch: Option<&Launch>, reported: Option<(&str, Identity)>) -> Option<Worker> {
        match (launch, reported) {
            (Some(launch), Some((time, _))) if time < launch.time.as_str() => {
                Some(Worker::started(launch.handle.clone()))
            }
            (launch, Some((time, who))) => Some(Worker::that_reported(launch, time, who)),
            (Some(launch), None) => Some(Worker::started(launch.handle.clone())),
            (None, None) => None,
        }
    }

    /// Whether it lives, as far as its launcher can say.
    pub fn alive(&self) -> Alive {
        of_kind(&self.handle.kind).map_or(Alive::Unknown, |launcher| launcher.alive(self))
    }

    /// Whether it can be asked about and ended from here.
    pub fn is_reachable(&self) -> bool {
        of_kind(&self.handle.kind).is_some_and(|launcher| launcher.is_reachable(self))
    }

    /// Who it is, for people.
    pub fn describe(&self) -> Who {
        let host = self.reported.as_ref().map(|r| r.host.clone()).unwrap_or_default();
        of_kind(&self.handle.kind).map_or_else(
            || Who {
                name: format!("a worker of launcher {}", self.handle.kind),
                host,
            },
            |launcher| launcher.describe(self),
        )
    }

    /// Ends the worker of a run or attack directory.
    ///
    /// # Errors
    /// As its launcher says; when this program does not know its launcher.
    pub fn end(&self, job: &Path, how: How) -> Result<(), RunError> {
        let launcher = of_kind(&self.handle.kind).ok_or_else(|| {
            let why = format!(
                "its worker was started by launcher {}, which this version does not know; end it by the version that started it",
                self.handle.kind
            );
            RunError::refused(job, why)
        })?;
        launcher.end(job, self, how)
    }
}
