//! The 40-bit events of N-MNIST (`.bin`, 34x34 pixels) and of its like (SLAYER's `.bs2`, other sensors).
//!
//! Five bytes: x, y, then bit 7 the polarity and 23 bits of microseconds, high byte first. A y of 240 is no event: it
//! says that the clock overflowed, and everything after it is 2¹³ µs later. There is no header, so a file is taken for
//! one only where its content can be one ([`Plausibility`]).

mod plausibility;

use super::{About, BATCH, Event, Fault, Reader, Source, records};
pub use plausibility::{Plausibility, probe};

/// `[width, height]` of the sensor of N-MNIST.
pub const SIZE: [u16; 2] = [34, 34];
/// Bytes of a record.
pub const RECORD: u64 = 5;

/// The row number that marks a clock overflow.
const OVERFLOW_ROW: u8 = 240;
/// What one overflow adds, in microseconds.
const OVERFLOW: u64 = 1 << 13;

/// A recording that is being read.
#[derive(Debug)]
pub struct Bits40<'a> {
    source: Source<'a>,
    /// What overflows added so far, in microseconds.
    later: u64,
    about: About,
}

impl<'a> Bits40<'a> {
    /// `size` is that of the sensor, where it is known.
    #[must_use]
    pub fn new(source: Source<'a>, size: Option<[u16; 2]>) -> Self {
        let about = About {
            size,
            ..About::default()
        };
        Self {
            source,
            later: 0,
            about,
        }
    }
}

impl Reader for Bits40<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        records::step(&mut self.source, &mut self.about, BATCH, |about, at, record| {
            let [x, y, high, middle, low] = record;
            if y == OVERFLOW_ROW {
                self.later += OVERFLOW;
                about.tally.skip("overflow", 1);
                return Ok(());
            }
            let t = u64::from(high & 0x7f) << 16 | u64::from(middle) << 8 | u64::from(low);
            let event = Event {
                t: t + self.later,
                x: u16::from(x),
                y: u16::from(y),
                on: high >> 7 == 1,
            };
            if about.size.is_some_and(|size| !event.is_within(size)) {
                about.tally.beyond(at, event);
            }
            batch.push(event);
            Ok(())
        })
    }

    fn about(&self) -> &About {
        &self.about
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::events::{Tally, drain};

    fn events(bytes: &[u8]) -> (Vec<Event>, Tally) {
        let (events, about) = drain(&mut Bits40::new(Source::new(bytes, None), Some(SIZE))).unwrap();
        (events, about.tally)
    }

    #[test]
    fn the_bits_are_where_they_belong_and_an_overflow_delays_what_follows() {
        let bytes = [[7, 15, 0x80, 0x02, 0x8e], [0, 240, 0, 0, 0], [33, 0, 0x01, 0x00, 0x02]].concat();
        let (found, tally) = events(&bytes);
        let expected = [
            Event {
                t: 654,
                x: 7,
                y: 15,
                on: true,
            },
            Event {
                t: 65_538 + 8192,
                x: 33,
                y: 0,
                on: false,
            },
        ];
        assert_eq!(found, expected);
        assert_eq!(
            (tally.skipped.get("overflow"), tally.out_of_range, tally.cut),
            (Some(&1), 0, None)
        );
    }

    #[test]
    fn whole_events_before_a_cut_are_handed_over_and_those_beyond_the_sensor_counted() {
        let (found, tally) = events(&[34, 2, 3, 4, 5, 6]);
        assert_eq!((found.len(), tally.out_of_range), (1, 1));
        assert_eq!(tally.cut.unwrap(), "it ends 1 bytes into a record of 5, at byte 5");
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(events(&bytes).0.len() <= bytes.len() / 5);
            let _ = probe(&bytes, bytes.len() as u64, Some(SIZE));
            let _ = probe(&bytes, 1 << 40, None);
        }
    }
}
