//! AEDAT 3.1, cAER's format and that of DVS128 Gesture: a text header, then packets.
//!
//! A packet is a 28-byte little-endian header (type, source, size, time-stamp offset, overflow, capacity, number,
//! valid) and `capacity·size` bytes. Type 1 holds polarity events; every other type is passed over. Nothing is
//! allocated by a packet's own word: events are read one at a time.

use std::io::{BufRead, Read};

use super::{Event, Visit, line, record};

/// The packet type of polarity events.
const POLARITY: i16 = 1;
/// Bytes of a polarity event: the address word and the time.
const EVENT: u64 = 8;
/// A header of more lines than this is no header.
const MOST_LINES: usize = 4096;

/// Read every valid polarity event. The full time is `overflow · 2³¹ + time`.
///
/// # Errors
/// Words: no AEDAT 3.1, a packet that contradicts itself, a stream that ends within a packet.
pub fn read(reader: &mut dyn BufRead, visit: &mut Visit) -> Result<(), String> {
    header(reader)?;
    let mut at = 0;
    while let Some(bytes) = record::<28>(reader)? {
        let packet = Packet::parse(&bytes).map_err(|fault| format!("packet {at} {fault}"))?;
        packet
            .read(reader, visit)
            .map_err(|fault| format!("packet {at}: {fault}"))?;
        at += 1;
    }
    Ok(())
}

/// The lines up to and with `#!END-HEADER`.
fn header(reader: &mut dyn BufRead) -> Result<(), String> {
    if !line(reader)?.starts_with(b"#!AER-DAT3") {
        return Err("its first line is not #!AER-DAT3.1".to_owned());
    }
    for _ in 0..MOST_LINES {
        match line(reader)? {
            line if line.starts_with(b"#!END-HEADER") => return Ok(()),
            line if line.starts_with(b"#") => {}
            _ => break,
        }
    }
    Err("its header does not end with #!END-HEADER".to_owned())
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

    fn read(&self, reader: &mut dyn BufRead, visit: &mut Visit) -> Result<(), String> {
        let mut read = 0;
        if self.kind == POLARITY {
            for _ in 0..self.number {
                let Some([w0, w1, w2, w3, t0, t1, t2, t3]) = record::<8>(reader)? else {
                    return Err(format!("it ends after {} of {} events", read / EVENT, self.number));
                };
                let word = u32::from_le_bytes([w0, w1, w2, w3]);
                let t = self.overflow << 31 | u64::from(u32::from_le_bytes([t0, t1, t2, t3]) & 0x7fff_ffff);
                if word & 1 == 1 {
                    let (x, y) = ((word >> 17) as u16, (word >> 2 & 0x7fff) as u16);
                    visit(Event {
                        t,
                        x,
                        y,
                        on: word >> 1 & 1 == 1,
                    });
                }
                read += EVENT;
            }
        }
        // Both factors are below 2³¹: no overflow.
        let rest = self.capacity * self.size - read;
        let passed = std::io::copy(&mut Read::take(reader, rest), &mut std::io::sink());
        match passed.map_err(|e| format!("it cannot be read ({e})"))? {
            passed if passed == rest => Ok(()),
            passed => Err(format!("it ends {} bytes early", rest - passed)),
        }
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

    fn events(body: &[u8]) -> Result<Vec<Event>, String> {
        let mut events = Vec::new();
        read(&mut &[HEAD, body].concat()[..], &mut |e| events.push(e))?;
        Ok(events)
    }

    #[test]
    fn valid_polarity_events_are_read_and_all_else_is_passed_over() {
        let word = 49 << 17 | 82 << 2 | 1 << 1 | 1;
        let body = [
            packet(2, [36, 0, 1, 1], &[(0, 0); 4]),
            vec![0; 4],
            packet(1, [8, 1, 4, 2], &[(word, 28), (word & !1, 29), (word, 30), (word, 31)]),
        ]
        .concat();
        assert_eq!(
            events(&body).unwrap(),
            [Event {
                t: (1 << 31) + 28,
                x: 49,
                y: 82,
                on: true
            }]
        );
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
            (packet(1, [8, 0, 2, 2], &[(1, 1)]), "ends after 1 of 2"),
            (packet(1, [8, 0, i32::MAX, 0], &[]), "bytes early"),
            (
                packet(1, [8, 0, 1, 1], &[(1, 1), (1, 1)]),
                "8 bytes into a record of 28",
            ),
        ] {
            let fault = events(&body).unwrap_err();
            assert!(fault.contains(words), "{fault}");
        }
        assert!(
            read(&mut &b"#!AER-DAT3.1\r\nno"[..], &mut |_| {})
                .unwrap_err()
                .contains("END-HEADER")
        );
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(
            body in proptest::collection::vec(any::<u8>(), 0..200), numbers in any::<[i32; 4]>(), kind in 0i16..4,
        ) {
            let _ = read(&mut &body[..], &mut |_| {});
            let _ = events(&body);
            let _ = events(&[packet(kind, numbers, &[]), body].concat());
        }
    }
}
