//! Many made-up jobs: how often honest ones are called out, and how often planted masking is missed.
//!
//! An image has a difficulty that all attacks share, and each attack some luck of its own with it, so that two attacks
//! agree on most images: at the radii used here they differ on about one image in eight, as attacks on real networks do.

use super::*;

/// xorshift64*: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal: the sum of four uniform numbers, of variance 1.
    fn normal(&mut self) -> f64 {
        (0..4).map(|_| self.uniform() - 0.5).sum::<f64>() * 3f64.sqrt()
    }
}

/// Correlation of two attacks' strength on an image.
const SHARED: f64 = 0.93;
/// Jobs of each kind.
const JOBS: usize = 250;

/// The attacks of a job: three comparisons of many steps with one, one with twice the iterations, one of restarts, one
/// with Square: six in all.
const SIX: [&str; 5] = ["fgsm", "pgd:10", "pgd:20", "pgd:10x3", "square:1000"];

/// A job in which each attack leaves about the given share of `n` images.
fn simulate(random: &mut Random, n: usize, leaves: [f64; 5]) -> Vec<Check> {
    let manifest = AttackManifest {
        samples: n,
        ..manifest(&SIX.join(","), MODE)
    };
    let mut cells = Cells::of(&manifest);
    let difficulty: Vec<f64> = (0..n).map(|_| random.normal()).collect();
    for (attack, leaves) in SIX.iter().zip(leaves) {
        let limit = quantile(leaves);
        let own = (1.0 - SHARED).sqrt();
        let robust = difficulty.iter().map(|shared| {
            let strength = SHARED.sqrt() * shared + own * random.normal();
            if strength < limit { '1' } else { '0' }
        });
        cells.apply(&AttackLine {
            robust: robust.collect(),
            ..line(attack, MODE, 8.0, |_| '1')
        });
    }
    assert_eq!(cells.strange(), 0);
    panel(&manifest, &cells, &[])
}

/// Below which a normal number lies with about this probability, by the logistic distribution that is nearest to it.
fn quantile(p: f64) -> f64 {
    (p / (1.0 - p)).ln() / 1.702
}

fn fails(checks: &[Check]) -> bool {
    checks.iter().any(|c| c.state == Verdict::Fail)
}

#[test]
fn jobs_of_equally_strong_attacks_fail_in_at_most_one_of_twenty() {
    for (n, seed) in [(200, 11u64), (1000, 12)] {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut failed = 0;
        for job in 0..JOBS {
            // From attacks that leave little to attacks that leave much.
            let leaves = 0.1 + 0.7 * (job as f64 / JOBS as f64);
            failed += usize::from(fails(&simulate(&mut random, n, [leaves; 5])));
        }
        println!("{failed} of {JOBS} honest jobs of {n} images fail");
        assert!(failed * 20 <= JOBS, "{failed} of {JOBS} honest jobs of {n} images fail");
    }
}

#[test]
fn planted_masking_is_found_in_nineteen_of_twenty_jobs() {
    // Gradients that lead nowhere leave what noise leaves; the search without gradients takes a seventh of the images.
    let masked = [0.62, 0.62, 0.61, 0.60, 0.47];
    for (n, seed) in [(200, 21u64), (1000, 22)] {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let jobs = (0..JOBS).map(|_| simulate(&mut random, n, masked));
        let found = jobs
            .filter(|checks| state(checks, "gradient-beats-square") == Verdict::Fail)
            .count();
        println!("{found} of {JOBS} masked jobs of {n} images are found");
        assert!(
            found * 20 >= JOBS * 19,
            "{found} of {JOBS} masked jobs of {n} images are found"
        );
    }
}

#[test]
fn the_simulated_attacks_differ_on_about_one_image_in_eight_and_make_six_comparisons() {
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let mut differ = 0;
    for _ in 0..1000 {
        let shared = random.normal();
        let mut one = || SHARED.sqrt() * shared + (1.0 - SHARED).sqrt() * random.normal() < 0.0;
        differ += usize::from(one() != one());
    }
    assert!((60..180).contains(&differ), "{differ}");
    let checks = simulate(&mut random, 50, [0.5; 5]);
    let judged: Vec<&str> = checks.iter().filter(|c| c.p.is_some()).map(|c| c.check).collect();
    assert_eq!(
        judged,
        [
            "iterated-beats-single-step",
            "gradient-beats-square",
            "more-iterations-change-little",
            "restarts-agree"
        ]
    );
}
