//! The templates: every class as strokes (polylines) on the unit square, y pointing down.

use super::Point;

const RING: &[&[Point]] = &[&[
    [0.50, 0.12],
    [0.69, 0.17],
    [0.83, 0.31],
    [0.88, 0.50],
    [0.83, 0.69],
    [0.69, 0.83],
    [0.50, 0.88],
    [0.31, 0.83],
    [0.17, 0.69],
    [0.12, 0.50],
    [0.17, 0.31],
    [0.31, 0.17],
    [0.50, 0.12],
]];
const SQUARE: &[&[Point]] = &[&[[0.15, 0.15], [0.85, 0.15], [0.85, 0.85], [0.15, 0.85], [0.15, 0.15]]];
const TRIANGLE: &[&[Point]] = &[&[[0.50, 0.12], [0.90, 0.85], [0.10, 0.85], [0.50, 0.12]]];
const CROSS: &[&[Point]] = &[&[[0.15, 0.15], [0.85, 0.85]], &[[0.85, 0.15], [0.15, 0.85]]];
const PLUS: &[&[Point]] = &[&[[0.50, 0.10], [0.50, 0.90]], &[[0.10, 0.50], [0.90, 0.50]]];
const ZIGZAG: &[&[Point]] = &[&[[0.12, 0.15], [0.88, 0.18], [0.12, 0.82], [0.88, 0.85]]];
const ARROW: &[&[Point]] = &[
    &[[0.50, 0.90], [0.50, 0.10]],
    &[[0.18, 0.45], [0.50, 0.10], [0.82, 0.45]],
];
const HOOK: &[&[Point]] = &[&[
    [0.70, 0.10],
    [0.70, 0.65],
    [0.62, 0.82],
    [0.45, 0.88],
    [0.28, 0.82],
    [0.22, 0.62],
]];
const FORK: &[&[Point]] = &[
    &[[0.50, 0.90], [0.50, 0.50]],
    &[[0.15, 0.12], [0.50, 0.50], [0.85, 0.12]],
];
const HOURGLASS: &[&[Point]] = &[&[[0.15, 0.15], [0.85, 0.15], [0.15, 0.85], [0.85, 0.85], [0.15, 0.15]]];

/// The strokes of a class, in the order of [`super::CLASS_NAMES`].
pub(super) fn strokes(class: usize) -> &'static [&'static [Point]] {
    const ALL: [&[&[Point]]; 10] = [
        RING, SQUARE, TRIANGLE, CROSS, PLUS, ZIGZAG, ARROW, HOOK, FORK, HOURGLASS,
    ];
    ALL[class % ALL.len()]
}
