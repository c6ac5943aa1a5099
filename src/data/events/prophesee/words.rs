//! What the words of EVT2, EVT2.1 and EVT3 have in common: kinds, and a clock in two parts.

use super::Fields;
use crate::data::events::About;

/// Addresses of RAW files have 11 bits.
const LARGEST: u16 = 1 << 11;
/// A clock that falls by its whole range but for so many steps wrapped around.
const SLACK: u32 = 10;

/// What words that are no pixel's events are called, by the kind in their four highest bits.
#[must_use]
pub fn kind(kind: u32) -> &'static str {
    match kind {
        10 => "trigger",
        14 => "others",
        15 => "continued",
        _ => "unknown",
    }
}

/// What a RAW file's header says, and `[width, height]` that addresses are held against.
#[must_use]
pub fn about(fields: &Fields) -> (About, [u16; 2]) {
    let about = About {
        chip: fields.camera.clone(),
        size: fields.size,
        ..About::default()
    };
    (about, fields.size.unwrap_or([LARGEST, LARGEST]))
}

/// The upper part of a clock, as TIME_HIGH words carry it, with the number of times it wrapped around.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    bits: u32,
    rounds: u64,
    high: Option<u32>,
}

impl Clock {
    /// A clock whose upper part has `bits` bits and is not known yet.
    #[must_use]
    pub fn of_bits(bits: u32) -> Self {
        Self {
            bits,
            rounds: 0,
            high: None,
        }
    }

    /// The upper part with all wraps; `None` before the first TIME_HIGH.
    #[must_use]
    pub fn time(&self) -> Option<u64> {
        self.high.map(|high| self.rounds << self.bits | u64::from(high))
    }

    /// Take over what a TIME_HIGH word says; whether the clock wrapped around.
    pub fn set(&mut self, high: u32) -> bool {
        let fall = self.high.replace(high).and_then(|before| before.checked_sub(high));
        let goes_round = fall.is_some_and(|fall| fall >= (1 << self.bits) - 1 - SLACK);
        self.rounds += u64::from(goes_round);
        goes_round
    }
}
