//! Random numbers as pure functions of (seed, purpose, indices): nothing has to be saved for a resumed run to draw
//! what an uninterrupted one would have drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for; streams of different purposes never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Initial weights; the index is the parameter's.
    Weights = 1,
    /// Poisson coding; the seed is the draw, indices are the image and the time step.
    Poisson = 2,
    /// Random starts and noise of the trainer's adversary; the index is the step.
    Adversary = 3,
    /// Random starts and noise of an attack; indices are the image and the restart.
    Attack = 4,
    /// Monte-Carlo directions of a probe.
    Probe = 5,
}

/// A stream of random numbers.
pub struct Stream(ChaCha8Rng);

/// The stream for a purpose.
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
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut s = stream(1, Purpose::Probe, 0, 0);
        let draws: Vec<f32> = (0..20_000).map(|_| s.normal()).collect();
        let mean = draws.iter().sum::<f32>() / 20_000.0;
        let variance = draws.iter().map(|d| d * d).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
