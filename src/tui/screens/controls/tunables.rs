//! The table of tunables: one line each with its value and what is staged, and below it the outcome of the last command
//! and scheduled changes.

use super::{outcome, scheduled};
use crate::{
    spec::{TUNABLES, Tunable},
    tui::{screens::painter::Painter, state::hit_areas::Target, theme::Ink},
};
use ratatui::layout::Rect;

/// Draws the table; returns how many rows it took.
pub fn draw(painter: &mut Painter, area: Rect, focused: bool) -> u16 {
    let mut row = 0;
    for (at, tunable) in TUNABLES.iter().enumerate() {
        if row >= area.height {
            painter.more(area.right(), area.y.saturating_sub(1), 0, TUNABLES.len() - at);
            break;
        }
        let line = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        let selected = focused && at == painter.app.tune.row;
        if selected {
            let ground = painter.theme().selected_ground();
            painter.ground(line, ground);
        }
        draw_row(painter, line, tunable, selected);
        painter.hit_areas.add(line, Target::Tunable(at));
        row += 1;
        if let Some((text, ink)) = outcome::of(painter, tunable, usize::from(area.width.saturating_sub(2)))
            && row < area.height
        {
            painter.put(
                area.x + 2,
                area.y + row,
                area.width.saturating_sub(2),
                &text,
                painter.ink(ink),
            );
            row += 1;
        }
        for (text, ink) in scheduled::of(painter, tunable) {
            if row < area.height {
                let style = painter.ink(ink);
                painter.put(area.x + 2, area.y + row, area.width.saturating_sub(2), &text, style);
                row += 1;
            }
        }
    }
    row
}

/// `▸ λ      0.002      → 0.01`.
fn draw_row(painter: &mut Painter, line: Rect, tunable: &'static Tunable, selected: bool) {
    let pointer = if selected { painter.glyphs().pointer } else { " " };
    let value = painter
        .app
        .current(tunable.key)
        .map_or_else(|| painter.glyphs().none.into(), |v| tunable.show(v));
    painter.put(line.x, line.y, 1, pointer, painter.ink(Ink::Accent));
    painter.put(line.x + 2, line.y, 8, tunable.symbol, painter.ink(Ink::Muted));
    painter.put(line.x + 9, line.y, 11, &value, painter.ink(Ink::Strong));
    let place = line.x + 20;
    let room = line.right().saturating_sub(place);
    let entry = painter
        .app
        .tune
        .entry
        .as_ref()
        .filter(|_| selected)
        .map(|(l, _)| l.clone());
    if let Some(typed) = entry {
        painter.put(place, line.y, room, "= ", painter.ink(Ink::Pending));
        painter.field(place + 2, line.y, room.saturating_sub(2), &typed, true);
    } else if let Some(staged) = painter.app.tune.staged.get(tunable.key) {
        let text = format!("{} {} staged", painter.glyphs().arrow, tunable.show(*staged));
        painter.put(place, line.y, room, &text, painter.ink(Ink::Pending));
    } else if let Some((now, name)) = scheduled(painter, tunable) {
        let short = format!("now {}", tunable.show(now));
        // A name is said whole or, beside the selected row, below the table.
        let text = match format!("{short} ({name})") {
            whole if whole.len() <= usize::from(room) => whole,
            _ => short,
        };
        painter.put(place, line.y, room, &text, painter.ink(Ink::Muted));
    } else if !tunable.unit.is_empty() && tunable.unit != "pixel/255" {
        painter.put(place, line.y, room, tunable.unit, painter.ink(Ink::Muted));
    }
}
