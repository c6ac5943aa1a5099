//! The end of the worker's output. Control characters are shown, not executed.

use super::{fitting::wrap, painter::Painter};
use crate::tui::{
    model::LogLine,
    state::log_view::{LogView, places},
    theme::Ink,
};
use ratatui::layout::Rect;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Columns before the text: which of the two outputs it is.
const LEFT: u16 = 6;

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, view: &LogView) {
    let below = super::summary::draw(painter, area);
    let lines = painter.app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let above = lines.len().saturating_sub(view.bottom(&lines) + 1);
    let place = match view.stays {
        _ if lines.is_empty() => String::new(),
        None => "at the end, following".into(),
        Some(_) => format!("{above} lines above the end; G follows again"),
    };
    let found = match view.place(&lines) {
        None => String::new(),
        Some((_, 0)) => "; not found".into(),
        Some((0, all)) => format!("; {all} matches"),
        Some((at, all)) => format!("; match {at} of {all}"),
    };
    let side = if view.left > 0 {
        format!("; from column {}", view.left + 1)
    } else {
        String::new()
    };
    let body = painter.heading(below, "Log", &format!("{place}{found}{side}"), true);
    if lines.is_empty() {
        return painter.hint(body, "No worker output yet.");
    }
    let searching = view.typing || !view.query.text().is_empty();
    let rows = body.height.saturating_sub(u16::from(searching));
    if searching && body.height > 0 {
        let y = body.bottom() - 1;
        painter.put(body.x, y, 2, "/", painter.ink(Ink::Accent));
        painter.input(body.x + 2, y, body.width.saturating_sub(2), &view.query, view.typing);
    }
    let (chosen, rows) = (view.bottom(&lines), usize::from(rows));
    let bottom = chosen.max(rows.saturating_sub(1).min(lines.len() - 1));
    // From the bottom up, until there is no more room: of the lowest line its beginning, of the topmost its end.
    let width = body.width.saturating_sub(LEFT);
    let mut drawn: Vec<(usize, Row)> = Vec::new();
    for at in (0..=bottom).rev() {
        let mut parts = parts(painter, &lines[at], view, width);
        if at == bottom {
            parts.truncate(rows);
        }
        let room = rows - drawn.len();
        drawn.extend(parts.into_iter().rev().take(room).map(|part| (at, part)));
        if drawn.len() >= rows {
            break;
        }
    }
    let is_found = view.place(&lines).is_some_and(|(at, _)| at > 0);
    for (row, (at, part)) in drawn.iter().rev().enumerate() {
        let ground = is_found && *at == chosen;
        draw_row(painter, body, row as u16, &lines[*at], part, ground);
    }
}

/// One row of a line.
struct Row {
    text: String,
    /// Whether the line begins here.
    is_first: bool,
    /// What of it was searched, in bytes.
    found: Vec<Range<usize>>,
}

/// A line as rows, with what was searched in each, also where a row's end breaks it.
fn parts(painter: &Painter, line: &LogLine, view: &LogView, width: u16) -> Vec<Row> {
    let text = painter.glyphs().spell(&line.text).into_owned();
    let found = places(&text, view.query.text());
    let rows = match view.wrapped {
        false => vec![text.chars().skip(view.left).collect()],
        true => wrap(&text, usize::from(width)),
    };
    let mut from = match view.wrapped {
        false => text.chars().take(view.left).map(char::len_utf8).sum(),
        true => 0,
    };
    let mut parts: Vec<Row> = Vec::new();
    for row in rows {
        // Wrapping leaves out blanks between two rows and nothing else.
        from += text.get(from..).and_then(|rest| rest.find(&row)).unwrap_or(0);
        let here = from..from + row.len();
        let inside = |f: &Range<usize>| f.start < here.end && f.end > here.start;
        let cut = |f: &Range<usize>| f.start.max(here.start) - here.start..f.end.min(here.end) - here.start;
        parts.push(Row {
            found: found.iter().filter(|f| inside(f)).map(cut).collect(),
            is_first: parts.is_empty(),
            text: row,
        });
        from = here.end;
    }
    if parts.is_empty() {
        parts.push(Row {
            text: String::new(),
            is_first: true,
            found: Vec::new(),
        });
    }
    parts
}

fn draw_row(painter: &mut Painter, body: Rect, row: u16, line: &LogLine, part: &Row, ground: bool) {
    let y = body.y + row;
    let (name, ink) = match line.error {
        true => ("err", Ink::Warn),
        false => ("out", Ink::Muted),
    };
    if ground {
        let ground = painter.theme().selected_ground();
        painter.ground(Rect { y, height: 1, ..body }, ground);
    }
    if part.is_first {
        painter.put(body.x, y, 3, name, painter.ink(ink));
    }
    painter.put(body.x + 4, y, 1, painter.glyphs().vertical, painter.ink(Ink::Faint));
    let (x, width) = (body.x + LEFT, body.width.saturating_sub(LEFT));
    painter.put(x, y, width, &part.text, painter.ink(Ink::Text));
    for found in &part.found {
        let (Some(before), Some(words)) = (part.text.get(..found.start), part.text.get(found.clone())) else {
            continue;
        };
        let before = before.width() as u16;
        if before < width {
            painter.put(x + before, y, width - before, words, painter.ink(Ink::Accent));
        }
    }
}
