//! Attacks on samples that change with time: all frames of one sample have one budget.

use super::*;
use crate::snn::{Network, testing};

/// Frames that the network classifies rightly.
fn rightly(network: &Network, n: usize) -> Batch {
    let input = network.encoder.input();
    let mut random = stream(5, Purpose::Probe, 2, 0);
    let values: Vec<f32> = (0..n * input.len()).map(|_| random.below(4) as f32).collect();
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
            ..terms("none", 1.0)
        };
        let found = attack(&network, None, &batch, &terms);
        assert_eq!(found.pixels.len(), batch.values.len(), "{kind}");
        let far = found.pixels.iter().zip(&batch.values).map(|(x, o)| (x - o).abs());
        assert!(far.fold(0.0, f32::max) <= 1.0, "{kind}");
        assert!(
            found.pixels.iter().all(|v| v.fract() == 0.0 && *v >= 0.0),
            "{kind}: counts are whole"
        );
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
    let moved = perturb(&network, &batch, &terms("square:1", 1.0));
    for frame in 0..2 {
        let of = |values: &[f32]| values[frame * 32..][..32].to_vec();
        assert_ne!(of(&moved), of(&batch.values), "frame {frame}");
    }
}

#[test]
fn a_small_step_leads_from_count_to_count() {
    let (network, _) = testing::networks(2);
    let batch = rightly(&network, 2);
    let terms = Terms {
        alpha: Some(Epsilon::new(0.3).unwrap()),
        ..terms("bim:5", 1.0)
    };
    let moved = perturb(&network, &batch, &terms);
    let changed = moved.iter().zip(&batch.values).filter(|(x, o)| x != o).count();
    assert!(changed > moved.len() / 10, "{changed} of {}", moved.len());
}
