//! From a recording to its figures: the reader of its format, the summary of what passes by, and words on what is odd.

use sha2::{Digest, Sha256};

use super::format::{Format, RecognisedBy, Sample, not_bare, read_are};
use super::recording::Recording;
use super::{Given, notes, open, unsupported};
use crate::data::error::DataError;
use crate::data::events::nmnist::Plausibility;
use crate::data::events::summary::Summary;
use crate::data::events::{Event, Source};

/// Bytes that wait for the checksum.
const BUFFER: usize = 1 << 14;

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
pub(super) fn read(opened: open::Recognised, given: Given) -> Result<Recording, DataError> {
    let open::Recognised {
        file,
        reader,
        start,
        bytes,
        format,
        by,
    } = opened;
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
