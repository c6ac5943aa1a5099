//! The possible continuations of a key sequence, above the bottom bar, until it is complete.

use super::painter::Painter;
use crate::tui::{actions, keys::keymap::written, theme::Ink};
use ratatui::layout::Rect;

/// Columns for one continuation.
const WIDE: u16 = 38;

/// Draws them, once the first keys of a sequence were pressed.
pub fn draw(painter: &mut Painter, area: Rect) {
    if painter.app.prefix.is_empty() {
        return;
    }
    let keys = written(&painter.app.prefix);
    let found = actions::continuations(painter.app, &keys);
    let across = (area.width.saturating_sub(4) / WIDE).max(1);
    let rows = (found.len() as u16).div_ceil(across);
    let height = (rows + 2).min(area.height);
    let place = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    painter.popup(place, Ink::Accent);
    let style = painter.ink(Ink::Accent);
    painter.put(
        place.x + 2,
        place.y,
        place.width.saturating_sub(4),
        &format!(" {keys} … "),
        style,
    );
    let seen = usize::from(height.saturating_sub(2)) * usize::from(across);
    if rows + 2 > height {
        painter.more(place.right() - 2, place.y, 0, found.len().saturating_sub(seen));
    }
    for (at, (rest, action)) in found.iter().enumerate() {
        let (column, row) = (at as u16 / rows.max(1), at as u16 % rows.max(1));
        let (x, y) = (place.x + 2 + column * WIDE, place.y + 1 + row);
        if y + 1 >= place.bottom() {
            continue;
        }
        let blocked = action.blocked(painter.app).is_some();
        let (key, words) = match blocked {
            true => (Ink::Muted, Ink::Muted),
            false => (Ink::Accent, Ink::Text),
        };
        let end = painter.put(x, y, 8, rest, painter.ink(key));
        painter.put(
            end + 1,
            y,
            WIDE.saturating_sub(end + 3 - x),
            action.help,
            painter.ink(words),
        );
    }
}
