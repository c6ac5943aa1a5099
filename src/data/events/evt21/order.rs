//! In which order the halves of EVT2.1's words stand, found from the words themselves.
//!
//! Read in the wrong order the time and place of a word become its mask of pixels and the other way round: kinds that
//! do not exist, rows beyond the sensor, places that are no multiple of 32, masks without a pixel, times that jump.
//! Each is a fault, and the order with fewer faults is taken.

use std::fmt;

/// Bytes that are looked at.
pub const ENOUGH: usize = 1 << 15;
/// A step of the time's upper part, in units of 64 µs, that no clock takes between two words that carry it: 17 minutes.
const JUMP: u32 = 1 << 24;

/// How a word of 64 bits stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As one little-endian number.
    Little,
    /// As two little-endian halves, the upper first.
    Legacy,
}

impl Order {
    /// The word.
    #[must_use]
    pub fn word(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Legacy => u64::from_le_bytes(bytes).rotate_left(32),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Little => "64-bit numbers (endianness=little)",
            Self::Legacy => "halves of 32 bits, the upper first (endianness=legacy)",
        })
    }
}

/// The order that the words in `start` fit better, on a sensor of `height` rows; `little` where both do as well.
#[must_use]
pub fn found(start: &[u8], height: u16) -> Order {
    let words = start.as_chunks::<8>().0;
    let faults = |order: Order| faults(words.iter().map(|bytes| order.word(*bytes)), height);
    if faults(Order::Legacy) < faults(Order::Little) {
        Order::Legacy
    } else {
        Order::Little
    }
}

/// How many things are wrong with the words.
fn faults(words: impl Iterator<Item = u64>, height: u16) -> u64 {
    let (mut time, mut faults): (Option<u32>, u64) = (None, 0);
    for word in words {
        match word >> 60 {
            0 | 1 => {
                let (x, y) = (word >> 43 & 0x7ff, word >> 32 & 0x7ff);
                let wrong = [x % 32 != 0, y >= u64::from(height), word as u32 == 0, time.is_none()];
                faults += wrong.iter().map(|&is| u64::from(is)).sum::<u64>();
            }
            8 => {
                let now = (word >> 32) as u32 & 0x0fff_ffff;
                faults += u64::from(time.is_some_and(|before| now.abs_diff(before) > JUMP));
                time = Some(now);
            }
            10 | 14 | 15 => {}
            _ => faults += 4,
        }
    }
    faults
}
