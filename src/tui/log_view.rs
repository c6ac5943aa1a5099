//! How the worker's output is looked at: where in it, what is searched, long lines wrapped or cut. Lines that arrive do not
//! move what is read. Pure.

use super::{
    actions::Act,
    app::{App, Layer},
    input::{Key, Line},
    model::LogLine,
};
use crossterm::event::KeyCode;

/// Columns per step to the side.
const SIDE: usize = 20;
/// Lines before the newest old one by which it is found again among the new ones.
const KNOWN_BY: usize = 8;

/// How the log is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogView {
    /// Lines scrolled up from the end; 0 follows.
    pub up: usize,
    /// What is searched.
    pub query: Line,
    /// Whether keys go into the query.
    pub typing: bool,
    /// Whether long lines go on in the next row.
    pub wrapped: bool,
    /// Columns cut away on the left, where they are not wrapped.
    pub left: usize,
}

impl LogView {
    /// The line at the bottom of what is shown.
    pub fn bottom(&self, lines: usize) -> usize {
        lines.saturating_sub(1).saturating_sub(self.up)
    }

    /// Lines that have what is searched, in any case of ASCII letters.
    pub fn found(&self, lines: &[LogLine]) -> Vec<usize> {
        let has = |(at, line): (usize, &LogLine)| first(&line.text, self.query.text()).map(|_| at);
        lines.iter().enumerate().filter_map(has).collect()
    }

    /// Which of the found ones is at the bottom, from 1, and how many there are.
    pub fn place(&self, lines: &[LogLine]) -> Option<(usize, usize)> {
        if self.query.text().is_empty() {
            return None;
        }
        let (found, bottom) = (self.found(lines), self.bottom(lines.len()));
        let at = found.iter().position(|f| *f == bottom).map_or(0, |n| n + 1);
        Some((at, found.len()))
    }

    /// Brings a line to the bottom.
    fn show(&mut self, line: usize, lines: usize) {
        self.up = lines.saturating_sub(1).saturating_sub(line);
    }

    /// To the next older or newer found line, around the end.
    fn turn(&mut self, lines: &[LogLine], older: bool) {
        let (found, bottom) = (self.found(lines), self.bottom(lines.len()));
        let next = match older {
            true => found.iter().rev().find(|f| **f < bottom).or(found.last()),
            false => found.iter().find(|f| **f > bottom).or(found.first()),
        };
        if let Some(line) = next {
            self.show(*line, lines.len());
        }
    }
}

/// Where a text first has the words, in bytes.
pub fn first(text: &str, words: &str) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    text.to_ascii_lowercase().find(&words.to_ascii_lowercase())
}

/// What the keys of the log do.
pub(super) fn look(app: &mut App, act: Act) {
    let lines = app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let Some(Layer::Logs(view)) = app.layers.last_mut() else {
        return;
    };
    match act {
        Act::SearchLog => view.typing = true,
        Act::OlderFound | Act::NewerFound => view.turn(&lines, act == Act::OlderFound),
        Act::WrapLog => (view.wrapped, view.left) = (!view.wrapped, 0),
        Act::LogLeft => view.left = view.left.saturating_sub(SIDE),
        _ => {
            let longest = lines.iter().map(|l| l.text.chars().count()).max().unwrap_or(0);
            view.left = (view.left + SIDE).min(longest.saturating_sub(1) / SIDE * SIDE);
        }
    }
}

/// A key while the search is typed: the nearest line above is shown at once.
pub(super) fn type_key(app: &mut App, key: Key) {
    let lines = app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let Some(Layer::Logs(view)) = app.layers.last_mut() else {
        return;
    };
    match key.code {
        KeyCode::Enter | KeyCode::Up | KeyCode::Down => view.typing = false,
        KeyCode::Esc => (view.typing, view.query) = (false, Line::default()),
        _ => {
            view.query.edit(key);
            let (found, bottom) = (view.found(&lines), view.bottom(lines.len()));
            let above = found.iter().rev().find(|f| **f <= bottom).or(found.last());
            if let Some(line) = above {
                view.show(*line, lines.len());
            }
        }
    }
}

/// Takes new lines in: who has scrolled up goes on reading the same ones.
pub(super) fn arrived(known: &mut Vec<LogLine>, layers: &mut [Layer], lines: Vec<LogLine>) {
    let added = added(known, &lines);
    *known = lines;
    for layer in layers {
        if let Layer::Logs(view) = layer
            && view.up > 0
        {
            view.up += added;
        }
    }
}

/// How many lines came after the last old one; 0 where it is not found again.
fn added(old: &[LogLine], new: &[LogLine]) -> usize {
    // By as many of the last old lines as are still there: the oldest are dropped.
    let known = (1..=KNOWN_BY.min(old.len())).rev().find_map(|count| {
        let tail = &old[old.len() - count..];
        Some(new.windows(count).rposition(|w| w == tail)? + count)
    });
    known.map_or(0, |end| new.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{fixture, fixture::press, model::Seen};

    fn view(app: &App) -> &LogView {
        match app.layers.last() {
            Some(Layer::Logs(view)) => view,
            other => panic!("{other:?}"),
        }
    }

    fn line(text: &str) -> LogLine {
        LogLine {
            error: false,
            text: text.into(),
        }
    }

    /// The fixture's log with these lines.
    fn app(lines: &[&str]) -> App {
        let mut app = fixture::app(80, 24, false);
        press(&mut app, "l");
        tell(&mut app, lines);
        app
    }

    fn tell(app: &mut App, lines: &[&str]) {
        let logs = Some(lines.iter().map(|l| line(l)).collect());
        fixture::tell(
            app,
            Seen {
                logs,
                ..Seen::default()
            },
        );
    }

    #[test]
    fn what_is_searched_is_found_while_it_is_typed_and_turned_through() {
        let mut app = app(&["Loss 1", "x", "loss 2", "y", "LOSS 3", "z"]);
        press(&mut app, "/ l o s s");
        assert_eq!((view(&app).up, view(&app).typing), (1, true));
        press(&mut app, "enter n");
        assert_eq!(view(&app).up, 3, "the older one");
        let lines = app.detail().unwrap().logs.clone();
        assert_eq!(view(&app).place(&lines), Some((2, 3)));
        press(&mut app, "n n");
        assert_eq!(view(&app).up, 1, "around the end");
        press(&mut app, "N");
        assert_eq!(view(&app).up, 5);
        press(&mut app, "/ esc");
        assert_eq!(view(&app).place(&lines), None);
        press(&mut app, "/ q q q");
        assert_eq!(view(&app).place(&lines), Some((0, 0)));
    }

    #[test]
    fn lines_that_arrive_move_only_who_follows() {
        let mut app = app(&["a", "b", "c"]);
        tell(&mut app, &["a", "b", "c", "d"]);
        assert_eq!(view(&app).up, 0);
        press(&mut app, "up");
        tell(&mut app, &["b", "c", "d", "e", "f"]);
        let lines = app.detail().unwrap().logs.clone();
        assert_eq!(lines[view(&app).bottom(lines.len())].text, "c");
        press(&mut app, "G");
        assert_eq!(view(&app).up, 0, "follows again");
    }

    #[test]
    fn long_lines_are_cut_moved_and_wrapped() {
        let long = "word ".repeat(60);
        let mut app = app(&[&long, "short"]);
        press(&mut app, "right right");
        assert_eq!(view(&app).left, 40);
        (0..99).for_each(|_| drop(press(&mut app, "right")));
        assert!(view(&app).left < 300);
        press(&mut app, "W");
        assert!(view(&app).wrapped && view(&app).left == 0);
        let drawn = crate::tui::snapshot::text(&crate::tui::snapshot::draw(&app));
        assert!(drawn.matches("word").count() >= 60, "{drawn}");
    }

    proptest::proptest! {
        #[test]
        fn no_log_makes_it_panic(lines in proptest::collection::vec("\\PC{0,90}", 0..30), query in "\\PC{0,5}", up in 0usize..50, left in 0usize..200, wrapped: bool, width in 60u16..120, height in 15u16..40) {
            let mut app = fixture::small(width, height);
            press(&mut app, "l");
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            tell(&mut app, &lines);
            let Some(Layer::Logs(view)) = app.layers.last_mut() else { panic!() };
            *view = LogView { up, query: Line::new(query), typing: false, wrapped, left };
            press(&mut app, "n N");
            crate::tui::snapshot::draw(&app);
        }
    }
}
