//! `control/launch.json`: which process was started as a run's worker, written by whoever started it. It bridges the
//! time until the worker's first status, so that a worker that dies at once is known to be lost.

use super::{
    clock::{self, Timestamp},
    error::RunError,
    files::{publish_json, read_json},
    process::{self, Alive, Identity},
    status::RunState,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A started worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// When it was started, RFC 3339 UTC.
    pub time: String,
    /// The process.
    #[serde(flatten)]
    pub who: Identity,
}

impl Launch {
    /// Records a worker just started.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn record(job: &Path, pid: u32) -> Result<(), RunError> {
        let launch = Launch {
            time: clock::now_text(),
            who: process::of(pid),
        };
        publish_json(&job.join("control/launch.json"), &launch)
    }

    /// The latest start; `None` where there was none or it cannot be read.
    pub fn read(job: &Path) -> Option<Launch> {
        read_json(&job.join("control/launch.json")).ok().flatten()
    }

    /// The state by the launch record where the worker has not reported since: starting, or dead before its first status.
    /// `heard` is the time of the worker's last status.
    pub fn state(&self, heard: Option<&str>) -> Option<RunState> {
        let started: Timestamp = clock::parse(&self.time)?;
        if heard.and_then(clock::parse).is_some_and(|heard| heard >= started) {
            return None;
        }
        Some(match process::alive(&self.who) {
            Alive::No => RunState::Lost,
            Alive::Yes | Alive::Unknown => RunState::Queued,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_died_before_its_first_status_is_lost() {
        let mut launch = Launch {
            time: "2026-11-23T10:00:00.000Z".into(),
            who: process::here(),
        };
        assert_eq!(launch.state(None), Some(RunState::Queued));
        assert_eq!(launch.state(Some("2026-11-23T09:00:00.000Z")), Some(RunState::Queued));
        assert_eq!(launch.state(Some("2026-11-23T10:00:01.000Z")), None);
        launch.who.process_start += 1;
        assert_eq!(launch.state(None), Some(RunState::Lost));
    }
}
