//! Random numbers as a pure function of where they are used.
//!
//! A generator is keyed by (seed, purpose, two positions), so the shuffle of epoch 7 or the crop of sample 123 in
//! epoch 7 can be had at any time without having drawn what came before: a resumed run needs no generator's state.
//! Only integer arithmetic and exact f32 scaling are used here, so every platform draws the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What the numbers are for. Two purposes never share a stream, whatever the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The order of an epoch.
    Order = 1,
    /// Crops and flips of a sample.
    Augment = 2,
    /// The validation split.
    HoldOut = 3,
    /// The embedded glyphs.
    Glyphs = 4,
}

/// A stream of numbers that belongs to one place.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `purpose` under `seed` at position (`first`, `second`).
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, first: u64, second: u64) -> Self {
        let mut key = [0; 32];
        for (slot, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, first, second]) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A whole number in `0..bound` (0 where `bound` is 0). The bias of the multiply is below 2⁻³² · bound.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A number in [0, 1), 24 bits of it.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// A number in [low, high).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of two with equal chance.
    pub fn coin(&mut self) -> bool {
        self.0.next_u32() >> 31 == 1
    }

    /// Put `items` in a random order (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, self.below(bound) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_fixed_by_its_place_and_differs_between_places() {
        let draw = |mut s: Stream| (0..4).map(|_| s.below(1 << 30)).collect::<Vec<_>>();
        let here = draw(Stream::new(1, Purpose::Order, 2, 3));
        assert_eq!(here, draw(Stream::new(1, Purpose::Order, 2, 3)));
        for other in [
            Stream::new(2, Purpose::Order, 2, 3),
            Stream::new(1, Purpose::Augment, 2, 3),
            Stream::new(1, Purpose::Order, 3, 3),
            Stream::new(1, Purpose::Order, 2, 4),
        ] {
            assert_ne!(here, draw(other));
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut s = Stream::new(0, Purpose::Order, 0, 0);
        for _ in 0..1000 {
            assert!(s.below(7) < 7);
            assert!((0.0..1.0).contains(&s.unit()));
        }
        assert_eq!(s.below(0), 0);
    }
}
