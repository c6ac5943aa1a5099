//! Random crops and flips of one image: pure functions of (seed, epoch, sample).

use super::event_augment::Change;
use crate::random::{Purpose, stream};

/// How training images are varied. Evaluation always uses [`Augment::None`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Augment {
    /// Every image as the file has it.
    #[default]
    None,
    /// A crop of the original size out of the image with `pad` zero pixels around it.
    Crop {
        /// Pixels of zero padding on each side.
        pad: usize,
    },
    /// [`Augment::Crop`], then a horizontal flip with chance one half.
    CropFlip {
        /// Pixels of zero padding on each side.
        pad: usize,
    },
    /// For recordings: what [`Change`] draws, the same for all frames of one.
    Event,
}

/// One sample's draw: where the crop's corner lies against the image's, and whether it is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Draw {
    down: isize,
    right: isize,
    mirrored: bool,
}

impl Augment {
    /// The draw of `sample` in `epoch`; `None` where nothing is varied.
    fn draw(self, seed: u64, epoch: u64, sample: u32) -> Option<Draw> {
        let (pad, flips) = match self {
            Self::None | Self::Event => return None,
            Self::Crop { pad } => (pad, false),
            Self::CropFlip { pad } => (pad, true),
        };
        let mut stream = stream(seed, Purpose::Augment, epoch, u64::from(sample));
        let mut shift = || {
            let bound = u32::try_from(2 * pad + 1).unwrap_or(u32::MAX);
            stream.below(bound) as isize - pad as isize
        };
        let (down, right) = (shift(), shift());
        Some(Draw {
            down,
            right,
            mirrored: flips && stream.coin(),
        })
    }

    /// Append the frames `[T, C, H, W]` of one recording to `out`, varied as this epoch varies this sample.
    pub(super) fn append_frames(
        self,
        frames: &[f32],
        [_, height, width]: [usize; 3],
        draw: (u64, u64, u32),
        out: &mut Vec<f32>,
    ) {
        match self {
            Self::Event => out.extend(Change::draw([height, width], draw).apply([height, width], frames)),
            Self::None | Self::Crop { .. } | Self::CropFlip { .. } => out.extend_from_slice(frames),
        }
    }

    /// Append one image `[C, H, W]` as floats in `[0, 1]` to `out`, varied as this epoch varies this sample.
    pub(super) fn append(
        self,
        bytes: &[u8],
        [_, height, width]: [usize; 3],
        (seed, epoch, sample): (u64, u64, u32),
        out: &mut Vec<f32>,
    ) {
        let Some(draw) = self.draw(seed, epoch, sample) else {
            out.extend(bytes.iter().map(|&b| as_unit(b)));
            return;
        };
        for plane in bytes.chunks_exact((height * width).max(1)) {
            for row in 0..height {
                let source = row.checked_add_signed(draw.down).filter(|&r| r < height);
                out.extend((0..width).map(|column| {
                    let column = if draw.mirrored { width - 1 - column } else { column };
                    let column = column.checked_add_signed(draw.right).filter(|&c| c < width);
                    source.zip(column).map_or(0.0, |(r, c)| as_unit(plane[r * width + c]))
                }));
            }
        }
    }
}

/// A byte as a number in `[0, 1]`.
fn as_unit(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: [usize; 3] = [2, 3, 4];

    fn bytes() -> Vec<u8> {
        (1..=24).collect()
    }

    fn apply(augment: Augment, sample: u32) -> Vec<u8> {
        let mut out = Vec::new();
        augment.append(&bytes(), IMAGE, (9, 1, sample), &mut out);
        out.iter().map(|v| (v * 255.0).round() as u8).collect()
    }

    #[test]
    fn no_padding_leaves_the_image_or_its_mirror() {
        assert_eq!(apply(Augment::None, 0), bytes());
        assert_eq!(apply(Augment::Crop { pad: 0 }, 0), bytes());
        let mirror: Vec<u8> = bytes()
            .chunks(4)
            .flat_map(|row| row.iter().rev().copied().collect::<Vec<_>>())
            .collect();
        let seen: Vec<_> = (0..20).map(|s| apply(Augment::CropFlip { pad: 0 }, s)).collect();
        assert!(seen.contains(&bytes()) && seen.contains(&mirror));
        assert!(seen.iter().all(|s| *s == bytes() || *s == mirror));
    }

    #[test]
    fn a_crop_is_the_shifted_image_with_zeros_moved_in() {
        let augment = Augment::Crop { pad: 1 };
        let sample = (0..200).find(|&s| {
            augment.draw(9, 1, s)
                == Some(Draw {
                    down: 1,
                    right: -1,
                    mirrored: false,
                })
        });
        let got = apply(augment, sample.unwrap());
        assert_eq!(got[..12], [0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0]);
        assert_eq!(got[12..16], [0, 17, 18, 19]);
    }

    #[test]
    fn every_shift_occurs() {
        let mut seen = std::collections::BTreeSet::new();
        for sample in 0..500 {
            let d = Augment::Crop { pad: 1 }.draw(0, 0, sample).unwrap();
            seen.insert((d.down, d.right));
        }
        assert_eq!(seen.len(), 9);
    }
}
