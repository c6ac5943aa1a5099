//! The fields of a form with their errors. Scrolls around the focused field and says how many fields are hidden above
//! and below.

use super::{fitting::wrap, painter::Painter};
use crate::tui::{
    state::field::{Field, keys_in_words},
    theme::Ink,
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Columns before what is typed.
pub const LEFT: u16 = 14;

/// The most lines of what is wrong with the focused field.
const MOST_LINES: usize = 3;

/// A field and what stands beside it.
pub struct Row<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The field.
    pub field: &'a Field,
    /// What may be written there.
    pub about: &'a str,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Whether it no longer says what it did at first.
    pub changed: bool,
}

/// The fields with the lines that each takes.
pub struct Fields<'a> {
    rows: Vec<Row<'a>>,
    focus: usize,
    notes: Vec<Vec<String>>,
}

impl<'a> Fields<'a> {
    /// Lays out the fields for so many columns; `roomy` says what may be written under every field.
    pub fn new(rows: Vec<Row<'a>>, focus: usize, width: u16, roomy: bool) -> Fields<'a> {
        let width = usize::from(width.saturating_sub(LEFT + 1));
        let note = |(at, row): (usize, &Row)| match &row.problem {
            Some(problem) if at == focus => {
                let mut lines = wrap(problem, width);
                if lines.len() > MOST_LINES {
                    lines.truncate(MOST_LINES);
                    if let Some(last) = lines.last_mut() {
                        last.push_str(" …");
                    }
                }
                lines
            }
            Some(problem) => vec![problem.clone()],
            None if at == focus || roomy => vec![row.about.to_string()],
            None => Vec::new(),
        };
        Fields {
            notes: rows.iter().enumerate().map(note).collect(),
            rows,
            focus,
        }
    }

    fn height(&self, field: usize) -> u16 {
        1 + self.notes.get(field).map_or(0, |n| n.len() as u16)
    }

    /// Lines that all of them take.
    pub fn wanted(&self) -> u16 {
        (0..self.rows.len()).map(|at| self.height(at)).sum()
    }

    /// The fields that so many lines show, the focused one among them.
    fn shown(&self, lines: u16) -> std::ops::Range<usize> {
        window(
            &(0..self.rows.len()).map(|at| self.height(at)).collect::<Vec<_>>(),
            self.focus,
            lines,
        )
    }

    /// Draws them; returns the lines used.
    pub fn draw(&self, painter: &mut Painter, area: Rect) -> u16 {
        let shown = self.shown(area.height);
        let mut row = 0;
        for at in shown.clone() {
            let above = if at == shown.start { shown.start } else { 0 };
            let below = if at + 1 == shown.end {
                self.rows.len() - shown.end
            } else {
                0
            };
            self.draw_field(painter, area, row, at, &more(above, below));
            row += self.height(at);
        }
        row.min(area.height)
    }

    /// One field, with the number of those that do not fit at its right end.
    fn draw_field(&self, painter: &mut Painter, area: Rect, line: u16, at: usize, more: &str) {
        let Some(row) = self.rows.get(at).filter(|_| line < area.height) else {
            return;
        };
        let focused = at == self.focus;
        painter.row(area, line, focused);
        let (left, width) = (area.x + LEFT, area.width.saturating_sub(LEFT + 1));
        let name = painter.ink(if row.changed { Ink::Pending } else { Ink::Muted });
        painter.put(area.x + 2, area.y + line, LEFT - 3, row.name, name);
        let aside = more.width() as u16;
        let room = width.saturating_sub(if aside > 0 { aside + 1 } else { 0 });
        painter.field(left, area.y + line, room, row.field, focused);
        if aside > 0 {
            let style = painter.ink(Ink::Muted);
            painter.put_right(left + width, area.y + line, aside, more, style);
        }
        let style = painter.ink(if row.problem.is_some() { Ink::Bad } else { Ink::Muted });
        for (below, note) in (line + 1..area.height).zip(&self.notes[at]) {
            painter.put(left, area.y + below, width, note, style);
        }
    }
}

/// How many fields lie above and below what is shown: `↑ 2 more`.
fn more(above: usize, below: usize) -> String {
    match (above, below) {
        (0, 0) => String::new(),
        (above, 0) => format!("↑ {above} more"),
        (0, below) => format!("↓ {below} more"),
        (above, below) => format!("↑ {above} ↓ {below} more"),
    }
}

/// Which of some things of these heights `lines` lines show: the one at `focus`, the one after it where there is room,
/// and as many before and after as fit.
fn window(heights: &[u16], focus: usize, lines: u16) -> std::ops::Range<usize> {
    let focus = focus.min(heights.len().saturating_sub(1));
    let sum = |from: usize, to: usize| heights[from..to].iter().sum::<u16>();
    let next = (focus + 2).min(heights.len());
    let last = if next > 0 && sum(focus, next) <= lines {
        next
    } else {
        (focus + 1).min(heights.len())
    };
    let mut first = 0;
    while first < focus && sum(first, last) > lines {
        first += 1;
    }
    let mut end = last;
    while end < heights.len() && sum(first, end + 1) <= lines {
        end += 1;
    }
    first..end
}

/// Says in one line what the keys do, the most needed first: as much as fits whole.
pub fn draw_keys(painter: &mut Painter, area: Rect, field: &Field, ends: &[&'static str]) {
    let between = format!(" {} ", painter.glyphs().dot);
    let mut line = String::new();
    for words in keys_in_words(field, ends) {
        let more = match line.is_empty() {
            true => words.to_string(),
            false => format!("{between}{words}"),
        };
        if painter.glyphs().spell(&line).width() + painter.glyphs().spell(&more).width() <= usize::from(area.width) {
            line.push_str(&more);
        }
    }
    let style = painter.ink(Ink::Muted);
    painter.put(area.x, area.y, area.width, &line, style);
}

/// An error of several lines in one, its parts apart.
pub fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_shown_moves_with_the_focus() {
        let heights = [1, 1, 1, 2, 1, 1];
        assert_eq!(window(&heights, 0, 4), 0..3);
        assert_eq!(window(&heights, 3, 4), 2..5);
        assert_eq!(window(&heights, 5, 4), 3..6);
        assert_eq!(window(&heights, 5, 40), 0..6);
        assert_eq!(more(0, 3), "↓ 3 more");
    }

    proptest! {
        #[test]
        fn the_focused_field_is_always_shown_whole(
            heights in prop::collection::vec(1u16..5, 1..12), focus in 0usize..12, lines in 4u16..30,
        ) {
            let focus = focus.min(heights.len() - 1);
            let shown = window(&heights, focus, lines);
            prop_assert!(shown.contains(&focus), "{shown:?}");
            prop_assert!(heights[shown.clone()].iter().sum::<u16>() <= lines, "{shown:?}");
        }
    }
}
