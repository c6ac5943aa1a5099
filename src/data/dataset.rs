//! A labelled set of images or recordings in memory: bytes as the files have them, channel-major, or frames of events.
//!
//! Pixels stay bytes (a quarter of the memory of floats) until [`super::batches::gather`] makes a batch of them.

use super::packed::Packed;
use crate::input::{Input, Label};
use sha2::{Digest, Sha256};

/// One named data set with its two splits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// The name in the catalogue, such as `fashion-mnist`.
    pub name: String,
    /// `[channels, height, width]` of every image, or of every frame.
    pub image: [usize; 3],
    /// Frames of every recording; none where the samples are images.
    pub frames: Option<usize>,
    /// How many classes there are; every label is below it.
    pub classes: usize,
    /// The classes' names in label order.
    pub class_names: Vec<String>,
    /// The images to learn from.
    pub train: Split,
    /// The images to be judged on.
    pub test: Split,
    /// A line worth showing about this copy of the data, such as "10000 of 50000 training images".
    pub note: Option<String>,
}

impl Dataset {
    /// The form of one sample, as batches have it.
    #[must_use]
    pub const fn input(&self) -> Input {
        match self.frames {
            None => Input::image(self.image),
            Some(frames) => Input::counts(frames, self.image),
        }
    }
}

/// Images, or the frames of recordings, and their labels, in the order of the data set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// `n·c·h·w` bytes, `[N, C, H, W]` row-major; 0..=255 stands for \[0,1\] by division by 255.
    pub pixels: Vec<u8>,
    /// Frames of `n` recordings, `[T, C, H, W]` each, in place of pixels.
    pub recordings: Vec<Packed>,
    /// `n` labels.
    pub labels: Vec<Label>,
}

impl Split {
    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Bytes per image.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.pixels.len().checked_div(self.labels.len()).unwrap_or(0)
    }

    /// The bytes of one image, channel-major; `None` past the end.
    #[must_use]
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        let size = self.image_len();
        let start = index.checked_mul(size)?;
        self.pixels.get(start..start.checked_add(size)?)
    }

    /// SHA-256 of all pixels and labels, 64 lower-case hexadecimal digits: whether two copies are the same images in the
    /// same order.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update((self.len() as u64).to_le_bytes());
        hash.update(&self.pixels);
        self.recordings.iter().for_each(|frames| hash.update(frames.bytes()));
        // A byte each where that is enough, as records from before there were more classes have it.
        match self.labels.iter().all(|l| *l <= Label::from(u8::MAX)) {
            true => self.labels.iter().for_each(|l| hash.update([*l as u8])),
            false => self.labels.iter().for_each(|l| hash.update(l.to_le_bytes())),
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The first `n` images, in the file's order (all of them where there are fewer).
    #[must_use]
    pub fn first(&self, n: usize) -> Self {
        let n = n.min(self.len());
        Self {
            pixels: self.pixels[..n * self.image_len()].to_vec(),
            recordings: self.recordings.iter().take(n).cloned().collect(),
            labels: self.labels[..n].to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_bytes_as_long_as_labels_are_and_tells_wide_labels_apart() {
        let split = |labels: &[Label]| Split {
            pixels: vec![1, 2],
            labels: labels.to_vec(),
            ..Split::default()
        };
        let digest = |bytes: &[u8]| {
            let hash = Sha256::digest([&2u64.to_le_bytes()[..], &[1, 2], bytes].concat());
            hash.iter().map(|b| format!("{b:02x}")).collect::<String>()
        };
        assert_eq!(split(&[3, 255]).digest(), digest(&[3, 255]));
        assert_eq!(split(&[3, 256]).digest(), digest(&[3, 0, 0, 1]));
    }
}
