//! AEDAT 2.0, jAER's format: `#` lines, then pairs of big-endian numbers, an address and microseconds.
//!
//! What an address means depends on the sensor ([`sensor`]). It is named by the caller, or by the header; where both
//! are silent DVS128 is assumed, as long as no address needs more bits than that sensor has. A header that names a
//! chip whose addresses are not known here is refused by that name. A clock that starts over after 2³² µs
//! (71 minutes) is counted and not unrolled.

pub mod sensor;

use std::io::{BufRead, Cursor, Read};

use super::{Fault, Next, Tally, Visit, line, record};
use sensor::Decoded;
pub use sensor::Sensor;

/// Longer names of chips are shortened before they are shown.
const LONGEST_NAME: usize = 120;

/// Who named the sensor.
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

/// What a recording was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How addresses were read.
    pub sensor: Sensor,
    /// Who named it.
    pub told_by: ToldBy,
    /// The chip as the header names it.
    pub chip: Option<String>,
    /// What is no event, and how the file ends.
    pub tally: Tally,
}

/// Read every polarity event, and say which sensor was taken and why.
///
/// # Errors
/// No AEDAT 2.0; a chip that is not known; an address that the assumed sensor cannot have; the stream's own errors.
pub fn read(reader: &mut dyn BufRead, sensor: Option<Sensor>, visit: &mut Visit) -> Result<Found, Fault> {
    let Header { chip, beyond, is_cut } = header(reader)?;
    let (sensor, told_by) = match (sensor, &chip) {
        (Some(sensor), _) => (sensor, ToldBy::Argument),
        (None, Some(chip)) => (Sensor::named(chip).ok_or_else(|| unknown(chip))?, ToldBy::Header),
        (None, None) => (Sensor::Dvs128, ToldBy::Assumed),
    };
    let mut body = Cursor::new(beyond).chain(reader);
    let (mut tally, mut last) = (Tally::default(), None);
    tally.cut = is_cut.then(|| "it ends within a line of its header".to_owned());
    loop {
        let [a0, a1, a2, a3, t0, t1, t2, t3] = match record::<8>(&mut body)? {
            Next::Record(bytes) => bytes,
            Next::End => break,
            Next::Cut(how) => {
                tally.cut = Some(how);
                break;
            }
        };
        let (address, t) = (
            u32::from_be_bytes([a0, a1, a2, a3]),
            u32::from_be_bytes([t0, t1, t2, t3]),
        );
        if told_by == ToldBy::Assumed && address >> 16 != 0 {
            return Err(too_wide(address));
        }
        match sensor.decode(address, t) {
            Decoded::Skipped(what) => tally.skip(what, 1),
            Decoded::Event { event, is_within } => {
                tally.out_of_range += u64::from(!is_within);
                tally.clock_wraps += u64::from(last.is_some_and(|last| starts_over(last, t)));
                last = Some(t);
                visit(event);
            }
        }
    }
    Ok(Found {
        sensor,
        told_by,
        chip,
        tally,
    })
}

/// Whether a clock of 32 bits went round between two times: it fell by more than half its range.
fn starts_over(from: u32, to: u32) -> bool {
    from.checked_sub(to).is_some_and(|fall| fall > 1 << 31)
}

fn unknown(chip: &str) -> Fault {
    Fault::Unsupported(format!(
        "an AEDAT 2.0 recording whose header names the chip {chip}, which is not known; known are {}. If its addresses are laid out as one of \
         these, name it with --sensor ({})",
        sensor::KNOWN_CHIPS,
        Sensor::words()
    ))
}

fn too_wide(address: u32) -> Fault {
    Fault::Unsupported(format!(
        "an AEDAT 2.0 recording whose header names no chip, and its address {address:#010x} has more bits than those of a DVS128, which would be \
         assumed. Name its sensor with --sensor ({})",
        Sensor::words()
    ))
}

#[derive(Default)]
struct Header {
    chip: Option<String>,
    /// What was read as a line and turned out to be events already.
    beyond: Vec<u8>,
    /// Whether the file ends within a line.
    is_cut: bool,
}

/// The lines that begin with `#`. An event's first byte can be a `#` too, so a line must also be text to be one.
fn header(reader: &mut dyn BufRead) -> Result<Header, Fault> {
    if !line(reader)?.starts_with(b"#!AER-DAT2") {
        return Err(Fault::Damaged("its first line is not #!AER-DAT2.0".to_owned()));
    }
    let mut chip = None;
    loop {
        if reader.fill_buf()?.first() != Some(&b'#') {
            return Ok(Header {
                chip,
                ..Header::default()
            });
        }
        let line = line(reader)?;
        let is_text = line.ends_with(b"\n") && line.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\r' | b'\n'));
        if !is_text {
            // Letters up to the end of the file are a line that lacks its end.
            let is_cut = reader.fill_buf()?.is_empty() && line.iter().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\r'));
            let beyond = if is_cut { Vec::new() } else { line };
            return Ok(Header { chip, beyond, is_cut });
        }
        if line.starts_with(b"#End Of ASCII Header") {
            return Ok(Header {
                chip,
                ..Header::default()
            });
        }
        chip = chip.or_else(|| named_chip(&String::from_utf8_lossy(&line)));
    }
}

/// The chip of a line such as `# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C`.
fn named_chip(line: &str) -> Option<String> {
    let name = line.split_once("AEChip:")?.1.trim();
    (!name.is_empty()).then(|| name.chars().take(LONGEST_NAME).collect())
}

#[cfg(test)]
mod tests;
