//! A recording in figures.

use super::format::RecognisedBy;
use crate::data::events::sensor::Sensor;
use crate::data::events::summary::Summary;
use crate::data::events::{Origin, Stream, Tally, ToldBy};
use serde::Serialize;

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
