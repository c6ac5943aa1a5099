//! How a recording is divided into frames: the rule as a person or a specification states it.

use std::fmt;

use super::{FrameError, Resize};

/// Whose rules for what is left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// The last frame takes what is left over (the paper's code frames this way).
    SpikingJelly,
    /// What is left over is dropped.
    Tonic,
}

/// What one frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// So many frames, of equally many events each.
    Number(u32),
    /// So many frames, equally long each.
    Time(u32),
    /// Frames of so many microseconds each.
    Duration {
        /// How long.
        micros: u64,
        /// Under tonic's convention: whether a last frame that is not full is kept. SpikingJelly always keeps it.
        incomplete: bool,
    },
    /// Frames of so many events each; tonic's convention alone has them.
    Count {
        /// How many.
        events: u64,
        /// Whether a last frame that is not full is kept.
        incomplete: bool,
    },
}

/// How a recording is divided into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whose rules for what is left over.
    pub convention: Convention,
    /// What one frame holds.
    pub split: Split,
    /// The frames' size, where it is not the sensor's.
    pub resize: Option<Resize>,
}

impl Rule {
    /// A rule without a change of size.
    #[must_use]
    pub fn new(convention: Convention, split: Split) -> Self {
        Self {
            convention,
            split,
            resize: None,
        }
    }

    /// Whether its numbers mean anything.
    pub(super) fn check(self) -> Result<(), FrameError> {
        let why = match (self.split, self.convention) {
            (Split::Number(0) | Split::Time(0), _) => "there has to be one frame or more",
            (Split::Duration { micros: 0, .. }, _) => "a frame lasts one microsecond or more",
            (Split::Count { events: 0, .. }, _) => "a frame holds one event or more",
            (Split::Count { .. }, Convention::SpikingJelly) => {
                "SpikingJelly has no frames of a fixed count; tonic's convention does"
            }
            _ if self.resize.is_some_and(|to| to.size.contains(&0)) => "a frame has one pixel or more",
            _ => return Ok(()),
        };
        Err(FrameError::Rule {
            rule: self.to_string(),
            why,
        })
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::SpikingJelly => "spikingjelly",
            Self::Tonic => "tonic",
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kept = |incomplete| if incomplete { ", incomplete ones kept" } else { "" };
        match self.split {
            Split::Number(n) => write!(f, "number, {n} frames")?,
            Split::Time(n) => write!(f, "time, {n} frames")?,
            Split::Duration { micros, incomplete } => write!(f, "duration, {micros} µs{}", kept(incomplete))?,
            Split::Count { events, incomplete } => write!(f, "count, {events} events{}", kept(incomplete))?,
        }
        write!(f, " ({})", self.convention)?;
        match self.resize {
            Some(to) => write!(f, " resized to {to}"),
            None => Ok(()),
        }
    }
}
