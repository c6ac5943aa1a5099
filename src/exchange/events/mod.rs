//! TensorBoard's event files: what other programs measured becomes named numbers by step. Records with checksums
//! (`record`) hold protocol-buffer messages (`wire`), of which scalars are read (`message`) and all else is counted.
//!
//! Files come from strangers and may still be written: every length is held against what is there, a record that is not
//! whole yet is no error, and nothing is reserved on a file's word. What the names mean to a run is not known here.

mod message;
mod record;
#[cfg(test)]
mod tests;
mod wire;

pub use record::masked;

use record::Records;
use std::collections::{BTreeMap, HashMap};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// The most scalars that are read of a file: a value takes seven bytes in it and several times as many here.
pub const MOST: usize = 1 << 25;

/// What a file of events holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    /// The tags of its scalars, in the order in which they first come.
    pub tags: Vec<String>,
    /// Its scalars, in the file's order.
    pub scalars: Vec<Scalar>,
    /// The second since 1970 at which its first event was written; `None` in a file without any.
    pub began: Option<f64>,
    /// What else it holds, by kind, and how often: `histograms`, `images`, …
    pub skipped: BTreeMap<&'static str, u64>,
    /// How many bytes at its end are a record that is not whole yet.
    pub torn: u64,
}

/// A number that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalar {
    /// Its tag's place in [`Events::tags`].
    pub tag: usize,
    /// The step, as whoever wrote it counts them; never negative.
    pub step: u64,
    /// Seconds since 1970.
    pub time: f64,
    /// What was measured; may be NaN or infinite.
    pub value: f64,
}

/// What is wrong with a file of events; the caller names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// A record is not what was written.
    #[error("byte {at}: the checksum of a record's {part} differs: the file is damaged; copy it again")]
    Checksum {
        /// Where the record begins.
        at: usize,
        /// `length` or `content`.
        part: &'static str,
    },
    /// The checksums hold, but there is no event inside.
    #[error("byte {at}: the record there is no event of TensorBoard's: {why}")]
    Malformed {
        /// Where the record begins.
        at: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More than [`MOST`].
    #[error("holds more than {MOST} scalars; import its parts, or thin it out")]
    TooMany,
}

/// Whether a file that begins so is one of records: their first checksum tells.
pub fn begins_so(bytes: &[u8]) -> bool {
    record::header(bytes).is_some_and(|(_, sound)| sound)
}

/// Reads all of a file's events.
///
/// # Errors
/// At the first record whose checksums differ or that is no event.
pub fn read(bytes: &[u8]) -> Result<Events, EventsError> {
    let mut events = Events::default();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut records = Records::of(bytes);
    while let Some((at, content)) = records.next()? {
        let malformed = |why| EventsError::Malformed { at, why };
        let event = message::Event::parse(content).map_err(malformed)?;
        if event.time.is_finite() {
            events.began.get_or_insert(event.time);
        }
        if let Some(kind) = event.other {
            events.skip(kind);
        }
        for summary in &event.summaries {
            message::values(summary, |value| events.take(&event, value, &mut known)).map_err(malformed)?;
        }
        if events.scalars.len() > MOST {
            return Err(EventsError::TooMany);
        }
    }
    events.torn = records.left() as u64;
    Ok(events)
}

impl Events {
    fn take(&mut self, event: &message::Event<'_>, value: message::Value<'_>, known: &mut HashMap<String, usize>) {
        let number = match value.what {
            message::What::Number(number) => number,
            message::What::Other(kind) => return self.skip(kind),
        };
        let Ok(step) = u64::try_from(event.step) else {
            return self.skip("values at negative steps");
        };
        let tag = String::from_utf8_lossy(value.tag);
        let place = match known.get(tag.as_ref()) {
            Some(place) => *place,
            None => {
                self.tags.push(tag.to_string());
                known.insert(tag.into_owned(), self.tags.len() - 1);
                self.tags.len() - 1
            }
        };
        self.scalars.push(Scalar {
            tag: place,
            step,
            time: event.time,
            value: number,
        });
    }

    fn skip(&mut self, kind: &'static str) {
        *self.skipped.entry(kind).or_default() += 1;
    }
}
