//! How the charts are viewed: the unit of x, the visible range, the cursor. One view for all charts, so that zoom, pan
//! and cursor agree everywhere. Pure.

use crate::tui::plot::Scale;

/// What x counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum XKind {
    /// Optimiser steps.
    #[default]
    Step,
    /// Epochs.
    Epoch,
    /// Time on the run's own clock, pauses between two workers left out.
    Relative,
    /// Date and time of day.
    Wall,
}

impl XKind {
    /// The next one, around the end.
    pub fn next(self) -> XKind {
        match self {
            XKind::Step => XKind::Epoch,
            XKind::Epoch => XKind::Relative,
            XKind::Relative => XKind::Wall,
            XKind::Wall => XKind::Step,
        }
    }

    /// As the screen says it.
    pub fn words(self) -> &'static str {
        match self {
            XKind::Step => "by step",
            XKind::Epoch => "by epoch",
            XKind::Relative => "by time since the start",
            XKind::Wall => "by date and time",
        }
    }
}

/// Weights of the moving average.
pub const SMOOTHING: [f64; 5] = [0.0, 0.6, 0.9, 0.98, 0.99];

/// The part of x that is shown, where it is not the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Left end.
    pub from: f64,
    /// Right end.
    pub to: f64,
    /// Whether it moves on with the newest point.
    pub follows: bool,
}

/// How the charts are shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartsView {
    /// The chart that has the focus.
    pub focus: usize,
    /// Index into [`SMOOTHING`].
    pub smoothing: usize,
    /// How y is spread.
    pub y: Scale,
    /// Whether x is logarithmic.
    pub log_x: bool,
    /// What x counts.
    pub x: XKind,
    /// The part of x that is zoomed into.
    pub window: Option<Window>,
    /// The cursor, in units of x.
    pub cursor: Option<f64>,
    /// The right end of x, where the charts do not follow.
    pub frozen: Option<f64>,
    /// Whether runs that differ only in their seed are drawn as one: their mean within the minimum and maximum.
    pub grouped: bool,
    /// Which of a chart's metrics is drawn where several runs are compared.
    pub metric: usize,
}

impl Default for ChartsView {
    fn default() -> ChartsView {
        ChartsView {
            focus: 0,
            smoothing: 2,
            y: Scale::Linear,
            log_x: false,
            x: XKind::Step,
            window: None,
            cursor: None,
            frozen: None,
            grouped: false,
            metric: 0,
        }
    }
}

/// A window narrower than this share of everything would show nothing but rounding.
const NARROWEST: f64 = 1e-9;

impl ChartsView {
    /// The moving average's weight on the past.
    pub fn weight(&self) -> f64 {
        SMOOTHING[self.smoothing % SMOOTHING.len()]
    }

    /// Whether x is spread logarithmically; a date has no logarithm.
    pub fn is_log_x(&self) -> bool {
        self.log_x && self.x != XKind::Wall
    }

    /// The x shown out of everything there is. A window that lies beyond it, because a longer run was taken away, shows
    /// everything.
    pub fn range(&self, all: (f64, f64)) -> (f64, f64) {
        let all = (all.0, self.end(all));
        let shown = match self.window {
            None => all,
            Some(w) if w.follows => (all.1 - (w.to - w.from), all.1),
            Some(w) => (w.from, w.to),
        };
        let (from, to) = (shown.0.max(all.0), shown.1.min(all.1));
        if from < to { (from, to) } else { all }
    }

    /// The cursor, where it is on the screen.
    pub fn seen_cursor(&self, all: (f64, f64)) -> Option<f64> {
        let (from, to) = self.range(all);
        let seen = self.cursor.filter(|x| (from..=to).contains(x));
        seen.map(|x| self.counted(x, (from, to)))
    }

    /// Steps are whole: the nearest one that is shown.
    fn counted(&self, x: f64, (from, to): (f64, f64)) -> f64 {
        let (least, most) = (from.ceil(), to.floor());
        match self.x == XKind::Step && least <= most {
            true => x.round().clamp(least, most),
            false => x,
        }
    }

    /// What x counts becomes the next kind; places on the old one mean nothing on the new.
    pub fn turn_x(&mut self) {
        self.x = self.x.next();
        self.forget_place();
    }

    /// Forgets cursor, zoom and freeze.
    pub fn forget_place(&mut self) {
        (self.cursor, self.window, self.frozen) = (None, None, None);
    }

    /// Shows `factor` of what is shown now (below 1: closer), keeping `around` where it stands on the screen; without
    /// one the cursor, or the newest point.
    pub fn zoom(&mut self, all: (f64, f64), factor: f64, around: Option<f64>) {
        let (from, to) = self.range(all);
        let inside = |x: &f64| (from..=to).contains(x);
        let around = around.filter(inside).or(self.seen_cursor(all)).unwrap_or(to);
        let (a, b, fixed) = (self.spread(from), self.spread(to), self.spread(around));
        let new = (fixed - (fixed - a) * factor, fixed + (b - fixed) * factor);
        self.show(all, (self.gather(new.0), self.gather(new.1)));
    }

    /// Moves what is shown by a share of its width.
    pub fn pan(&mut self, all: (f64, f64), share: f64) {
        let (from, to) = self.range(all);
        let (a, b) = (self.spread(from), self.spread(to));
        let (low, high) = (self.spread(all.0), self.spread(self.end(all)));
        let by = ((b - a) * share).clamp((low - a).min(0.0), (high - b).max(0.0));
        self.show(all, (self.gather(a + by), self.gather(b + by)));
    }

    /// Shows from one x to another, within what there is; everything, where that is all there is.
    pub fn show(&mut self, all: (f64, f64), (from, to): (f64, f64)) {
        let end = self.end(all);
        let (from, to) = (from.min(to).max(all.0), to.max(from).min(end));
        let whole = end - all.0;
        let narrow = to - from <= whole * NARROWEST;
        if from.is_nan() || to.is_nan() || narrow {
            return;
        }
        let is_all = from - all.0 <= whole * 1e-6 && end - to <= whole * 1e-6;
        self.window = (!is_all).then_some(Window {
            from,
            to,
            follows: self.frozen.is_none() && end - to <= whole * 1e-6 && !self.is_log_x(),
        });
    }

    /// Stops following the newest point, or follows it again.
    pub fn freeze(&mut self, all: (f64, f64)) {
        let (from, to) = self.range(all);
        let log = self.is_log_x();
        match self.frozen.take() {
            // A window follows again only where it shows the last point that was there when it froze.
            Some(end) => {
                if let Some(window) = &mut self.window {
                    window.follows = window.to >= end && !log;
                }
            }
            None => {
                self.frozen = Some(all.1);
                if let Some(window) = &mut self.window {
                    *window = Window {
                        from,
                        to,
                        follows: false,
                    };
                }
            }
        }
    }

    /// Moves the cursor by a share of the width shown; it appears at the end it comes from.
    pub fn move_cursor(&mut self, all: (f64, f64), by: f64) {
        let (from, to) = self.range(all);
        let (a, b) = (self.spread(from), self.spread(to));
        let before = self.seen_cursor(all);
        let at = before.map(|x| self.spread(x));
        let start = at.unwrap_or(if by < 0.0 { b } else { a - (b - a) * by });
        let moved = self.gather((start + (b - a) * by).clamp(a, b)).clamp(from, to);
        let moved = self.counted(moved, (from, to));
        // Where few steps are shown, by one of them at the least.
        let stuck = self.x == XKind::Step && before == Some(moved);
        let moved = if stuck { moved + by.signum() } else { moved };
        self.cursor = Some(self.counted(moved, (from, to)).clamp(from, to));
    }

    fn end(&self, all: (f64, f64)) -> f64 {
        self.frozen.unwrap_or(all.1).max(all.0)
    }

    /// x as it is spread over the screen, and back.
    fn spread(&self, x: f64) -> f64 {
        if self.is_log_x() {
            x.max(f64::MIN_POSITIVE).ln()
        } else {
            x
        }
    }

    fn gather(&self, u: f64) -> f64 {
        if self.is_log_x() { u.exp() } else { u }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: (f64, f64) = (0.0, 1000.0);

    #[test]
    fn zooming_keeps_the_cursor_where_it_stands_and_zooming_out_shows_everything_again() {
        let mut view = ChartsView {
            cursor: Some(250.0),
            ..ChartsView::default()
        };
        view.zoom(ALL, 0.5, None);
        assert_eq!(view.range(ALL), (125.0, 625.0));
        view.zoom(ALL, 0.5, None);
        assert_eq!(view.range(ALL), (187.5, 437.5));
        for _ in 0..3 {
            view.zoom(ALL, 2.0, None);
        }
        assert_eq!((view.range(ALL), view.window), (ALL, None));
    }

    #[test]
    fn a_window_at_the_newest_point_moves_on_with_it_and_another_stands_still() {
        let mut view = ChartsView::default();
        view.zoom(ALL, 0.1, None);
        assert_eq!(view.range((0.0, 1100.0)), (1000.0, 1100.0));
        view.pan(ALL, -1.0);
        assert_eq!(view.range((0.0, 1100.0)), (800.0, 900.0));
        view.pan(ALL, 5.0);
        assert_eq!(view.range(ALL), (900.0, 1000.0));
        view.freeze(ALL);
        assert_eq!(view.range((0.0, 2000.0)), (900.0, 1000.0));
        view.freeze(ALL);
        assert_eq!(view.range((0.0, 2000.0)), (1900.0, 2000.0));
    }

    #[test]
    fn a_window_that_stood_still_stands_still_after_a_freeze() {
        let mut view = ChartsView::default();
        view.show(ALL, (200.0, 300.0));
        view.freeze(ALL);
        view.freeze(ALL);
        assert_eq!(view.range((0.0, 2000.0)), (200.0, 300.0));
    }

    #[test]
    fn a_window_beyond_what_there_is_shows_everything_and_can_be_left() {
        let mut view = ChartsView {
            cursor: Some(950.0),
            ..ChartsView::default()
        };
        view.show(ALL, (900.0, 990.0));
        let short = (0.0, 500.0);
        assert_eq!((view.range(short), view.seen_cursor(short)), (short, None));
        view.zoom(short, 0.5, None);
        assert_eq!(view.range(short), (250.0, 500.0));
    }

    #[test]
    fn the_cursor_appears_at_the_end_it_comes_from_and_stays_inside() {
        let mut view = ChartsView::default();
        view.move_cursor(ALL, 0.0125);
        assert_eq!(view.cursor, Some(0.0));
        view.cursor = None;
        view.move_cursor(ALL, -0.1);
        assert_eq!(view.cursor, Some(900.0));
        view.move_cursor(ALL, 0.5);
        assert_eq!(view.cursor, Some(1000.0));
    }

    #[test]
    fn the_cursor_stands_on_whole_steps_and_moves_by_one_at_the_least() {
        let mut view = ChartsView {
            cursor: Some(204.4),
            ..ChartsView::default()
        };
        view.show(ALL, (200.3, 210.8));
        assert_eq!(view.seen_cursor(ALL), Some(204.0));
        view.move_cursor(ALL, 0.0125);
        assert_eq!(view.cursor, Some(205.0));
        view.move_cursor(ALL, 1.0);
        view.move_cursor(ALL, 0.0125);
        assert_eq!(view.cursor, Some(210.0));
        view.x = XKind::Epoch;
        view.cursor = Some(204.4);
        assert_eq!(view.seen_cursor(ALL), Some(204.4));
    }

    #[test]
    fn what_x_counts_goes_round_and_takes_places_with_it() {
        let mut view = ChartsView {
            cursor: Some(3.0),
            frozen: Some(9.0),
            ..ChartsView::default()
        };
        let mut seen = Vec::new();
        for _ in 0..4 {
            view.turn_x();
            seen.push(view.x);
        }
        assert_eq!(seen, [XKind::Epoch, XKind::Relative, XKind::Wall, XKind::Step]);
        assert_eq!((view.cursor, view.frozen, view.window), (None, None, None));
    }

    proptest! {
        #[test]
        fn whatever_is_pressed_the_window_lies_within_what_there_is(
            presses in prop::collection::vec((0u8..8, 0.05..4.0f64), 0..60), log_x in any::<bool>(), high in 1.0..1e7f64,
        ) {
            let mut all = (if log_x { 1.0 } else { 0.0 }, high + 1.0);
            let mut view = ChartsView { log_x, ..ChartsView::default() };
            for (what, by) in presses {
                match what {
                    0 => view.zoom(all, by, None),
                    1 => view.zoom(all, by, Some(high * by / 4.0)),
                    2 => view.pan(all, by - 2.0),
                    3 => view.move_cursor(all, by - 2.0),
                    4 => view.freeze(all),
                    // Longer runs come and go, and the axis becomes logarithmic under a window.
                    5 => all.1 = high * by / 4.0 + 1.5,
                    6 => {
                        view.log_x = !view.log_x;
                        all.0 = if view.log_x { 1.0 } else { 0.0 };
                    }
                    _ => view.show(all, (by * high, high / by)),
                }
                let (from, to) = view.range(all);
                let end = view.frozen.unwrap_or(all.1).max(all.0 + 1.0) * (1.0 + 1e-9);
                prop_assert!(from < to && from >= all.0 - 1e-6 && to <= end, "{from} {to} of {all:?}");
            }
        }
    }
}
