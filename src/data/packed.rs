//! The frames of one recording in little memory: most counts are zero, so they are kept compressed (LZ4), 16 bits each.

use lz4_flex::block::{compress, decompress};

/// Frames, compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    bytes: Box<[u8]>,
    values: usize,
}

impl Packed {
    /// Compresses counts; more events in one cell than 65,535 are that many.
    #[must_use]
    pub fn of(counts: &[u32]) -> Self {
        let narrow = |count: &u32| u16::try_from(*count).unwrap_or(u16::MAX).to_le_bytes();
        let bytes: Vec<u8> = counts.iter().flat_map(narrow).collect();
        Self {
            bytes: compress(&bytes).into(),
            values: counts.len(),
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// The counts as bytes, little-endian.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        // What this process compressed itself always comes back.
        decompress(&self.bytes, 2 * self.values).unwrap_or_else(|_| vec![0; 2 * self.values])
    }

    /// The counts.
    #[must_use]
    pub fn values(&self) -> Vec<f32> {
        let bytes = self.bytes();
        let counts = bytes.as_chunks::<2>().0.iter();
        counts.map(|count| f32::from(u16::from_le_bytes(*count))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_back_as_they_were_and_take_little_room() {
        let mut counts = vec![0; 20_000];
        (counts[7], counts[19_999], counts[300]) = (3, 65_535, 1 << 20);
        let packed = Packed::of(&counts);
        let values = packed.values();
        assert_eq!(
            (values[7], values[19_999], values[300], values[8]),
            (3.0, 65_535.0, 65_535.0, 0.0)
        );
        assert_eq!(values.len(), packed.len());
        assert!(packed.bytes.len() < 1000, "{}", packed.bytes.len());
        assert!(Packed::of(&[]).is_empty());
    }
}
