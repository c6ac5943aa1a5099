//! What one file holds: its format, recognised by content, and the figures by which one can tell that it is right.
//!
//! Everything is a single pass in constant memory; nothing is kept.

mod images;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Serialize;

use super::error::DataError;
use super::events::aedat2::{Sensor, ToldBy};
use super::events::summary::Summary;
use super::events::{aedat2, aedat3, nmnist};
use super::read::{Expected, content};
pub use images::{ImageFile, LabelFile};

/// What a file was found to hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FileInfo {
    /// A recording of events.
    Events(Recording),
    /// Images, with or without labels.
    Images(ImageFile),
    /// Labels alone.
    Labels(LabelFile),
}

/// A recording of events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recording {
    /// `nmnist`, `aedat2.0` or `aedat3.1`.
    pub format: &'static str,
    /// The file's length.
    pub bytes: u64,
    /// How addresses were read, for the formats that leave it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensor: Option<Sensor>,
    /// Who said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensor_from: Option<ToldBy>,
    /// The events in figures.
    #[serde(flatten)]
    pub summary: Summary,
}

/// The formats that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Idx,
    Aedat2,
    Aedat3,
    Records { label_bytes: usize },
    Nmnist,
}

/// Say what `path` holds. `sensor` overrides what an AEDAT 2.0 file says of itself.
///
/// # Errors
/// A file that is missing, damaged, or of a kind that is not read; words say what was expected.
pub fn info(path: &Path, sensor: Option<Sensor>) -> Result<FileInfo, DataError> {
    let mut file = Expected {
        path: path.to_path_buf(),
        expected: "an IDX, CIFAR, N-MNIST, AEDAT 2.0 or AEDAT 3.1 file".to_owned(),
        mend: "Look at the name once more".to_owned(),
    };
    let (handle, bytes) = file.open()?;
    let mut reader = BufReader::with_capacity(1 << 16, handle);
    let start = reader.fill_buf().map_err(|e| DataError::io("read", path, e))?.to_vec();
    let format = recognise(path, &start, bytes)?;
    file.expected = format.describe().to_owned();
    file.mend = "Get the file again".to_owned();
    let mut summary = Summary::default();
    let mut visit = |event| summary.add(event);
    let told = match format {
        Format::Idx => {
            let mut reader = content(reopened(path)?).map_err(|e| DataError::io("read", path, e))?;
            return images::idx(&mut *reader, bytes).map_err(|fault| file.damaged(fault));
        }
        Format::Records { label_bytes } => {
            let found = images::records(&mut reader, bytes, label_bytes);
            return found.map(FileInfo::Images).map_err(|fault| file.damaged(fault));
        }
        Format::Nmnist => nmnist::read(&mut reader, &mut visit).map(|()| None),
        Format::Aedat3 => aedat3::read(&mut reader, &mut visit).map(|()| None),
        Format::Aedat2 => {
            file.mend = "Get the file again, or name its sensor with --sensor".to_owned();
            aedat2::read(&mut reader, sensor, &mut visit).map(Some)
        }
    };
    let told = told.map_err(|fault| file.damaged(fault))?;
    let (sensor, sensor_from) = told.unzip();
    Ok(FileInfo::Events(Recording {
        format: format.word(),
        bytes,
        sensor,
        sensor_from,
        summary,
    }))
}

fn reopened(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|e| DataError::io("read", path, e))
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Idx => "idx",
            Self::Aedat2 => "aedat2.0",
            Self::Aedat3 => "aedat3.1",
            Self::Records { label_bytes: 1 } => "cifar-10",
            Self::Records { .. } => "cifar-100",
            Self::Nmnist => "nmnist",
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Idx => "IDX images (magic 2051) or labels (magic 2049), plain or gzip",
            Self::Aedat2 => "AEDAT 2.0: header lines, then records of 8 bytes",
            Self::Aedat3 => "AEDAT 3.1: a header, then whole packets",
            Self::Records { label_bytes: 1 } => "CIFAR-10 records of 3073 bytes",
            Self::Records { .. } => "CIFAR-100 records of 3074 bytes",
            Self::Nmnist => "N-MNIST events of 5 bytes",
        }
    }
}

/// Tell the format by the first bytes, and where those say nothing (bare records) by name and length.
fn recognise(path: &Path, start: &[u8], bytes: u64) -> Result<Format, DataError> {
    let unsupported = |why: &str| {
        Err(DataError::Unsupported {
            path: path.to_path_buf(),
            why: why.to_owned(),
        })
    };
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    if start.starts_with(b"#!AER-DAT") {
        return match start.get(9) {
            Some(b'2') => Ok(Format::Aedat2),
            Some(b'3') => Ok(Format::Aedat3),
            _ => unsupported("this version of AEDAT is not read; 2.0 and 3.1 are"),
        };
    }
    let is_idx = start.starts_with(&[0, 0, 8, 1]) || start.starts_with(&[0, 0, 8, 3]);
    if start.starts_with(&[0x1f, 0x8b]) || (is_idx && !name.ends_with(".bin") && !name.ends_with(".bs2")) {
        return Ok(Format::Idx);
    }
    let stem = name.strip_suffix(".bin");
    match stem {
        _ if name.ends_with(".bs2") => Ok(Format::Nmnist),
        Some(stem) if stem.starts_with("data_batch") || stem.starts_with("test_batch") => {
            Ok(Format::Records { label_bytes: 1 })
        }
        Some("train" | "test") => Ok(Format::Records { label_bytes: 2 }),
        // A whole number of records, each beginning with a label that can be one, is no accident.
        Some(_) if images::could_be_records(path, bytes, 1) => Ok(Format::Records { label_bytes: 1 }),
        Some(_) if images::could_be_records(path, bytes, 2) => Ok(Format::Records { label_bytes: 2 }),
        Some(_) => Ok(Format::Nmnist),
        None if name.contains("-ubyte") => Ok(Format::Idx),
        None if name.ends_with(".aedat") => Ok(Format::Aedat2),
        None => unsupported(
            "its kind is not recognised; IDX (plain or .gz), CIFAR .bin, N-MNIST .bin or .bs2, AEDAT 2.0 and 3.1 are read",
        ),
    }
}

#[cfg(test)]
mod tests;
