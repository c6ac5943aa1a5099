//! Random numbers as pure functions of (seed, purpose, indices): nothing has to be saved for a resumed run to draw
//! what an uninterrupted one would have drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The table of purposes: name, code, what its numbers are, and its two indices (0 where there is none).
macro_rules! purposes {
    ($($name:ident = $code:literal: $what:literal, [$a:literal, $b:literal];)*) => {
        /// What a stream of random numbers is for. Each purpose has a code of its own, so that no two share a stream. A code
        /// never changes: recorded runs depend on it. Each belongs to one room.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u64)]
        pub enum Purpose {
            $(#[doc = concat!($what, "; indices: ", $a, ", ", $b, ".")] $name = $code,)*
        }

        impl Purpose {
            /// All of them, in the order of the table.
            pub const ALL: &[Purpose] = &[$(Purpose::$name),*];
        }
    };
}

purposes! {
    Order = 1: "The order of an epoch's samples", ["epoch", "0"];
    Augment = 2: "Crops and flips of a sample", ["epoch", "sample"];
    HoldOut = 3: "The validation split of a class", ["class", "0"];
    Glyphs = 4: "The embedded glyphs", ["part of the data set", "glyph"];
    Probe = 5: "Noise of the training probe", ["image of the probe's batch", "draw"];
    Weights = 6: "Initial values of a parameter", ["parameter", "0"];
    Poisson = 7: "Poisson coding; the seed is the draw", ["image", "time step"];
    Adversary = 8: "Random starts and noise of the trainer's adversary", ["image", "restart"];
    Attack = 9: "Random starts, noise and proposals of an attack", ["image", "restart"];
    Orthogonal = 10: "Rows that RAT regularises in a large layer", ["step", "parameter"];
    Vulnerability = 11: "Noise that an attack job compares its adversary with", ["image", "draw"];
    AttackOrder = 12: "The order of an attack job's images", ["0", "0"];
    Bench = 13: "Images and arrays of a benchmark", ["0", "0"];
}

/// The number of this table of codes, which a job records; raised by every change that gives a purpose another code.
pub const TABLE: u32 = 2;

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

/// The stream for a purpose.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, a: u64, b: u64) -> Stream {
    let mut key = [0u8; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, a, b]) {
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

    #[test]
    fn every_purpose_has_a_code_of_its_own() {
        let codes: std::collections::BTreeSet<u64> = Purpose::ALL.iter().map(|p| *p as u64).collect();
        assert_eq!(codes.len(), Purpose::ALL.len());
    }

    /// Runs that were recorded with these numbers must be resumed with them.
    #[test]
    fn the_first_numbers_of_a_purpose_never_change() {
        let first = |p: &Purpose| (*p, stream(1, *p, 2, 3).below(1 << 30));
        let drawn: Vec<(Purpose, u32)> = Purpose::ALL.iter().map(first).collect();
        assert_eq!(
            drawn,
            [
                (Purpose::Order, 928_984_470),
                (Purpose::Augment, 297_189_367),
                (Purpose::HoldOut, 861_110_255),
                (Purpose::Glyphs, 985_599_375),
                (Purpose::Probe, 819_950_841),
                (Purpose::Weights, 107_862_101),
                (Purpose::Poisson, 687_180_542),
                (Purpose::Adversary, 523_992_038),
                (Purpose::Attack, 633_726_238),
                (Purpose::Orthogonal, 299_898_266),
                (Purpose::Vulnerability, 507_473_705),
                (Purpose::AttackOrder, 945_762_921),
                (Purpose::Bench, 104_366_985),
            ]
        );
        let mut order = stream(1, Purpose::Order, 2, 3);
        assert_eq!([order.below(1 << 30), order.below(1 << 30)], [928_984_470, 843_031_521]);
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
