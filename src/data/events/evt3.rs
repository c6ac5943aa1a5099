//! EVT3, Prophesee's format of 16-bit words that each change a part of what the next event will be.
//!
//! Row, time and the base of vectors are held from word to word. The clock has 24 bits: TIME_HIGH·4096 + TIME_LOW;
//! a changed TIME_HIGH sets the lower part to zero, and only a TIME_HIGH that falls by nearly its whole range means
//! that the clock wrapped around. Nothing before the first TIME_HIGH counts, as in the reference decoder.

use super::prophesee::{self, Clock, Fields};
use super::{About, Event, Fault, Reader, Source, Tally};

/// Bits of time in a TIME_HIGH word.
const TIME_BITS: u32 = 12;
/// The polarity in words that have one.
const ON: u16 = 1 << 11;
/// Words at a time: each may hold twelve events.
const WORDS: usize = 1 << 12;

/// A recording that is being read.
#[derive(Debug)]
pub struct Evt3<'a> {
    source: Source<'a>,
    clock: Clock,
    /// What is held from word to word.
    held: Held,
    /// Room for the events of some words.
    made: Box<[Event]>,
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
            made: vec![Event::default(); 12 * WORDS].into_boxed_slice(),
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
        let records = &records[..records.len().min(WORDS)];
        let mut pass = Pass {
            held: self.held,
            clock: self.clock,
            made: &mut self.made,
            count: 0,
            tally: &mut self.about.tally,
        };
        let beyond = pass.words(records, self.size, &mut self.of_slave);
        let events = &pass.made[..pass.count];
        // Rare enough to be found by going over the same words again.
        if beyond || self.held.y >= self.size[1] {
            count_beyond(records, self.size, at, events, pass.tally);
        }
        (self.held, self.clock) = (pass.held, pass.clock);
        batch.extend_from_slice(events);
        let count = records.len();
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

/// Some words on their way to events.
struct Pass<'a> {
    held: Held,
    clock: Clock,
    /// Room for all events that the words can be, and how many there are.
    made: &'a mut [Event],
    count: usize,
    tally: &'a mut Tally,
}

impl Pass<'_> {
    /// Go over `records`; whether one of their events may lie beyond the sensor.
    ///
    /// Nearly all words are rows, single events, times, and times repeated. What they change is selected without a
    /// branch, because their order is random and a processor would mispredict it.
    fn words(&mut self, records: &[[u8; 2]], [width, height]: [u16; 2], of_slave: &mut u64) -> bool {
        let (mut beyond, mut slaves) = (false, 0u64);
        let mut high = self.high();
        for record in records {
            let word = u16::from_le_bytes(*record);
            let (kind, value) = (word >> 12, word & 0xfff);
            if !(matches!(kind, 0 | 2 | 6) || kind == 8 && value == high) {
                beyond |= self.rare(kind, value, width);
                high = self.high();
                continue;
            }
            let (place, is_on) = (value & 0x7ff, value & ON != 0);
            let (is_row, is_event) = (kind == 0, kind == 2);
            let (y, t) = (self.held.y, self.held.t);
            self.held.y = if is_row { place } else { y };
            self.held.t = if kind == 6 { t & !0xfff | u64::from(value) } else { t };
            slaves += u64::from(is_row & is_on);
            beyond |= (is_row & (place >= height)) | (is_event & (place >= width));
            // Every word writes, and only an event's stays.
            if let Some(room) = self.made.get_mut(self.count) {
                *room = Event {
                    t,
                    x: place,
                    y,
                    on: is_on,
                };
            }
            self.count += usize::from(is_event);
        }
        *of_slave += slaves;
        beyond
    }

    /// What a TIME_HIGH word would only repeat; no such word before the first one.
    fn high(&self) -> u16 {
        self.clock.time().map_or(u16::MAX, |time| (time & 0xfff) as u16)
    }

    /// Every other kind of word; whether an event of it may lie beyond `width`.
    fn rare(&mut self, kind: u16, value: u16, width: u16) -> bool {
        match kind {
            3 => (self.held.base, self.held.on) = (value & 0x7ff, value & ON != 0),
            4 => return self.vector(value, 12, width),
            5 => return self.vector(value & 0xff, 8, width),
            8 => {
                self.tally.clock_wraps += u64::from(self.clock.set(u32::from(value)));
                self.held.t = self.clock.time().unwrap_or_default() << TIME_BITS;
            }
            7 => self.tally.skip("continued", 1),
            kind => self.tally.skip(prophesee::kind(u32::from(kind)), 1),
        }
        false
    }

    /// The events of a vector word of `length` pixels.
    fn vector(&mut self, mut valid: u16, length: u16, width: u16) -> bool {
        let Held { t, y, base, on } = self.held;
        while valid != 0 {
            // Without a new base the position may run past every sensor's columns; it stays at the largest number.
            let x = base.saturating_add(valid.trailing_zeros() as u16);
            if let Some(room) = self.made.get_mut(self.count) {
                *room = Event { t, x, y, on };
            }
            self.count += 1;
            valid &= valid - 1;
        }
        self.held.base = base.saturating_add(length);
        self.held.base > width
    }
}

/// Count those of `events`, made of `records`, that lie beyond the sensor.
#[cold]
fn count_beyond(records: &[[u8; 2]], size: [u16; 2], at: u64, events: &[Event], tally: &mut Tally) {
    let per_word = |record: &[u8; 2]| match record[1] >> 4 {
        2 => 1,
        4 => (u16::from_le_bytes(*record) & 0xfff).count_ones() as usize,
        5 => record[0].count_ones() as usize,
        _ => 0,
    };
    let mut events = events.iter();
    for (i, record) in records.iter().enumerate() {
        for event in events.by_ref().take(per_word(record)) {
            if !event.is_within(size) {
                tally.beyond(at + 2 * i as u64, *event);
            }
        }
    }
}

/// A note on the rows of the other camera of a pair.
fn slave(rows: u64) -> Option<String> {
    (rows > 0).then(|| {
        format!("{rows} words that set the row are marked as those of the second camera of a pair; its events are counted with the first one's")
    })
}

#[cfg(test)]
mod tests;
