//! Which target lies in which cells of the last frame, for the mouse.

use crate::tui::{plot::Axis, terminal::key::Key};
use ratatui::layout::Rect;
use std::path::PathBuf;

/// Something that can be pointed at.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A run in the list.
    Run(PathBuf),
    /// A tunable, by its row.
    Tunable(usize),
    /// A checkpoint, by its row.
    Checkpoint(usize),
    /// A chart.
    Chart {
        /// Its index among those shown.
        index: usize,
        /// Where its curves are drawn.
        plot: Rect,
        /// The x axis of the plot.
        x: Axis,
        /// What one unit of that axis is, in units of what x counts.
        unit: f64,
    },
    /// A key named in a bar.
    Key(Key),
    /// Something that hides what lies under it, and does nothing itself.
    Cover,
}

/// A target and its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct HitArea {
    /// Where it is.
    pub area: Rect,
    /// What it is.
    pub target: Target,
}

/// The targets of a frame; later ones cover earlier ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HitAreas(Vec<HitArea>);

impl HitAreas {
    /// Adds a target.
    pub fn add(&mut self, area: Rect, target: Target) {
        self.0.push(HitArea { area, target });
    }

    /// What is under a cell.
    pub fn at(&self, column: u16, row: u16) -> Option<&Target> {
        let inside = |s: &&HitArea| s.area.contains((column, row).into());
        self.0.iter().rev().find(inside).map(|s| &s.target)
    }

    /// The chart of this index.
    pub fn chart(&self, index: usize) -> Option<&Target> {
        let is_it = |t: &&Target| matches!(t, Target::Chart { index: i, .. } if *i == index);
        self.0.iter().map(|s| &s.target).find(is_it)
    }
}

impl Target {
    /// What x counts in this column of a chart's plot; a column beside it stands for the nearest in it.
    pub fn x_at(&self, column: u16) -> Option<f64> {
        let Target::Chart { plot, x, unit, .. } = self else {
            return None;
        };
        let cell = column.clamp(plot.left(), plot.right().saturating_sub(1)) - plot.left();
        Some(x.value_at(usize::from(cell), usize::from(plot.width)) * unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::Scale;

    #[test]
    fn the_topmost_target_is_found_and_a_column_has_its_x() {
        let mut spots = HitAreas::default();
        let plot = Rect::new(10, 5, 50, 8);
        let chart = Target::Chart {
            index: 3,
            plot,
            x: Axis::new(Scale::Linear, 0.0, 100.0),
            unit: 60.0,
        };
        spots.add(Rect::new(0, 0, 80, 24), chart.clone());
        spots.add(Rect::new(0, 0, 80, 1), Target::Key(Key::char('?')));
        assert_eq!(spots.at(3, 0), Some(&Target::Key(Key::char('?'))));
        assert_eq!(spots.at(3, 9), Some(&chart));
        assert_eq!(spots.at(90, 9), None);
        assert_eq!(chart.x_at(10), Some(60.0));
        assert_eq!((chart.x_at(0), chart.x_at(200)), (Some(60.0), Some(99.0 * 60.0)));
    }
}
