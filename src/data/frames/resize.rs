//! Frames of another size, in whole counts.

use std::fmt;

use super::Frames;

/// How a pixel of the new size gets its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Each event moves to the pixel that covers its place: counts are summed, and none is lost.
    Sum,
    /// From the one pixel at its place, as PyTorch's `nearest` does: the others are left out.
    Nearest,
}

/// Another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resize {
    /// `[width, height]`.
    pub size: [u16; 2],
    /// How.
    pub how: How,
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [width, height] = self.size;
        let how = match self.how {
            How::Sum => "summed",
            How::Nearest => "nearest",
        };
        write!(f, "{width}x{height}, {how}")
    }
}

/// The frames in another size.
pub(super) fn resized(frames: &Frames, to: Resize) -> Frames {
    let [steps, channels, height, width] = frames.shape;
    let [new_width, new_height] = to.size.map(usize::from);
    let mut counts = vec![0u32; steps * channels * new_height * new_width];
    let old = frames.counts.chunks_exact((height * width).max(1));
    for (old, new) in old.zip(counts.chunks_exact_mut((new_height * new_width).max(1))) {
        match to.how {
            How::Sum => {
                for (at, &count) in old.iter().enumerate().filter(|(_, count)| **count > 0) {
                    let (y, x) = (at / width * new_height / height, at % width * new_width / width);
                    let place = &mut new[y * new_width + x];
                    *place = place.saturating_add(count);
                }
            }
            How::Nearest => {
                for (at, count) in new.iter_mut().enumerate() {
                    let (y, x) = (at / new_width * height / new_height, at % new_width * width / new_width);
                    *count = old[y * width + x];
                }
            }
        }
    }
    Frames {
        shape: [steps, channels, new_height, new_width],
        counts,
        dropped: frames.dropped,
        outside: frames.outside,
    }
}
