//! TensorBoard's event files: what other programs measured becomes named numbers by step. Records with checksums
//! (`record`) hold protocol-buffer messages (`wire`), of which scalars are read (`message`, `tensor`), restarts and
//! hyper-parameters (`hparams`) are reported, and all else is counted.
//!
//! Files come from untrusted sources and may still be written to: every length is checked against what is there, a record
//! that is not whole yet is no error, a damaged one does not affect the others (`damage`), and no memory is reserved because
//! a file says so. What the names mean to a run is not known here.

mod damage;
mod hparams;
mod kinds;
mod message;
mod record;
mod tensor;
#[cfg(test)]
mod tests;
mod wire;

pub use damage::{Cause, Damage, MOST_PLACES};
pub use hparams::{Parameter, Session};
pub use record::masked;

use message::{Plugin, SessionLog, Value, What};
use record::{Found, Records};
use std::collections::{BTreeMap, HashMap};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// The most scalars that are read of a file: a value takes seven bytes in it and several times as many here.
pub const MOST: usize = 1 << 25;

/// The most messages on hyper-parameters that are kept of a file.
const MOST_SESSIONS: usize = 1000;

/// What a file of events holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    /// The tags of its scalars, in the order in which they first come.
    pub tags: Vec<String>,
    /// Its scalars, in the file's order.
    pub scalars: Vec<Scalar>,
    /// Where in that order a session started that voids what was written before, files before this one included.
    pub restarts: Vec<Restart>,
    /// The second since 1970 at which its first event was written; `None` in a file without any.
    pub started: Option<f64>,
    /// The latest second since 1970 at which an event was written.
    pub last: Option<f64>,
    /// How it ended, and when, where it says that.
    pub end: Option<(End, f64)>,
    /// What it says of hyper-parameters.
    pub sessions: Vec<Session>,
    /// What else it holds, by kind, and how often: `histograms`, `images`, …
    pub skipped: BTreeMap<&'static str, u64>,
    /// How many values are integers that double precision does not have, and were rounded.
    pub rounded: u64,
    /// Damaged places, in order; at most [`MOST_PLACES`].
    pub damage: Vec<Damage>,
    /// How many damaged places there are.
    pub damaged: u64,
    /// Whether its writer put zeros where checksums belong, so that nothing vouches for its values.
    pub unchecked: bool,
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

/// `SessionLog` START: whoever wrote it went back to a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Restart {
    /// How many of [`Events::scalars`] were written before it.
    pub before: usize,
    /// Values of this step and later ones that were written before it are void.
    pub step: u64,
    /// Seconds since 1970.
    pub time: f64,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it should.
    Finished,
    /// It failed.
    Failed,
}

/// What is wrong with a file of events; the caller names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// No record in it is an event.
    #[error("no event file of TensorBoard's: it is {0}")]
    NotEvents(&'static str),
    /// Damage and nothing else.
    #[error("no event of it can be read: {first}{}", and_more(*.places))]
    NothingSound {
        /// The first damaged place.
        first: Damage,
        /// How many there are.
        places: u64,
    },
    /// More than [`MOST`].
    #[error("holds more than {MOST} scalars; import its parts, or thin it out")]
    TooMany,
}

fn and_more(places: u64) -> String {
    match places {
        0 | 1 => String::new(),
        n => format!(", and {} damaged places after it", n - 1),
    }
}

/// Whether a file that begins so is one of records: their first checksum tells.
pub fn begins_so(bytes: &[u8]) -> bool {
    record::header(bytes).is_some_and(|(_, sound)| sound)
}

/// Reads all of a file's events. What is damaged is left out and reported.
///
/// # Errors
/// When no event can be read of it, because it is damaged throughout or something else, or more than are read.
pub fn read(bytes: &[u8]) -> Result<Events, EventsError> {
    let mut reader = Reader::default();
    let mut records = Records::of(bytes);
    while let Some(found) = records.next() {
        match found {
            Found::Damage(damage) => reader.damaged(damage),
            Found::Record(at, content) => reader.take(at, content),
        }
        if reader.events.scalars.len() > MOST {
            return Err(EventsError::TooMany);
        }
    }
    let mut events = reader.events;
    events.torn = records.torn() as u64;
    events.unchecked = records.are_unchecked();
    match (reader.sound, events.damage.first()) {
        (0, damage) => Err(nothing(bytes, damage, &events)),
        _ => Ok(events),
    }
}

/// Why not a single event was read.
fn nothing(bytes: &[u8], damage: Option<&Damage>, events: &Events) -> EventsError {
    match damage {
        // Sound records, but of something else.
        Some(Damage {
            cause: Cause::Malformed(_),
            ..
        }) => EventsError::NotEvents("records of TensorFlow's (TFRecord) with something else than events in them"),
        Some(first) if begins_so(bytes) || holds(bytes, b"brain.Event:") => EventsError::NothingSound {
            first: *first,
            places: events.damaged,
        },
        None if begins_so(bytes) => EventsError::NotEvents("only the beginning of one: nothing is whole in it yet"),
        _ => EventsError::NotEvents(kinds::kind(bytes)),
    }
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).take(1 << 12).any(|w| w == words)
}

/// What is known while a file is read.
#[derive(Default)]
struct Reader {
    events: Events,
    /// Records that are events.
    sound: u64,
    known: HashMap<String, usize>,
    /// The plug-in that a tag's first tensor named: those after it need not.
    plugins: HashMap<Vec<u8>, Plugin>,
}

impl Reader {
    fn damaged(&mut self, damage: Damage) {
        self.events.damaged += 1;
        if self.events.damage.len() < MOST_PLACES {
            self.events.damage.push(damage);
        }
    }

    /// Takes an event, or nothing of it where it is none.
    fn take(&mut self, at: usize, content: &[u8]) {
        let malformed = |why| Damage::at(at, content.len() + 16, Cause::Malformed(why));
        let event = match message::Event::parse(content) {
            Ok(event) if event.is_event || content.is_empty() => event,
            Ok(_) => return self.damaged(malformed("it has no field of one")),
            Err(why) => return self.damaged(malformed(why)),
        };
        let mut values = Vec::new();
        for summary in &event.summaries {
            if let Err(why) = message::values(summary, |value| values.push(value)) {
                return self.damaged(malformed(why));
            }
        }
        self.sound += 1;
        self.session(&event);
        if let Some(kind) = event.other {
            self.skip(kind);
        }
        values.into_iter().for_each(|value| self.value(&event, value));
    }

    fn session(&mut self, event: &message::Event<'_>) {
        if event.time.is_finite() {
            self.events.started.get_or_insert(event.time);
            self.events.last = Some(self.events.last.unwrap_or(event.time).max(event.time));
        }
        match event.session {
            Some(SessionLog::Start) => {
                self.events.restarts.push(Restart {
                    before: self.events.scalars.len(),
                    step: u64::try_from(event.step).unwrap_or(0),
                    time: event.time,
                });
                self.events.end = None;
            }
            Some(SessionLog::Stop) => self.events.end = Some((End::Finished, event.time)),
            None => {}
        }
    }

    fn value(&mut self, event: &message::Event<'_>, value: Value<'_>) {
        if let Some(session) = value.session {
            match &session {
                Session::Succeeded => self.events.end = Some((End::Finished, event.time)),
                Session::Failed => self.events.end = Some((End::Failed, event.time)),
                Session::Experiment | Session::Started(_) => {}
            }
            if self.events.sessions.len() < MOST_SESSIONS {
                self.events.sessions.push(session);
            }
            return;
        }
        if let Some(plugin) = value.plugin
            && !self.plugins.contains_key(value.tag)
        {
            self.plugins.insert(value.tag.to_vec(), plugin);
        }
        let number = match (value.what, value.plugin, self.plugins.get(value.tag)) {
            (What::Number(_), None, Some(Plugin::Other(kind))) if value.is_tensor => return self.skip(kind),
            (What::Number(number), ..) => number,
            (What::Other(kind), ..) => return self.skip(kind),
        };
        let Ok(step) = u64::try_from(event.step) else {
            return self.skip("values at negative steps");
        };
        self.events.rounded += u64::from(number.rounded);
        let tag = self.tag(value.tag);
        self.events.scalars.push(Scalar {
            tag,
            step,
            time: event.time,
            value: number.value,
        });
    }

    /// The place of a tag.
    fn tag(&mut self, tag: &[u8]) -> usize {
        let tag = String::from_utf8_lossy(tag);
        if let Some(place) = self.known.get(tag.as_ref()) {
            return *place;
        }
        let place = self.events.tags.len();
        self.events.tags.push(tag.to_string());
        self.known.insert(tag.into_owned(), place);
        place
    }

    fn skip(&mut self, kind: &'static str) {
        *self.events.skipped.entry(kind).or_default() += 1;
    }
}
