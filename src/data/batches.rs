//! The order of an epoch, and the floats of a batch.
//!
//! Both are pure functions of their arguments: where training stopped is a (epoch, position) pair and nothing more.

use super::augment::Augment;
use super::dataset::Split;
use crate::input::Label;
use crate::random::{Purpose, stream};

/// `indices` in the order of `epoch`.
#[must_use]
pub fn order(indices: &[u32], seed: u64, epoch: u64) -> Vec<u32> {
    let mut order = indices.to_vec();
    stream(seed, Purpose::Order, epoch, 0).shuffle(&mut order);
    order
}

/// The images and labels at `indices`: pixels in \[0,1\] as `[N, C, H, W]`, and N labels.
///
/// A sample's augmentation depends on (seed, epoch, its index in the split) and not on the batch it falls in. An
/// index past the end of the split is left out.
#[must_use]
pub fn gather(
    split: &Split,
    image: [usize; 3],
    indices: &[u32],
    augment: Augment,
    seed: u64,
    epoch: u64,
) -> (Vec<f32>, Vec<Label>) {
    let mut pixels = Vec::with_capacity(indices.len() * split.image_len());
    let mut labels = Vec::with_capacity(indices.len());
    for &sample in indices {
        let index = sample as usize;
        if let (Some(bytes), Some(&label)) = (split.image(index), split.labels.get(index)) {
            augment.append(bytes, image, (seed, epoch, sample), &mut pixels);
            labels.push(label);
        }
    }
    (pixels, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split() -> Split {
        Split {
            pixels: (0..36).collect(),
            labels: vec![4, 5, 6, 7],
        }
    }

    #[test]
    fn an_epoch_is_a_permutation_fixed_by_seed_and_number() {
        let indices: Vec<u32> = (0..100).collect();
        let first = order(&indices, 1, 0);
        assert_eq!(first, order(&indices, 1, 0));
        assert_ne!(first, order(&indices, 1, 1));
        assert_ne!(first, order(&indices, 2, 0));
        let mut sorted = first;
        sorted.sort_unstable();
        assert_eq!(sorted, indices);
    }

    #[test]
    fn a_batch_is_what_the_indices_say() {
        let (pixels, labels) = gather(&split(), [1, 3, 3], &[2, 0], Augment::None, 0, 0);
        assert_eq!(labels, [6, 4]);
        assert_eq!(pixels[0], 18.0 / 255.0);
        assert_eq!(pixels[9..], (0..9).map(|i| i as f32 / 255.0).collect::<Vec<_>>());
    }

    #[test]
    fn a_sample_is_varied_the_same_in_whichever_batch_it_falls() {
        let vary = Augment::CropFlip { pad: 1 };
        let (alone, _) = gather(&split(), [1, 3, 3], &[3], vary, 7, 2);
        let (beside, _) = gather(&split(), [1, 3, 3], &[1, 3], vary, 7, 2);
        assert_eq!(alone, beside[9..]);
        let epochs: Vec<_> = (0..20)
            .map(|e| gather(&split(), [1, 3, 3], &[3], vary, 7, e).0)
            .collect();
        assert!(epochs.iter().any(|e| *e != epochs[0]));
    }

    #[test]
    fn an_index_past_the_end_is_left_out() {
        let (pixels, labels) = gather(&split(), [1, 3, 3], &[9, 1], Augment::None, 0, 0);
        assert_eq!((pixels.len(), labels), (9, vec![5]));
    }
}
