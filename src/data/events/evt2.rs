//! EVT2, Prophesee's format of 32-bit words: the time in two parts, each event a word of its own.
//!
//! What a word is stands in its four highest bits. TIME_HIGH carries 28 bits of time in units of 64 µs, events the
//! six bits below. Nothing before the first TIME_HIGH has a time, and is left out, as the reference decoder does.

use super::prophesee::{self, Clock, Fields};
use super::{About, BATCH, Event, Fault, Reader, Source, records};

/// Bits of time in a TIME_HIGH word.
pub(super) const TIME_BITS: u32 = 28;

/// A recording that is being read.
#[derive(Debug)]
pub struct Evt2<'a> {
    source: Source<'a>,
    clock: Clock,
    /// `[width, height]` that addresses are held against.
    size: [u16; 2],
    about: About,
}

impl<'a> Evt2<'a> {
    /// The words of `source`, whose header, already taken, says `fields`.
    #[must_use]
    pub fn new(source: Source<'a>, fields: &Fields) -> Self {
        let (about, size) = prophesee::about(fields);
        Self {
            source,
            clock: Clock::of_bits(TIME_BITS),
            size,
            about,
        }
    }
}

impl Reader for Evt2<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        records::step(&mut self.source, &mut self.about, BATCH, |about, at, record| {
            let tally = &mut about.tally;
            let word = u32::from_le_bytes(record);
            match word >> 28 {
                on @ 0..2 => {
                    let Some(time) = self.clock.time() else {
                        tally.skip("before_time", 1);
                        return Ok(());
                    };
                    let event = Event {
                        t: time << 6 | u64::from(word >> 22 & 0x3f),
                        x: (word >> 11 & 0x7ff) as u16,
                        y: (word & 0x7ff) as u16,
                        on: on == 1,
                    };
                    if !event.is_within(self.size) {
                        tally.beyond(at, event);
                    }
                    batch.push(event);
                }
                8 => tally.clock_wraps += u64::from(self.clock.set(word & 0x0fff_ffff)),
                kind => tally.skip(prophesee::kind(kind), 1),
            }
            Ok(())
        })
    }

    fn about(&self) -> &About {
        &self.about
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::events::drain;

    fn read(words: &[u32]) -> (Vec<Event>, About) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let fields = Fields {
            size: Some([640, 480]),
            ..Fields::default()
        };
        drain(&mut Evt2::new(Source::new(&bytes[..], None), &fields)).unwrap()
    }

    fn high(time: u32) -> u32 {
        8 << 28 | time
    }

    fn event(on: u32, low: u32, x: u32, y: u32) -> u32 {
        on << 28 | low << 22 | x << 11 | y
    }

    #[test]
    fn the_bits_are_where_they_belong_and_other_words_are_counted() {
        let words = [
            event(1, 0, 9, 9),
            high(2),
            event(1, 63, 639, 479),
            10 << 28,
            14 << 28,
            15 << 28,
            7 << 28,
            event(0, 1, 640, 3),
        ];
        let (events, about) = read(&words);
        let expected = [(191, 639, 479, true), (129, 640, 3, false)];
        assert_eq!(
            events.iter().map(|e| (e.t, e.x, e.y, e.on)).collect::<Vec<_>>(),
            expected
        );
        let counted = [
            ("before_time", 1),
            ("continued", 1),
            ("others", 1),
            ("trigger", 1),
            ("unknown", 1),
        ];
        assert_eq!(about.tally.skipped, counted.into());
        assert_eq!(
            (about.tally.out_of_range, about.tally.first_beyond),
            (1, Some((28, events[1])))
        );
    }

    #[test]
    fn the_clock_wraps_around_at_a_large_fall_and_not_at_a_small_one() {
        let most = (1 << 28) - 1;
        let words = [most, 0, 5, 4, most - 3, 7].map(|time| [high(time), event(1, 0, 1, 1)]);
        let (events, about) = read(&words.concat());
        let round = 1u64 << 28;
        let times: Vec<u64> = events.iter().map(|e| e.t >> 6).collect();
        let most = u64::from(most);
        assert_eq!(
            times,
            [most, round, round + 5, round + 4, round + most - 3, 2 * round + 7]
        );
        assert_eq!(about.tally.clock_wraps, 2);
    }
}
