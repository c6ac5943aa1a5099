//! Columns for millions of points: what a step has in common (step, epoch, wall) is stored once, and each metric has
//! little more than 8 bytes per point. Knows nothing of events.

use super::{
    chunks::{Chunks, partition},
    pyramid::{Pyramid, Summary},
    row_numbers::RowNumbers,
};
use std::ops::Range;

/// What the metrics of one line share. `step` strictly ascends.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    step: Chunks<u64>,
    epoch: Chunks<f64>,
    wall: Chunks<f64>,
}

/// One metric's values and the rows they belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    row: RowNumbers,
    value: Chunks<f64>,
    pyramid: Pyramid,
    ghosts: Vec<Vec<Point>>,
}

/// Rows that go, and where those that come after them stay.
pub(super) struct Cut {
    /// Every row before this one stays where it is.
    from: usize,
    /// Of each row from there on its new number, or that it goes.
    new: Vec<Option<usize>>,
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
    columns: &'a Columns,
}

impl<'a> SeriesView<'a> {
    /// How many points.
    pub fn len(&self) -> usize {
        self.columns.value.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `index`-th point's step; steps strictly ascend.
    pub fn step(&self, index: usize) -> u64 {
        self.rows.step.at(self.columns.row.at(index))
    }

    /// The `index`-th point's epoch.
    pub fn epoch(&self, index: usize) -> f64 {
        self.rows.epoch.at(self.columns.row.at(index))
    }

    /// The `index`-th point's time on the run's clock.
    pub fn wall(&self, index: usize) -> f64 {
        self.rows.wall.at(self.columns.row.at(index))
    }

    /// The `index`-th value.
    pub fn value(&self, index: usize) -> f64 {
        self.columns.value.at(index)
    }

    /// The `index`-th point, if there is one.
    pub fn get(&self, index: usize) -> Option<Point> {
        (index < self.len()).then(|| self.columns.point(self.rows, index))
    }

    /// The newest point.
    pub fn last(&self) -> Option<Point> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Every point, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Point> + ExactSizeIterator + use<'a> {
        let (rows, columns) = (self.rows, self.columns);
        (0..self.len()).map(move |index| columns.point(rows, index))
    }

    /// The indices of the points whose step lies in `low..=high`.
    pub fn within(&self, low: u64, high: u64) -> Range<usize> {
        let start = self.partition_point(|step, _, _| step < low);
        let end = self.partition_point(|step, _, _| step <= high);
        start..end.max(start)
    }

    /// The index of the first point for which `before`, asked with its step, epoch and time, is false, where it is
    /// true of all earlier points. By halving: it is asked a few times only.
    pub fn partition_point(&self, before: impl Fn(u64, f64, f64) -> bool) -> usize {
        let rows = self.rows;
        partition(0..self.len(), |index| {
            let row = self.columns.row.at(index);
            before(rows.step.at(row), rows.epoch.at(row), rows.wall.at(row))
        })
    }

    /// The values of a range as they lie in memory, one slice after the other.
    pub fn slices(&self, range: Range<usize>) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        self.columns.value.slices(range).map(|(_, values)| values)
    }

    /// What lies in a range of indices, without walking it.
    pub fn summary(&self, range: Range<usize>) -> Summary {
        self.columns.pyramid.summary(&self.columns.value, range)
    }
}

impl Rows {
    pub fn last_step(&self) -> Option<u64> {
        self.step.last()
    }

    /// The row for `step`, which is not below the last one: the last row itself, or a new one.
    pub fn row_of(&mut self, step: u64, epoch: f64, wall: f64) -> usize {
        if self.last_step() != Some(step) {
            self.push(step, epoch, wall);
        }
        self.step.len() - 1
    }

    fn push(&mut self, step: u64, epoch: f64, wall: f64) {
        self.step.push(step);
        self.epoch.push(epoch);
        self.wall.push(wall);
    }

    /// Which rows from `step` on stay, `gone` being asked with each one's time; `None` where all do.
    pub fn cut(&self, step: u64, gone: impl Fn(f64) -> bool) -> Option<Cut> {
        let from = partition(0..self.step.len(), |row| self.step.at(row) < step);
        let mut kept = from;
        let new: Vec<Option<usize>> = (from..self.step.len())
            .map(|row| {
                let stays = !gone(self.wall.at(row));
                kept += usize::from(stays);
                stays.then(|| kept - 1)
            })
            .collect();
        (from + new.len() != kept).then_some(Cut { from, new })
    }

    pub fn keep(&mut self, cut: &Cut) {
        let end = (cut.from..self.step.len())
            .zip(&cut.new)
            .filter(|(_, new)| new.is_some());
        let kept: Vec<(u64, f64, f64)> = end
            .map(|(row, _)| (self.step.at(row), self.epoch.at(row), self.wall.at(row)))
            .collect();
        self.step.truncate(cut.from);
        self.epoch.truncate(cut.from);
        self.wall.truncate(cut.from);
        for (step, epoch, wall) in kept {
            self.push(step, epoch, wall);
        }
    }
}

impl Columns {
    /// A second value for the same row takes the first one's place.
    pub fn push(&mut self, row: usize, value: f64) {
        match self.value.last_mut() {
            Some(old) if self.row.last() == Some(row) => *old = value,
            _ => {
                self.pyramid.before_push(&self.value);
                self.row.push(row);
                self.value.push(value);
            }
        }
    }

    pub fn view<'a>(&'a self, rows: &'a Rows) -> SeriesView<'a> {
        SeriesView { rows, columns: self }
    }

    pub fn last(&self) -> Option<f64> {
        self.value.last()
    }

    pub fn ghosts(&self) -> &[Vec<Point>] {
        &self.ghosts
    }

    /// Costs what lies behind the cut, not what stays before it.
    pub fn supersede(&mut self, rows: &Rows, cut: &Cut) {
        let start = self.row.first_from(cut.from);
        let end: Vec<(usize, Point)> = (start..self.row.len())
            .map(|index| (self.row.at(index), self.point(rows, index)))
            .collect();
        self.row.truncate(start);
        self.value.truncate(start);
        self.pyramid.truncate(start);
        let mut ghost = Vec::new();
        for (row, point) in end {
            match cut.new[row - cut.from] {
                Some(new) => self.push(new, point.value),
                None => ghost.push(point),
            }
        }
        if !ghost.is_empty() {
            self.ghosts.push(ghost);
        }
    }

    fn point(&self, rows: &Rows, index: usize) -> Point {
        let row = self.row.at(index);
        Point {
            step: rows.step.at(row),
            epoch: rows.epoch.at(row),
            wall: rows.wall.at(row),
            value: self.value.at(index),
        }
    }
}
