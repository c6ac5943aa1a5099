//! A recording in figures: the reader of its format, the summary of what passes by, and words on what is odd.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::format::{Format, RecognisedBy, Sample, not_bare, read_are};
use super::{Given, notes, open, unsupported};
use crate::data::error::DataError;
use crate::data::events::aedat2::{Sensor, ToldBy};
use crate::data::events::nmnist::Plausibility;
use crate::data::events::summary::Summary;
use crate::data::events::{Event, Origin, Source, Stream, Tally};

/// Bytes that wait for the checksum.
const BUFFER: usize = 1 << 14;

/// A recording of events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recording {
    /// The word for it: `nmnist`, `40-bit`, `aedat2`, `aedat3`, `aedat4`, `evt2`, `evt21`, `evt3` or `dat`.
    pub format: &'static str,
    /// What decided the format.
    pub recognised_by: RecognisedBy,
    /// The file's length.
    pub bytes: u64,
    /// The chip, device or camera, as the file names it.
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
    /// What time zero is.
    pub origin: Origin,
    /// The events in figures.
    #[serde(flatten)]
    pub summary: Summary,
    /// What is no event, and how the file ends.
    #[serde(flatten)]
    pub tally: Tally,
    /// The number of the stream that the figures are of, in a file that has such.
    pub stream: Option<i32>,
    /// The streams of events in a file that has such.
    pub streams: Vec<Stream>,
    /// SHA-256 of all events in the file's order, each as t (u64), x, y (u16), p (u8), little-endian.
    pub sha256: String,
    /// What is odd about the recording, in sentences for people.
    pub notes: Vec<String>,
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

/// Read a recording to its end.
pub(super) fn read(begun: open::Begun, given: Given) -> Result<Recording, DataError> {
    let open::Begun {
        file,
        reader,
        start,
        bytes,
        format,
        by,
    } = begun;
    let source = Source::new(reader, Some(bytes));
    let fault = |fault| open::error(fault, &file);
    let mut reader = open::reader(source, format, given).map_err(fault)?;
    let (mut summary, mut rows) = (Summary::default(), Rows::default());
    let mut plausibility = Plausibility::new(reader.about().size);
    let is_bare = matches!(format, Format::Nmnist | Format::Bits40);
    let mut batch = Vec::new();
    while reader.read(&mut batch).map_err(fault)? {
        for &event in &batch {
            summary.add(event);
            rows.add(event);
            if is_bare {
                plausibility.see(event);
            }
        }
    }
    if let (Some(fault), true) = (plausibility.fault(), by != RecognisedBy::Argument) {
        let sample = Sample {
            path: &file.path,
            start: &start,
            bytes,
        };
        let why = not_bare(&sample, Err(fault.to_owned()));
        let why = format!("its kind is not recognised. {why} {}", read_are());
        return Err(unsupported(&file.path, why));
    }
    let about = reader.about().clone();
    let mut found = Recording {
        format: format.word(),
        recognised_by: by,
        bytes,
        chip: about.chip,
        sensor: about.sensor,
        sensor_from: about.sensor_from,
        size: about.size,
        origin: about.origin,
        summary,
        tally: about.tally,
        stream: about.stream,
        streams: about.streams,
        sha256: rows.finish(),
        notes: about.notes,
    };
    found.notes.extend(notes::of(&found, format, given));
    Ok(found)
}
