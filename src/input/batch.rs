//! Some samples and what is known of each.

use super::Input;

/// The number of a class, from 0.
pub type Label = u16;

/// As many classes as a network may have.
pub const MOST_CLASSES: Label = 10_000;

/// Samples of one form, with their classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The form of each.
    pub input: Input,
    /// `[n, frames, C, H, W]`; of a static input `[n, C, H, W]`.
    pub values: Vec<f32>,
    /// The true class of each.
    pub labels: Vec<Label>,
    /// The number of each in its data set, from which its own random numbers are drawn.
    pub places: Vec<u64>,
}

impl Batch {
    /// No samples of this form.
    #[must_use]
    pub fn empty(input: Input) -> Batch {
        Batch {
            input,
            values: Vec::new(),
            labels: Vec::new(),
            places: Vec::new(),
        }
    }

    /// How many samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Values per sample.
    #[must_use]
    pub fn size(&self) -> usize {
        self.input.len()
    }

    /// The values of one sample; empty past the end.
    #[must_use]
    pub fn sample(&self, index: usize) -> &[f32] {
        let size = self.size();
        self.values.get(index * size..(index + 1) * size).unwrap_or_default()
    }

    /// The first `n` samples; all where there are fewer.
    #[must_use]
    pub fn first(&self, n: usize) -> Batch {
        let n = n.min(self.len());
        Batch {
            input: self.input,
            values: self.values[..n * self.size()].to_vec(),
            labels: self.labels[..n].to_vec(),
            places: self.places[..n].to_vec(),
        }
    }

    /// The samples of these indices, in this order; indices past the end are left out.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Batch {
        let there = || indices.iter().copied().filter(|i| *i < self.len());
        Batch {
            input: self.input,
            values: there().flat_map(|i| self.sample(i).iter().copied()).collect(),
            labels: there().map(|i| self.labels[i]).collect(),
            places: there().map(|i| self.places[i]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Time;

    fn batch(time: Time) -> Batch {
        let input = Input {
            time,
            ..Input::image([1, 1, 2])
        };
        Batch {
            input,
            values: (0..3 * input.len()).map(|v| v as f32).collect(),
            labels: vec![7, 300, 9],
            places: vec![10, 11, 12],
        }
    }

    #[test]
    fn a_selection_takes_whole_samples_with_what_is_known_of_them() {
        let picked = batch(Time::Frames(2)).select(&[2, 0, 5]);
        assert_eq!((picked.labels, picked.places), (vec![9, 7], vec![12, 10]));
        assert_eq!(picked.values, [8.0, 9.0, 10.0, 11.0, 0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn a_sample_has_as_many_values_as_its_form_says() {
        assert_eq!(batch(Time::Static).sample(1), [2.0, 3.0]);
        assert_eq!(batch(Time::Static).sample(3), [0f32; 0]);
        assert!(Batch::empty(Input::image([3, 2, 2])).is_empty());
    }
}
