//! AEDAT 3.1, cAER's format and that of DVS128 Gesture: a text header, then packets.
//!
//! A packet is a 28-byte little-endian header (type, source, size, time-stamp offset, overflow, capacity, number,
//! valid) and `capacity·size` bytes. Type 1 holds polarity events; every other type is passed over and counted.
//! Nothing is allocated because a packet says so: events are read one at a time.

use std::io::{self, BufRead, Read};

use super::aedat2::Sensor;
use super::{Event, Fault, Next, Tally, Visit, line, record};

/// The packet type of polarity events.
const POLARITY: i16 = 1;
/// Bytes of a polarity event: the address word and the time.
const EVENT: u64 = 8;
/// A header of more lines than this is no header.
const MOST_LINES: usize = 4096;
/// Of the sources that a header names, so many are kept, and so many letters of each.
const MOST_SOURCES: usize = 16;
const LONGEST_NAME: usize = 120;

/// What a recording was found to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The devices that the header names.
    pub sources: Vec<String>,
    /// `[width, height]` where there is one device and its size is known.
    pub size: Option<[u16; 2]>,
    /// What is no event, and how the file ends.
    pub tally: Tally,
}

/// Read every valid polarity event. The full time is `overflow · 2³¹ + time`.
///
/// # Errors
/// No AEDAT 3.1, a packet that contradicts itself, the stream's own errors.
pub fn read(reader: &mut dyn BufRead, visit: &mut Visit) -> Result<Found, Fault> {
    let sources = header(reader)?;
    let size = match &sources[..] {
        [one] => Sensor::named(one).map(Sensor::size),
        _ => None,
    };
    let mut found = Found {
        sources,
        size,
        tally: Tally::default(),
    };
    for at in 0u64.. {
        let bytes = match record::<28>(reader)? {
            Next::Record(bytes) => bytes,
            Next::End => break,
            Next::Cut(how) => {
                found.tally.cut = Some(format!("{how}, the header of packet {at}"));
                break;
            }
        };
        let packet = Packet::parse(&bytes).map_err(|fault| Fault::Damaged(format!("packet {at} {fault}")))?;
        if let Some(how) = packet.read(reader, size, &mut found.tally, visit)? {
            found.tally.cut = Some(format!("packet {at}: {how}"));
            break;
        }
    }
    Ok(found)
}

/// The lines up to and with `#!END-HEADER`: the devices they name.
fn header(reader: &mut dyn BufRead) -> Result<Vec<String>, Fault> {
    if !line(reader)?.starts_with(b"#!AER-DAT3") {
        return Err(Fault::Damaged("its first line is not #!AER-DAT3.1".to_owned()));
    }
    let mut sources = Vec::new();
    for _ in 0..MOST_LINES {
        match line(reader)? {
            line if line.starts_with(b"#!END-HEADER") => return Ok(sources),
            line if line.starts_with(b"#") && sources.len() < MOST_SOURCES => sources.extend(source(&line)),
            line if line.starts_with(b"#") => {}
            _ => break,
        }
    }
    Err(Fault::Damaged("its header does not end with #!END-HEADER".to_owned()))
}

/// The device of a line such as `#Source 1: DVS128`.
fn source(line: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(line.strip_prefix(b"#Source ")?).into_owned();
    let name = text.split_once(':')?.1.trim();
    (!name.is_empty()).then(|| name.chars().take(LONGEST_NAME).collect())
}

/// A packet's header.
#[derive(Debug)]
struct Packet {
    kind: i16,
    /// Bytes per event.
    size: u64,
    overflow: u64,
    /// Events there is room for, and events there are.
    capacity: u64,
    number: u64,
}

impl Packet {
    fn parse(bytes: &[u8; 28]) -> Result<Self, String> {
        let number_at = |at: usize, what: &str| {
            let value = i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            u64::try_from(value).map_err(|_| format!("has a negative {what}, {value}"))
        };
        let packet = Self {
            kind: i16::from_le_bytes([bytes[0], bytes[1]]),
            size: number_at(4, "event size")?,
            overflow: number_at(12, "overflow")?,
            capacity: number_at(16, "capacity")?,
            number: number_at(20, "number of events")?,
        };
        if packet.number > packet.capacity {
            return Err(format!(
                "says it holds {} events in room for {}",
                packet.number, packet.capacity
            ));
        }
        if packet.kind == POLARITY && packet.size != EVENT {
            return Err(format!("has polarity events of {} bytes, not {EVENT}", packet.size));
        }
        Ok(packet)
    }

    /// What its events are called where they are passed over.
    fn kind(&self) -> &'static str {
        match self.kind {
            0 => "special",
            2 => "frame",
            3 => "imu6",
            4 => "imu9",
            5 => "sample",
            6 => "ear",
            7 => "config",
            8..=11 => "point",
            12 => "spike",
            _ => "other",
        }
    }

    /// Read the packet; words where the stream ends within it.
    fn read(
        &self,
        reader: &mut dyn BufRead,
        size: Option<[u16; 2]>,
        tally: &mut Tally,
        visit: &mut Visit,
    ) -> io::Result<Option<String>> {
        let mut read = 0;
        if self.kind == POLARITY {
            for at in 0..self.number {
                let Next::Record(bytes) = record::<8>(reader)? else {
                    return Ok(Some(format!("it ends after {at} of {} events", self.number)));
                };
                match self.event(bytes) {
                    Some(event) => {
                        tally.out_of_range += u64::from(size.is_some_and(|size| !event.is_within(size)));
                        visit(event);
                    }
                    None => tally.skip("invalid", 1),
                }
                read += EVENT;
            }
        }
        // Both factors are below 2³¹: no overflow.
        let rest = self.capacity * self.size - read;
        let passed = io::copy(&mut Read::take(reader, rest), &mut io::sink())?;
        if passed != rest {
            return Ok(Some(format!("it ends {} bytes early", rest - passed)));
        }
        if self.kind != POLARITY {
            tally.skip(self.kind(), self.number);
        }
        Ok(None)
    }

    /// A polarity event, where it is marked valid.
    fn event(&self, [w0, w1, w2, w3, t0, t1, t2, t3]: [u8; 8]) -> Option<Event> {
        let word = u32::from_le_bytes([w0, w1, w2, w3]);
        let t = self.overflow << 31 | u64::from(u32::from_le_bytes([t0, t1, t2, t3]) & 0x7fff_ffff);
        (word & 1 == 1).then_some(Event {
            t,
            x: (word >> 17) as u16,
            y: (word >> 2 & 0x7fff) as u16,
            on: word >> 1 & 1 == 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &[u8] = b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n";

    fn packet(kind: i16, [size, overflow, capacity, number]: [i32; 4], events: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes = [kind.to_le_bytes(), 1i16.to_le_bytes()].concat();
        for n in [size, 4, overflow, capacity, number, number] {
            bytes.extend(n.to_le_bytes());
        }
        bytes.extend(
            events
                .iter()
                .flat_map(|(w, t)| [w.to_le_bytes(), t.to_le_bytes()].concat()),
        );
        bytes
    }

    fn events(body: &[u8]) -> Result<(Vec<Event>, Found), Fault> {
        let mut events = Vec::new();
        let found = read(&mut &[HEAD, body].concat()[..], &mut |e| events.push(e))?;
        Ok((events, found))
    }

    #[test]
    fn valid_polarity_events_are_read_and_all_else_is_passed_over_and_counted() {
        let word = 49 << 17 | 82 << 2 | 1 << 1 | 1;
        let body = [
            packet(2, [36, 0, 1, 1], &[(0, 0); 4]),
            vec![0; 4],
            packet(1, [8, 1, 4, 2], &[(word, 28), (word & !1, 29), (word, 30), (word, 31)]),
        ]
        .concat();
        let (found, about) = events(&body).unwrap();
        assert_eq!(
            found,
            [Event {
                t: (1 << 31) + 28,
                x: 49,
                y: 82,
                on: true
            }]
        );
        assert_eq!(
            (&about.sources[..], about.size),
            (&["DVS128".to_owned()][..], Some([128, 128]))
        );
        assert_eq!(about.tally.skipped, [("frame", 1), ("invalid", 1)].into());
    }

    #[test]
    fn an_event_beyond_the_named_sensor_is_counted() {
        let (found, about) = events(&packet(1, [8, 0, 1, 1], &[(200 << 17 | 1, 5)])).unwrap();
        assert_eq!((found[0].x, about.tally.out_of_range), (200, 1));
    }

    #[test]
    fn a_cut_is_named_and_the_whole_events_before_it_are_there() {
        for (body, words, whole) in [
            (
                packet(1, [8, 0, 2, 2], &[(1, 1)]),
                "packet 0: it ends after 1 of 2 events",
                1,
            ),
            (packet(1, [8, 0, i32::MAX, 0], &[]), "bytes early", 0),
            (
                packet(1, [8, 0, 1, 1], &[(1, 1), (1, 1)]),
                "8 bytes into a record of 28, the header of packet 1",
                1,
            ),
        ] {
            let (found, about) = events(&body).unwrap();
            let cut = about.tally.cut.unwrap();
            assert!(cut.contains(words) && found.len() == whole, "{cut}");
        }
    }

    #[test]
    fn faults_are_named() {
        for (body, words) in [
            (
                packet(1, [8, 0, 1, 2], &[]),
                "packet 0 says it holds 2 events in room for 1",
            ),
            (packet(1, [9, 0, 1, 1], &[]), "of 9 bytes"),
            (packet(1, [8, 0, -1, 0], &[]), "negative capacity"),
        ] {
            let fault = format!("{:?}", events(&body).unwrap_err());
            assert!(fault.contains(words), "{fault}");
        }
        let fault = read(&mut &b"#!AER-DAT3.1\r\nno"[..], &mut |_| {}).unwrap_err();
        assert!(format!("{fault:?}").contains("END-HEADER"));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(
            body in proptest::collection::vec(any::<u8>(), 0..200), numbers in any::<[i32; 4]>(), kind in -1i16..20,
        ) {
            let _ = read(&mut &body[..], &mut |_| {});
            let _ = events(&body);
            let _ = events(&[packet(kind, numbers, &[]), body].concat());
        }
    }
}
