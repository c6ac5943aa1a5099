//! AEDAT 2.0, jAER's format: `#` lines, then pairs of big-endian numbers, an address and microseconds.
//!
//! What an address means depends on the sensor ([`super::sensor`]). It is named by the caller, or by the header; where both
//! are silent DVS128 is assumed, as long as no address needs more bits than that sensor has. A header that names a
//! chip whose addresses are not known here is refused by that name. A clock that starts over after 2³² µs
//! (71 minutes) is counted and not unrolled.

use super::{
    About, BATCH, Event, Fault, Reader, Source, ToldBy, records,
    sensor::{self, Decoded, Sensor},
    source::LONGEST_LINE,
};

/// Longer names of chips are shortened before they are shown.
const LONGEST_NAME: usize = 120;

/// A recording that is being read.
#[derive(Debug)]
pub struct Aedat2<'a> {
    source: Source<'a>,
    sensor: Sensor,
    told_by: ToldBy,
    /// The time of the last event, by which a clock that starts over is noticed.
    last: Option<u32>,
    about: About,
}

impl<'a> Aedat2<'a> {
    /// Read the header, and take `sensor` in place of what it says.
    ///
    /// # Errors
    /// No AEDAT 2.0; a chip that is not known; the stream's own.
    pub fn new(mut source: Source<'a>, sensor: Option<Sensor>) -> Result<Self, Fault> {
        let Header { chip, is_cut } = header(&mut source)?;
        let (sensor, told_by) = match (sensor, &chip) {
            (Some(sensor), _) => (sensor, ToldBy::Argument),
            (None, Some(chip)) => (Sensor::named(chip).ok_or_else(|| unknown(chip))?, ToldBy::Header),
            (None, None) => (Sensor::Dvs128, ToldBy::Assumed),
        };
        let mut about = About {
            chip,
            sensor: Some(sensor),
            sensor_from: Some(told_by),
            size: Some(sensor.size()),
            ..About::default()
        };
        about.tally.cut = is_cut.then(|| "it ends within a line of its header".to_owned());
        Ok(Self {
            source,
            sensor,
            told_by,
            last: None,
            about,
        })
    }
}

impl Reader for Aedat2<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        records::step(&mut self.source, &mut self.about, BATCH, |about, at, record| {
            let [a0, a1, a2, a3, t0, t1, t2, t3] = record;
            let (address, t) = (
                u32::from_be_bytes([a0, a1, a2, a3]),
                u32::from_be_bytes([t0, t1, t2, t3]),
            );
            if self.told_by == ToldBy::Assumed && address >> 16 != 0 {
                return Err(too_wide(address, at));
            }
            match self.sensor.decode(address, t) {
                Decoded::Skipped(what) => about.tally.skip(what, 1),
                Decoded::Event { event, is_within } => {
                    if !is_within {
                        about.tally.beyond(at, event);
                    }
                    about.tally.clock_wraps += u64::from(self.last.is_some_and(|last| starts_over(last, t)));
                    self.last = Some(t);
                    batch.push(event);
                }
            }
            Ok(())
        })
    }

    fn about(&self) -> &About {
        &self.about
    }
}

/// Whether a clock of 32 bits wrapped around between two times: it fell by more than half its range.
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

fn too_wide(address: u32, at: u64) -> Fault {
    Fault::Unsupported(format!(
        "an AEDAT 2.0 recording whose header names no chip, and its address {address:#010x} at byte {at} has more bits than those of a DVS128, which would be \
         assumed. Name its sensor with --sensor ({})",
        Sensor::words()
    ))
}

#[derive(Default)]
struct Header {
    chip: Option<String>,
    /// Whether the file ends within a line.
    is_cut: bool,
}

/// The lines that begin with `#`. An event's first byte can be a `#` too, so a line must also be text to be one.
fn header(source: &mut Source) -> Result<Header, Fault> {
    if !source.line()?.starts_with(b"#!AER-DAT2") {
        return Err(Fault::Damaged(
            "at byte 0 its first line is not #!AER-DAT2.0".to_owned(),
        ));
    }
    let mut chip = None;
    loop {
        let window = source.window(LONGEST_LINE)?;
        let end = window.iter().take(LONGEST_LINE).position(|&b| b == b'\n');
        let line = end.map_or(window, |end| &window[..=end]);
        let is_text = line.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\r' | b'\n'));
        if line.first() != Some(&b'#') || end.is_none() || !is_text {
            // Letters up to the end of the file are a line that lacks its end.
            let is_cut = line.first() == Some(&b'#')
                && line.len() < LONGEST_LINE
                && line.iter().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\r'));
            if is_cut {
                source.skip(u64::MAX)?;
            }
            return Ok(Header { chip, is_cut });
        }
        let is_last = line.starts_with(b"#End Of ASCII Header");
        chip = chip.or_else(|| named_chip(&String::from_utf8_lossy(line)));
        let length = line.len();
        source.consume(length);
        if is_last {
            return Ok(Header { chip, is_cut: false });
        }
    }
}

/// The chip of a line such as `# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C`.
fn named_chip(line: &str) -> Option<String> {
    let name = line.split_once("AEChip:")?.1.trim();
    (!name.is_empty()).then(|| name.chars().take(LONGEST_NAME).collect())
}

#[cfg(test)]
mod tests;
