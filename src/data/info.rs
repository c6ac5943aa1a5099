//! What one file holds: its format, recognised by content, and the figures by which one can tell that it is right.
//!
//! Everything is a single pass in constant memory; nothing is kept.

mod format;
#[cfg(test)]
mod hostile_tests;
mod images;
mod notes;
mod open;
mod recording;
mod signatures;
mod survey;

use std::path::Path;

use serde::Serialize;

use super::error::DataError;
use super::events::sensor::Sensor;
use super::read::content;
pub use format::{Format, RecognisedBy};
pub use images::{ImageFile, LabelFile};
pub use open::{Opened, open};
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
pub struct Given<'a> {
    /// Its format, in place of what its content shows.
    pub format: Option<Format>,
    /// The sensor of an AEDAT 2.0 file, in place of what its header says.
    pub sensor: Option<Sensor>,
    /// The stream whose events are wanted, by number or name, of a file that has several.
    pub stream: Option<&'a str>,
}

/// Say what `path` holds.
///
/// A recording that ends within a record is reported up to there, with `cut` set.
///
/// # Errors
/// What is no file, or missing, damaged, or of a kind that is not read: words say what it is, and what was expected.
pub fn info(path: &Path, given: Given) -> Result<FileInfo, DataError> {
    let mut opened = open::begin(path, given)?;
    let (file, bytes) = (&opened.file, opened.bytes);
    let damaged = |fault: String| file.damaged(fault);
    match opened.format {
        Format::Idx => {
            let io = |e| DataError::io("read", path, e);
            let mut reader = content(file.open()?.0).map_err(io)?;
            images::idx(&mut *reader, bytes).map_err(damaged)
        }
        Format::Cifar10 => images::records(&mut opened.reader, bytes, 1)
            .map(FileInfo::Images)
            .map_err(damaged),
        Format::Cifar100 => images::records(&mut opened.reader, bytes, 2)
            .map(FileInfo::Images)
            .map_err(damaged),
        _ => Ok(FileInfo::Events(Box::new(survey::read(opened, given)?))),
    }
}

fn unsupported(path: &Path, why: String) -> DataError {
    DataError::Unsupported {
        path: path.to_path_buf(),
        why,
    }
}

#[cfg(test)]
mod tests;
