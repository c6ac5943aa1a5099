//! The reader's end of a journal: what was appended since the last look, in bounded time and memory, whatever the
//! file contains. Re-opens at each look, so it also works on network file systems and across rotations.

use super::{LONGEST_LINE, rotated};
use crate::run::files::open_regular;
use serde::de::DeserializeOwned;
use std::{
    fs::File,
    io::{self, Read},
    marker::PhantomData,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Bytes read at once.
const BLOCK: usize = 256 << 10;
/// Bytes by which a file is recognised when its inode number was used again.
const HEAD: usize = 64;

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
    /// For a command that wants everything there is.
    pub const ALL: Budget = Budget {
        bytes: u64::MAX,
        time: Duration::MAX,
    };
}

/// What one look found.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T> {
    /// The file was replaced or cut short: forget everything read before, `lines` begins anew.
    pub reset: bool,
    /// Whole, well-formed lines, in order.
    pub lines: Vec<T>,
    /// The budget ended before the file did: look again soon.
    pub more: bool,
}

/// Reads a journal's lines as they come.
#[derive(Debug)]
pub struct Tail<T> {
    path: PathBuf,
    place: Place,
    skipped: u64,
    kind: PhantomData<fn() -> T>,
}

/// How far we have read.
#[derive(Debug, Clone, Default)]
struct Place {
    /// Rotated files read to their end: 1 to this number.
    finished: u64,
    /// Bytes of the current file that are dealt with; always just after a line end, unless `inside` is set.
    offset: u64,
    /// Inside a line longer than [`LONGEST_LINE`], which is skipped to its end.
    inside: bool,
    /// The current file's device and inode number, once something of it was read.
    file: Option<(u64, u64)>,
    /// The current file's first bytes.
    head: Vec<u8>,
}

/// What became of one file within a look.
enum Step {
    /// Read to its present end.
    AtEnd,
    /// The budget ended first.
    Exhausted,
    /// It is not the file we were reading.
    Replaced,
}

impl<T: DeserializeOwned> Tail<T> {
    /// A reader at the beginning of the journal at `path`, which need not exist yet.
    pub fn new(path: &Path) -> Tail<T> {
        Tail {
            path: path.to_path_buf(),
            place: Place::default(),
            skipped: 0,
            kind: PhantomData,
        }
    }

    /// Lines that were not what they should be, since the beginning or the last reset.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) {
        self.place = Place::default();
        self.skipped = 0;
    }

    /// What was appended since the last look. A half-written last line is left for the next one. A file that is not
    /// there (yet), or cannot be read for the moment, has no lines.
    pub fn poll(&mut self, budget: Budget) -> Batch<T> {
        let mut batch = Batch {
            reset: false,
            lines: Vec::new(),
            more: false,
        };
        let mut meter = Meter {
            left: budget.bytes,
            began: Instant::now(),
            time: budget.time,
            any: false,
        };
        // Bounded: each round finishes a rotated file, or is the last, or is the one restart.
        loop {
            let aside = rotated(&self.path, self.place.finished + 1);
            let in_aside = aside.is_file();
            let current = if in_aside { &aside } else { &self.path };
            let Ok(file) = open_regular(current) else {
                if !in_aside && self.place.file.is_some() && !aside.is_file() {
                    self.restart(&mut batch);
                }
                return batch;
            };
            match self.read(&file, &mut batch, &mut meter) {
                Ok(Step::Exhausted) => {
                    batch.more = true;
                    return batch;
                }
                Ok(Step::AtEnd) if in_aside => self.next_file(&file),
                Ok(Step::AtEnd) | Err(_) => return batch,
                // Between our two looks at the folder the file was rotated: it is still there under its number.
                Ok(Step::Replaced) if !in_aside && aside.is_file() => {}
                Ok(Step::Replaced) if batch.reset => return batch,
                Ok(Step::Replaced) => self.restart(&mut batch),
            }
        }
    }

    fn restart(&mut self, batch: &mut Batch<T>) {
        self.rewind();
        batch.lines.clear();
        batch.reset = true;
    }

    /// A rotated file gets no more lines, so what is torn at its end stays torn.
    fn next_file(&mut self, file: &File) {
        let size = file.metadata().map_or(0, |m| m.len());
        self.skipped += u64::from(size > self.place.offset && !self.place.inside);
        self.place = Place {
            finished: self.place.finished + 1,
            ..Place::default()
        };
    }

    fn read(&mut self, file: &File, batch: &mut Batch<T>, meter: &mut Meter) -> io::Result<Step> {
        if !self.recognises(file)? {
            return Ok(Step::Replaced);
        }
        let mut buffer = Vec::new();
        let mut want = BLOCK;
        loop {
            if meter.is_spent() {
                // Whether anything is left is seen at the next look.
                return Ok(Step::Exhausted);
            }
            let got = read_at(file, self.place.offset, want, &mut buffer)?;
            if got == 0 {
                return Ok(Step::AtEnd);
            }
            meter.spend(got);
            let used = self.take_lines(&buffer, batch);
            self.place.offset += used as u64;
            self.note_head(file)?;
            match (used, got < want) {
                (_, true) => return Ok(Step::AtEnd),
                // Not one whole line in the block: it is long. Read more at once, up to the longest allowed.
                (0, false) => want = (want * 2).min(LONGEST_LINE),
                (_, false) => want = BLOCK,
            }
        }
    }

    /// Takes every whole line out of `buffer`; returns the bytes dealt with.
    fn take_lines(&mut self, buffer: &[u8], batch: &mut Batch<T>) -> usize {
        let mut used = 0;
        while let Some(length) = buffer[used..].iter().position(|b| *b == b'\n') {
            let line = &buffer[used..used + length];
            used += length + 1;
            if std::mem::take(&mut self.place.inside) || line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(value) => batch.lines.push(value),
                Err(_) => self.skipped += 1,
            }
        }
        let rest = buffer.len() - used;
        if rest >= LONGEST_LINE || self.place.inside {
            self.skipped += u64::from(!self.place.inside);
            self.place.inside = true;
            used = buffer.len();
        }
        used
    }

    /// Whether `file` is the one read so far: same inode, not shorter, same first bytes. Notes a new one.
    fn recognises(&mut self, file: &File) -> io::Result<bool> {
        let meta = file.metadata()?;
        let who = (meta.dev(), meta.ino());
        let place = &mut self.place;
        match place.file {
            None => place.file = Some(who),
            Some(known) if known != who || meta.len() < place.offset => return Ok(false),
            Some(_) => {}
        }
        let mut head = Vec::new();
        read_at(file, 0, place.head.len(), &mut head)?;
        Ok(head == place.head)
    }

    /// Remembers the first bytes, as far as they were read.
    fn note_head(&mut self, file: &File) -> io::Result<()> {
        let known = usize::try_from(self.place.offset).map_or(HEAD, |n| n.min(HEAD));
        if self.place.head.len() < known {
            read_at(file, 0, known, &mut self.place.head)?;
        }
        Ok(())
    }
}

/// Reads up to `want` bytes at `offset`; fewer only at the end of the file.
fn read_at(file: &File, offset: u64, want: usize, buffer: &mut Vec<u8>) -> io::Result<usize> {
    buffer.resize(want, 0);
    let mut got = 0;
    while got < want {
        match file.read_at(&mut buffer[got..], offset + got as u64) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    buffer.truncate(got);
    Ok(got)
}

/// Counts a look's cost against its budget.
struct Meter {
    left: u64,
    began: Instant,
    time: Duration,
    any: bool,
}

impl Meter {
    fn is_spent(&self) -> bool {
        self.any && (self.left == 0 || self.began.elapsed() >= self.time)
    }

    fn spend(&mut self, bytes: usize) {
        self.any = true;
        self.left = self.left.saturating_sub(bytes as u64);
    }
}

/// The whole lines within the last `bytes` of a file, for those who want only the newest.
pub fn last_lines<T: DeserializeOwned>(path: &Path, bytes: u64) -> Vec<T> {
    let Ok(mut file) = open_regular(path) else {
        return Vec::new();
    };
    let size = file.metadata().map_or(0, |m| m.len());
    let start = size.saturating_sub(bytes);
    let mut text = Vec::new();
    let read =
        io::Seek::seek(&mut file, io::SeekFrom::Start(start)).and_then(|_| file.take(bytes).read_to_end(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    // The first line is whole only where the file begins with it; the last only where it ends in a line end.
    let from = match start {
        0 => 0,
        _ => text.iter().position(|b| *b == b'\n').map_or(text.len(), |n| n + 1),
    };
    let to = text.iter().rposition(|b| *b == b'\n').map_or(from, |n| n.max(from));
    text[from..to]
        .split(|b| *b == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// Every whole, well-formed line of a journal, rotated files included.
pub fn read_all<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    Tail::new(path).poll(Budget::ALL).lines
}
