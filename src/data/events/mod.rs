//! Event recordings: one reader per format, each a pass over a stream.
//!
//! A reader hands every polarity event to a visitor and keeps none, so a recording of any length needs a few
//! kilobytes. Nothing is sorted, nothing is repaired and no frame is made here. What is no pixel's event is counted
//! in a [`Tally`], and so is how a file ends that ends too early.

pub mod aedat2;
pub mod aedat3;
pub mod nmnist;
pub mod prophesee;
pub mod summary;

use std::collections::BTreeMap;
use std::io::{self, BufRead, ErrorKind, Read};

/// A pixel got brighter (on) or darker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Microseconds on the recording's own clock.
    pub t: u64,
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// Whether it got brighter.
    pub on: bool,
}

impl Event {
    /// Whether the event lies on a sensor of `[width, height]` pixels.
    #[must_use]
    pub fn is_within(&self, [width, height]: [u16; 2]) -> bool {
        self.x < width && self.y < height
    }
}

/// What is called for every event, in the file's order.
pub type Visit<'a> = dyn FnMut(Event) + 'a;

/// What a reader found beside the events.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Events that lie beyond the sensor's pixels. They are handed over all the same.
    pub out_of_range: u64,
    /// How often a clock of 32 bits started over.
    pub clock_wraps: u64,
    /// Records that are no pixel's event, by what they are.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Where the file ends within a record or a packet: how, in words.
    pub cut: Option<String>,
}

impl Tally {
    fn skip(&mut self, what: &'static str, count: u64) {
        if count > 0 {
            *self.skipped.entry(what).or_default() += count;
        }
    }
}

/// Why a recording is not read.
#[derive(Debug)]
pub enum Fault {
    /// It contradicts its own format.
    Damaged(String),
    /// It may well be whole; reading it is not possible here.
    Unsupported(String),
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A header line longer than this is no header line.
const LONGEST_LINE: u64 = 1 << 16;

/// The next record of a stream.
enum Next<const N: usize> {
    Record([u8; N]),
    /// The stream ends cleanly.
    End,
    /// The stream ends within a record: how, in words.
    Cut(String),
}

/// The next `N` bytes.
fn record<const N: usize>(reader: &mut dyn Read) -> io::Result<Next<N>> {
    let (mut bytes, mut have) = ([0; N], 0);
    while have < N {
        match reader.read(&mut bytes[have..]) {
            Ok(0) if have == 0 => return Ok(Next::End),
            Ok(0) => return Ok(Next::Cut(format!("it ends {have} bytes into a record of {N}"))),
            Ok(n) => have += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(Next::Record(bytes))
}

/// The next line with its end, at most [`LONGEST_LINE`] of it.
fn line(reader: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    Read::take(reader, LONGEST_LINE).read_until(b'\n', &mut line)?;
    Ok(line)
}
