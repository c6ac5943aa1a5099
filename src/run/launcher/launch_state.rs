//! What a launch record alone says of a run's state, before the worker's first status.

use super::{Alive, Launch, Worker};
use crate::run::{
    clock::{self, Timestamp},
    status::RunState,
};

impl Launch {
    /// The state by the launch record where the worker has not reported since: starting, or dead before its first status.
    /// `heard` is the time of the worker's last status.
    pub fn state(&self, heard: Option<&str>) -> Option<RunState> {
        let started: Timestamp = clock::parse(&self.time)?;
        if heard.and_then(clock::parse).is_some_and(|heard| heard >= started) {
            return None;
        }
        Some(match Worker::started(self.handle.clone()).alive() {
            Alive::No => RunState::Lost,
            Alive::Yes | Alive::Unknown => RunState::Queued,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Handle;
    use super::*;
    use crate::run::process;
    use serde_json::json;

    #[test]
    fn a_worker_that_died_before_its_first_status_is_lost() {
        let mut who = process::here();
        let launch = |who: &process::Identity| Launch {
            time: "2026-11-23T10:00:00.000Z".into(),
            handle: Handle::new(super::super::LOCAL, who),
        };
        assert_eq!(launch(&who).state(None), Some(RunState::Queued));
        assert_eq!(
            launch(&who).state(Some("2026-11-23T09:00:00.000Z")),
            Some(RunState::Queued)
        );
        assert_eq!(launch(&who).state(Some("2026-11-23T10:00:01.000Z")), None);
        who.process_start += 1;
        assert_eq!(launch(&who).state(None), Some(RunState::Lost));
    }

    #[test]
    fn records_of_before_there_were_kinds_are_of_this_machine_and_unknown_kinds_conclude_nothing() {
        let job = tempfile::tempdir().unwrap();
        std::fs::create_dir(job.path().join("control")).unwrap();
        let write = |text: &serde_json::Value| {
            std::fs::write(job.path().join("control/launch.json"), text.to_string()).unwrap();
            Launch::read(job.path())
        };
        let me = process::here();
        let old = json!({ "time": "2026-11-23T10:00:00.000Z", "host": me.host, "boot": me.boot, "pid": me.pid,
            "process_start": me.process_start });
        let launch = write(&old).unwrap();
        assert_eq!(launch.handle, Handle::new("local", &me));
        assert_eq!(Worker::started(launch.handle.clone()).alive(), Alive::Yes);
        Launch::record(job.path(), &launch.handle).unwrap();
        let written: serde_json::Value =
            serde_json::from_slice(&std::fs::read(job.path().join("control/launch.json")).unwrap()).unwrap();
        assert_eq!((&written["kind"], &written["pid"]), (&json!("local"), &old["pid"]));
        assert_eq!(
            write(&json!({ "time": "2026-11-23T10:00:00.000Z", "pid": "many" })),
            None
        );
        let later = write(&json!({ "time": "2026-11-23T10:00:00.000Z", "kind": "cluster", "id": 51 })).unwrap();
        assert_eq!(later.state(None), Some(RunState::Queued));
        let worker = Worker::started(later.handle);
        assert_eq!((worker.alive(), worker.is_reachable()), (Alive::Unknown, false));
        assert!(worker.describe().to_string().contains("launcher cluster"));
        let refused = worker.end(job.path(), super::super::How::Ask).unwrap_err();
        assert!(refused.to_string().contains("does not know"), "{refused}");
    }
}
