//! Square windows of a sample: where candidates of the Square attack differ from the best point.

use super::vectors::sign;
use crate::random::Stream;

/// What a new candidate starts from.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The best point so far.
    pub best: &'a [f32],
    /// The original.
    pub origin: &'a [f32],
    /// Channels (of all frames), height, width.
    pub shape: [usize; 3],
    /// Cells that the square is wide.
    pub side: usize,
}

impl Proposal<'_> {
    /// A random window of this side.
    pub fn window(&self, side: usize, random: &mut Stream) -> Window {
        let [_, height, width] = self.shape;
        Window {
            top: below(random, height - side + 1),
            left: below(random, width - side + 1),
            side,
        }
    }
}

/// A square window, in every channel.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Its first row.
    pub top: usize,
    /// Its first column.
    pub left: usize,
    /// Its rows and columns.
    pub side: usize,
}

impl Window {
    /// Indices of its values in one channel, row by row.
    pub fn values(self, channel: usize, [_, height, width]: [usize; 3]) -> impl Iterator<Item = usize> {
        (self.top..self.top + self.side).flat_map(move |row| {
            (self.left..self.left + self.side).map(move |col| (channel * height + row) * width + col)
        })
    }
}

/// An integer below `n`.
fn below(random: &mut Stream, n: usize) -> usize {
    ((f64::from(random.uniform()) * n as f64) as usize).min(n.saturating_sub(1))
}

/// −1 or 1.
pub(super) fn coin(random: &mut Stream) -> f32 {
    // Uniform in [−1, 1); zero, one case in 2²⁴, counts as tails.
    let side = sign(random.symmetric(1.0));
    if side == 0.0 { -1.0 } else { side }
}
