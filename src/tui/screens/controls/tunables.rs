//! The table of tunables: a line for each with its value and what is staged, and below it what became of the last
//! wish and what is to come.

use super::{coming, fate, scheduled};
use crate::{
    spec::{TUNABLES, Tunable},
    tui::{screens::pen::Pen, state::hit_areas::Target, theme::Ink},
};
use ratatui::layout::Rect;

/// Draws the table; returns how many rows it took.
pub fn draw(pen: &mut Pen, area: Rect, focused: bool) -> u16 {
    let mut row = 0;
    for (at, tunable) in TUNABLES.iter().enumerate() {
        if row >= area.height {
            pen.more(area.right(), area.y.saturating_sub(1), 0, TUNABLES.len() - at);
            break;
        }
        let line = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        let selected = focused && at == pen.app.tune.row;
        if selected {
            let ground = pen.theme().selected_ground();
            pen.ground(line, ground);
        }
        draw_row(pen, line, tunable, selected);
        pen.spots.add(line, Target::Tunable(at));
        row += 1;
        if let Some((text, ink)) = fate::of(pen, tunable, usize::from(area.width.saturating_sub(2)))
            && row < area.height
        {
            pen.put(
                area.x + 2,
                area.y + row,
                area.width.saturating_sub(2),
                &text,
                pen.ink(ink),
            );
            row += 1;
        }
        for (text, ink) in coming::of(pen, tunable) {
            if row < area.height {
                let style = pen.ink(ink);
                pen.put(area.x + 2, area.y + row, area.width.saturating_sub(2), &text, style);
                row += 1;
            }
        }
    }
    row
}

/// `▸ λ      0.002      → 0.01`.
fn draw_row(pen: &mut Pen, line: Rect, tunable: &'static Tunable, selected: bool) {
    let pointer = if selected { pen.glyphs().pointer } else { " " };
    let value = pen
        .app
        .current(tunable.key)
        .map_or_else(|| pen.glyphs().none.into(), |v| tunable.show(v));
    pen.put(line.x, line.y, 1, pointer, pen.ink(Ink::Accent));
    pen.put(line.x + 2, line.y, 8, tunable.symbol, pen.ink(Ink::Muted));
    pen.put(line.x + 9, line.y, 11, &value, pen.ink(Ink::Strong));
    let place = line.x + 20;
    let room = line.right().saturating_sub(place);
    let entry = pen.app.tune.entry.as_ref().filter(|_| selected).map(|(l, _)| l.clone());
    if let Some(typed) = entry {
        pen.put(place, line.y, room, "= ", pen.ink(Ink::Wish));
        pen.field(place + 2, line.y, room.saturating_sub(2), &typed, true);
    } else if let Some(staged) = pen.app.tune.staged.get(tunable.key) {
        let text = format!("{} {} staged", pen.glyphs().arrow, tunable.show(*staged));
        pen.put(place, line.y, room, &text, pen.ink(Ink::Wish));
    } else if let Some((now, name)) = scheduled(pen, tunable) {
        let short = format!("now {}", tunable.show(now));
        // A name is said whole or, beside the selected row, below the table.
        let text = match format!("{short} ({name})") {
            whole if whole.len() <= usize::from(room) => whole,
            _ => short,
        };
        pen.put(place, line.y, room, &text, pen.ink(Ink::Muted));
    } else if !tunable.unit.is_empty() && tunable.unit != "pixel/255" {
        pen.put(place, line.y, room, tunable.unit, pen.ink(Ink::Muted));
    }
}
