//! The 40-bit events of N-MNIST (`.bin`) and of its like (`.bs2`).
//!
//! Five bytes: x, y, then bit 7 the polarity and 23 bits of microseconds, high byte first. A y of 240 is no event: it
//! says that the clock went over, and everything after it is 2¹³ µs later.

use std::io::Read;

use super::{Event, Visit, record};

/// The row number that marks a clock overflow.
const OVERFLOW_ROW: u8 = 240;
/// What one overflow adds, in microseconds.
const OVERFLOW: u64 = 1 << 13;

/// Read every event.
///
/// # Errors
/// Words: the stream fails, or ends within an event.
pub fn read(reader: &mut dyn Read, visit: &mut Visit) -> Result<(), String> {
    let mut later = 0;
    while let Some([x, y, high, middle, low]) = record::<5>(reader)? {
        if y == OVERFLOW_ROW {
            later += OVERFLOW;
            continue;
        }
        let t = u64::from(high & 0x7f) << 16 | u64::from(middle) << 8 | u64::from(low);
        visit(Event {
            t: t + later,
            x: u16::from(x),
            y: u16::from(y),
            on: high >> 7 == 1,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bits_are_where_they_belong_and_an_overflow_delays_what_follows() {
        let bytes = [[7, 15, 0x80, 0x02, 0x8e], [0, 240, 0, 0, 0], [33, 0, 0x01, 0x00, 0x02]].concat();
        let mut events = Vec::new();
        read(&mut &bytes[..], &mut |e| events.push(e)).unwrap();
        assert_eq!(
            events,
            [
                Event {
                    t: 654,
                    x: 7,
                    y: 15,
                    on: true
                },
                Event {
                    t: 65_538 + 8192,
                    x: 33,
                    y: 0,
                    on: false
                }
            ]
        );
    }

    #[test]
    fn an_event_cut_short_is_a_fault() {
        assert!(
            read(&mut &[1, 2, 3, 4, 5, 6][..], &mut |_| {})
                .unwrap_err()
                .contains("1 bytes into a record of 5")
        );
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut n = 0;
            let _ = read(&mut &bytes[..], &mut |_| n += 1);
            prop_assert!(n <= bytes.len() / 5);
        }
    }
}
