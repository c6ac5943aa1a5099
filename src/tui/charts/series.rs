//! A metric of a run as a source of points: x is computed when a point is read, so nothing is copied.

use super::clock::Calendar;
use crate::{
    run::history::{SeriesView, Summary},
    tui::{model::charts::view::XKind, plot::Source},
};
use std::ops::Range;

/// One metric of one run against x.
pub struct Series<'a> {
    view: SeriesView<'a>,
    kind: XKind,
    /// What one unit on the axis is, in units of x.
    unit: f64,
    calendar: Calendar,
}

impl<'a> Series<'a> {
    /// The series `view` with x in `unit`s of `kind`.
    pub fn new(view: SeriesView<'a>, kind: XKind, unit: f64, calendar: &Calendar) -> Series<'a> {
        Series {
            view,
            kind,
            unit,
            calendar: calendar.clone(),
        }
    }
}

impl Source for Series<'_> {
    fn len(&self) -> usize {
        self.view.len()
    }

    fn x(&self, index: usize) -> f64 {
        let x = match self.kind {
            XKind::Step => self.view.step(index) as f64,
            XKind::Epoch => self.view.epoch(index),
            XKind::Relative => self.view.wall(index),
            XKind::Wall => self.calendar.at(self.view.wall(index)).unwrap_or(f64::NAN),
        };
        x / self.unit
    }

    fn y(&self, index: usize) -> f64 {
        self.view.value(index)
    }

    fn walk(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64])) {
        self.view.slices(range).for_each(take);
    }

    fn summary(&self, range: Range<usize>) -> Summary {
        self.view.summary(range)
    }
}
