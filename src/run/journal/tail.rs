//! The reader's end of a journal where every line becomes a value.

use super::{Budget, LineReader, Sink};
use crate::run::files::open_inside;
use serde::de::DeserializeOwned;
use std::{
    io::{self, Read},
    marker::PhantomData,
    path::Path,
};

/// What one look found.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T> {
    /// The file was replaced or cut short: forget everything read before, `lines` starts again.
    pub reset: bool,
    /// Whole, well-formed lines, in order.
    pub lines: Vec<T>,
    /// The budget ended before the file did: look again soon.
    pub more: bool,
}

/// Reads a journal's lines as values.
#[derive(Debug)]
pub struct Tail<T> {
    reader: LineReader,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Sink for Vec<T> {
    fn take(&mut self, line: &[u8]) -> bool {
        serde_json::from_slice(line).map(|value| self.push(value)).is_ok()
    }

    fn forget(&mut self) {
        self.clear();
    }
}

impl<T: DeserializeOwned> Tail<T> {
    /// A reader at the beginning of the journal at `path`, which need not exist yet.
    pub fn new(path: &Path) -> Tail<T> {
        Tail {
            reader: LineReader::new(path),
            kind: PhantomData,
        }
    }

    /// Lines that were not what they should be, since the beginning or the last reset.
    pub fn skipped(&self) -> u64 {
        self.reader.skipped()
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) {
        self.reader.rewind();
    }

    /// What was appended since the last look: see [`LineReader::poll`].
    pub fn poll(&mut self, budget: Budget) -> Batch<T> {
        let mut lines = Vec::new();
        let look = self.reader.poll(budget, &mut lines);
        Batch {
            reset: look.reset,
            lines,
            more: look.more,
        }
    }
}

/// The whole lines within the last `bytes` of a file, for those who want only the newest.
pub fn last_lines<T: DeserializeOwned>(path: &Path, bytes: u64) -> Vec<T> {
    let mut lines = Vec::new();
    last_lines_into(path, bytes, &mut lines);
    lines
}

/// [`last_lines`] into any sink; returns how many it did not take.
pub fn last_lines_into(path: &Path, bytes: u64, sink: &mut impl Sink) -> u64 {
    let Ok(mut file) = open_inside(path) else {
        return 0;
    };
    let size = file.metadata().map_or(0, |m| m.len());
    let start = size.saturating_sub(bytes);
    let mut text = Vec::new();
    let read =
        io::Seek::seek(&mut file, io::SeekFrom::Start(start)).and_then(|_| file.take(bytes).read_to_end(&mut text));
    if read.is_err() {
        return 0;
    }
    // The first line is whole only where the file begins with it; the last only where it ends in a line end.
    let from = match start {
        0 => 0,
        _ => text.iter().position(|b| *b == b'\n').map_or(text.len(), |n| n + 1),
    };
    let to = text.iter().rposition(|b| *b == b'\n').map_or(from, |n| n.max(from));
    let whole = text.get(from..to).filter(|whole| !whole.is_empty());
    let lines = whole.into_iter().flat_map(|whole| whole.split(|b| *b == b'\n'));
    lines.map(|line| u64::from(!sink.take(line))).sum()
}

/// Every whole, well-formed line of a journal, rotated files included.
pub fn read_all<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    Tail::new(path).poll(Budget::ALL).lines
}
