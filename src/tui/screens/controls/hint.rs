//! The details of the selected tunable, below the table: bounds, when a change takes effect, past changes, or the error
//! in the value being typed.

use super::{recorded, scheduled};
use crate::tui::{screens::painter::Painter, theme::Ink};
use ratatui::layout::Rect;

/// What the selected tunable is, and what is wrong with what is typed; returns how many rows it took.
pub fn draw(painter: &mut Painter, area: Rect, focused: bool) -> u16 {
    if area.height < 4 {
        return 0;
    }
    if !focused {
        return 1;
    }
    let tunable = painter.app.selected_tunable();
    let mut row = 1;
    let inside = |row: u16| Rect {
        x: area.x + 2,
        y: area.y + row,
        width: area.width - 2,
        height: area.height - row,
    };
    if let Some(problem) = painter
        .app
        .tune
        .entry
        .as_ref()
        .map(|(_, p)| p.clone())
        .filter(|p| !p.is_empty())
    {
        let style = painter.ink(Ink::Bad);
        row += painter.paragraph(inside(row), &problem, style);
        return row + 1;
    }
    let bounds = format!(
        "{}  {} to {} {}",
        tunable.key,
        tunable.show(tunable.low),
        tunable.show(tunable.high),
        tunable.unit
    );
    if let (Some((now, name)), Some(start)) = (scheduled(painter, tunable), painter.app.current(tunable.key)) {
        let (start, now) = (tunable.show(start), tunable.show(now));
        let text = format!("{start} initially, {now} now ({name} schedule)");
        let style = painter.ink(Ink::Text);
        row += painter.paragraph(inside(row), &text, style);
    }
    for (text, ink) in [
        (bounds, Ink::Text),
        (tunable.hint.to_string(), Ink::Muted),
        (format!("takes effect: {}", tunable.effect), Ink::Muted),
    ] {
        if row < area.height {
            let style = painter.ink(ink);
            row += painter.paragraph(inside(row), &text, style);
        }
    }
    for text in recorded::past(painter, tunable) {
        if row < area.height {
            let style = painter.ink(Ink::Muted);
            painter.put(area.x + 2, area.y + row, area.width.saturating_sub(2), &text, style);
            row += 1;
        }
    }
    (row + 1).min(area.height)
}
