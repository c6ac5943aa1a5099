//! Event recordings: one reader per format, each a pass over a stream.
//!
//! A [`Reader`] hands over its events in batches and keeps none, so a recording of any length needs a few megabytes.
//! Nothing is sorted, nothing is repaired and no frame is made here. What is no pixel's event is counted in a
//! [`Tally`], and so is how a file ends that ends too early. No memory is reserved because of a size
//! that a file states.

pub mod about;
pub mod aedat2;
pub mod aedat3;
pub mod aedat4;
pub mod dat;
#[cfg(test)]
pub(super) mod encode;
pub mod evt2;
pub mod evt21;
pub mod evt3;
pub mod nmnist;
pub mod prophesee;
mod records;
pub mod sensor;
pub mod source;
pub mod summary;

use std::io;

pub use about::{About, Origin, Stream, Tally, ToldBy};
pub use source::Source;

/// How many records a reader takes up at once, about.
pub const BATCH: usize = 1 << 13;

/// A pixel got brighter (on) or darker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

/// A recording that is being read.
pub trait Reader {
    /// Take up the next piece of the file and append its events, if it has any, to `batch`; `false` at the end.
    ///
    /// # Errors
    /// A file that contradicts its format, or cannot be read here; the stream's own.
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault>;

    /// What is known beside the events. Whole at the end.
    fn about(&self) -> &About;

    /// Put the next events, in the file's order, in the place of what `batch` holds; `false` once there are none left.
    ///
    /// # Errors
    /// As [`Reader::step`].
    fn read(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        batch.clear();
        while batch.is_empty() {
            if !self.step(batch)? {
                return Ok(!batch.is_empty());
            }
        }
        Ok(true)
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

/// Read everything to the end: for recordings that are known to be small.
///
/// # Errors
/// As [`Reader::step`].
pub fn drain(reader: &mut dyn Reader) -> Result<(Vec<Event>, About), Fault> {
    let (mut all, mut batch) = (Vec::new(), Vec::new());
    while reader.read(&mut batch)? {
        all.append(&mut batch);
    }
    Ok((all, reader.about().clone()))
}
