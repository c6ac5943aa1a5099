//! The 40-bit events of N-MNIST (`.bin`, 34x34 pixels) and of its like (SLAYER's `.bs2`, other sensors).
//!
//! Five bytes: x, y, then bit 7 the polarity and 23 bits of microseconds, high byte first. A y of 240 is no event: it
//! says that the clock went over, and everything after it is 2¹³ µs later. There is no header, so a file is taken for
//! one only where its content can be one ([`Plausibility`]).

mod plausibility;

use std::io::Read;

use super::{Event, Fault, Next, Tally, Visit, record};
pub use plausibility::{Plausibility, probe};

/// `[width, height]` of the sensor of N-MNIST.
pub const SIZE: [u16; 2] = [34, 34];
/// Bytes of a record.
pub const RECORD: u64 = 5;

/// The row number that marks a clock overflow.
const OVERFLOW_ROW: u8 = 240;
/// What one overflow adds, in microseconds.
const OVERFLOW: u64 = 1 << 13;

/// Read every event. `size` is that of the sensor, where it is known.
///
/// # Errors
/// The stream's own.
pub fn read(reader: &mut dyn Read, size: Option<[u16; 2]>, visit: &mut Visit) -> Result<Tally, Fault> {
    let (mut tally, mut later) = (Tally::default(), 0);
    loop {
        let [x, y, high, middle, low] = match record::<5>(reader)? {
            Next::Record(bytes) => bytes,
            Next::End => return Ok(tally),
            Next::Cut(how) => {
                tally.cut = Some(how);
                return Ok(tally);
            }
        };
        if y == OVERFLOW_ROW {
            later += OVERFLOW;
            tally.skip("overflow", 1);
            continue;
        }
        let t = u64::from(high & 0x7f) << 16 | u64::from(middle) << 8 | u64::from(low);
        let event = Event {
            t: t + later,
            x: u16::from(x),
            y: u16::from(y),
            on: high >> 7 == 1,
        };
        tally.out_of_range += u64::from(size.is_some_and(|size| !event.is_within(size)));
        visit(event);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(bytes: &[u8]) -> (Vec<Event>, Tally) {
        let mut events = Vec::new();
        let tally = read(&mut &bytes[..], Some(SIZE), &mut |e| events.push(e)).unwrap();
        (events, tally)
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
        assert_eq!(tally.cut.unwrap(), "it ends 1 bytes into a record of 5");
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
