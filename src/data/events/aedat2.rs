//! AEDAT 2.0, jAER's format: `#` lines, then pairs of big-endian numbers, an address and microseconds.
//!
//! What an address means depends on the sensor. It is told by the caller, or by the header; where both are silent
//! DVS128 is assumed, as long as no address needs more bits than that sensor has. A clock that goes round after 2³² µs
//! (71 minutes) is not unrolled.

use std::io::{BufRead, Cursor, Read};

use super::{Event, Visit, line, record};

/// How an address is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensor {
    /// 128x128. Bit 0 says darker, bits 1-7 are a, bits 8-14 are b; x = 127 − a, y = b: the usual convention.
    Dvs128,
    /// The same bits read as SpikingJelly reads CIFAR10-DVS: x = 127 − b, y = 127 − a.
    Dvs128Transposed,
    /// 240x180. Bit 31 marks what is no polarity event (frames, motion); bit 11 says brighter, 12-21 x, 22-30 y.
    Davis240c,
}

impl Sensor {
    /// The event of an address, or `None` where the address is of something else.
    #[must_use]
    pub fn decode(self, address: u32, t: u32) -> Option<Event> {
        let bits = |from: u32, count: u32| ((address >> from) & ((1 << count) - 1)) as u16;
        let t = u64::from(t);
        match self {
            Self::Dvs128 => Some(Event {
                t,
                x: 127 - bits(1, 7),
                y: bits(8, 7),
                on: bits(0, 1) == 0,
            }),
            Self::Dvs128Transposed => Some(Event {
                t,
                x: 127 - bits(8, 7),
                y: 127 - bits(1, 7),
                on: bits(0, 1) == 0,
            }),
            Self::Davis240c if address >> 31 == 1 => None,
            Self::Davis240c => Some(Event {
                t,
                x: bits(12, 10),
                y: bits(22, 9),
                on: bits(11, 1) == 1,
            }),
        }
    }
}

/// Who said which sensor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// The caller.
    Argument,
    /// The file's header.
    Header,
    /// Nobody: the default.
    Assumed,
}

/// Read every polarity event, and say which sensor was taken and why.
///
/// # Errors
/// Words: no AEDAT 2.0, an address that the assumed sensor cannot have, a stream that ends within a record.
pub fn read(reader: &mut dyn BufRead, sensor: Option<Sensor>, visit: &mut Visit) -> Result<(Sensor, ToldBy), String> {
    let header = header(reader)?;
    let (sensor, told_by) = match (sensor, header.sensor) {
        (Some(sensor), _) => (sensor, ToldBy::Argument),
        (None, Some(sensor)) => (sensor, ToldBy::Header),
        (None, None) => (Sensor::Dvs128, ToldBy::Assumed),
    };
    let mut body = Cursor::new(header.beyond).chain(reader);
    while let Some([a0, a1, a2, a3, t0, t1, t2, t3]) = record::<8>(&mut body)? {
        let address = u32::from_be_bytes([a0, a1, a2, a3]);
        if told_by == ToldBy::Assumed && address >> 16 != 0 {
            return Err(format!(
                "its header names no sensor and address {address:#x} is none of a DVS128's"
            ));
        }
        if let Some(event) = sensor.decode(address, u32::from_be_bytes([t0, t1, t2, t3])) {
            visit(event);
        }
    }
    Ok((sensor, told_by))
}

struct Header {
    sensor: Option<Sensor>,
    /// What was read as a line and turned out to be events already.
    beyond: Vec<u8>,
}

/// The lines that begin with `#`. An event's first byte can be a `#` too, so a line must also be text to be one.
fn header(reader: &mut dyn BufRead) -> Result<Header, String> {
    let first = line(reader)?;
    if !first.starts_with(b"#!AER-DAT2") {
        return Err("its first line is not #!AER-DAT2.0".to_owned());
    }
    let mut sensor = None;
    loop {
        let next = reader
            .fill_buf()
            .map_err(|e| format!("its header cannot be read ({e})"))?
            .first();
        if next != Some(&b'#') {
            return Ok(Header {
                sensor,
                beyond: Vec::new(),
            });
        }
        let line = line(reader)?;
        let is_text = line.ends_with(b"\n") && line.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\r' | b'\n'));
        if !is_text {
            return Ok(Header { sensor, beyond: line });
        }
        sensor = sensor.or_else(|| named_sensor(&String::from_utf8_lossy(&line)));
    }
}

/// The sensor of a line such as `# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C`.
fn named_sensor(line: &str) -> Option<Sensor> {
    let chip = line.split_once("AEChip:")?.1;
    match chip {
        _ if chip.contains("DAVIS240") => Some(Sensor::Davis240c),
        _ if chip.contains("DVS128") => Some(Sensor::Dvs128),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(header: &str, records: &[(u32, u32)]) -> Vec<u8> {
        let body = records
            .iter()
            .flat_map(|(a, t)| [a.to_be_bytes(), t.to_be_bytes()].concat());
        header.bytes().chain(body).collect()
    }

    fn events(bytes: &[u8], sensor: Option<Sensor>) -> Result<(Vec<Event>, ToldBy), String> {
        let mut events = Vec::new();
        let (_, told_by) = read(&mut &*bytes, sensor, &mut |e| events.push(e))?;
        Ok((events, told_by))
    }

    #[test]
    fn a_dvs128_address_is_read_in_either_convention() {
        let address = 82 << 8 | (127 - 49) << 1 | 1;
        let bytes = file("#!AER-DAT2.0\r\n# text\r\n", &[(address, 28)]);
        let (plain, told_by) = events(&bytes, None).unwrap();
        assert_eq!(
            (plain, told_by),
            (
                vec![Event {
                    t: 28,
                    x: 49,
                    y: 82,
                    on: false
                }],
                ToldBy::Assumed
            )
        );
        let (turned, _) = events(&bytes, Some(Sensor::Dvs128Transposed)).unwrap();
        assert_eq!(
            turned,
            [Event {
                t: 28,
                x: 45,
                y: 49,
                on: false
            }]
        );
    }

    #[test]
    fn a_davis_header_is_heeded_and_other_records_are_left_out() {
        let polarity = 36 << 22 | 156 << 12 | 1 << 11;
        let head = "#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n";
        let bytes = file(head, &[(polarity, 5), (1 << 31 | polarity, 6)]);
        let (found, told_by) = events(&bytes, None).unwrap();
        assert_eq!(
            (found, told_by),
            (
                vec![Event {
                    t: 5,
                    x: 156,
                    y: 36,
                    on: true
                }],
                ToldBy::Header
            )
        );
    }

    #[test]
    fn an_event_that_begins_like_a_header_line_is_an_event() {
        let address = u32::from_be_bytes([b'#', 0, 0x18, 0]);
        let bytes = file("#!AER-DAT2.0\r\n", &[(address, 10), (address, 11)]);
        let (found, _) = events(&bytes, Some(Sensor::Davis240c)).unwrap();
        assert_eq!(found.iter().map(|e| e.t).collect::<Vec<_>>(), [10, 11]);
    }

    #[test]
    fn faults_are_named() {
        for (bytes, words) in [
            (file("#!AER-DAT3.1\r\n", &[]), "not #!AER-DAT2.0"),
            (file("#!AER-DAT2.0\r\n", &[(1 << 20, 0)]), "names no sensor"),
            (
                [file("#!AER-DAT2.0\r\n", &[(1, 0)]), vec![0; 3]].concat(),
                "3 bytes into a record of 8",
            ),
        ] {
            let fault = events(&bytes, None).unwrap_err();
            assert!(fault.contains(words), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300), davis: bool) {
            let _ = events(&body, None);
            let bytes = [&b"#!AER-DAT2.0\r\n"[..], &body].concat();
            let _ = events(&bytes, Some(if davis { Sensor::Davis240c } else { Sensor::Dvs128 }));
        }
    }
}
