//! The viewer's side: writing a command, and waiting for what became of it.

use super::{LARGEST, done_of, inbox_of, is_final};
use crate::run::{
    clock,
    command::{Answer, Command, Order, When},
    error::RunError,
    files::{publish_json, read_inside},
    names, process,
};
use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use ulid::{Generator, Ulid};

/// A command on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    /// What to do.
    pub order: Order,
    /// When it takes effect.
    pub when: When,
    /// Seconds after which it is too late.
    pub expires_in: Option<f64>,
}

/// Puts a command into a job's inbox.
///
/// # Errors
/// When there is no inbox, it is a link, or it cannot be written.
pub fn send(job: &Path, order: Order, when: When) -> Result<Command, RunError> {
    send_with(
        job,
        Sending {
            order,
            when,
            expires_in: None,
        },
    )
}

/// [`send`] with an expiry.
///
/// # Errors
/// As [`send`].
pub fn send_with(job: &Path, sending: Sending) -> Result<Command, RunError> {
    let inbox = inbox_of(job);
    for folder in [job.join(names::CONTROL), inbox.clone()] {
        let meta = std::fs::symlink_metadata(&folder).map_err(RunError::io(&folder, "find"))?;
        if !meta.is_dir() {
            return Err(RunError::refused(
                &folder,
                "is not a plain folder; nothing is written through a link",
            ));
        }
    }
    let now = clock::now();
    let span = |s: f64| jiff::SignedDuration::try_from_secs_f64(s).ok();
    let expires = sending.expires_in.and_then(span).and_then(|s| now.checked_add(s).ok());
    let command = Command {
        id: new_id().to_string(),
        author: process::author(),
        time: clock::text(now),
        expires: expires.map(clock::text),
        when: sending.when,
        order: sending.order,
    };
    publish_json(&inbox.join(format!("{}.json", command.id)), &command)?;
    Ok(command)
}

/// The answer to a command, if there is one yet.
pub fn answer_of(job: &Path, id: &str) -> Option<Answer> {
    let id = Ulid::from_string(id).ok()?;
    let bytes = read_inside(&done_of(job).join(format!("{id}.json")), LARGEST).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Waits for the last answer to a command. After `timeout`, the answer so far: `accepted`, or none.
pub fn await_answer(job: &Path, id: &str, timeout: Duration) -> Option<Answer> {
    let started = Instant::now();
    loop {
        let answer = answer_of(job, id);
        if answer.as_ref().is_some_and(|a| is_final(a.result)) || started.elapsed() >= timeout {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50).min(timeout.saturating_sub(started.elapsed())));
    }
}

/// Ids of one process ascend, even within a millisecond, so that its commands are applied in the order sent.
fn new_id() -> Ulid {
    static LAST: Mutex<Option<Generator>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match last.get_or_insert_with(Generator::new).generate() {
        Ok(id) => id,
        Err(_) => Ulid::generate(),
    }
}
