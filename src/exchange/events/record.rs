//! The frame around every event, TensorFlow's `TFRecord`: length, its checksum, content, its checksum.

use super::EventsError;

/// Bytes before a record's content, and behind it.
const BEFORE: usize = 12;
const BEHIND: usize = 4;

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

/// Records after one another.
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// Those of a file.
    pub fn of(bytes: &'a [u8]) -> Records<'a> {
        Records { bytes, at: 0 }
    }

    /// The next whole record and where it begins; `None` at the end, and before one that is not whole yet.
    ///
    /// # Errors
    /// When a checksum differs.
    pub fn next(&mut self) -> Result<Option<(usize, &'a [u8])>, EventsError> {
        let at = self.at;
        let differs = |part| EventsError::Checksum { at, part };
        let rest = self.bytes.get(at..).unwrap_or_default();
        let Some((length, sound)) = header(rest) else {
            return Ok(None);
        };
        if !sound {
            return Err(differs("length"));
        }
        let end = usize::try_from(length).ok().and_then(|n| n.checked_add(BEFORE));
        let parts = end.and_then(|end| Some((rest.get(BEFORE..end)?, rest.get(end..)?.first_chunk::<BEHIND>()?)));
        let Some((content, sum)) = parts else {
            return Ok(None);
        };
        if masked(content) != u32::from_le_bytes(*sum) {
            return Err(differs("content"));
        }
        self.at += BEFORE + content.len() + BEHIND;
        Ok(Some((at, content)))
    }

    /// Bytes that are not read.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }
}
