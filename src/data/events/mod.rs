//! Event recordings: one reader per format, each a pass over a stream.
//!
//! A reader hands every polarity event to a visitor and keeps none, so a recording of any length needs a few
//! kilobytes. Nothing is sorted and no frame is made here. A fault comes back as words; the caller knows the file.

pub mod aedat2;
pub mod aedat3;
pub mod nmnist;
pub mod summary;

use std::io::{BufRead, ErrorKind, Read};

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

/// What is called for every event, in the file's order.
pub type Visit<'a> = dyn FnMut(Event) + 'a;

/// A header line longer than this is no header line.
const LONGEST_LINE: u64 = 1 << 16;

/// The next `N` bytes; `None` at a clean end; words where the stream ends within them.
fn record<const N: usize>(reader: &mut dyn Read) -> Result<Option<[u8; N]>, String> {
    let (mut bytes, mut have) = ([0; N], 0);
    while have < N {
        match reader.read(&mut bytes[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(format!("it ends {have} bytes into a record of {N}")),
            Ok(n) => have += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(format!("it cannot be read ({e})")),
        }
    }
    Ok(Some(bytes))
}

/// The next line with its end, at most [`LONGEST_LINE`] of it.
fn line(reader: &mut dyn BufRead) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    let read = Read::take(reader, LONGEST_LINE).read_until(b'\n', &mut line);
    read.map_err(|e| format!("its header cannot be read ({e})"))?;
    Ok(line)
}
