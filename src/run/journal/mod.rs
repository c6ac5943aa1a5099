//! Append-only files of whole JSON lines: [`Appender`] for the one writer, [`LineReader`] for every
//! reader, [`Tail`] for those that want values.
//!
//! `metrics.jsonl` grows until it is large and is then renamed to `metrics.1.jsonl` (the next time `metrics.2.jsonl`):
//! the lower the number, the older the lines, and the file without a number is the newest.

mod append;
mod reader;
mod tail;

pub use append::Appender;
pub use reader::{LineReader, Look, Sink};
pub use tail::{Batch, Tail, last_lines, last_lines_into, read_all};

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The longest line that is read, in bytes, its end included.
pub const LONGEST_LINE: usize = 1 << 20;

/// How much one look may cost; at least one block is read all the same, so that every look gets on.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes read at most.
    pub bytes: u64,
    /// Time taken at most.
    pub time: Duration,
}

impl Budget {
    /// For a screen that must draw again soon.
    pub const FRAME: Budget = Budget {
        bytes: 8 << 20,
        time: Duration::from_millis(20),
    };
    /// For a run that is read for the first time while a screen shows how far it is.
    pub const BULK: Budget = Budget {
        bytes: 32 << 20,
        time: Duration::from_millis(100),
    };
    /// For a command that wants everything there is.
    pub const ALL: Budget = Budget {
        bytes: u64::MAX,
        time: Duration::MAX,
    };
}

/// `metrics.jsonl` and 2 → `metrics.2.jsonl`.
fn rotated(path: &Path, number: u64) -> PathBuf {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, ending)) => path.with_file_name(format!("{stem}.{number}.{ending}")),
        None => path.with_file_name(format!("{name}.{number}")),
    }
}

#[cfg(test)]
mod tests;
