//! EVT3, Prophesee's format of 16-bit words that each change a part of what the next event will be.
//!
//! Row, time and the base of vectors are held from word to word. The clock has 24 bits: TIME_HIGH·4096 + TIME_LOW;
//! a changed TIME_HIGH puts the lower part to zero, and only a TIME_HIGH that falls by nearly its whole range means
//! that the clock went round. Nothing before the first TIME_HIGH counts, as in the reference decoder.

use super::prophesee::{self, Clock, Fields};
use super::{About, BATCH, Event, Fault, Reader, Source};

/// Bits of time in a TIME_HIGH word.
const TIME_BITS: u32 = 12;
/// The polarity in words that have one.
const ON: u16 = 1 << 11;

/// A recording that is being read.
#[derive(Debug)]
pub struct Evt3<'a> {
    source: Source<'a>,
    clock: Clock,
    /// What is held from word to word.
    held: Held,
    /// `[width, height]` that addresses are held against.
    size: [u16; 2],
    /// Rows that the other camera of a pair was named for.
    of_slave: u64,
    about: About,
}

/// What one word leaves to those that follow.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    t: u64,
    y: u16,
    /// Where the next vector begins, and its polarity: apart from those of single events.
    base: u16,
    on: bool,
}

impl<'a> Evt3<'a> {
    /// The words of `source`, whose header, already taken, says `fields`.
    #[must_use]
    pub fn new(source: Source<'a>, fields: &Fields) -> Self {
        let (about, size) = prophesee::about(fields);
        Self {
            source,
            clock: Clock::of_bits(TIME_BITS),
            held: Held::default(),
            size,
            of_slave: 0,
            about,
        }
    }

    /// Words before the first TIME_HIGH: how many of them there are at hand.
    fn before_time(&mut self) -> Result<usize, Fault> {
        let records = self.source.records::<2>()?;
        let is_time = |record: &[u8; 2]| record[1] >> 4 == 8;
        let count = records.iter().position(is_time).unwrap_or(records.len());
        let is_event = |record: &&[u8; 2]| matches!(record[1] >> 4, 2 | 4 | 5);
        let events = records[..count].iter().filter(is_event).count();
        self.about.tally.skip("before_time", events as u64);
        Ok(count)
    }
}

impl Reader for Evt3<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        while self.clock.time().is_none() {
            let count = self.before_time()?;
            self.source.consume(2 * count);
            if count == 0 {
                break;
            }
        }
        let at = self.source.position();
        let records = self.source.records::<2>()?;
        let count = records.len().min(BATCH);
        let (mut held, mut beyond) = (self.held, false);
        let [width, height] = self.size;
        let tally = &mut self.about.tally;
        batch.reserve(count);
        for record in &records[..count] {
            let word = u16::from_le_bytes(*record);
            match word >> 12 {
                0 => {
                    held.y = word & 0x7ff;
                    beyond |= held.y >= height;
                    self.of_slave += u64::from(word & ON != 0);
                }
                2 => {
                    let x = word & 0x7ff;
                    beyond |= x >= width;
                    let Held { t, y, .. } = held;
                    batch.push(Event {
                        t,
                        x,
                        y,
                        on: word & ON != 0,
                    });
                }
                3 => (held.base, held.on) = (word & 0x7ff, word & ON != 0),
                4 => beyond |= vector(batch, &mut held, word & 0xfff, 12, width),
                5 => beyond |= vector(batch, &mut held, word & 0xff, 8, width),
                6 => held.t = held.t & !0xfff | u64::from(word & 0xfff),
                8 => {
                    let before = self.clock.time();
                    tally.clock_wraps += u64::from(self.clock.set(u32::from(word & 0xfff)));
                    if let Some(now) = self.clock.time().filter(|_| before != self.clock.time()) {
                        held.t = now << TIME_BITS;
                    }
                }
                7 => tally.skip("continued", 1),
                kind => tally.skip(prophesee::kind(u32::from(kind)), 1),
            }
        }
        // Rare enough to be found by going over the same words again.
        if beyond || self.held.y >= height {
            count_beyond(&records[..count], self.size, at, batch, tally);
        }
        self.held = held;
        self.source.consume(2 * count);
        if count == 0 {
            self.about.tally.cut = self.source.cut(2)?;
            self.about.notes.extend(slave(std::mem::take(&mut self.of_slave)));
        }
        Ok(count > 0)
    }

    fn about(&self) -> &About {
        &self.about
    }
}

/// The events of a vector word of `length` pixels; whether one of them may lie beyond `width`.
fn vector(batch: &mut Vec<Event>, held: &mut Held, mut valid: u16, length: u16, width: u16) -> bool {
    let Held { t, y, base, on } = *held;
    while valid != 0 {
        // A base that never begins anew may go further than any sensor has columns, and stays at the end of them.
        let x = base.saturating_add(valid.trailing_zeros() as u16);
        batch.push(Event { t, x, y, on });
        valid &= valid - 1;
    }
    held.base = base.saturating_add(length);
    held.base > width
}

/// Count the events at the end of `batch`, made of `records`, that lie beyond the sensor.
#[cold]
fn count_beyond(records: &[[u8; 2]], size: [u16; 2], at: u64, batch: &[Event], tally: &mut super::Tally) {
    let per_word = |record: &[u8; 2]| match record[1] >> 4 {
        2 => 1,
        4 => (u16::from_le_bytes(*record) & 0xfff).count_ones() as usize,
        5 => record[0].count_ones() as usize,
        _ => 0,
    };
    let all: usize = records.iter().map(per_word).sum();
    let mut events = batch[batch.len() - all..].iter();
    for (i, record) in records.iter().enumerate() {
        for event in events.by_ref().take(per_word(record)) {
            if !event.is_within(size) {
                tally.beyond(at + 2 * i as u64, *event);
            }
        }
    }
}

/// A word on the rows of the other camera of a pair.
fn slave(rows: u64) -> Option<String> {
    (rows > 0).then(|| {
        format!("{rows} words that set the row are marked as those of the second camera of a pair; its events are counted with the first one's")
    })
}

#[cfg(test)]
mod tests;
