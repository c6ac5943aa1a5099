//! Append-only files of whole JSON lines: [`Appender`] for the one writer, [`Tail`] for every reader.
//!
//! `metrics.jsonl` grows until it is large and is then renamed to `metrics.1.jsonl` (the next time `metrics.2.jsonl`):
//! the lower the number, the older the lines, and the file without a number is the newest.

mod append;
mod tail;

pub use append::Appender;
pub use tail::{Batch, Budget, Tail, last_lines, read_all};

use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes, its end included.
pub const LONGEST_LINE: usize = 1 << 20;

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
