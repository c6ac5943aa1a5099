//! Commands and answers: `control/inbox/` and `control/done/` of a run or attack directory ("job").
//!
//! [`send()`] and [`await_answer`] are the viewer's side, [`Inbox`] the worker's. The only writer of commands is
//! a viewer, the only writer of answers the worker; each file appears whole, by rename.

mod inbox;
mod send;

pub use inbox::{Inbox, Polled};
pub use send::{Sending, answer_of, await_answer, send, send_with};

use super::command::Verdict;
use std::path::{Path, PathBuf};

/// The largest command or answer that is read, in bytes.
const LARGEST: u64 = 64 << 10;

fn inbox_of(job: &Path) -> PathBuf {
    job.join("control/inbox")
}

fn done_of(job: &Path) -> PathBuf {
    job.join("control/done")
}

/// Whether nothing more will be said about the command.
fn is_final(verdict: Verdict) -> bool {
    verdict != Verdict::Accepted
}

#[cfg(test)]
mod tests;
