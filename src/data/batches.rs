//! The order of an epoch, and the floats of a batch.
//!
//! Both are pure functions of their arguments: where training stopped is a (epoch, position) pair and nothing more.

use super::augment::Augment;
use super::dataset::Split;
use crate::input::{Batch, Input};
use crate::random::{Purpose, stream};

/// `indices` in the order of `epoch`.
#[must_use]
pub fn order(indices: &[u32], seed: u64, epoch: u64) -> Vec<u32> {
    let mut order = indices.to_vec();
    stream(seed, Purpose::Order, epoch, 0).shuffle(&mut order);
    order
}

/// The samples at `indices` of a split whose samples have this form: bytes divided by 255, so that they are in \[0, 1\], or
/// counts of events as they are. A sample's place is its index.
///
/// A sample's augmentation depends on (seed, epoch, its index in the split) and not on the batch it falls in. An
/// index past the end of the split is left out.
#[must_use]
pub fn gather(split: &Split, input: Input, indices: &[u32], augment: Augment, seed: u64, epoch: u64) -> Batch {
    let mut batch = Batch::empty(input);
    batch.values.reserve_exact(indices.len() * input.len());
    for &sample in indices {
        let index = sample as usize;
        let Some(&label) = split.labels.get(index) else {
            continue;
        };
        let draw = (seed, epoch, sample);
        match (split.recordings.get(index), split.image(index)) {
            (Some(frames), _) => augment.append_frames(&frames.values(), input.frame, draw, &mut batch.values),
            (None, Some(bytes)) => augment.append(bytes, input.frame, draw, &mut batch.values),
            (None, None) => continue,
        }
        batch.labels.push(label);
        batch.places.push(u64::from(sample));
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: Input = Input::image([1, 3, 3]);

    fn split() -> Split {
        Split {
            pixels: (0..36).collect(),
            labels: vec![4, 5, 6, 7],
            ..Split::default()
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
        let batch = gather(&split(), INPUT, &[2, 0], Augment::None, 0, 0);
        assert_eq!((batch.labels, batch.places), (vec![6, 4], vec![2, 0]));
        assert_eq!(batch.values[0], 18.0 / 255.0);
        assert_eq!(batch.values[9..], (0..9).map(|i| i as f32 / 255.0).collect::<Vec<_>>());
    }

    #[test]
    fn a_sample_is_varied_the_same_in_whichever_batch_it_falls() {
        let vary = Augment::CropFlip { pad: 1 };
        let alone = gather(&split(), INPUT, &[3], vary, 7, 2).values;
        let beside = gather(&split(), INPUT, &[1, 3], vary, 7, 2).values;
        assert_eq!(alone, beside[9..]);
        let epochs: Vec<_> = (0..20)
            .map(|e| gather(&split(), INPUT, &[3], vary, 7, e).values)
            .collect();
        assert!(epochs.iter().any(|e| *e != epochs[0]));
    }

    #[test]
    fn an_index_past_the_end_is_left_out() {
        let batch = gather(&split(), INPUT, &[9, 1], Augment::None, 0, 0);
        assert_eq!((batch.values.len(), batch.labels, batch.places), (9, vec![5], vec![1]));
    }
}
