//! AEDAT 4.0, the format of iniVation's DV: a header, then packets of several streams, each packed on its own.
//!
//! A packet's content is one FlatBuffer (`tables`), as it is, or packed as an LZ4 or a Zstandard frame (`unpack`).
//! The header's XML names the streams (`header`); each is a sensor of its own, so the events of one are handed over
//! and those of others are only counted. A table of all packets may stand at the end; it is not needed.

mod header;
mod tables;
mod unpack;

use std::io::Read;

use super::{About, BATCH, Event, Fault, Origin, Reader, Source, Stream};
use header::{Header, Kind};
use unpack::Unpacker;

/// The most that one packet's content may be: 16 million events.
const LARGEST_PACKET: u64 = 1 << 28;
/// The most streams that are distinguished.
const MOST_STREAMS: usize = 1 << 10;

/// A recording that is being read.
#[derive(Debug)]
pub struct Aedat4<'a> {
    source: Source<'a>,
    header: Header,
    unpacker: Unpacker,
    /// The content of the packet whose events are handed over, and where in it those are that are left.
    content: Vec<u8>,
    left: std::ops::Range<usize>,
    /// How many packets were whole, the number of the last one, and where it begins.
    packets: u64,
    number: u64,
    begins: u64,
    has_ended: bool,
    about: About,
}

impl<'a> Aedat4<'a> {
    /// Read the header. `stream` says whose events are wanted, by number or name; else they are those of the stream
    /// with the lowest number that has events.
    ///
    /// # Errors
    /// No AEDAT 4.0, a damaged header, a stream that is not there; the stream's own.
    pub fn new(mut source: Source<'a>, stream: Option<&str>) -> Result<Self, Fault> {
        let (header, cut) = Header::read(&mut source)?;
        let mut about = About {
            origin: Origin::Unix,
            ..About::default()
        };
        about.streams = header
            .streams
            .iter()
            .filter(|stream| stream.kind == Kind::Events)
            .map(|stream| stream.about.clone())
            .collect();
        about.notes.extend(header.note.clone());
        let has_ended = cut.is_some();
        about.tally.cut = cut;
        let mut reader = Self {
            source,
            unpacker: Unpacker::new(header.packing),
            header,
            content: Vec::new(),
            left: 0..0,
            packets: 0,
            number: 0,
            begins: 0,
            has_ended,
            about,
        };
        let chosen = match stream {
            Some(wanted) => Some(reader.wanted(wanted)?),
            None => reader.about.streams.iter().map(|stream| stream.id).min(),
        };
        if let Some(id) = chosen {
            reader.choose(id);
        }
        Ok(reader)
    }

    /// The number of the stream that is called `wanted`, or has that number.
    fn wanted(&self, wanted: &str) -> Result<i32, Fault> {
        let streams = &self.about.streams;
        if let Some(stream) = streams.iter().find(|stream| wanted.parse() == Ok(stream.id)) {
            return Ok(stream.id);
        }
        let mut named = streams.iter().filter(|stream| stream.name == wanted);
        match (named.next(), named.next()) {
            (Some(stream), None) => Ok(stream.id),
            (first, _) => {
                let words = streams.iter().map(|stream| format!("{} ({})", stream.id, stream.name));
                let why = if first.is_none() {
                    "there is no"
                } else {
                    "there is more than one"
                };
                Err(Fault::Unsupported(format!(
                    "{why} stream of events called {wanted}; streams of events are {}",
                    words.collect::<Vec<_>>().join(", ")
                )))
            }
        }
    }

    /// From here on the events of stream `id` are handed over.
    fn choose(&mut self, id: i32) {
        self.about.stream = Some(id);
        if let Some(stream) = self.about.streams.iter().find(|stream| stream.id == id) {
            (self.about.chip, self.about.size) = (stream.camera.clone(), stream.size);
        }
    }

    /// What a packet's stream holds; of a stream that the header does not name, what the packet itself says it does.
    fn kind(&mut self, id: i32) -> Kind {
        let known = self.header.streams.iter().find(|stream| stream.about.id == id);
        known.map_or(Kind::Unknown, |stream| stream.kind)
    }

    /// The next packet, as far as it concerns events; `false` where there is none.
    fn packet(&mut self) -> Result<bool, Fault> {
        let at = self.source.position();
        self.begins = at;
        self.number = self.packets;
        if self.header.table == Some(at) && !self.source.window(1)?.is_empty() {
            return Ok(false);
        }
        let Some([s0, s1, s2, s3, n0, n1, n2, n3]) = self.source.record::<8>()? else {
            self.end()?;
            return Ok(false);
        };
        let (id, size) = (
            i32::from_le_bytes([s0, s1, s2, s3]),
            i32::from_le_bytes([n0, n1, n2, n3]),
        );
        let size = u64::try_from(size).map_err(|_| self.damaged(&format!("says that it has {size} bytes")))?;
        let end = at + 8 + size;
        if let Some(table) = self.header.table.filter(|&table| end > table) {
            // A table that the file is too short for is none, and what lies before its place are packets.
            if self.source.length().is_none_or(|length| table < length) {
                return Err(self.damaged(&format!(
                    "says that it has {size} bytes, which would run into the table of packets at byte {table}"
                )));
            }
        }
        if let Some(length) = self.source.length().filter(|&length| end > length) {
            let have = length.saturating_sub(at + 8);
            self.source.skip(u64::MAX)?;
            self.cut(have, size);
            return Ok(false);
        }
        self.content(id, size)?;
        let missing = end - self.source.position();
        let passed = self.source.skip(missing)?;
        if passed < missing {
            self.left = 0..0;
            self.cut(size - (missing - passed), size);
            return Ok(false);
        }
        self.packets += 1;
        Ok(true)
    }

    /// What the packet of stream `id` holds, which begins here and has `size` bytes.
    fn content(&mut self, id: i32, size: u64) -> Result<(), Fault> {
        let kind = self.kind(id);
        if size == 0 || matches!(kind, Kind::Frames | Kind::Other) {
            self.about.tally.skip(kind.word(), u64::from(size > 0));
            return Ok(());
        }
        self.content.clear();
        let mut packed = Read::take(&mut self.source, size);
        let unpacked = self.unpacker.unpack(&mut packed, LARGEST_PACKET, &mut self.content);
        // What is left of the file says whether the content is damaged or only cut.
        let is_short = packed.limit() > 0 && self.source.window(1)?.is_empty();
        match (unpacked, kind) {
            (_, _) if is_short => Ok(()),
            (Ok(()), Kind::Events) => self.events(id),
            (Ok(()), Kind::Unknown) if tables::identifier(&self.content) == Some(*b"EVTS") => self.events(id),
            (Ok(()), _) => {
                let count = tables::elements(&self.content, 1).map_or(1, |(_, count)| count as u64);
                self.about.tally.skip(kind.word(), count);
                Ok(())
            }
            (Err(e), Kind::Events) => Err(self.damaged(&format!("cannot be unpacked as {}: {e}", self.header.packing))),
            (Err(_), _) => {
                self.about.tally.skip("unreadable_packet", 1);
                Ok(())
            }
        }
    }

    /// The events of stream `id` in the content.
    fn events(&mut self, id: i32) -> Result<(), Fault> {
        let found = match tables::identifier(&self.content) {
            Some(name) if name == *b"EVTS" => tables::elements(&self.content, tables::EVENT),
            _ => Err("its content is no table of events (EVTS)".to_owned()),
        };
        let (range, count) = found.map_err(|why| self.damaged(&format!("is damaged: {why}")))?;
        if self.about.stream.is_none() {
            self.choose(id);
        }
        let streams = &mut self.about.streams;
        if let Some(stream) = streams.iter_mut().find(|stream| stream.id == id) {
            stream.events += count as u64;
        } else if streams.len() < MOST_STREAMS {
            streams.push(Stream {
                id,
                events: count as u64,
                ..Stream::default()
            });
        }
        if self.about.stream == Some(id) {
            self.left = range;
        } else {
            self.about.tally.skip("other_stream", count as u64);
        }
        Ok(())
    }

    /// Some of the events that are left in the content.
    fn hand_over(&mut self, batch: &mut Vec<Event>) -> Result<(), Fault> {
        let end = self.left.end.min(self.left.start + BATCH * tables::EVENT);
        let records = self.content[self.left.start..end].as_chunks::<{ tables::EVENT }>().0;
        for record in records {
            let event =
                tables::event(record).map_err(|what| self.damaged(&format!("is damaged: an event has {what}")))?;
            if self.about.size.is_some_and(|size| !event.is_within(size)) {
                self.about.tally.beyond(self.begins, event);
            }
            batch.push(event);
        }
        self.left.start = end;
        Ok(())
    }

    /// The file ends before another packet: within one's first bytes, or before the table that its header names.
    fn end(&mut self) -> Result<(), Fault> {
        let at = self.source.position();
        self.about.tally.cut = match (self.source.cut(8)?, self.header.table) {
            (Some(how), _) => Some(format!("{how}, the beginning of packet {}", self.number)),
            (None, Some(table)) => Some(format!(
                "it ends at byte {at}, and the table of packets that its header names, at byte {table}, is not there"
            )),
            _ => None,
        };
        self.source.skip(u64::MAX)?;
        Ok(())
    }

    fn cut(&mut self, have: u64, size: u64) {
        self.about.tally.cut = Some(format!(
            "packet {}, which begins at byte {}, has {have} of its {size} bytes",
            self.number, self.begins
        ));
    }

    fn damaged(&self, how: &str) -> Fault {
        Fault::Damaged(format!(
            "packet {}, which begins at byte {}, {how}",
            self.number, self.begins
        ))
    }
}

impl Reader for Aedat4<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        if !self.left.is_empty() {
            self.hand_over(batch)?;
        } else if !self.has_ended {
            self.has_ended = !self.packet()?;
        }
        Ok(!self.has_ended || !self.left.is_empty())
    }

    fn about(&self) -> &About {
        &self.about
    }
}

#[cfg(test)]
pub(super) mod tests;
