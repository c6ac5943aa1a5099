//! What one forward pass leaves behind: its logits, and what its backward and its observers need.

use super::how::How;
use super::layer::{Memory, Statistics};
use super::signal::Shape;

/// A finished forward pass. Its backward can be walked to the input any number of times, then once to the weights.
pub struct Pass {
    /// Logits `[images, classes]`, mean over time.
    pub logits: Vec<f32>,
    /// Images.
    pub images: usize,
    pub(super) how: How,
    pub(super) memories: Vec<Memory>,
    /// Batch statistics of each batch norm in training mode, in order.
    pub(super) statistics: Vec<Statistics>,
    /// Shape of the last layer's output.
    pub(super) last: Shape,
    /// Shape of the encoded input.
    pub(super) encoded: Shape,
}
