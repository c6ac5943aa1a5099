//! A recording in figures: the reader of its format, the summary of what passes by, and words on what is odd.

use std::io::BufRead;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::format::{Format, RecognisedBy, Sample, not_bare, read_are};
use crate::data::error::DataError;
use crate::data::events::aedat2::{Sensor, ToldBy};
use crate::data::events::nmnist::{self, Plausibility};
use crate::data::events::summary::Summary;
use crate::data::events::{Event, Fault, Tally, aedat2, aedat3};
use crate::data::read::Expected;

/// Bytes that wait for the checksum.
const BUFFER: usize = 1 << 14;

/// A recording of events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recording {
    /// `nmnist`, `40-bit`, `aedat2` or `aedat3`.
    pub format: &'static str,
    /// What decided the format.
    pub recognised_by: RecognisedBy,
    /// The file's length.
    pub bytes: u64,
    /// The chip of an AEDAT 2.0 file as its header names it; the device of an AEDAT 3.1 file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chip: Option<String>,
    /// How addresses were read, for the formats that leave it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensor: Option<Sensor>,
    /// Who named the sensor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensor_from: Option<ToldBy>,
    /// `[width, height]` of the sensor, where it is known.
    pub size: Option<[u16; 2]>,
    /// The events in figures.
    #[serde(flatten)]
    pub summary: Summary,
    /// What is no event, and how the file ends.
    #[serde(flatten)]
    pub tally: Tally,
    /// The streams of a format that has several: none of those that are read today.
    pub streams: Vec<Stream>,
    /// SHA-256 of all events in the file's order, each as t (u64), x, y (u16), p (u8), little-endian.
    pub sha256: String,
    /// What is odd about the recording, in sentences for people.
    pub notes: Vec<String>,
}

/// One of several streams of events in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stream {
    /// Its number in the file.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// How many events it has.
    pub events: u64,
}

/// The checksum of all events.
#[derive(Default)]
struct Rows {
    sum: Sha256,
    waiting: Vec<u8>,
}

impl Rows {
    fn add(&mut self, Event { t, x, y, on }: Event) {
        self.waiting.extend(t.to_le_bytes());
        self.waiting.extend(x.to_le_bytes());
        self.waiting.extend(y.to_le_bytes());
        self.waiting.push(u8::from(on));
        if self.waiting.len() >= BUFFER {
            self.sum.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(mut self) -> String {
        self.sum.update(&self.waiting);
        self.sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Read a recording of `format` to its end.
pub(super) fn read(
    reader: &mut dyn BufRead,
    (format, by): (Format, RecognisedBy),
    sensor: Option<Sensor>,
    sample: &Sample,
) -> Result<Recording, Fault> {
    let size = (format == Format::Nmnist).then_some(nmnist::SIZE);
    let (mut summary, mut rows, mut plausibility) = (Summary::default(), Rows::default(), Plausibility::new(size));
    let mut visit = |event| {
        summary.add(event);
        rows.add(event);
        plausibility.see(event);
    };
    let mut found = Recording {
        format: format.word(),
        recognised_by: by,
        bytes: sample.bytes,
        chip: None,
        sensor: None,
        sensor_from: None,
        size,
        summary: Summary::default(),
        tally: Tally::default(),
        streams: Vec::new(),
        sha256: String::new(),
        notes: Vec::new(),
    };
    match format {
        Format::Aedat2 => {
            let about = aedat2::read(reader, sensor, &mut visit)?;
            (found.chip, found.size, found.tally) = (about.chip, Some(about.sensor.size()), about.tally);
            (found.sensor, found.sensor_from) = (Some(about.sensor), Some(about.told_by));
        }
        Format::Aedat3 => {
            let about = aedat3::read(reader, &mut visit)?;
            (found.size, found.tally) = (about.size, about.tally);
            if let [_, _, ..] = &about.sources[..] {
                found.notes.push(format!(
                    "events of {} devices are counted together: {}",
                    about.sources.len(),
                    about.sources.join(", ")
                ));
            }
            found.chip = about.sources.into_iter().next();
        }
        _ => {
            found.tally = nmnist::read(reader, size, &mut visit)?;
            if let (Some(fault), true) = (plausibility.fault(), by != RecognisedBy::Argument) {
                let why = not_bare(sample, Err(fault.to_owned()));
                return Err(Fault::Unsupported(format!(
                    "its kind is not recognised. {why} {}",
                    read_are()
                )));
            }
        }
    }
    (found.summary, found.sha256) = (summary, rows.finish());
    found.notes.extend(notes(&found, format, sensor));
    Ok(found)
}

/// What is odd about a recording, in sentences.
fn notes(found: &Recording, format: Format, sensor: Option<Sensor>) -> Vec<String> {
    let mut notes = Vec::new();
    let Recording { summary, tally, .. } = found;
    let events = summary.events;
    if let (1.., Some([width, height])) = (tally.out_of_range, found.size) {
        let whose = match (&found.chip, found.sensor_from, format) {
            (Some(chip), Some(ToldBy::Header) | None, _) => format!("of {chip}, which the header names"),
            (_, Some(ToldBy::Argument), _) => "that --sensor says".to_owned(),
            (_, _, Format::Nmnist) => "of N-MNIST".to_owned(),
            _ => "that are assumed".to_owned(),
        };
        let fix = if format == Format::Aedat2 {
            "; --sensor reads it as another"
        } else {
            ""
        };
        notes.push(format!(
            "{} of {events} events have addresses beyond the {width}x{height} pixels {whose}{fix}",
            tally.out_of_range
        ));
    }
    if summary.time_goes_back > 0 {
        let wraps = match tally.clock_wraps {
            0 => String::new(),
            n => format!(" ({n} of these where the clock of 32 bits starts over)"),
        };
        notes.push(format!(
            "time goes back {} times{wraps}; events are neither sorted nor repaired",
            summary.time_goes_back
        ));
    }
    match found.recognised_by {
        RecognisedBy::Name => notes.push("taken for 40-bit events by its name, and because its content can be such events: the format has no signature".to_owned()),
        RecognisedBy::Argument => notes.push("read in this format because --format says so".to_owned()),
        _ => {}
    }
    if found.sensor_from == Some(ToldBy::Assumed) {
        notes.push("the header names no chip: DVS128 is assumed, and --sensor says otherwise".to_owned());
    }
    if sensor.is_some() && format != Format::Aedat2 {
        notes.push("--sensor has no effect: only AEDAT 2.0 leaves the sensor open".to_owned());
    }
    if events == 0 {
        notes.push("there is no event in it".to_owned());
    }
    notes
}

/// A reader's fault with the file it is about.
pub(super) fn error(fault: Fault, file: &Expected) -> DataError {
    match fault {
        Fault::Damaged(found) => file.damaged(found),
        Fault::Unsupported(why) => DataError::Unsupported {
            path: file.path.clone(),
            why,
        },
        Fault::Io(e) => DataError::io("read", &file.path, e),
    }
}
