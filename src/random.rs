//! Random numbers as pure functions of (seed, purpose, indices): nothing has to be saved for a resumed run to draw
//! what an uninterrupted one would have drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; the index is the parameter's.
    Weights,
    /// Poisson coding; the seed is the draw, indices are the image and the time step.
    Poisson,
    /// Random starts and noise of the trainer's adversary; the index is the step.
    Adversary,
    /// Random starts and noise of an attack; indices are the image and the restart.
    Attack,
    /// Monte-Carlo directions of a probe.
    Probe,
    /// The order of an epoch; the index is the epoch.
    Order,
    /// Crops and flips of a sample.
    Augment,
    /// The validation split.
    HoldOut,
    /// The embedded glyphs.
    Glyphs,
}

impl Purpose {
    /// Its number in a stream's key. Numbers never change: every recorded run depends on them. Those of data sets and
    /// those of networks were given out apart from each other and overlap, so a data stream equals the network stream of
    /// the same number, seed and indices; within each of the two kinds, streams of different purposes never meet.
    fn code(self) -> u64 {
        match self {
            Purpose::Weights | Purpose::Order => 1,
            Purpose::Poisson | Purpose::Augment => 2,
            Purpose::Adversary | Purpose::HoldOut => 3,
            Purpose::Attack | Purpose::Glyphs => 4,
            Purpose::Probe => 5,
        }
    }
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

/// The stream for a purpose.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, a: u64, b: u64) -> Stream {
    let mut key = [0u8; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose.code(), a, b]) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Stream(ChaCha8Rng::from_seed(key))
}

/// Two numbers into one, so that draws of different steps never meet (the finaliser of SplitMix64).
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The draw of a random coding by which images are counted, wherever that is done: the `number`th under `seed`. No attack
/// has seen it.
pub fn counted_draw(seed: u64, number: u64) -> u64 {
    mix(mix(seed, u64::MAX), number)
}

impl Stream {
    /// Uniform in [0, 1), 24 bits.
    pub fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Uniform in [−half, half).
    pub fn symmetric(&mut self, half: f32) -> f32 {
        (2.0 * self.uniform() - 1.0) * half
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f32::consts::PI * self.uniform()).cos()
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// An integer in `0..bound` (0 where `bound` is 0). The bias of the multiply is below 2⁻³² · bound.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// One of two with equal chance.
    pub fn coin(&mut self) -> bool {
        self.0.next_u32() >> 31 == 1
    }

    /// Puts `items` in a random order (Fisher–Yates).
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
    fn streams_repeat_themselves_and_differ_from_each_other() {
        let draw = |p, a| stream(7, p, a, 0).uniform();
        assert_eq!(draw(Purpose::Weights, 1), draw(Purpose::Weights, 1));
        assert_ne!(draw(Purpose::Weights, 1), draw(Purpose::Weights, 2));
        assert_ne!(draw(Purpose::Weights, 1), draw(Purpose::Attack, 1));
    }

    /// Runs that were recorded with these numbers must be resumed with them.
    #[test]
    fn the_numbers_of_a_place_never_change() {
        let mut order = stream(1, Purpose::Order, 2, 3);
        let drawn = [order.below(1 << 30), order.below(1 << 30)];
        assert_eq!(drawn, [928_984_470, 843_031_521]);
        assert_eq!(stream(1, Purpose::Weights, 2, 3).below(1 << 30), drawn[0]);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut s = stream(0, Purpose::Order, 0, 0);
        for _ in 0..1000 {
            assert!(s.below(7) < 7);
            assert!((0.0..1.0).contains(&s.uniform()));
        }
        assert_eq!(s.below(0), 0);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut s = stream(1, Purpose::Probe, 0, 0);
        let draws: Vec<f32> = (0..20_000).map(|_| s.normal()).collect();
        let mean = draws.iter().sum::<f32>() / 20_000.0;
        let variance = draws.iter().map(|d| d * d).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
