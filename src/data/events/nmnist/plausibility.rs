//! Whether bytes without a header can be 40-bit events at all.
//!
//! Real recordings have events on the sensor, times that never fall, and a handful of events at most in the same
//! microsecond, fewer still of one pixel. Bytes of another kind break one of these within a few records.

use super::super::{Event, Reader, Source};
use super::{Bits40, RECORD};

/// More events than this in one microsecond are no recording: real ones here have four at most.
const TOGETHER: u64 = 64;
/// And so many of the same pixel one after another in the same microsecond.
const REPEATED: u64 = 8;
/// A file whose length is not a whole number of records is taken for a cut recording only if it begins with so many
/// events that fit.
const ENOUGH: u64 = 16;

/// Watches events pass by and remembers the first that no recording would have.
#[derive(Debug, Clone, Default)]
pub struct Plausibility {
    size: Option<[u16; 2]>,
    seen: u64,
    last: Option<Event>,
    /// Events at the time of the last one.
    together: u64,
    /// Events at the time and the pixel of the last one.
    repeated: u64,
    fault: Option<String>,
}

impl Plausibility {
    /// For a sensor of `size` pixels, where it is known.
    #[must_use]
    pub fn new(size: Option<[u16; 2]>) -> Self {
        Self {
            size,
            ..Self::default()
        }
    }

    /// Take one more event into account.
    pub fn see(&mut self, event: Event) {
        self.seen += 1;
        let last = self.last.replace(event).unwrap_or(event);
        let (is_together, is_repeated) = (
            last.t == event.t,
            (last.t, last.x, last.y) == (event.t, event.x, event.y),
        );
        self.together = 1 + if is_together { self.together } else { 0 };
        self.repeated = 1 + if is_repeated { self.repeated } else { 0 };
        if self.fault.is_none() {
            self.fault = self.fault_of(event, last.t);
        }
    }

    fn fault_of(&self, event: Event, last: u64) -> Option<String> {
        let (at, Event { t, x, y, .. }) = (self.seen, event);
        match self.size {
            Some([width, height]) if !event.is_within([width, height]) => Some(format!(
                "event {at} would lie at x = {x}, y = {y}, beyond {width}x{height} pixels"
            )),
            _ if t < last => Some(format!("time would fall from {last} to {t} µs at event {at}")),
            _ if self.together > TOGETHER => {
                Some(format!("more than {TOGETHER} events would have the same time, {t} µs"))
            }
            _ if self.repeated > REPEATED => Some(format!(
                "more than {REPEATED} events of the pixel x = {x}, y = {y} would have the same time, {t} µs"
            )),
            _ => None,
        }
    }

    /// What no recording would have, in words, if anything.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

/// Whether a file of `bytes` bytes that begins with `start` can be 40-bit events.
///
/// # Errors
/// Words: why it cannot.
pub fn probe(start: &[u8], bytes: u64, size: Option<[u16; 2]>) -> Result<(), String> {
    let mut plausibility = Plausibility::new(size);
    let (mut reader, mut batch) = (Bits40::new(Source::new(start, None), size), Vec::new());
    // Reading from memory cannot fail.
    while matches!(reader.read(&mut batch), Ok(true)) {
        batch.iter().for_each(|&event| plausibility.see(event));
    }
    if let Some(fault) = plausibility.fault {
        return Err(fault);
    }
    match plausibility.seen {
        0 => Err("it would hold no event".to_owned()),
        seen if !bytes.is_multiple_of(RECORD) && seen < ENOUGH => Err(format!(
            "its {bytes} bytes are not a whole number of records of {RECORD}"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::events::nmnist::SIZE;

    fn why_not(start: &[u8]) -> String {
        probe(start, start.len() as u64, Some(SIZE)).unwrap_err()
    }

    #[test]
    fn what_no_recording_has_is_named() {
        assert!(why_not(&[0, 34, 0, 0, 1]).contains("event 1 would lie at x = 0, y = 34, beyond 34x34"));
        assert!(why_not(&[[1, 1, 0, 0, 9], [1, 1, 0, 0, 8]].concat()).contains("fall from 9 to 8 µs at event 2"));
        assert!(why_not(&[1, 2, 3, 0, 4].repeat(9)).contains("more than 8 events of the pixel x = 1, y = 2"));
        let crowd: Vec<u8> = (0..65).flat_map(|at| [at % 34, 2, 3, 0, 4]).collect();
        assert!(why_not(&crowd).contains("more than 64 events"));
        assert!(why_not(&[0, 240, 0, 0, 0]).contains("no event"));
        assert!(why_not(&[1, 2, 0, 0, 4, 5]).contains("6 bytes are not a whole number of records of 5"));
        assert!(probe(&crowd[..320], 320, Some(SIZE)).is_ok());
        assert!(probe(&[1, 2, 3, 0, 4].repeat(8), 40, Some(SIZE)).is_ok());
        assert!(probe(&[99, 99, 0, 0, 1], 5, None).is_ok());
    }

    #[test]
    fn a_clock_that_goes_over_does_not_fall_and_a_long_recording_may_be_cut() {
        let over = [[1, 1, 0, 0x1f, 0xff], [0, 240, 0, 0, 0], [1, 1, 0, 0, 0]].concat();
        assert!(probe(&over, 15, Some(SIZE)).is_ok());
        let many: Vec<u8> = (0..16u8).flat_map(|at| [1, 1, 0, 0, at]).chain([1]).collect();
        assert!(probe(&many, 81, Some(SIZE)).is_ok());
    }
}
