//! Random changes to the frames of one recording, the same for all of its frames: a pure function of (seed, epoch,
//! sample).
//!
//! As the code of the paper augments CIFAR10-DVS, after Li et al. 2022 ("Neuromorphic data augmentation", M = 1, N = 2): a
//! mirror image with chance one half, then one of three with equal chance: rolled by up to 5 pixels each way, turned by up
//! to 30 degrees, or a square of 16 pixels cut out.

use crate::random::{Purpose, Stream, stream};

/// Pixels by which frames are rolled at most, each way.
const ROLL: u32 = 5;
/// Degrees by which they are turned at most, each way.
const TURN: f32 = 30.0;
/// Side of the square that is cut out.
const HOLE: usize = 16;

/// What one sample's frames undergo in one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Whether left and right are exchanged, before the rest.
    pub mirrored: bool,
    /// The rest.
    pub then: Then,
}

/// One of three.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Then {
    /// Down and to the right by so many pixels; what leaves comes in on the other side.
    Roll(isize, isize),
    /// By so many degrees, counter-clockwise around the middle; each pixel from the nearest, nothing from outside.
    Turn(f32),
    /// A square of 16 pixels around this row and column is emptied, as far as it lies in the frame.
    CutOut(usize, usize),
}

impl Change {
    /// The draw of `sample` in `epoch` for frames of `[height, width]`.
    #[must_use]
    pub fn draw([height, width]: [usize; 2], (seed, epoch, sample): (u64, u64, u32)) -> Self {
        let mut random = stream(seed, Purpose::Augment, epoch, u64::from(sample));
        let mirrored = random.coin();
        let shift = |random: &mut Stream| random.below(2 * ROLL + 1) as isize - ROLL as isize;
        let place = |random: &mut Stream, n: usize| random.below(u32::try_from(n).unwrap_or(u32::MAX)) as usize;
        let then = match random.below(3) {
            0 => Then::Roll(shift(&mut random), shift(&mut random)),
            1 => Then::Turn(random.symmetric(TURN)),
            _ => Then::CutOut(place(&mut random, height), place(&mut random, width)),
        };
        Self { mirrored, then }
    }

    /// Where in the old frame the pixel at (`row`, `column`) of the new one comes from; none where it is empty.
    #[must_use]
    pub fn source(self, [height, width]: [usize; 2], (row, column): (usize, usize)) -> Option<(usize, usize)> {
        let (row, column) = match self.then {
            Then::Roll(down, right) => {
                let back = |at: usize, by: isize, n: usize| (at as isize - by).rem_euclid(n as isize) as usize;
                (back(row, down, height), back(column, right, width))
            }
            Then::Turn(degrees) => turned([height, width], (row, column), degrees)?,
            Then::CutOut(middle_row, middle_column) => {
                let half = HOLE / 2;
                let covers = |at: usize, middle: usize| at + half >= middle && at < middle + half;
                if covers(row, middle_row) && covers(column, middle_column) {
                    return None;
                }
                (row, column)
            }
        };
        let column = if self.mirrored { width - 1 - column } else { column };
        Some((row, column))
    }

    /// Applies it to frames of `[height, width]` values each, whatever their number and channels.
    #[must_use]
    pub fn apply(self, size: [usize; 2], frames: &[f32]) -> Vec<f32> {
        let [height, width] = size;
        let places = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let sources: Vec<Option<usize>> = places
            .map(|at| self.source(size, at).map(|(row, column)| row * width + column))
            .collect();
        let mut changed = Vec::with_capacity(frames.len());
        for frame in frames.chunks_exact((height * width).max(1)) {
            changed.extend(sources.iter().map(|from| from.map_or(0.0, |from| frame[from])));
        }
        changed
    }
}

/// The pixel that a turn by `degrees` brings here, the nearest one; none from beyond the frame.
fn turned([height, width]: [usize; 2], (row, column): (usize, usize), degrees: f32) -> Option<(usize, usize)> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = |n: usize| (n as f32 - 1.0) / 2.0;
    let (y, x) = (row as f32 - middle(height), column as f32 - middle(width));
    let (old_x, old_y) = (cos * x - sin * y + middle(width), sin * x + cos * y + middle(height));
    let inside = |at: f32, n: usize| {
        Some(at.round())
            .filter(|at| *at >= 0.0 && *at < n as f32)
            .map(|at| at as usize)
    };
    Some((inside(old_y, height)?, inside(old_x, width)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [usize; 2] = [4, 3];

    fn numbered() -> Vec<f32> {
        (1..=12).map(|v| v as f32).collect()
    }

    fn change(mirrored: bool, then: Then) -> Vec<f32> {
        Change { mirrored, then }.apply(SIZE, &numbered())
    }

    #[test]
    fn a_roll_brings_in_on_one_side_what_leaves_on_the_other() {
        let rolled = change(false, Then::Roll(1, -1));
        assert_eq!(rolled, [11., 12., 10., 2., 3., 1., 5., 6., 4., 8., 9., 7.]);
        assert_eq!(change(true, Then::Roll(0, 0))[..3], [3., 2., 1.]);
    }

    #[test]
    fn a_turn_by_nothing_changes_nothing_and_by_half_a_circle_reverses() {
        assert_eq!(change(false, Then::Turn(0.0)), numbered());
        let reversed: Vec<f32> = numbered().into_iter().rev().collect();
        assert_eq!(change(false, Then::Turn(180.0)), reversed);
    }

    #[test]
    fn a_quarter_turn_goes_counter_clockwise() {
        let square = Change {
            mirrored: false,
            then: Then::Turn(90.0),
        }
        .apply([2, 2], &[1., 2., 3., 4.]);
        assert_eq!(square, [2., 4., 1., 3.]);
    }

    #[test]
    fn a_hole_has_its_size_and_is_cut_at_the_edges() {
        let ones = vec![1.0; 40 * 40];
        let left = |row, column| {
            let changed = Change {
                mirrored: false,
                then: Then::CutOut(row, column),
            }
            .apply([40, 40], &ones);
            1600 - changed.iter().sum::<f32>() as usize
        };
        assert_eq!((left(20, 20), left(0, 20), left(39, 39)), (256, 128, 81));
    }

    #[test]
    fn draws_are_the_same_for_a_sample_and_epoch_and_every_kind_occurs() {
        let draw = |sample| Change::draw([48, 48], (3, 1, sample));
        assert_eq!(draw(5), draw(5));
        assert_ne!(Change::draw([48, 48], (3, 2, 5)), draw(5));
        let all: Vec<Change> = (0..300).map(draw).collect();
        let share = |is: fn(&Change) -> bool| all.iter().filter(|c| is(c)).count();
        assert!((110..190).contains(&share(|c| c.mirrored)));
        assert!((70..130).contains(&share(|c| matches!(c.then, Then::Roll(..)))));
        assert!((70..130).contains(&share(|c| matches!(c.then, Then::Turn(_)))));
        assert!(all.iter().all(|c| match c.then {
            Then::Roll(down, right) => down.abs() <= 5 && right.abs() <= 5,
            Then::Turn(degrees) => degrees.abs() <= 30.0,
            Then::CutOut(row, column) => row < 48 && column < 48,
        }));
    }

    #[test]
    fn all_frames_of_a_sample_change_alike() {
        let two = [numbered(), numbered()].concat();
        let change = Change {
            mirrored: true,
            then: Then::Turn(20.0),
        };
        let changed = change.apply(SIZE, &two);
        assert_eq!(changed[..12], changed[12..]);
    }
}
