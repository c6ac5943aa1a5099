//! EVT2.1, Prophesee's format of 64-bit words: 32 pixels of a row in each.
//!
//! Words are laid out as EVT2's are, with a mask of valid pixels below. They stand in the file either as one number
//! or as two halves, the upper first. A header may say which; where it does not, both are tried on the first words
//! (`order`) and a note says which was taken.

mod order;

use super::prophesee::{self, Clock, Fields};
use super::{About, BATCH, Event, Fault, Reader, Source, evt2, records};
pub use order::Order;

/// Words at a time: each may hold 32 events.
const WORDS: usize = BATCH / 8;

/// A recording that is being read.
#[derive(Debug)]
pub struct Evt21<'a> {
    source: Source<'a>,
    clock: Clock,
    order: Order,
    size: [u16; 2],
    about: About,
}

impl<'a> Evt21<'a> {
    /// The words of `source`, whose header, already taken, says `fields`.
    ///
    /// # Errors
    /// The stream's own.
    pub fn new(mut source: Source<'a>, fields: &Fields) -> Result<Self, Fault> {
        let (mut about, size) = prophesee::about(fields);
        let order = match fields.endianness.as_deref() {
            Some("little") => Order::Little,
            Some("legacy") => Order::Legacy,
            said => {
                let words = source.window(order::ENOUGH)?;
                let order = order::found(words, size[1]);
                let why = said.map_or("does not say how its words are laid out".to_owned(), |said| {
                    format!("says endianness={said}, which is not known")
                });
                about
                    .notes
                    .push(format!("the header {why}: read as {order}, which its first words fit"));
                order
            }
        };
        Ok(Self {
            source,
            clock: Clock::of_bits(evt2::TIME_BITS),
            order,
            size,
            about,
        })
    }
}

impl Reader for Evt21<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        records::step(&mut self.source, &mut self.about, WORDS, |about, at, record| {
            let tally = &mut about.tally;
            let word = self.order.word(record);
            match (word >> 60) as u32 {
                on @ 0..2 => {
                    let mut valid = word as u32;
                    let Some(time) = self.clock.time() else {
                        tally.skip("before_time", u64::from(valid.count_ones()));
                        return Ok(());
                    };
                    let (x, y) = ((word >> 43 & 0x7ff) as u16, (word >> 32 & 0x7ff) as u16);
                    let t = time << 6 | word >> 54 & 0x3f;
                    while valid != 0 {
                        let event = Event {
                            t,
                            x: x + valid.trailing_zeros() as u16,
                            y,
                            on: on == 1,
                        };
                        valid &= valid - 1;
                        if !event.is_within(self.size) {
                            tally.beyond(at, event);
                        }
                        batch.push(event);
                    }
                }
                8 => tally.clock_wraps += u64::from(self.clock.set((word >> 32) as u32 & 0x0fff_ffff)),
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

    fn words() -> Vec<u64> {
        let event = |on: u64, low: u64, x: u64, y: u64, valid: u64| on << 60 | low << 54 | x << 43 | y << 32 | valid;
        vec![
            event(1, 0, 0, 0, 0b111),
            8 << 60 | 3 << 32,
            event(1, 5, 32, 7, 0x8000_0001),
            10 << 60,
            event(0, 6, 64, 8, 0b100),
            8 << 60 | 4 << 32,
        ]
    }

    fn read(bytes: &[u8], endianness: Option<&str>) -> (Vec<(u64, u16, u16, bool)>, About) {
        let fields = Fields {
            size: Some([640, 480]),
            endianness: endianness.map(str::to_owned),
            ..Fields::default()
        };
        let mut reader = Evt21::new(Source::new(bytes, None), &fields).unwrap();
        let (events, about) = drain(&mut reader).unwrap();
        (events.iter().map(|e| (e.t, e.x, e.y, e.on)).collect(), about)
    }

    #[test]
    fn each_valid_pixel_is_an_event_in_both_orders_said_or_not() {
        let little: Vec<u8> = words().iter().flat_map(|word| word.to_le_bytes()).collect();
        let legacy: Vec<u8> = words()
            .iter()
            .flat_map(|word| word.rotate_right(32).to_le_bytes())
            .collect();
        let expected = [(197, 32, 7, true), (197, 63, 7, true), (198, 66, 8, false)];
        for (bytes, order) in [(&little, "little"), (&legacy, "legacy")] {
            for said in [None, Some(order), Some("middle")] {
                let (events, about) = read(bytes, said);
                assert_eq!(events, expected, "{order} {said:?}");
                assert_eq!(about.tally.skipped, [("before_time", 3), ("trigger", 1)].into());
                assert_eq!(about.notes.len(), usize::from(said != Some(order)), "{:?}", about.notes);
                assert!(
                    said == Some(order) || about.notes[0].contains(order),
                    "{:?}",
                    about.notes
                );
            }
        }
    }
}
