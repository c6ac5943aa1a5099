//! DAT, Prophesee's older format: lines `% key value`, two bytes, then records of 8 bytes, time and address.
//!
//! The two bytes are the type of the records and their size. Event2D (0x00) and CD (0x0c) are laid out alike; version 1
//! of the format is not, and nothing in its records tells, so it is refused by its number.

use super::prophesee::Fields;
use super::{About, BATCH, Event, Fault, Reader, Source, records};

/// A recording that is being read.
#[derive(Debug)]
pub struct Dat<'a> {
    source: Source<'a>,
    /// The time of the last event, and what the wraps of a clock of 32 bits add.
    last: u32,
    rounds: u64,
    about: About,
}

impl<'a> Dat<'a> {
    /// The records of `source`, whose header lines, already taken, say `fields` and `version`.
    ///
    /// # Errors
    /// Records of a kind or a version that is not read; the stream's own.
    pub fn new(mut source: Source<'a>, fields: &Fields, version: Option<&str>) -> Result<Self, Fault> {
        let mut about = About {
            chip: fields.camera.clone(),
            size: fields.size,
            ..About::default()
        };
        let at = source.position();
        match source.record::<2>()? {
            Some([0x00 | 0x0c, 8]) => {}
            Some([0x0e, size]) => {
                return Err(Fault::Unsupported(format!(
                    "a Prophesee DAT recording of triggers (type 0x0e, of {size} bytes, at byte {at}): there are no events of pixels in it"
                )));
            }
            Some([kind, size]) => {
                return Err(Fault::Unsupported(format!(
                    "a Prophesee DAT recording whose records are of type {kind:#04x} and of {size} bytes (at byte {at}); read are 0x00 (Event2D) and 0x0c (CD) of 8 bytes"
                )));
            }
            None => {
                source.skip(u64::MAX)?;
                about.tally.cut = Some(format!(
                    "it ends after its header, before the type of its records, at byte {at}"
                ));
            }
        }
        if let Some(version) = version.filter(|version| !matches!(*version, "2" | "2.0")) {
            return Err(Fault::Unsupported(format!(
                "a Prophesee DAT recording of version {version}, whose addresses are laid out otherwise than those of version 2, which is read; have it written as version 2"
            )));
        }
        Ok(Self {
            source,
            last: 0,
            rounds: 0,
            about,
        })
    }
}

impl Reader for Dat<'_> {
    fn step(&mut self, batch: &mut Vec<Event>) -> Result<bool, Fault> {
        records::step(&mut self.source, &mut self.about, BATCH, |about, at, record| {
            let [t0, t1, t2, t3, a0, a1, a2, a3] = record;
            let (t, address) = (
                u32::from_le_bytes([t0, t1, t2, t3]),
                u32::from_le_bytes([a0, a1, a2, a3]),
            );
            if self.last.checked_sub(t).is_some_and(|fall| fall > 1 << 31) {
                self.rounds += 1 << 32;
                about.tally.clock_wraps += 1;
            }
            self.last = t;
            let event = Event {
                t: self.rounds + u64::from(t),
                x: (address & 0x3fff) as u16,
                y: (address >> 14 & 0x3fff) as u16,
                on: address >> 28 & 1 == 1,
            };
            if about.size.is_some_and(|size| !event.is_within(size)) {
                about.tally.beyond(at, event);
            }
            batch.push(event);
            Ok(())
        })
    }

    fn about(&self) -> &About {
        &self.about
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::events::drain;

    fn read(bytes: &[u8], version: Option<&str>) -> Result<(Vec<Event>, About), Fault> {
        drain(&mut Dat::new(Source::new(bytes, None), &Fields::default(), version)?)
    }

    fn records(records: &[(u32, u32)]) -> Vec<u8> {
        let body = records
            .iter()
            .flat_map(|(t, a)| [t.to_le_bytes(), a.to_le_bytes()].concat());
        [0x0c, 8].into_iter().chain(body).collect()
    }

    #[test]
    fn the_bits_are_where_they_belong_and_the_clock_wraps_around() {
        let address = 1 << 28 | 16_383 << 14 | 16_382;
        let (events, about) = read(&records(&[(u32::MAX - 1, address), (3, 5), (2, 1 << 29)]), Some("2")).unwrap();
        let found: Vec<_> = events.iter().map(|e| (e.t, e.x, e.y, e.on)).collect();
        let round = 1 << 32;
        assert_eq!(
            found,
            [
                (round - 2, 16_382, 16_383, true),
                (round + 3, 5, 0, false),
                (round + 2, 0, 0, false)
            ]
        );
        assert_eq!((about.tally.clock_wraps, about.size), (1, None));
    }

    #[test]
    fn other_records_are_refused_by_name_and_a_cut_is_reported() {
        for (bytes, version, words) in [
            (&[0x0e, 8][..], None, "triggers (type 0x0e"),
            (&[0x0c, 16], None, "of type 0x0c and of 16 bytes"),
            (&[0x02, 8], None, "of type 0x02"),
            (&[0x00, 8], Some("1"), "of version 1"),
        ] {
            let fault = format!("{:?}", read(bytes, version).unwrap_err());
            assert!(fault.contains(words), "{fault}");
        }
        for (length, words, whole) in [
            (1, "before the type of its records", 0),
            (13, "3 bytes into a record of 8, at byte 10", 1),
        ] {
            let (events, about) = read(&records(&[(1, 1), (2, 2)])[..length], None).unwrap();
            assert!(about.tally.cut.as_ref().unwrap().contains(words), "{about:?}");
            assert_eq!(events.len(), whole);
        }
    }
}
