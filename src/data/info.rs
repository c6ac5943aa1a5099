//! What one file holds: its format, recognised by content, and the figures by which one can tell that it is right.
//!
//! Everything is a single pass in constant memory; nothing is kept.

mod format;
mod images;
mod recording;
mod signatures;

use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Serialize;

use super::error::DataError;
use super::events::aedat2::Sensor;
use super::events::prophesee;
use super::read::{Expected, content};
pub use format::{Format, RecognisedBy};
use format::{Sample, recognise};
pub use images::{ImageFile, LabelFile};
pub use recording::Recording;

/// What a file was found to hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FileInfo {
    /// A recording of events.
    Events(Box<Recording>),
    /// Images, with or without labels.
    Images(ImageFile),
    /// Labels alone.
    Labels(LabelFile),
}

/// What the caller says of the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// Its format, in place of what its content shows.
    pub format: Option<Format>,
    /// The sensor of an AEDAT 2.0 file, in place of what its header says.
    pub sensor: Option<Sensor>,
}

/// Say what `path` holds.
///
/// A recording that ends within a record is reported up to there, with `cut` set.
///
/// # Errors
/// What is no file, or missing, damaged, or of a kind that is not read: words say what it is, and what was expected.
pub fn info(path: &Path, given: Given) -> Result<FileInfo, DataError> {
    let mut file = Expected {
        path: path.to_path_buf(),
        expected: "a file of images or events".to_owned(),
        fix: "Look at the name once more".to_owned(),
    };
    let (handle, bytes) = file.open()?;
    let io = |e| DataError::io("read", path, e);
    let mut reader = BufReader::with_capacity(1 << 16, handle);
    let start = reader.fill_buf().map_err(io)?.to_vec();
    let sample = Sample {
        path,
        start: &start,
        bytes,
    };
    let (format, by) = match given.format {
        Some(format) => (format, RecognisedBy::Argument),
        None => recognise(&sample).map_err(|why| unsupported(path, why))?,
    };
    file.expected = format.describe().to_owned();
    file.fix = "Get the file again".to_owned();
    let damaged = |fault: String| file.damaged(fault);
    match format {
        Format::Idx => {
            let mut reader = content(file.open()?.0).map_err(io)?;
            images::idx(&mut *reader, bytes).map_err(damaged)
        }
        Format::Cifar10 => images::records(&mut reader, bytes, 1)
            .map(FileInfo::Images)
            .map_err(damaged),
        Format::Cifar100 => images::records(&mut reader, bytes, 2)
            .map(FileInfo::Images)
            .map_err(damaged),
        Format::Aedat4 | Format::Prophesee => Err(unsupported(path, not_yet(format, &start))),
        Format::Nmnist | Format::Bits40 | Format::Aedat2 | Format::Aedat3 => {
            let found = recording::read(&mut reader, (format, by), given.sensor, &sample);
            Ok(FileInfo::Events(Box::new(
                found.map_err(|fault| recording::error(fault, &file))?,
            )))
        }
    }
}

fn unsupported(path: &Path, why: String) -> DataError {
    DataError::Unsupported {
        path: path.to_path_buf(),
        why,
    }
}

/// The words for a format that is known by name only.
fn not_yet(format: Format, start: &[u8]) -> String {
    match prophesee::probe(start) {
        Some(header) if format == Format::Prophesee => format!("{header}; reading it is not supported yet"),
        _ => "an AEDAT 4.0 recording (iniVation's DV); reading it is not supported yet".to_owned(),
    }
}

#[cfg(test)]
mod tests;
