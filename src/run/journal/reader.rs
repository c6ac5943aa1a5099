//! Reads a journal's lines as they come: what was appended since the last look, in bounded time and memory, whatever
//! the file contains. Re-opens at each look, so it also works on network file systems and across rotations. What a
//! line means, and whether it is kept, is the [`Sink`]'s business.

use super::{Budget, LONGEST_LINE, rotated};
use crate::run::files::open_inside;
use std::{
    fs::File,
    io::{self, BufRead},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Bytes read at once.
const BLOCK: usize = 256 << 10;
/// Bytes by which a file is recognised when its inode number was used again.
const HEAD: usize = 64;
/// The most rotated files whose sizes are added up.
const MOST_ASIDE: u64 = 10_000;

/// Takes lines as they are read.
pub trait Sink {
    /// Takes one whole line, without its end; returns whether it is what it should be.
    fn take(&mut self, line: &[u8]) -> bool;

    /// The file was replaced or cut short: forgets every line taken so far.
    fn forget(&mut self);
}

/// How one look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The file was replaced or cut short: what was taken starts again.
    pub reset: bool,
    /// The budget ended before the file did: look again soon.
    pub more: bool,
}

/// Reads a journal's lines as they come.
#[derive(Debug)]
pub struct LineReader {
    path: PathBuf,
    place: Place,
    skipped: u64,
    /// Kept between looks that follow each other at once.
    buffer: Vec<u8>,
}

/// How far we have read.
#[derive(Debug, Clone, Default)]
struct Place {
    /// Rotated files read to their end: 1 to this number.
    finished: u64,
    /// Their bytes.
    finished_bytes: u64,
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

impl LineReader {
    /// A reader at the beginning of the journal at `path`, which need not exist yet.
    pub fn new(path: &Path) -> LineReader {
        LineReader {
            path: path.to_path_buf(),
            place: Place::default(),
            skipped: 0,
            buffer: Vec::new(),
        }
    }

    /// Lines that were not what they should be, since the beginning or the last reset.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Bytes dealt with.
    pub fn bytes_read(&self) -> u64 {
        self.place.finished_bytes + self.place.offset
    }

    /// Bytes there are now, those dealt with included.
    pub fn bytes_there(&self) -> u64 {
        let size = |path: &Path| {
            let found = std::fs::symlink_metadata(path).ok().filter(|m| m.is_file());
            found.map(|m| m.len())
        };
        let aside = (1..MOST_ASIDE).map_while(|n| size(&rotated(&self.path, self.place.finished + n)));
        self.place.finished_bytes + aside.sum::<u64>() + size(&self.path).unwrap_or(0)
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) {
        self.place = Place::default();
        self.skipped = 0;
    }

    /// Hands over what was appended since the last look. A half-written last line is left for the next one. A file
    /// that is not there (yet), or cannot be read for the moment, has no lines.
    pub fn poll(&mut self, budget: Budget, sink: &mut impl Sink) -> Look {
        let look = self.look(budget, sink);
        if !look.more {
            self.buffer = Vec::new();
        }
        look
    }

    fn look(&mut self, budget: Budget, sink: &mut impl Sink) -> Look {
        let mut look = Look::default();
        let mut meter = Meter {
            left: budget.bytes,
            started: Instant::now(),
            time: budget.time,
            any: false,
        };
        // Bounded: each round finishes a rotated file, or is the last, or is the one restart.
        loop {
            let aside = rotated(&self.path, self.place.finished + 1);
            let in_aside = aside.is_file();
            let current = if in_aside { &aside } else { &self.path };
            let file = match open_inside(current) {
                Ok(file) => file,
                Err(e) => {
                    // Only what is gone is forgotten: a network disk may fail to answer once.
                    if e.is_missing() && !in_aside && self.place.file.is_some() && !aside.is_file() {
                        self.restart(&mut look, sink);
                    }
                    return look;
                }
            };
            match self.read(&file, sink, &mut meter) {
                Ok(Step::Exhausted) => {
                    look.more = true;
                    return look;
                }
                Ok(Step::AtEnd) if in_aside => self.next_file(&file),
                Ok(Step::AtEnd) | Err(_) => return look,
                // Between our two looks at the folder the file was rotated: it is still there under its number.
                Ok(Step::Replaced) if !in_aside && aside.is_file() => {}
                Ok(Step::Replaced) if look.reset => return look,
                Ok(Step::Replaced) => self.restart(&mut look, sink),
            }
        }
    }

    fn restart(&mut self, look: &mut Look, sink: &mut impl Sink) {
        self.rewind();
        sink.forget();
        look.reset = true;
    }

    /// A rotated file gets no more lines, so what is torn at its end stays torn.
    fn next_file(&mut self, file: &File) {
        let size = file.metadata().map_or(0, |m| m.len());
        self.skipped += u64::from(size > self.place.offset && !self.place.inside);
        self.place = Place {
            finished: self.place.finished + 1,
            finished_bytes: self.place.finished_bytes + size,
            ..Place::default()
        };
    }

    fn read(&mut self, file: &File, sink: &mut impl Sink, meter: &mut Meter) -> io::Result<Step> {
        let Some(mut size) = self.recognises(file)? else {
            return Ok(Step::Replaced);
        };
        let mut want = BLOCK;
        loop {
            if meter.is_spent() {
                // Whether anything is left is seen at the next look.
                return Ok(Step::Exhausted);
            }
            // Mostly nothing or a few lines are left: no block is cleared for those. One byte more than there should
            // be shows where the end is.
            let left = size.saturating_sub(self.place.offset).saturating_add(1);
            let asked = usize::try_from(left).map_or(want, |left| left.min(want));
            let got = read_at(file, self.place.offset, asked, &mut self.buffer)?;
            if got == 0 {
                return Ok(Step::AtEnd);
            }
            meter.spend(got);
            let buffer = std::mem::take(&mut self.buffer);
            let used = self.take_lines(&buffer, sink);
            self.buffer = buffer;
            self.place.offset += used as u64;
            self.note_head(file)?;
            match (used, got < asked) {
                (_, true) => return Ok(Step::AtEnd),
                // It has grown since: its end is where a read says so.
                (_, false) if asked < want => size = u64::MAX,
                // Not one whole line in the block: it is long. Read more at once, up to the longest allowed.
                (0, false) => want = (want * 2).min(LONGEST_LINE),
                (_, false) => want = BLOCK,
            }
        }
    }

    /// Takes every whole line out of `buffer`; returns the bytes dealt with.
    fn take_lines(&mut self, buffer: &[u8], sink: &mut impl Sink) -> usize {
        let mut used = 0;
        while let Some(length) = line_length(&buffer[used..]) {
            let line = &buffer[used..used + length];
            used += length + 1;
            if std::mem::take(&mut self.place.inside) || line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.skipped += u64::from(!sink.take(line));
        }
        let rest = buffer.len() - used;
        if rest >= LONGEST_LINE || self.place.inside {
            self.skipped += u64::from(!self.place.inside);
            self.place.inside = true;
            used = buffer.len();
        }
        used
    }

    /// The size of `file` if it is the one read so far: same inode, not shorter, same first bytes. Notes a new one.
    fn recognises(&mut self, file: &File) -> io::Result<Option<u64>> {
        let meta = file.metadata()?;
        let who = (meta.dev(), meta.ino());
        let place = &mut self.place;
        match place.file {
            None => place.file = Some(who),
            Some(known) if known != who || meta.len() < place.offset => return Ok(None),
            Some(_) => {}
        }
        let mut head = Vec::new();
        read_at(file, 0, place.head.len(), &mut head)?;
        Ok((head == place.head).then_some(meta.len()))
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

/// Bytes before the first line end, if there is one. The standard library searches many bytes at once only here.
fn line_length(bytes: &[u8]) -> Option<usize> {
    let passed = { bytes }.skip_until(b'\n').ok()?;
    let length = passed.checked_sub(1)?;
    (bytes[length] == b'\n').then_some(length)
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
    started: Instant,
    time: Duration,
    any: bool,
}

impl Meter {
    fn is_spent(&self) -> bool {
        self.any && (self.left == 0 || self.started.elapsed() >= self.time)
    }

    fn spend(&mut self, bytes: usize) {
        self.any = true;
        self.left = self.left.saturating_sub(bytes as u64);
    }
}
