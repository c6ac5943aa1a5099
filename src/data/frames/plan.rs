//! A rule for one recording: how many frames there are, and which of them an event belongs to.
//!
//! Both conventions are those of the libraries as measured, with two differences that are meant: an empty part of a
//! recording is an empty frame (SpikingJelly raises), and counts have 32 bits (tonic's have 16, and wrap).

use super::FrameError;
use super::rule::{Convention, Rule, Split};
use crate::data::events::summary::Summary;

/// Which frame each event of a recording belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    rule: Rule,
    frames: u64,
    /// Where frames of time begin, in microseconds.
    base: u64,
    /// Events or microseconds of a frame; 0 where a recording is too short for its frames.
    each: u64,
}

impl Plan {
    /// `rule` for a recording that `summary` sums up.
    ///
    /// # Errors
    /// A rule that means nothing, or that needs times in order where they are not.
    pub fn new(rule: Rule, summary: &Summary) -> Result<Self, FrameError> {
        rule.check()?;
        let is_tonic = rule.convention == Convention::Tonic;
        let needs_order = match rule.split {
            Split::Number(_) | Split::Duration { .. } => is_tonic,
            Split::Time(_) | Split::Count { .. } => true,
        };
        if needs_order && summary.time_goes_back > 0 {
            return Err(FrameError::Unsorted {
                rule: rule.to_string(),
                falls: summary.time_goes_back,
            });
        }
        let events = summary.events;
        let (first, last) = (summary.t_min.unwrap_or(0), summary.t_last.unwrap_or(0));
        let span = last.saturating_sub(first);
        let (frames, each) = match rule.split {
            Split::Number(n) => (u64::from(n), events / u64::from(n)),
            Split::Time(n) => (u64::from(n), span / u64::from(n)),
            Split::Duration { micros, incomplete } => (windows(is_tonic, span, micros, incomplete), micros),
            // Fewer events than one frame should hold are one frame in either case.
            Split::Count { events: each, .. } if events < each => (1, each),
            Split::Count {
                events: each,
                incomplete: false,
            } => (events / each, each),
            Split::Count {
                events: each,
                incomplete: true,
            } => (events.div_ceil(each), each),
        };
        Ok(Self {
            rule,
            frames,
            base: first,
            each,
        })
    }

    /// How many frames there are.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The frame of event number `at`, whose time is `t`; `None` where it belongs to none.
    #[must_use]
    pub fn frame_of(&self, at: u64, t: u64) -> Option<u64> {
        let place = match self.rule.split {
            Split::Number(_) | Split::Count { .. } => at,
            Split::Time(_) | Split::Duration { .. } => t.saturating_sub(self.base),
        };
        let frame = place.checked_div(self.each);
        match self.rule.convention {
            // Frames that hold nothing are passed by all events up to the last, which takes what is left.
            Convention::SpikingJelly => Some(frame.unwrap_or(u64::MAX).min(self.frames - 1)),
            Convention::Tonic => frame.filter(|&frame| frame < self.frames),
        }
    }
}

/// How many frames of `micros` µs there are in `span` µs.
fn windows(is_tonic: bool, span: u64, micros: u64, incomplete: bool) -> u64 {
    match (is_tonic, incomplete) {
        (false, _) => span.div_ceil(micros).max(1),
        // ⌊(span − micros) / micros⌋ + 1, and the same rounded up, where the difference may be negative.
        (true, false) => (span / micros).max(1),
        (true, true) => span.div_ceil(micros).max(1),
    }
}
