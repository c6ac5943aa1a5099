//! A run whose worker is of another launcher: state, name, end and removal ask it, wherever the process is.

pub(super) mod toy;

use super::{Alive, How, Launch, Verb, start};
use crate::run::{
    Budget, RunDir, RunReader,
    clock::{self, now},
    files::publish_json,
    job_worker::worker_of,
    remove,
    status::RunState,
    testing,
    watch::state_of,
};
use toy::Lines;

#[test]
fn a_worker_of_another_launcher_lives_and_ends_by_its_word_and_not_by_a_pid() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
    start(&Lines, Verb::Train, run.path(), &[]).unwrap();
    assert_eq!(Launch::read(run.path()).unwrap().handle.kind, "lines");
    assert_eq!(state_of(&run, now()), RunState::Queued);
    // It reports from a machine whose process table is not ours.
    let mut status = testing::status(&clock::now_text(), 3);
    (status.host, status.pid) = ("node7".into(), 1);
    publish_json(&run.status(), &status).unwrap();
    let worker = worker_of(run.path()).unwrap();
    assert_eq!((worker.alive(), worker.is_reachable()), (Alive::Yes, true));
    assert_eq!(worker.describe().to_string(), "line w0 on node7");
    let mut reader = RunReader::open(run.path()).unwrap();
    reader.poll(Budget::ALL);
    assert_eq!(reader.state(now()), RunState::Running);
    let silent = now() + jiff::SignedDuration::from_secs(3600);
    assert_eq!(
        state_of(&run, silent),
        RunState::Stalled,
        "silent, and its launcher has it"
    );
    let refused = remove::plan(&run, &[], true).unwrap_err().to_string();
    assert!(refused.contains("is running"), "{refused}");
    worker.end(run.path(), How::AtOnce).unwrap();
    assert_eq!(worker.alive(), Alive::No);
    assert_eq!(state_of(&run, silent), RunState::Lost, "though its pid is another's");
    assert!(remove::plan(&run, &[], false).is_ok());
    std::fs::remove_file(run.path().join("workers")).unwrap();
    assert_eq!(
        state_of(&run, silent),
        RunState::Stalled,
        "nothing is concluded from no answer"
    );
}

#[test]
fn one_that_died_before_it_reported_is_lost_and_the_next_one_is_asked_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
    let first = start(&Lines, Verb::Train, run.path(), &[]).unwrap();
    first.end(run.path(), How::Ask).unwrap();
    assert_eq!(state_of(&run, now()), RunState::Lost);
    // The older worker's status must not speak for the newer one.
    publish_json(&run.status(), &testing::status("2020-11-23T10:00:00.000Z", 3)).unwrap();
    let second = start(&Lines, Verb::Train, run.path(), &[]).unwrap();
    assert_eq!(worker_of(run.path()), Some(second));
    assert_eq!(state_of(&run, now()), RunState::Queued);
}
