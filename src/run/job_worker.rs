//! The worker of a run or attack directory, read from its files.

use super::{
    RunDir,
    attack_job::AttackDir,
    launcher::{Launch, Worker},
    process::Identity,
};
use std::path::Path;

/// The newest worker known of a run or attack: the one last started, or the one that last reported.
pub fn worker_of(job: &Path) -> Option<Worker> {
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
    let reported = reported.as_ref().map(|(time, who)| (time.as_str(), who.clone()));
    Worker::newest(Launch::read(job).as_ref(), reported)
}
