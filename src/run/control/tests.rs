//! Both sides against each other, and the worker's side against whatever else lies in an inbox.

use super::*;
use crate::run::{
    command::{Answer, Command, Order, When},
    dir::create_control,
};
use std::{os::unix::fs::PermissionsExt, time::Duration};

fn job() -> tempfile::TempDir {
    let job = tempfile::tempdir().unwrap();
    create_control(job.path()).unwrap();
    job
}

fn answer(command: &Command, result: Verdict) -> Answer {
    Answer {
        id: command.id.clone(),
        result,
        step: 7,
        time: String::new(),
        changes: vec![],
        why: String::new(),
    }
}

#[test]
fn commands_arrive_in_the_order_sent_and_each_once() {
    let job = job();
    let sent: Vec<Command> = [Order::Pause, Order::Resume, Order::Stop]
        .into_iter()
        .map(|o| send(job.path(), o, When::Now).unwrap())
        .collect();
    let mut inbox = Inbox::open(job.path()).unwrap();
    assert_eq!(inbox.poll(0).unwrap().commands, sent);
    assert_eq!(inbox.poll(0).unwrap(), Polled::default());
    assert_eq!(await_answer(job.path(), &sent[0].id, Duration::ZERO), None);
    for command in &sent {
        inbox.answer(&answer(command, Verdict::Applied)).unwrap();
    }
    assert_eq!(await_answer(job.path(), &sent[0].id, Duration::ZERO).unwrap().step, 7);
    assert_eq!(std::fs::read_dir(inbox_of(job.path())).unwrap().count(), 0);
    assert_eq!(Inbox::open(job.path()).unwrap().poll(0).unwrap(), Polled::default());
}

#[test]
fn an_answered_command_is_not_applied_twice_even_if_its_file_is_still_there() {
    let job = job();
    let command = send(job.path(), Order::Stop, When::Now).unwrap();
    let file = inbox_of(job.path()).join(format!("{}.json", command.id));
    let copy = std::fs::read(&file).unwrap();
    let mut inbox = Inbox::open(job.path()).unwrap();
    inbox.poll(0).unwrap();
    inbox.answer(&answer(&command, Verdict::Applied)).unwrap();
    std::fs::write(&file, copy).unwrap();
    assert_eq!(Inbox::open(job.path()).unwrap().poll(0).unwrap(), Polled::default());
    assert!(!file.exists());
}

#[test]
fn an_accepted_command_survives_the_worker_that_accepted_it() {
    let job = job();
    let command = send(job.path(), Order::Checkpoint, When::Epoch(3)).unwrap();
    let mut first = Inbox::open(job.path()).unwrap();
    first.poll(0).unwrap();
    first.answer(&answer(&command, Verdict::Accepted)).unwrap();
    assert_eq!(first.poll(0).unwrap(), Polled::default());
    assert_eq!(
        await_answer(job.path(), &command.id, Duration::ZERO).unwrap().result,
        Verdict::Accepted
    );
    assert_eq!(Inbox::open(job.path()).unwrap().poll(0).unwrap().commands, [command]);
}

#[test]
fn a_command_that_comes_too_late_expires() {
    let job = job();
    let sending = Sending {
        order: Order::Pause,
        when: When::Now,
        expires_in: Some(-1.0),
    };
    let command = send_with(job.path(), sending).unwrap();
    let polled = Inbox::open(job.path()).unwrap().poll(12).unwrap();
    assert!(polled.commands.is_empty());
    assert_eq!(
        (polled.refused[0].result, polled.refused[0].step),
        (Verdict::Expired, 12)
    );
    assert_eq!(
        await_answer(job.path(), &command.id, Duration::ZERO).unwrap().result,
        Verdict::Expired
    );
}

#[test]
fn what_is_no_command_is_answered_and_set_aside() {
    let job = job();
    let folder = inbox_of(job.path());
    let id = |n: u128| ulid::Ulid(n).to_string();
    std::fs::write(folder.join(format!("{}.json", id(1))), "{").unwrap();
    std::fs::write(folder.join(format!("{}.json", id(2))), vec![b' '; 1 << 20]).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join(format!("{}.json", id(3)))).unwrap();
    std::fs::create_dir(folder.join(format!("{}.json", id(4)))).unwrap();
    std::fs::write(folder.join("README"), "hello").unwrap();
    std::fs::write(folder.join(".half.partial"), "{").unwrap();
    let good = send(job.path(), Order::Pause, When::Now).unwrap();
    std::fs::copy(
        folder.join(format!("{}.json", good.id)),
        folder.join(format!("{}.json", id(5))),
    )
    .unwrap();
    let polled = Inbox::open(job.path()).unwrap().poll(0).unwrap();
    assert_eq!(polled.commands, [good]);
    assert_eq!(
        polled.refused.iter().map(|a| a.id.clone()).collect::<Vec<_>>(),
        (1..=5).map(id).collect::<Vec<_>>()
    );
    assert!(
        polled
            .refused
            .iter()
            .all(|a| a.result == Verdict::Rejected && !a.why.is_empty())
    );
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    assert_eq!(std::fs::read_dir(job.path().join("control/bad")).unwrap().count(), 6);
}

#[test]
fn an_inbox_that_others_can_write_is_refused() {
    let job = job();
    std::fs::set_permissions(inbox_of(job.path()), std::fs::Permissions::from_mode(0o777)).unwrap();
    let said = Inbox::open(job.path()).unwrap_err().to_string();
    assert!(
        said.contains("written by others") && said.contains("chmod 700"),
        "{said}"
    );
}

#[test]
fn nothing_is_sent_through_a_link() {
    let job = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(job.path().join("control")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), inbox_of(job.path())).unwrap();
    assert!(
        send(job.path(), Order::Stop, When::Now)
            .unwrap_err()
            .to_string()
            .contains("link")
    );
    assert!(Inbox::open(job.path()).is_err());
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

proptest::proptest! {
    #[test]
    fn no_command_file_makes_the_worker_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let job = job();
        std::fs::write(inbox_of(job.path()).join(format!("{}.json", ulid::Ulid(1))), bytes).unwrap();
        let polled = Inbox::open(job.path()).unwrap().poll(0).unwrap();
        proptest::prop_assert_eq!(polled.refused.len(), 1);
    }
}

#[test]
fn old_answers_go_but_not_the_newest_and_none_whose_command_still_lies_there() {
    let job = job();
    let waiting = send(job.path(), Order::Pause, When::Now).unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    let done = done_of(job.path());
    let write = |id: &str| {
        let path = done.join(format!("{id}.json"));
        std::fs::write(&path, "{}").unwrap();
        path
    };
    for _ in 0..1200 {
        let path = write(&ulid::Ulid::generate().to_string());
        std::fs::File::open(path).unwrap().set_modified(old).unwrap();
    }
    // Answered by a worker that was killed before it could take the command away, and long ago.
    let answered = write(&waiting.id);
    std::fs::File::open(&answered)
        .unwrap()
        .set_modified(old - Duration::from_secs(9))
        .unwrap();
    let newest = write(&ulid::Ulid::generate().to_string());
    std::fs::write(done.join("somebody's.txt"), "kept").unwrap();
    assert_eq!(Inbox::open(job.path()).unwrap().sweep(), 201);
    assert_eq!(std::fs::read_dir(&done).unwrap().count(), 1000 + 2);
    assert!(answered.exists() && newest.exists() && done.join("somebody's.txt").exists());
    assert_eq!(Inbox::take_over(job.path()).unwrap().sweep(), 0);
}

#[test]
fn a_worker_sweeps_as_it_answers() {
    let job = job();
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    for _ in 0..1100 {
        let path = done_of(job.path()).join(format!("{}.json", ulid::Ulid::generate()));
        std::fs::write(&path, "{}").unwrap();
        std::fs::File::open(path).unwrap().set_modified(old).unwrap();
    }
    let mut inbox = Inbox::open(job.path()).unwrap();
    inbox.answered = 498;
    let left = || std::fs::read_dir(done_of(job.path())).unwrap().count();
    for expected in [1101, 1000] {
        let command = send(job.path(), Order::Pause, When::Now).unwrap();
        inbox.poll(0).unwrap();
        inbox.answer(&answer(&command, Verdict::Applied)).unwrap();
        assert!(answer_of(job.path(), &command.id).is_some());
        assert_eq!(left(), expected);
    }
}
