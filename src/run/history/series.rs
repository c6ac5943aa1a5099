//! Columns for millions of points: what a step has in common (step, epoch, wall) is stored once, and each metric has
//! 12 bytes per point. Knows nothing of events.

use std::ops::Range;

/// What the metrics of one line share. `step` strictly ascends.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    step: Vec<u64>,
    epoch: Vec<f64>,
    wall: Vec<f64>,
}

/// One metric's values and the rows they belong to; `row` strictly ascends.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    row: Vec<u32>,
    value: Vec<f64>,
    ghosts: Vec<Vec<Point>>,
}

/// One measured value and when it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Optimiser steps done.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds on the run's clock.
    pub wall: f64,
    /// The value; may be NaN or infinite.
    pub value: f64,
}

/// A metric's points, borrowed from a history.
#[derive(Debug, Clone, Copy)]
pub struct SeriesView<'a> {
    rows: &'a Rows,
    row: &'a [u32],
    value: &'a [f64],
}

impl<'a> SeriesView<'a> {
    /// How many points.
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The values alone, for folds that do not ask when.
    pub fn values(&self) -> &'a [f64] {
        self.value
    }

    /// The `index`-th point's step; steps strictly ascend.
    pub fn step(&self, index: usize) -> u64 {
        self.rows.step[self.row[index] as usize]
    }

    /// The `index`-th point's epoch.
    pub fn epoch(&self, index: usize) -> f64 {
        self.rows.epoch[self.row[index] as usize]
    }

    /// The `index`-th point's time on the run's clock.
    pub fn wall(&self, index: usize) -> f64 {
        self.rows.wall[self.row[index] as usize]
    }

    /// The `index`-th value.
    pub fn value(&self, index: usize) -> f64 {
        self.value[index]
    }

    /// The `index`-th point, if there is one.
    pub fn get(&self, index: usize) -> Option<Point> {
        let row = *self.row.get(index)? as usize;
        Some(self.rows.point(row, self.value[index]))
    }

    /// The newest point.
    pub fn last(&self) -> Option<Point> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Every point, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Point> + ExactSizeIterator + use<'a> {
        let rows = self.rows;
        self.row
            .iter()
            .zip(self.value)
            .map(move |(row, value)| rows.point(*row as usize, *value))
    }

    /// The indices of the points whose step lies in `low..=high`.
    pub fn within(&self, low: u64, high: u64) -> Range<usize> {
        let step = |row: &u32| self.rows.step[*row as usize];
        let start = self.row.partition_point(|r| step(r) < low);
        let end = self.row.partition_point(|r| step(r) <= high);
        start..end.max(start)
    }
}

impl Rows {
    pub fn last_step(&self) -> Option<u64> {
        self.step.last().copied()
    }

    /// The row for `step`, which is not below the last one: the last row itself, or a new one.
    pub fn row_of(&mut self, step: u64, epoch: f64, wall: f64) -> u32 {
        if self.last_step() != Some(step) {
            self.step.push(step);
            self.epoch.push(epoch);
            self.wall.push(wall);
        }
        // 2³² rows of 24 bytes do not fit in any memory we run in.
        u32::try_from(self.step.len() - 1).unwrap_or(u32::MAX)
    }

    /// Which rows stay, as their new numbers; `None` where all do.
    pub fn cut(&self, gone: impl Fn(u64, f64) -> bool) -> Option<Vec<Option<u32>>> {
        let mut kept = 0;
        let mut any = false;
        let new: Vec<Option<u32>> = (0..self.step.len())
            .map(|row| match gone(self.step[row], self.wall[row]) {
                true => {
                    any = true;
                    None
                }
                false => {
                    kept += 1;
                    Some(kept - 1)
                }
            })
            .collect();
        any.then_some(new)
    }

    pub fn keep(&mut self, cut: &[Option<u32>]) {
        fn filter<T: Copy>(column: &mut Vec<T>, cut: &[Option<u32>]) {
            let mut row = 0;
            column.retain(|_| {
                row += 1;
                cut[row - 1].is_some()
            });
        }
        filter(&mut self.step, cut);
        filter(&mut self.epoch, cut);
        filter(&mut self.wall, cut);
    }

    fn point(&self, row: usize, value: f64) -> Point {
        Point {
            step: self.step[row],
            epoch: self.epoch[row],
            wall: self.wall[row],
            value,
        }
    }
}

impl Columns {
    /// A second value for the same row takes the first one's place.
    pub fn push(&mut self, row: u32, value: f64) {
        match (self.row.last(), self.value.last_mut()) {
            (Some(last), Some(old)) if *last == row => *old = value,
            _ => {
                self.row.push(row);
                self.value.push(value);
            }
        }
    }

    pub fn view<'a>(&'a self, rows: &'a Rows) -> SeriesView<'a> {
        SeriesView {
            rows,
            row: &self.row,
            value: &self.value,
        }
    }

    pub fn last(&self) -> Option<f64> {
        self.value.last().copied()
    }

    pub fn ghosts(&self) -> &[Vec<Point>] {
        &self.ghosts
    }

    pub fn supersede(&mut self, rows: &Rows, cut: &[Option<u32>]) {
        let mut ghost = Vec::new();
        let mut kept = (Vec::with_capacity(self.row.len()), Vec::with_capacity(self.value.len()));
        for (row, value) in self.row.iter().zip(&self.value) {
            match cut[*row as usize] {
                Some(new) => {
                    kept.0.push(new);
                    kept.1.push(*value);
                }
                None => ghost.push(rows.point(*row as usize, *value)),
            }
        }
        (self.row, self.value) = kept;
        if !ghost.is_empty() {
            self.ghosts.push(ghost);
        }
    }
}
