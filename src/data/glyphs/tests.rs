//! The bytes are pinned, and so is how hard the set is.

use sha2::{Digest, Sha256};

use super::*;

/// Accuracy on the test split of softmax regression: plain gradient descent, `epochs` passes over the training split.
fn linear_accuracy(data: &Dataset, epochs: usize) -> f64 {
    const INPUTS: usize = SIZE * SIZE;
    let mut weights = vec![0.0f32; 10 * (INPUTS + 1)];
    let scores = |weights: &[f32], image: &[u8]| -> Vec<f32> {
        weights
            .chunks(INPUTS + 1)
            .map(|w| w[INPUTS] + w.iter().zip(image).map(|(w, &b)| w * f32::from(b) / 255.0).sum::<f32>())
            .collect()
    };
    for epoch in 0..epochs {
        let rate = 0.05 / (1.0 + epoch as f32 / 10.0);
        for index in super::super::batches::order(&(0..data.train.len() as u32).collect::<Vec<_>>(), 0, epoch as u64) {
            let (image, label) = (
                data.train.image(index as usize).unwrap(),
                data.train.labels[index as usize],
            );
            let z = scores(&weights, image);
            let top = z.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = z.iter().map(|z| (z - top).exp()).sum();
            for (class, w) in weights.chunks_mut(INPUTS + 1).enumerate() {
                let error = (z[class] - top).exp() / total - f32::from(u8::from(class == usize::from(label)));
                for (w, &b) in w.iter_mut().zip(image) {
                    *w -= rate * error * f32::from(b) / 255.0;
                }
                w[INPUTS] -= rate * error;
            }
        }
    }
    let right = (0..data.test.len()).filter(|&i| {
        let z = scores(&weights, data.test.image(i).unwrap());
        let best = (0..10).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap();
        best == usize::from(data.test.labels[i])
    });
    right.count() as f64 / data.test.len() as f64
}

#[test]
fn the_bytes_are_the_same_everywhere() {
    let data = dataset();
    let mut sum = Sha256::new();
    for split in [&data.train, &data.test] {
        sum.update(&split.pixels);
        split.labels.iter().for_each(|l| sum.update([*l as u8]));
    }
    let hex: String = sum.finalize().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "c27a82b275faef520916168cafe8c24ca39a64c5a2176744663fa4d6b3922bee");
}

#[test]
fn the_set_is_balanced_and_has_the_stated_sizes() {
    let data = dataset();
    assert_eq!(
        (data.train.len(), data.test.len(), data.image),
        (2000, 500, [1, 16, 16])
    );
    assert_eq!(data.train.pixels.len(), 2000 * 256);
    for class in 0..10 {
        assert_eq!(data.train.labels.iter().filter(|&&l| l == class).count(), 200);
    }
}

#[test]
fn no_image_occurs_twice_and_another_seed_gives_other_images() {
    let data = dataset();
    let all: std::collections::HashSet<&[u8]> = data
        .train
        .pixels
        .chunks(256)
        .chain(data.test.pixels.chunks(256))
        .collect();
    assert_eq!(all.len(), 2500);
    assert_ne!(generate(2, 10, 0).train, generate(SEED, 10, 0).train);
    assert_eq!(generate(SEED, 10, 0).train, data.train.first(10));
}

#[test]
fn a_linear_classifier_learns_something_and_far_from_everything() {
    let accuracy = linear_accuracy(&dataset(), 15);
    eprintln!("softmax regression on glyphs: {accuracy:.3}");
    assert!((0.6..0.8).contains(&accuracy), "{accuracy}");
}
