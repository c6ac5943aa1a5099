//! Attacks on samples that change with time: all frames of one sample have one budget.

use super::*;
use crate::snn::{Network, testing};

/// Frames that the network classifies rightly.
fn rightly(network: &Network, n: usize) -> Batch {
    let input = network.encoder.input();
    let mut random = stream(5, Purpose::Probe, 2, 0);
    let values: Vec<f32> = (0..n * input.len()).map(|_| random.uniform()).collect();
    let places: Vec<u64> = (0..n as u64).collect();
    let logits = counted_logits(network, &values, &places, Draws::ONE);
    let best = |z: &[f32]| loss::order(z)[0] as crate::input::Label;
    Batch {
        input,
        values,
        labels: logits.chunks_exact(3).map(best).collect(),
        places,
    }
}

#[test]
fn every_attack_moves_frames_within_one_radius_and_whatever_the_batch() {
    let (network, _) = testing::networks(3);
    let batch = rightly(&network, 3);
    assert_eq!(batch.size(), 3 * 32);
    for kind in kinds(ALL) {
        let terms = Terms {
            kind,
            ..terms("none", 0.1)
        };
        let found = attack(&network, None, &batch, &terms);
        assert_eq!(found.pixels.len(), batch.values.len(), "{kind}");
        let far = found.pixels.iter().zip(&batch.values).map(|(x, o)| (x - o).abs());
        assert!(far.fold(0.0, f32::max) <= 0.1 + 1e-6, "{kind}");
        let again = classified_rightly(&network, &found.pixels, &batch.labels, &batch.places, Draws::ONE);
        assert_eq!(found.right, again, "{kind}");
        let alone = attack(&network, None, &batch.select(&[2]), &terms);
        assert_eq!(alone.right[0], found.right[2], "{kind}");
    }
}

#[test]
fn square_changes_every_frame() {
    let (network, _) = testing::networks(2);
    let batch = rightly(&network, 1);
    let moved = perturb(&network, &batch, &terms("square:1", 0.1));
    for frame in 0..2 {
        let of = |values: &[f32]| values[frame * 32..][..32].to_vec();
        assert_ne!(of(&moved), of(&batch.values), "frame {frame}");
    }
}
