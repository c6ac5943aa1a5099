//! The frame around every event, TensorFlow's `TFRecord`: length, its checksum, content, its checksum. What is damaged is
//! left out by itself: behind it the next offset is looked for at which both checksums hold.

use super::damage::{Cause, Damage};

/// Bytes before a record's content, and behind it.
const BEFORE: usize = 12;
const BEHIND: usize = 4;

/// How often the bytes of a file may be summed up while records are looked for behind damage: a made-up file may announce
/// long records at every offset.
const SUMS: u64 = 4;

/// CRC-32C as records have it: rotated and moved, so that a checksum of data with checksums in them is none of itself.
pub fn masked(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// The length that a record announces, and whether its checksum holds; `None` where there is not so much as that.
pub fn header(bytes: &[u8]) -> Option<(u64, bool)> {
    let length: &[u8; 8] = bytes.first_chunk()?;
    let sum: &[u8; 4] = bytes.get(8..)?.first_chunk()?;
    Some((u64::from_le_bytes(*length), masked(length) == u32::from_le_bytes(*sum)))
}

/// What is at a place of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'a> {
    /// A record's content, and the byte at which the record begins.
    Record(usize, &'a [u8]),
    /// Bytes that are no record.
    Damage(Damage),
}

/// What stands at an offset, taken for a record.
enum Frame<'a> {
    Sound(&'a [u8]),
    /// The length holds, the content does not; the record would end there.
    Content(usize),
    /// The length's checksum differs.
    Length,
    /// Not whole.
    Short,
}

/// Records after one another.
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    torn: usize,
    unchecked: bool,
    /// Bytes that may still be summed up without finding a record.
    budget: u64,
}

impl<'a> Records<'a> {
    /// Those of a file.
    pub fn of(bytes: &'a [u8]) -> Records<'a> {
        Records {
            bytes,
            at: 0,
            torn: 0,
            unchecked: is_without_checksums(bytes),
            budget: SUMS * bytes.len() as u64 + (1 << 20),
        }
    }

    /// The next record, or what is in its place; `None` at the end, and before a last record that is not whole yet.
    pub fn next(&mut self) -> Option<Found<'a>> {
        let at = self.at;
        let rest = self.rest(at);
        if rest.is_empty() {
            return None;
        }
        let cause = match self.frame(at) {
            Frame::Sound(content) => {
                self.at += BEFORE + content.len() + BEHIND;
                return Some(Found::Record(at, content));
            }
            Frame::Content(length) if self.is_a_boundary(at + length) => {
                self.at += length;
                let damage = Damage::at(at, length, Cause::Content);
                return Some(Found::Damage(damage));
            }
            Frame::Content(length) => {
                self.budget = self.budget.saturating_sub(length as u64);
                Cause::Content
            }
            Frame::Length => Cause::Length,
            Frame::Short => Cause::Cut,
        };
        let next = self.resynchronise(at + 1);
        self.at = next.unwrap_or(self.bytes.len());
        let length = self.at - at;
        if next.is_none() && cause == Cause::Cut {
            self.torn = length;
            return None;
        }
        let zeros = rest.iter().take(length).all(|b| *b == 0);
        let cause = if zeros { Cause::Zeros } else { cause };
        Some(Found::Damage(Damage::at(at, length, cause)))
    }

    /// Bytes at the end that are a record which is not whole; known once there is no next one.
    pub fn torn(&self) -> usize {
        self.torn
    }

    /// Whether the file's writer put zeros where checksums belong.
    pub fn are_unchecked(&self) -> bool {
        self.unchecked
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    fn frame(&self, at: usize) -> Frame<'a> {
        let rest = self.rest(at);
        let Some((length, sound)) = header(rest) else {
            return Frame::Short;
        };
        let is_trusted = sound || self.unchecked && length > 0;
        if !is_trusted {
            return Frame::Length;
        }
        let Some((content, sum)) = parts(rest, length) else {
            return Frame::Short;
        };
        match self.unchecked || masked(content) == sum {
            true => Frame::Sound(content),
            false => Frame::Content(BEFORE + content.len() + BEHIND),
        }
    }

    /// Whether a record may begin there: the length of the next one holds, or there is no room for one.
    fn is_a_boundary(&self, at: usize) -> bool {
        header(self.rest(at)).is_none_or(|(_, sound)| sound)
    }

    /// The first offset from `from` on at which a whole record stands, by both of its checksums.
    fn resynchronise(&mut self, from: usize) -> Option<usize> {
        let last = self.bytes.len().checked_sub(BEFORE + BEHIND)?;
        for at in from..=last {
            let rest = self.rest(at);
            let length = rest.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
            // An empty record is no event; this also passes over zeros quickly, and over most of everything else.
            if length == 0 || length > (last - at) as u64 || !header(rest).is_some_and(|(_, sound)| sound) {
                continue;
            }
            self.budget = self.budget.checked_sub(length)?;
            if parts(rest, length).is_some_and(|(content, sum)| masked(content) == sum) {
                return Some(at);
            }
        }
        None
    }
}

/// Content and checksum of a record of that length, where they are there.
fn parts(rest: &[u8], length: u64) -> Option<(&[u8], u32)> {
    let end = usize::try_from(length).ok()?.checked_add(BEFORE)?;
    let sum = rest.get(end..)?.first_chunk()?;
    Some((rest.get(BEFORE..end)?, u32::from_le_bytes(*sum)))
}

/// Whether whoever wrote the file put zeros where checksums belong, in every single record: nothing vouches for them then.
/// A file in which any record has a checksum is none of these.
fn is_without_checksums(bytes: &[u8]) -> bool {
    let mut at = 0;
    let mut records = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some((length, _)) = header(rest) else {
            return records > 0;
        };
        if rest.get(8..BEFORE) != Some(&[0; 4]) {
            return false;
        }
        if length == 0 {
            return records > 0 && rest.iter().all(|b| *b == 0);
        }
        match parts(rest, length) {
            Some((content, 0)) if records > 0 || super::message::is_version(content) => {
                at += BEFORE + content.len() + BEHIND
            }
            Some(_) => return false,
            None => return records > 0,
        }
        records += 1;
    }
}
