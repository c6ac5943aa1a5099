//! Data sets of event recordings: which files there are, of which class, and which of them are trained on.
//!
//! Each data set has a listing of its own folder layout. A listing is in a fixed order, whatever order the file system
//! gives, so that number k is the same recording on every machine; no recording is opened for it.

mod cifar10_dvs;
mod dvs_gesture;
mod folder;
mod listing;
mod load;
mod nmnist;

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::DataError;
use super::events::sensor::Sensor;
use crate::input::Label;
use crate::spec::{EVENT_SETS, FOLDER_PREFIX};

/// One recording, or the part of one that shows one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file.
    pub path: PathBuf,
    /// The class, from 0.
    pub label: Label,
    /// From which microsecond to before which one, of a file that holds several recordings.
    pub between: Option<Range<u64>>,
}

/// A data set of recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recordings {
    /// As a specification names it.
    pub name: String,
    /// The classes' names, in the order of their numbers.
    pub class_names: Vec<String>,
    /// What is trained on, validation included.
    pub train: Vec<Recording>,
    /// What is tested on.
    pub test: Vec<Recording>,
    /// How the two were told apart, in a sentence.
    pub split: &'static str,
    /// The sensor, where the files' own headers do not decide how addresses are read.
    pub sensor: Option<Sensor>,
    /// `[width, height]` of the sensor, where all recordings have the same.
    pub size: Option<[u16; 2]>,
    /// What is missing of the published data set, in a sentence.
    pub note: Option<String>,
}

/// Lists the data set `name` beneath the data folder `root`. `sensor` is how AEDAT 2.0 addresses are to be read, in
/// place of the usual convention.
///
/// # Errors
/// An unknown name; a folder that is missing or laid out otherwise, with what was expected of it.
pub fn find(name: &str, root: &Path, sensor: Option<Sensor>) -> Result<Recordings, DataError> {
    match name {
        "n-mnist" => nmnist::find(root),
        "cifar10-dvs" => cifar10_dvs::find(root, sensor),
        "dvs-gesture" => dvs_gesture::find(root),
        _ => match name.strip_prefix(FOLDER_PREFIX) {
            Some(folder) if !folder.is_empty() => folder::find(name, &root.join(folder), sensor),
            _ => Err(DataError::UnknownName {
                name: name.to_owned(),
                known: format!("{}, {FOLDER_PREFIX}FOLDER", EVENT_SETS.join(", ")),
            }),
        },
    }
}

pub use load::{FrameRule, load};

#[cfg(test)]
mod tests;
