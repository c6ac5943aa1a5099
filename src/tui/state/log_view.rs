//! The view of the worker's output: which line stays in view, the search, wrapping. New lines do not move what is being
//! read. Pure.

use crate::tui::{model::LogLine, terminal::key::Line};
use std::ops::Range;

/// Columns per step to the side.
pub const SIDE: usize = 20;

/// The view of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogView {
    /// The line kept at the bottom ([`LogLine::id`]); none follows the end.
    pub stays: Option<(bool, u64)>,
    /// What is searched.
    pub query: Line,
    /// Whether keys are typed into the query.
    pub typing: bool,
    /// Whether long lines are wrapped.
    pub wrapped: bool,
    /// Columns cut away on the left, where they are not wrapped.
    pub left: usize,
}

impl LogView {
    /// The line at the bottom of what is shown; the oldest there still is, where it is gone.
    pub fn bottom(&self, lines: &[LogLine]) -> usize {
        let last = lines.len().saturating_sub(1);
        self.stays
            .and_then(|id| lines.iter().position(|l| l.id() >= id))
            .unwrap_or(last)
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
        let (found, bottom) = (self.found(lines), self.bottom(lines));
        let at = found.iter().position(|f| *f == bottom).map_or(0, |n| n + 1);
        Some((at, found.len()))
    }

    /// Keeps a line at the bottom, also the last one.
    pub fn show(&mut self, line: usize, lines: &[LogLine]) {
        self.stays = lines.get(line).map(LogLine::id);
    }

    /// To the next older or newer found line, around the end.
    pub fn turn(&mut self, lines: &[LogLine], older: bool) {
        let (found, bottom) = (self.found(lines), self.bottom(lines));
        let next = match older {
            true => found.iter().rev().find(|f| **f < bottom).or(found.last()),
            false => found.iter().find(|f| **f > bottom).or(found.first()),
        };
        if let Some(line) = next {
            self.show(*line, lines);
        }
    }
}

/// Every place where a text has the words, in bytes.
pub fn places(text: &str, words: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(at) = first(&text[from..], words) {
        all.push(from + at..from + at + words.len());
        from += at + words.len();
    }
    all
}

/// Where a text first has the words, in bytes.
pub fn first(text: &str, words: &str) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    text.to_ascii_lowercase().find(&words.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::App;
    use crate::tui::state::layer::Layer;
    use crate::tui::{
        model::Seen,
        tests::fixture::{self, press},
    };

    fn view(app: &App) -> &LogView {
        match app.layers.last() {
            Some(Layer::Logs(view)) => view,
            other => panic!("{other:?}"),
        }
    }

    /// The text of the line at the bottom, and whether it is kept there.
    fn bottom(app: &App) -> (&str, bool) {
        let lines = &app.detail().unwrap().logs;
        (&lines[view(app).bottom(lines)].text, view(app).stays.is_some())
    }

    /// The fixture's log with these lines.
    fn app(lines: &[&str]) -> App {
        let mut app = fixture::app(80, 24, false);
        press(&mut app, "l");
        tell(&mut app, lines);
        app
    }

    fn tell(app: &mut App, lines: &[&str]) {
        tell_from(app, 0, lines);
    }

    /// With so many lines before them that are not read any more.
    fn tell_from(app: &mut App, gone: usize, lines: &[&str]) {
        let line = |(at, text): (usize, &&str)| LogLine {
            error: false,
            at: (gone + at) as u64,
            text: text.to_string(),
        };
        let logs = Some(lines.iter().enumerate().map(line).collect());
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
        assert_eq!((bottom(&app), view(&app).typing), (("LOSS 3", true), true));
        press(&mut app, "enter n");
        assert_eq!(bottom(&app).0, "loss 2", "the older one");
        let lines = app.detail().unwrap().logs.clone();
        assert_eq!(view(&app).place(&lines), Some((2, 3)));
        press(&mut app, "n n");
        assert_eq!(bottom(&app).0, "LOSS 3", "around the end");
        press(&mut app, "N");
        assert_eq!(bottom(&app).0, "Loss 1");
        press(&mut app, "/ ctrl-u enter");
        assert_eq!(view(&app).place(&lines), None);
        press(&mut app, "/ q q q");
        assert_eq!(view(&app).place(&lines), Some((0, 0)));
    }

    #[test]
    fn lines_that_arrive_move_only_who_follows() {
        let mut app = app(&["a", "b", "c"]);
        tell(&mut app, &["a", "b", "c", "d"]);
        assert_eq!(bottom(&app), ("d", false));
        press(&mut app, "up");
        tell_from(&mut app, 1, &["b", "c", "d", "e", "f"]);
        assert_eq!(bottom(&app), ("c", true));
        press(&mut app, "G");
        assert_eq!(bottom(&app), ("f", false), "follows again");
        press(&mut app, "up");
        tell_from(&mut app, 90, &["x", "y", "z"]);
        assert_eq!(bottom(&app), ("x", true), "what was read is gone: the oldest there is");
        press(&mut app, "down down");
        assert_eq!(bottom(&app), ("z", false), "down beyond the last line follows");
    }

    #[test]
    fn equal_lines_are_told_apart() {
        let mut app = app(&["a", "same", "same", "same"]);
        press(&mut app, "up up up");
        assert_eq!(bottom(&app).0, "a");
        tell(&mut app, &["a", "same", "same", "same", "same", "same"]);
        assert_eq!(bottom(&app).0, "a");
    }

    #[test]
    fn what_is_found_in_the_last_line_stays_when_more_arrive() {
        let mut app = app(&["a", "b", "panicked"]);
        press(&mut app, "/ p a n i c");
        tell(&mut app, &["a", "b", "panicked", "c", "d"]);
        assert_eq!(bottom(&app), ("panicked", true));
    }

    #[test]
    fn every_find_is_marked_also_over_a_break_and_none_where_there_is_none() {
        assert_eq!(places("Aha, aha", "AHA"), [0..3, 5..8]);
        let marked = |app: &App| {
            let buffer = crate::tui::documents::snapshot::draw(app);
            let accent = app.theme.ink(crate::tui::theme::Ink::Accent).fg;
            let is = |at: &usize| buffer.content[*at].fg == accent.unwrap() && buffer.content[*at].symbol() == "q";
            (0..buffer.content.len()).filter(is).count()
        };
        // The line is broken at column 74; the second pair of letters lies on both sides of it.
        let long = format!("qq {} {}qqqq", "x".repeat(60), "y".repeat(8));
        let mut app = app(&[&long, "z"]);
        press(&mut app, "W / q q");
        press(&mut app, "enter");
        let plain = marked(&app);
        assert!(plain >= 6, "{plain}");
        let mut none = self::app(&["a", "b"]);
        press(&mut none, "/ q");
        let ground = none.theme.selected_ground().bg.unwrap();
        let drawn = crate::tui::documents::snapshot::draw(&none);
        let last = drawn
            .content
            .iter()
            .filter(|c| c.bg == ground && c.symbol() == "b")
            .count();
        assert_eq!(last, 0);
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
        let drawn = crate::tui::picture::text(&crate::tui::documents::snapshot::draw(&app));
        assert!(drawn.matches("word").count() >= 60, "{drawn}");
    }

    proptest::proptest! {
        #[test]
        fn no_log_makes_it_panic(lines in proptest::collection::vec("\\PC{0,90}", 0..30), query in "\\PC{0,5}", at in 0u64..50, left in 0usize..200, wrapped: bool, width in 60u16..120, height in 15u16..40) {
            let mut app = fixture::small(width, height);
            press(&mut app, "l");
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            tell(&mut app, &lines);
            let Some(Layer::Logs(view)) = app.layers.last_mut() else { panic!() };
            *view = LogView { stays: Some((false, at)), query: Line::new(query), typing: false, wrapped, left };
            press(&mut app, "n N");
            crate::tui::documents::snapshot::draw(&app);
        }
    }
}
