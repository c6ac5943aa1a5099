//! The end of what the worker printed. Control characters are shown, not obeyed.

use super::pen::{Pen, wrap};
use crate::tui::{
    log_view::{LogView, first},
    model::LogLine,
    theme::Ink,
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Columns before the text: which of the two outputs it is.
const LEFT: u16 = 6;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, view: &LogView) {
    let below = super::summary::draw(pen, area);
    let lines = pen.app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let place = match (lines.is_empty(), view.up) {
        (true, _) => String::new(),
        (false, 0) => "the end; new lines follow".into(),
        (false, n) => format!("{n} lines above the end; G follows again"),
    };
    let found = match view.place(&lines) {
        None => String::new(),
        Some((_, 0)) => "; not found".into(),
        Some((0, all)) => format!("; {all} lines found"),
        Some((at, all)) => format!("; found {at} of {all}"),
    };
    let side = if view.left > 0 {
        format!("; from column {}", view.left + 1)
    } else {
        String::new()
    };
    let body = pen.heading(below, "Log", &format!("{place}{found}{side}"), true);
    if lines.is_empty() {
        return pen.hint(body, "The worker has printed nothing.");
    }
    let searching = view.typing || !view.query.text().is_empty();
    let rows = body.height.saturating_sub(u16::from(searching));
    if searching && body.height > 0 {
        let y = body.bottom() - 1;
        pen.put(body.x, y, 2, "/", pen.ink(Ink::Accent));
        pen.input(body.x + 2, y, body.width.saturating_sub(2), &view.query, view.typing);
    }
    let bottom = view
        .bottom(lines.len())
        .max(usize::from(rows).saturating_sub(1).min(lines.len() - 1));
    // From the bottom up, until there is no more room; of a line that does not fit whole, its end.
    let width = body.width.saturating_sub(LEFT);
    let mut drawn: Vec<(usize, bool, String)> = Vec::new();
    for at in (0..=bottom).rev() {
        for (row, text) in shown(pen, &lines[at], view, width).into_iter().enumerate().rev() {
            if drawn.len() < usize::from(rows) {
                drawn.push((at, row == 0, text));
            }
        }
        if drawn.len() >= usize::from(rows) {
            break;
        }
    }
    let found = view.place(&lines).map(|_| view.bottom(lines.len()));
    for (row, (at, is_first, text)) in drawn.iter().rev().enumerate() {
        let line = (&lines[*at], *is_first);
        draw_row(pen, body, row as u16, line, text, (view, found == Some(*at)));
    }
}

/// A line as rows.
fn shown(pen: &Pen, line: &LogLine, view: &LogView, width: u16) -> Vec<String> {
    let text = pen.glyphs().spell(&line.text).into_owned();
    match view.wrapped {
        false => vec![text.chars().skip(view.left).collect()],
        true => match wrap(&text, usize::from(width)) {
            rows if rows.is_empty() => vec![String::new()],
            rows => rows,
        },
    }
}

fn draw_row(
    pen: &mut Pen,
    body: Rect,
    row: u16,
    (line, is_first): (&LogLine, bool),
    text: &str,
    (view, is_found): (&LogView, bool),
) {
    let y = body.y + row;
    let (name, ink, words) = match line.error {
        true => ("err", Ink::Warn, Ink::Text),
        false => ("out", Ink::Muted, Ink::Text),
    };
    if is_found {
        let ground = pen.theme().selected_ground();
        pen.ground(Rect { y, height: 1, ..body }, ground);
    }
    if is_first {
        pen.put(body.x, y, 3, name, pen.ink(ink));
    }
    pen.put(body.x + 4, y, 1, pen.glyphs().vertical, pen.ink(Ink::Faint));
    let (x, width) = (body.x + LEFT, body.width.saturating_sub(LEFT));
    pen.put(x, y, width, text, pen.ink(words));
    if let Some(at) = first(text, view.query.text()) {
        let before = text[..at].width() as u16;
        let found = &text[at..at + view.query.text().len()];
        if before < width {
            pen.put(x + before, y, width - before, found, pen.ink(Ink::Accent));
        }
    }
}
