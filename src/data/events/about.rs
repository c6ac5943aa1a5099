//! What a reader says of a recording beside its events.

use std::collections::BTreeMap;

use super::Event;
use super::sensor::Sensor;

/// Who named the sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// The caller.
    Argument,
    /// The file's header.
    Header,
    /// Nobody: the default.
    Assumed,
}

/// A recording apart from its events. Whole once the reader has handed over the last of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The sensor, its model or its chip, as the file names it.
    pub chip: Option<String>,
    /// How addresses were read, for the formats that leave it open.
    pub sensor: Option<Sensor>,
    /// Who named the sensor.
    pub sensor_from: Option<ToldBy>,
    /// `[width, height]` in pixels, where it is known.
    pub size: Option<[u16; 2]>,
    /// What time zero is.
    pub origin: Origin,
    /// The streams of events in a file that has such.
    pub streams: Vec<Stream>,
    /// The number of the stream whose events are handed over.
    pub stream: Option<i32>,
    /// What is no event, and how the file ends.
    pub tally: Tally,
    /// What is odd, in sentences for people.
    pub notes: Vec<String>,
}

/// What the times of a recording count from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub enum Origin {
    /// The camera's own clock, or the beginning of the recording: the file does not say which.
    #[default]
    #[serde(rename = "camera clock")]
    Camera,
    /// 1970-01-01 00:00:00 UTC.
    #[serde(rename = "unix epoch")]
    Unix,
}

/// One of several streams of events in a file: each is a sensor of its own, and they are never merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stream {
    /// Its number in the file.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// How many events it has.
    pub events: u64,
    /// The camera it comes from, where the file says so.
    pub camera: Option<String>,
    /// `[width, height]` in pixels, where the file says so.
    pub size: Option<[u16; 2]>,
}

/// What a reader found beside the events.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Events that lie beyond the sensor's pixels. They are handed over all the same.
    pub out_of_range: u64,
    /// The first of these, and the byte at which it stands.
    #[serde(skip)]
    pub first_beyond: Option<(u64, Event)>,
    /// How often the clock started over.
    pub clock_wraps: u64,
    /// Records that are no pixel's event, by what they are.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Where the file ends within a record or a packet: how, in words.
    pub cut: Option<String>,
}

impl Tally {
    /// `count` records more that are no pixel's event.
    pub(super) fn skip(&mut self, what: &'static str, count: u64) {
        if count > 0 {
            *self.skipped.entry(what).or_default() += count;
        }
    }

    /// An event at byte `at` lies beyond the sensor.
    #[cold]
    pub(super) fn beyond(&mut self, at: u64, event: Event) {
        self.out_of_range += 1;
        self.first_beyond.get_or_insert((at, event));
    }
}
