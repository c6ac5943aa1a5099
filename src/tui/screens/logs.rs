//! The end of what the worker printed. Control characters are shown, not obeyed.

use super::pen::Pen;
use crate::tui::theme::Ink;
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, up: usize) {
    let below = super::summary::draw(pen, area);
    let lines = pen.app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let aside = match (lines.is_empty(), up) {
        (true, _) => String::new(),
        (false, 0) => "the end; new lines follow".into(),
        (false, n) => format!("{n} lines above the end"),
    };
    let body = pen.heading(below, "Log", &aside, true);
    if lines.is_empty() {
        return pen.hint(body, "The worker has printed nothing.");
    }
    let rows = usize::from(body.height);
    let end = lines.len().saturating_sub(up).max(rows.min(lines.len()));
    let first = end.saturating_sub(rows);
    for (row, line) in lines[first..end].iter().enumerate() {
        let y = body.y + row as u16;
        let (name, ink, text) = match line.error {
            true => ("err", Ink::Warn, Ink::Text),
            false => ("out", Ink::Muted, Ink::Text),
        };
        pen.put(body.x, y, 3, name, pen.ink(ink));
        pen.put(body.x + 4, y, 1, pen.glyphs().vertical, pen.ink(Ink::Faint));
        pen.put(body.x + 6, y, body.width.saturating_sub(6), &line.text, pen.ink(text));
    }
}
