//! What follows a begun sequence of keys, above the bottom bar, until it is finished.

use super::pen::Pen;
use crate::tui::{actions, keys::keymap::written, theme::Ink};
use ratatui::layout::Rect;

/// Columns for one continuation.
const WIDE: u16 = 38;

/// Draws it, where a sequence was begun.
pub fn draw(pen: &mut Pen, area: Rect) {
    if pen.app.prefix.is_empty() {
        return;
    }
    let begun = written(&pen.app.prefix);
    let found = actions::continuations(pen.app, &begun);
    let across = (area.width.saturating_sub(4) / WIDE).max(1);
    let rows = (found.len() as u16).div_ceil(across);
    let height = (rows + 2).min(area.height);
    let place = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    pen.popup(place, Ink::Accent);
    let style = pen.ink(Ink::Accent);
    pen.put(
        place.x + 2,
        place.y,
        place.width.saturating_sub(4),
        &format!(" {begun} … "),
        style,
    );
    let seen = usize::from(height.saturating_sub(2)) * usize::from(across);
    if rows + 2 > height {
        pen.more(place.right() - 2, place.y, 0, found.len().saturating_sub(seen));
    }
    for (at, (rest, action)) in found.iter().enumerate() {
        let (column, row) = (at as u16 / rows.max(1), at as u16 % rows.max(1));
        let (x, y) = (place.x + 2 + column * WIDE, place.y + 1 + row);
        if y + 1 >= place.bottom() {
            continue;
        }
        let blocked = action.blocked(pen.app).is_some();
        let (key, words) = match blocked {
            true => (Ink::Muted, Ink::Muted),
            false => (Ink::Accent, Ink::Text),
        };
        let end = pen.put(x, y, 8, rest, pen.ink(key));
        pen.put(
            end + 1,
            y,
            WIDE.saturating_sub(end + 3 - x),
            action.help,
            pen.ink(words),
        );
    }
}
