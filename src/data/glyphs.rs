//! The embedded data set: ten classes of drawn glyphs, generated here, the same bytes on every machine.
//!
//! Each image is one glyph's strokes under a random turn, stretch, slant, shift and bend, with strokes of random
//! width, joints that wander, a distractor stroke in some, uneven brightness and noise. Only f32 additions,
//! multiplications, divisions and square roots are used: those are exact by IEEE 754, where a sine is not the same
//! everywhere.
//!
//! It is meant to be learnt in seconds and not at once: see the tests for how hard it is to a linear classifier.

mod canvas;
mod shapes;

use super::dataset::{Dataset, Split};
use crate::input::Label;
use crate::random::{Purpose, Stream, stream};
use canvas::{Canvas, Point};

/// The classes in label order.
pub const CLASS_NAMES: [&str; 10] = [
    "ring",
    "square",
    "triangle",
    "cross",
    "plus",
    "zigzag",
    "arrow",
    "hook",
    "fork",
    "hourglass",
];

/// Images are this many pixels high and wide.
pub const SIZE: usize = 16;

/// The seed of the set that [`dataset`] gives.
pub const SEED: u64 = 1;

const TRAIN: usize = 2000;
const TEST: usize = 500;

/// The embedded set: 2,000 training and 500 test images, 16x16 grey.
#[must_use]
pub fn dataset() -> Dataset {
    generate(SEED, TRAIN, TEST)
}

/// The set of another seed or size. Classes take turns, so every prefix is balanced.
#[must_use]
pub fn generate(seed: u64, train: usize, test: usize) -> Dataset {
    Dataset {
        frames: None,
        name: "glyphs".to_owned(),
        image: [1, SIZE, SIZE],
        classes: CLASS_NAMES.len(),
        class_names: CLASS_NAMES.map(str::to_owned).to_vec(),
        train: split(seed, 0, train),
        test: split(seed, 1, test),
        note: None,
    }
}

fn split(seed: u64, which: u64, n: usize) -> Split {
    let mut pixels = Vec::with_capacity(n * SIZE * SIZE);
    let labels: Vec<Label> = (0..n).map(|i| (i % CLASS_NAMES.len()) as Label).collect();
    for (index, &label) in labels.iter().enumerate() {
        let mut stream = stream(seed, Purpose::Glyphs, which, index as u64);
        draw(usize::from(label), &mut stream).write(&mut stream, &mut pixels);
    }
    Split {
        pixels,
        labels,
        ..Split::default()
    }
}

/// One image of `class`, before noise.
fn draw(class: usize, stream: &mut Stream) -> Canvas {
    let warp = Warp::random(stream);
    let width = stream.between(0.055, 0.12);
    let ink = stream.between(0.55, 1.0);
    let mut canvas = Canvas::new();
    for stroke in shapes::strokes(class) {
        let joints: Vec<Point> = stroke.iter().map(|&p| wander(p, stream)).collect();
        for pair in joints.windows(2) {
            warp.draw_bent(&mut canvas, pair[0], pair[1], width, ink);
        }
    }
    if stream.uniform() < 0.6 {
        let mut end = || [stream.between(-0.1, 1.1), stream.between(-0.1, 1.1)];
        let (from, to) = (end(), end());
        // Half of the way only: a distractor is shorter than a glyph's own strokes.
        let to = [from[0] + (to[0] - from[0]) * 0.5, from[1] + (to[1] - from[1]) * 0.5];
        canvas.segment(from, to, width * 0.8, ink * 0.8);
    }
    canvas
}

/// A joint moved by a little, so that no two squares are alike.
fn wander([x, y]: Point, stream: &mut Stream) -> Point {
    [x + stream.between(-0.05, 0.05), y + stream.between(-0.05, 0.05)]
}

/// An affine map about the glyph's centre and then a gentle bend.
struct Warp {
    turn: [[f32; 2]; 2],
    shift: Point,
    bend: [f32; 4],
}

impl Warp {
    fn random(stream: &mut Stream) -> Self {
        // (cos, sin) by the half-angle's tangent: no trigonometric function, exact on every platform.
        let half = stream.between(-0.2, 0.2);
        let (cos, sin) = (
            (1.0 - half * half) / (1.0 + half * half),
            2.0 * half / (1.0 + half * half),
        );
        let (wide, high) = (stream.between(0.64, 1.0), stream.between(0.64, 1.0));
        let slant = stream.between(-0.25, 0.25);
        Self {
            turn: [
                [cos * wide, -sin * high + slant * cos],
                [sin * wide, cos * high + slant * sin],
            ],
            shift: [0.5 + stream.between(-0.12, 0.12), 0.5 + stream.between(-0.12, 0.12)],
            bend: [(); 4].map(|()| stream.between(-0.3, 0.3)),
        }
    }

    fn apply(&self, [x, y]: Point) -> Point {
        let (x, y) = (x - 0.5, y - 0.5);
        let (bx, by) = (
            x + self.bend[0] * y * y + self.bend[1] * x * y,
            y + self.bend[2] * x * x + self.bend[3] * x * y,
        );
        [
            self.turn[0][0] * bx + self.turn[0][1] * by + self.shift[0],
            self.turn[1][0] * bx + self.turn[1][1] * by + self.shift[1],
        ]
    }

    /// A straight stroke of the template, in three pieces so that the bend shows.
    fn draw_bent(&self, canvas: &mut Canvas, from: Point, to: Point, width: f32, ink: f32) {
        const PIECES: usize = 3;
        let along = |i: usize| {
            let t = i as f32 / PIECES as f32;
            self.apply([from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t])
        };
        for i in 0..PIECES {
            canvas.segment(along(i), along(i + 1), width, ink);
        }
    }
}

#[cfg(test)]
mod tests;
