//! Events become frames: counts of events per pixel and polarity, `[T, 2, H, W]`, in 32 bits.
//!
//! How events are divided among frames is a [`Rule`], after one of two conventions that networks were trained under; a
//! [`Plan`] is that rule for one recording, and tells of each event its frame. Channel 0 is darker, channel 1 is
//! brighter. Events that the rule leaves over are counted, never spread. [`cache`] keeps frames on disk.

pub mod cache;
mod plan;
mod resize;
mod rule;

use std::path::Path;

pub use plan::Plan;
pub use resize::{How, Resize};
pub use rule::{Convention, Rule, Split};

use super::error::DataError;
use super::events::summary::Summary;
use super::events::{Event, sensor::Sensor};
use super::info::{Format, Given, open};

/// More values than this in the frames of one recording are refused: 1 GiB.
const MOST_VALUES: u64 = 1 << 28;

/// The frames of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frames {
    /// `[T, 2, H, W]`.
    pub shape: [usize; 4],
    /// Events per frame, polarity, row and column, in this order.
    pub counts: Vec<u32>,
    /// Events that the rule has no frame for.
    pub dropped: u64,
    /// Events beyond the sensor's pixels.
    pub outside: u64,
}

/// Why there are no frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A number of the rule that means nothing.
    #[error("frames by {rule}: {why}")]
    Rule {
        /// The rule.
        rule: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The rule needs times that do not fall.
    #[error(
        "time goes back {falls} times, and frames by {rule} need events in the order of time; spikingjelly's frames by number do not"
    )]
    Unsorted {
        /// The rule.
        rule: String,
        /// How often.
        falls: u64,
    },
    /// Nobody says how many pixels there are.
    #[error("the sensor's width and height are not known: the file does not say them, so they have to be given")]
    SizeUnknown,
    /// More than memory should hold.
    #[error(
        "frames by {rule} would be {frames} of {width}x{height} pixels, {values} values; {MOST_VALUES} are the most. Ask for fewer or longer frames"
    )]
    TooMany {
        /// The rule.
        rule: String,
        /// How many frames.
        frames: u64,
        /// Of how many columns.
        width: u16,
        /// And rows.
        height: u16,
        /// Values in all of them.
        values: u64,
    },
}

impl Frames {
    /// As many frames as the plan has, all empty.
    fn empty(plan: &Plan, [width, height]: [u16; 2]) -> Result<Self, FrameError> {
        let values = plan.frames().checked_mul(2 * u64::from(width) * u64::from(height));
        let too_many = |values| FrameError::TooMany {
            rule: plan.rule().to_string(),
            frames: plan.frames(),
            width,
            height,
            values,
        };
        let values = values.ok_or_else(|| too_many(u64::MAX))?;
        if values > MOST_VALUES {
            return Err(too_many(values));
        }
        Ok(Self {
            shape: [plan.frames() as usize, 2, usize::from(height), usize::from(width)],
            counts: vec![0; values as usize],
            dropped: 0,
            outside: 0,
        })
    }

    /// The frames of events at hand, on a sensor of `[width, height]` pixels.
    ///
    /// # Errors
    /// A rule that means nothing or does not suit the events; too many frames.
    pub fn of(events: &[Event], size: [u16; 2], rule: Rule) -> Result<Self, FrameError> {
        let mut summary = Summary::default();
        events.iter().for_each(|&event| summary.add(event));
        let plan = Plan::new(rule, &summary)?;
        let mut frames = Self::empty(&plan, size)?;
        (0..).zip(events).for_each(|(at, event)| frames.add(&plan, at, event));
        Ok(frames.finish(rule))
    }

    /// Count event number `at` of the recording.
    fn add(&mut self, plan: &Plan, at: u64, event: &Event) {
        let [_, _, height, width] = self.shape;
        let (x, y) = (usize::from(event.x), usize::from(event.y));
        match plan.frame_of(at, event.t) {
            Some(_) if x >= width || y >= height => self.outside += 1,
            Some(frame) => {
                let place = ((frame as usize * 2 + usize::from(event.on)) * height + y) * width + x;
                self.counts[place] = self.counts[place].saturating_add(1);
            }
            None => self.dropped += 1,
        }
    }

    /// To the size that the rule asks for.
    fn finish(self, rule: Rule) -> Self {
        match rule.resize {
            Some(to) => resize::resized(&self, to),
            None => self,
        }
    }

    /// Events in all frames.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }

    /// One frame: both polarities.
    #[must_use]
    pub fn frame(&self, at: usize) -> &[u32] {
        let length = self.shape[1..].iter().product::<usize>();
        &self.counts[at * length..(at + 1) * length]
    }
}

/// What frames of a file are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// How events are divided.
    pub rule: Rule,
    /// The sensor's `[width, height]`, in place of what the file says.
    pub size: Option<[u16; 2]>,
    /// The format, in place of what the content shows.
    pub format: Option<Format>,
    /// The sensor of an AEDAT 2.0 file, in place of what its header says.
    pub sensor: Option<Sensor>,
    /// The stream, of a file that has several.
    pub stream: Option<&'a str>,
    /// Whether a file that ends too early will do.
    pub allow_cut: bool,
    /// Only events from this microsecond on and before that one, of a file that holds several recordings.
    pub between: Option<[u64; 2]>,
}

impl Wanted<'_> {
    /// By this rule, and all else as the file says.
    #[must_use]
    pub fn by(rule: Rule) -> Self {
        Self {
            rule,
            size: None,
            format: None,
            sensor: None,
            stream: None,
            allow_cut: false,
            between: None,
        }
    }

    /// Whether an event at `t` µs is asked for.
    fn takes(&self, t: u64) -> bool {
        self.between.is_none_or(|[from, to]| (from..to).contains(&t))
    }

    fn given(&self) -> Given<'_> {
        Given {
            format: self.format,
            sensor: self.sensor,
            stream: self.stream,
        }
    }
}

/// The frames of the recording `path`, in two passes over it and without holding its events.
///
/// # Errors
/// What cannot be read; a cut file, unless that is allowed; what [`Frames::of`] refuses.
pub fn of_file(path: &Path, wanted: &Wanted) -> Result<Frames, DataError> {
    let refused = |e: FrameError| DataError::Unsupported {
        path: path.to_path_buf(),
        why: e.to_string(),
    };
    let (mut batch, mut summary) = (Vec::new(), Summary::default());
    let mut recording = open(path, wanted.given())?;
    while recording.read(&mut batch)? {
        let asked = batch.iter().filter(|event| wanted.takes(event.t));
        asked.for_each(|&event| summary.add(event));
    }
    if let (Some(how), false) = (&recording.about().tally.cut, wanted.allow_cut) {
        return Err(DataError::Unsupported {
            path: path.to_path_buf(),
            why: format!(
                "it is cut: {how}. No frames are made of a part: remove the file from the data set; to look at what is whole, use --allow-cut"
            ),
        });
    }
    let size = wanted.size.or(recording.about().size);
    let size = size.ok_or_else(|| refused(FrameError::SizeUnknown))?;
    let plan = Plan::new(wanted.rule, &summary).map_err(refused)?;
    let mut frames = Frames::empty(&plan, size).map_err(refused)?;
    let (mut recording, mut at) = (open(path, wanted.given())?, 0);
    while recording.read(&mut batch)? {
        for event in batch.iter().filter(|event| wanted.takes(event.t)) {
            // Where the file grows in between, what is new belongs to no frame.
            if at < summary.events {
                frames.add(&plan, at, event);
            }
            at += 1;
        }
    }
    Ok(frames.finish(wanted.rule))
}

#[cfg(test)]
mod tests;
