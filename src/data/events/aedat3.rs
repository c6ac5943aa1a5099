//! AEDAT 3.1, cAER's format and that of DVS128 Gesture: a text header, then packets.
//!
//! A packet is a 28-byte little-endian header (type, source, size, time-stamp offset, overflow, capacity, number,
//! valid) and `capacity·size` bytes. Type 1 holds polarity events; every other type is passed over and counted.
//! Packets of different sources are of different cameras, so only those of one are handed over. No memory is reserved
//! because of a size that a packet states.

mod packet;

use super::sensor::Sensor;
use super::{About, BATCH, Event, Fault, Reader, Source, Stream};
use packet::Packet;

/// The packet type of polarity events.
const POLARITY: i16 = 1;
/// Bytes of a polarity event: the address word and the time.
const EVENT: u64 = 8;
/// A header of more lines than this is no header.
const MOST_LINES: usize = 4096;
/// The most sources of a header that are kept, and the most letters of each.
const MOST_SOURCES: usize = 16;
const LONGEST_NAME: usize = 120;
/// The most sources of packets that are distinguished.
const MOST_STREAMS: usize = 1 << 10;

/// A recording that is being read.
#[derive(Debug)]
pub struct Aedat3<'a> {
    source: Source<'a>,
    /// The devices that the header names, by their numbers.
    named: Vec<(i32, String)>,
    /// The packet that is being read, and how many of its polarity events are left.
    packet: Packet,
    left: u64,
    /// The packet's number, and where it begins.
    number: u64,
    begins: u64,
    has_ended: bool,
    about: About,
}

impl<'a> Aedat3<'a> {
    /// Read the header. `stream` says whose events are wanted, by number or name; else they are those of the source
    /// that has the first packet of events.
    ///
    /// # Errors
    /// No AEDAT 3.1; a source that the header does not name; the stream's own.
    pub fn new(mut source: Source<'a>, stream: Option<&str>) -> Result<Self, Fault> {
        let named = header(&mut source)?;
        let mut reader = Self {
            source,
            named,
            packet: Packet::default(),
            left: 0,
            number: 0,
            begins: 0,
            has_ended: false,
            about: About::default(),
        };
        if let Some(wanted) = stream {
            let by_name = reader.named.iter().find(|(_, name)| name == wanted).map(|(id, _)| *id);
            let id = by_name.or(wanted.parse().ok()).ok_or_else(|| {
                let known: Vec<_> = reader.named.iter().map(|(id, name)| format!("{id} ({name})")).collect();
                Fault::Unsupported(format!(
                    "there is no stream {wanted}; its header names {}",
                    known.join(", ")
                ))
            })?;
            reader.choose(id);
        }
        Ok(reader)
    }

    /// From here on the events of source `id` are handed over.
    fn choose(&mut self, id: i32) {
        self.about.stream = Some(id);
        let only = match &self.named[..] {
            [(_, only)] => Some(only),
            _ => None,
        };
        let name = self.named.iter().find(|(n, _)| *n == id).map(|(_, name)| name).or(only);
        self.about.chip = name.cloned();
        self.about.size = name.and_then(|name| Sensor::named(name)).map(Sensor::size);
    }

    /// Where events of source `id` are counted.
    fn stream(&mut self, id: i32) -> Option<&mut Stream> {
        let at = match self.about.streams.iter().position(|stream| stream.id == id) {
            Some(at) => at,
            None if self.about.streams.len() < MOST_STREAMS => {
                let name = self.named.iter().find(|(n, _)| *n == id).map(|(_, name)| name.clone());
                self.about.streams.push(Stream {
                    id,
                    name: name.unwrap_or_default(),
                    ..Stream::default()
                });
                self.about.streams.len() - 1
            }
            None => return None,
        };
        self.about.streams.get_mut(at)
    }

    /// The next packet's header; `false` where there is none.
    fn open(&mut self) -> Result<bool, Fault> {
        self.begins = self.source.position();
        let Some(bytes) = self.source.record::<28>()? else {
            let cut = self.source.cut(28)?;
            self.about.tally.cut = cut.map(|how| format!("{how}, the header of packet {}", self.number));
            return Ok(false);
        };
        let (number, at) = (self.number, self.begins);
        self.packet = Packet::parse(&bytes)
            .map_err(|fault| Fault::Damaged(format!("packet {number}, which begins at byte {at}, {fault}")))?;
        if self.packet.kind == POLARITY {
            self.left = self.packet.number;
            let id = i32::from(self.packet.source);
            if self.about.stream.is_none() {
                self.choose(id);
            }
            let _ = self.stream(id);
        }
        if self.left == 0 {
            return self.close();
        }
        Ok(true)
    }

    /// Pass over what of the packet is no event; `false` where the file ends in it.
    fn close(&mut self) -> Result<bool, Fault> {
        let Packet { capacity, size, .. } = self.packet;
        // Both factors are below 2³¹: no overflow.
        let whole = 28 + capacity * size;
        let rest = whole - (self.source.position() - self.begins);
        let passed = self.source.skip(rest)?;
        if passed != rest {
            self.cut(&format!("it ends {} bytes early", rest - passed));
            return Ok(false);
        }
        if self.packet.kind != POLARITY {
            self.about.tally.skip(self.packet.kind(), self.packet.number);
        }
        self.number += 1;
        Ok(true)
    }

    fn cut(&mut self, how: &str) {
        let (number, at) = (self.number, self.begins);
        self.about.tally.cut = Some(format!("packet {number}: {how}; it begins at byte {at}"));
    }

    /// Some of the events that are left in the packet.
    fn events(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        let (at, before) = (self.source.position(), batch.len());
        let records = self.source.records::<8>()?;
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(BATCH);
        let count = records.len().min(wanted);
        let (is_wanted, mut valid) = (self.about.stream == Some(i32::from(self.packet.source)), 0);
        for (i, record) in records[..count].iter().enumerate() {
            let Some(event) = self.packet.event(record) else {
                continue;
            };
            valid += 1;
            if is_wanted {
                if self.about.size.is_some_and(|size| !event.is_within(size)) {
                    self.about.tally.beyond(at + EVENT * i as u64, event);
                }
                batch.push(event);
            }
        }
        self.source.consume(count * EVENT as usize);
        self.left -= count as u64;
        self.about.tally.skip("invalid", (count - valid) as u64);
        let handed_over = batch.len() - before;
        self.about.tally.skip("other_stream", (valid - handed_over) as u64);
        let id = i32::from(self.packet.source);
        if let Some(stream) = self.stream(id) {
            stream.events += valid as u64;
        }
        if count == 0 {
            let (have, all) = (self.packet.number - self.left, self.packet.number);
            self.cut(&format!("it ends after {have} of {all} events"));
            return Ok(false);
        }
        if self.left == 0 {
            return self.close();
        }
        Ok(true)
    }
}

impl Reader for Aedat3<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        if !self.has_ended {
            let goes_on = if self.left > 0 {
                self.events(batch)?
            } else {
                self.open()?
            };
            self.has_ended = !goes_on;
        }
        Ok(!self.has_ended)
    }

    fn about(&self) -> &About {
        &self.about
    }
}

/// The lines up to and with `#!END-HEADER`: the devices they name.
fn header(source: &mut Source) -> Result<Vec<(i32, String)>, Fault> {
    if !source.line()?.starts_with(b"#!AER-DAT3") {
        return Err(Fault::Damaged(
            "at byte 0 its first line is not #!AER-DAT3.1".to_owned(),
        ));
    }
    let mut sources = Vec::new();
    for _ in 0..MOST_LINES {
        match source.line()? {
            line if line.starts_with(b"#!END-HEADER") => return Ok(sources),
            line if line.starts_with(b"#") && sources.len() < MOST_SOURCES => sources.extend(device(&line)),
            line if line.starts_with(b"#") => {}
            _ => break,
        }
    }
    let at = source.position();
    Err(Fault::Damaged(format!(
        "its header does not end with #!END-HEADER up to byte {at}"
    )))
}

/// The device of a line such as `#Source 1: DVS128`, with its number.
fn device(line: &[u8]) -> Option<(i32, String)> {
    let text = String::from_utf8_lossy(line.strip_prefix(b"#Source ")?).into_owned();
    let (number, name) = text.split_once(':')?;
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some((number.trim().parse().ok()?, name))
}

#[cfg(test)]
mod tests;
