//! The chooser over the run table, a list that narrows while typing: columns, or keys to group by.

use super::painter::{Painter, word};
use crate::tui::{
    state::{
        self,
        column_chooser::{Chooser, Purpose},
    },
    theme::Ink,
};
use ratatui::layout::Rect;

/// Draws the chooser.
pub fn draw(painter: &mut Painter, area: Rect, chooser: &Chooser) {
    let place = painter.centred(area, 76, 18);
    painter.popup(place, Ink::Accent);
    let room = place.width.saturating_sub(4);
    let title = match chooser.purpose {
        Purpose::Columns => "columns: ",
        Purpose::Pivot => "group runs by: ",
    };
    let x = painter.put(place.x + 2, place.y + 1, room, title, painter.ink(Ink::Muted));
    let line_room = place.right().saturating_sub(x + 2);
    painter.input(x, place.y + 1, line_room, &chooser.query, true);
    let found = chooser.found();
    let list = Rect {
        x: place.x + 1,
        y: place.y + 3,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(4),
    };
    if found.is_empty() {
        return painter.hint(list, "No match. Backspace deletes letters.");
    }
    let shown = state::run_table::columns_of(painter.app);
    let rows = usize::from(list.height);
    let first = (chooser.row + 1).saturating_sub(rows);
    painter.more_of(list, first, rows, found.len());
    for (at, column) in found.iter().enumerate().skip(first).take(rows) {
        let line = painter.row(list, (at - first) as u16, at == chooser.row);
        let sign = match chooser.purpose {
            Purpose::Columns if shown.contains(column) => "[x] ",
            Purpose::Columns => "[ ] ",
            Purpose::Pivot => "",
        };
        let words = [
            word(sign, painter.ink(Ink::Accent)),
            word(column.label(), painter.ink(Ink::Text)),
            word(format!("  {}", column.about()), painter.ink(Ink::Muted)),
        ];
        let inside = Rect {
            x: line.x + 2,
            width: line.width.saturating_sub(3),
            ..line
        };
        painter.words(inside, 0, &words);
    }
}
