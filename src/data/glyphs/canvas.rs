//! A small grey canvas: anti-aliased strokes on the unit square, then noise, then bytes.

use super::SIZE;
use crate::random::Stream;

/// A place on the unit square, `[x, y]`, y pointing down.
pub(super) type Point = [f32; 2];

/// Brightness per pixel, 0 is empty.
pub(super) struct Canvas([f32; SIZE * SIZE]);

impl Canvas {
    pub(super) fn new() -> Self {
        Self([0.0; SIZE * SIZE])
    }

    /// A stroke of `width` (its half, in units of the square) from one place to another; strokes do not add up.
    pub(super) fn segment(&mut self, from: Point, to: Point, width: f32, ink: f32) {
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = (along[0] * along[0] + along[1] * along[1]).max(1e-6);
        for (index, pixel) in self.0.iter_mut().enumerate() {
            let x = ((index % SIZE) as f32 + 0.5) / SIZE as f32 - from[0];
            let y = ((index / SIZE) as f32 + 0.5) / SIZE as f32 - from[1];
            let t = ((x * along[0] + y * along[1]) / length).clamp(0.0, 1.0);
            let (dx, dy) = (x - t * along[0], y - t * along[1]);
            let distance = (dx * dx + dy * dy).sqrt();
            // One pixel wide from full ink to none.
            let cover = ((width - distance) * SIZE as f32 + 0.5).clamp(0.0, 1.0);
            *pixel = pixel.max(cover * ink);
        }
    }

    /// Append the canvas as bytes, on a faint slope of light and with noise.
    pub(super) fn write(&self, stream: &mut Stream, out: &mut Vec<u8>) {
        let (base, across, down) = (
            stream.between(0.0, 0.1),
            stream.between(-0.12, 0.12),
            stream.between(-0.12, 0.12),
        );
        let noise = stream.between(0.05, 0.22);
        for (index, ink) in self.0.iter().enumerate() {
            let x = (index % SIZE) as f32 / SIZE as f32 - 0.5;
            let y = (index / SIZE) as f32 / SIZE as f32 - 0.5;
            // The sum of two uniforms: a triangle, near enough a bell and free of transcendental functions.
            let grain = stream.uniform() + stream.uniform() - 1.0;
            let light = base + across * x + down * y + ink * (1.0 - base) + noise * grain;
            out.push((light.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
        }
    }
}
