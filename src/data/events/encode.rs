//! Small encoders of every format, by which tests make files whose events are known.

use std::io::Write;

use super::Event;
use super::aedat4::tests::{event as aedat4_event, header as aedat4_header, packet as aedat4_packet, table};

/// A file, and the lengths at which it can be cut without that being seen: the first is that of the header.
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub ends: Vec<usize>,
}

/// What is written in the test files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nmnist,
    Dvs128,
    Davis,
    Aedat3,
    /// With the number of a packing.
    Aedat4(i32),
    Evt2,
    Evt21Little,
    Evt21Legacy,
    Evt3,
    Dat,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Nmnist,
        Self::Dvs128,
        Self::Davis,
        Self::Aedat3,
        Self::Aedat4(0),
        Self::Aedat4(1),
        Self::Aedat4(3),
        Self::Evt2,
        Self::Evt21Little,
        Self::Evt21Legacy,
        Self::Evt3,
        Self::Dat,
    ];

    /// The word of its format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nmnist => "nmnist",
            Self::Dvs128 | Self::Davis => "aedat2",
            Self::Aedat3 => "aedat3",
            Self::Aedat4(_) => "aedat4",
            Self::Evt2 => "evt2",
            Self::Evt21Little | Self::Evt21Legacy => "evt21",
            Self::Evt3 => "evt3",
            Self::Dat => "dat",
        }
    }

    /// What times, columns and rows stay below, so that no clock seems to wrap around.
    pub fn limits(self) -> (u64, u16, u16) {
        match self {
            Self::Nmnist => (1 << 23, 34, 34),
            Self::Dvs128 => (1 << 31, 128, 128),
            Self::Davis => (1 << 31, 346, 260),
            Self::Aedat3 => (1 << 40, 128, 128),
            Self::Aedat4(_) => (1 << 51, 320, 240),
            Self::Evt2 | Self::Evt21Little | Self::Evt21Legacy => (1 << 33, 1280, 720),
            Self::Evt3 => (1 << 23, 1280, 720),
            Self::Dat => (1 << 31, 304, 240),
        }
    }

    pub fn encode(self, events: &[Event]) -> Encoded {
        match self {
            Self::Nmnist => records(b"", events, nmnist),
            Self::Dvs128 => records(
                b"#!AER-DAT2.0\r\n# AEChip: a.DVS128\r\n#End Of ASCII Header\r\n",
                events,
                |e| aedat2(e, u32::from(e.y) << 8 | u32::from(127 - e.x) << 1 | u32::from(!e.on)),
            ),
            Self::Davis => records(
                b"#!AER-DAT2.0\r\n# AEChip: a.Davis346\r\n#End Of ASCII Header\r\n",
                events,
                |e| aedat2(e, u32::from(e.y) << 22 | u32::from(e.x) << 12 | u32::from(e.on) << 11),
            ),
            Self::Aedat3 => aedat3(events),
            Self::Aedat4(packing) => aedat4(events, packing),
            Self::Evt2 => words(
                b"% format EVT2;height=720;width=1280\n% end\n",
                evt2(events).into_iter().map(u32::to_le_bytes),
            ),
            Self::Evt21Little => words(
                b"% format EVT21;endianness=little;height=720;width=1280\n% end\n",
                evt21(events).into_iter().map(u64::to_le_bytes),
            ),
            Self::Evt21Legacy => words(
                b"% format EVT21;endianness=legacy;height=720;width=1280\n% end\n",
                evt21(events).into_iter().map(|word| word.rotate_left(32).to_le_bytes()),
            ),
            Self::Evt3 => words(
                b"% format EVT3;height=720;width=1280\n% end\n",
                evt3(events).into_iter().map(u16::to_le_bytes),
            ),
            Self::Dat => records(
                b"% Data file containing CD events\n% Version 2\n% Width 304\n% Height 240\n\x0c\x08",
                events,
                dat,
            ),
        }
    }
}

fn records<const N: usize>(header: &[u8], events: &[Event], record: impl Fn(&Event) -> [u8; N]) -> Encoded {
    words(header, events.iter().map(record))
}

fn words<const N: usize>(header: &[u8], words: impl Iterator<Item = [u8; N]>) -> Encoded {
    let (mut bytes, mut ends) = (header.to_vec(), vec![header.len()]);
    for word in words {
        bytes.extend(word);
        ends.push(bytes.len());
    }
    Encoded { bytes, ends }
}

fn nmnist(e: &Event) -> [u8; 5] {
    let [_, t2, t1, t0] = (e.t as u32).to_be_bytes();
    [e.x as u8, e.y as u8, t2 | u8::from(e.on) << 7, t1, t0]
}

fn aedat2(e: &Event, address: u32) -> [u8; 8] {
    (u64::from(address) << 32 | e.t).to_be_bytes()
}

fn dat(e: &Event) -> [u8; 8] {
    let address = u64::from(e.on) << 28 | u64::from(e.y) << 14 | u64::from(e.x);
    (address << 32 | e.t).to_le_bytes()
}

/// Packets of up to seven events, with one marked invalid and room for another in each.
fn aedat3(events: &[Event]) -> Encoded {
    let mut bytes = b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n".to_vec();
    let mut ends = vec![bytes.len()];
    for part in events
        .chunk_by(|a, b| a.t >> 31 == b.t >> 31)
        .flat_map(|part| part.chunks(7))
    {
        let count = part.len() as i32;
        bytes.extend([1, 0, 1, 0]);
        for number in [8, 4, (part[0].t >> 31) as i32, count + 2, count + 1, count] {
            bytes.extend(number.to_le_bytes());
        }
        for e in part {
            let word = u32::from(e.x) << 17 | u32::from(e.y) << 2 | u32::from(e.on) << 1 | 1;
            bytes.extend(word.to_le_bytes());
            bytes.extend((e.t as u32 & 0x7fff_ffff).to_le_bytes());
        }
        bytes.extend([0; 16]);
        ends.push(bytes.len());
    }
    Encoded { bytes, ends }
}

/// Packets of up to fifty events.
fn aedat4(events: &[Event], packing: i32) -> Encoded {
    let mut bytes = aedat4_header(packing, -1, &[(0, "EVTS", "events"), (1, "FRME", "frames")]);
    let mut ends = vec![bytes.len()];
    for part in events.chunks(50) {
        let all: Vec<u8> = part
            .iter()
            .flat_map(|e| aedat4_event(e.t as i64, e.x as i16, e.y as i16, u8::from(e.on)))
            .collect();
        let content = table(*b"EVTS", Some(&all), part.len() as u32);
        let content = match packing {
            1 => {
                let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
                packed.write_all(&content).unwrap();
                packed.finish().unwrap()
            }
            3 => ruzstd::encoding::compress_to_vec(&content[..], ruzstd::encoding::CompressionLevel::Fastest),
            _ => content,
        };
        bytes.extend(aedat4_packet(0, &content));
        ends.push(bytes.len());
    }
    Encoded { bytes, ends }
}

fn evt2(events: &[Event]) -> Vec<u32> {
    let (mut words, mut high) = (vec![10 << 28], None);
    for e in events {
        let now = (e.t >> 6) as u32;
        if high.replace(now) != Some(now) {
            words.push(8 << 28 | now);
        }
        words.push(u32::from(e.on) << 28 | (e.t as u32 & 0x3f) << 22 | u32::from(e.x) << 11 | u32::from(e.y));
    }
    words
}

/// Neighbours in a row that follow one another share a word.
fn evt21(events: &[Event]) -> Vec<u64> {
    let (mut words, mut high) = (vec![10 << 60], None);
    let shares = |a: &Event, b: &Event| (a.t, a.y, a.on, a.x / 32) == (b.t, b.y, b.on, b.x / 32) && a.x < b.x;
    for part in events.chunk_by(shares) {
        let e = part[0];
        let now = e.t >> 6;
        if high.replace(now) != Some(now) {
            words.push(8 << 60 | now << 32);
        }
        let valid = part.iter().fold(0, |valid, e| valid | 1u64 << (e.x % 32));
        let place = u64::from(e.x / 32 * 32) << 43 | u64::from(e.y) << 32;
        words.push(u64::from(e.on) << 60 | (e.t & 0x3f) << 54 | place | valid);
    }
    words
}

/// Neighbours in a row that follow one another become a vector of twelve, or, in even rows, of eight.
fn evt3(events: &[Event]) -> Vec<u16> {
    let (mut words, mut time, mut y) = (vec![10 << 12], None, None);
    let bits = |row: u16| if row.is_multiple_of(2) { 8 } else { 12 };
    let mut at = 0;
    while let Some(&e) = events.get(at) {
        if time.map(|t: u64| t >> 12) != Some(e.t >> 12) {
            words.extend([8 << 12 | (e.t >> 12) as u16, 6 << 12 | (e.t & 0xfff) as u16]);
        } else if time != Some(e.t) {
            words.push(6 << 12 | (e.t & 0xfff) as u16);
        }
        time = Some(e.t);
        if y.replace(e.y) != Some(e.y) {
            words.push(e.y);
        }
        let follows = |pair: &[Event]| {
            let (a, b) = (pair[0], pair[1]);
            (a.t, a.y, a.on) == (b.t, b.y, b.on) && a.x < b.x && b.x - e.x < bits(e.y)
        };
        let count = 1 + events[at..].windows(2).take_while(|pair| follows(pair)).count();
        let on = u16::from(e.on) << 11;
        if count == 1 {
            words.push(2 << 12 | on | e.x);
        } else {
            let valid = events[at..at + count]
                .iter()
                .fold(0, |valid, other| valid | 1 << (other.x - e.x));
            let kind = if bits(e.y) == 8 { 5 } else { 4 };
            words.extend([3 << 12 | on | e.x, kind << 12 | valid]);
        }
        at += count;
    }
    words
}
