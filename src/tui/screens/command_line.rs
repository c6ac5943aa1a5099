//! The command line (`:`), over whatever is on the screen, with the matching entries.

use super::painter::Painter;
use crate::{
    run::text::clean,
    tui::{
        actions::command_line::{entries, usage},
        state::command_line::CommandLine,
        theme::Ink,
    },
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Rows of the list, where there is room.
const ROWS: u16 = 14;

/// Draws the command line.
pub fn draw(painter: &mut Painter, area: Rect, command: &CommandLine) {
    let found = entries(painter.app, command.line.text());
    let width = 100.min(area.width.saturating_sub(4));
    let height = (ROWS + 4).min(area.height);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 4,
        width,
        height,
    };
    painter.popup(place, Ink::Accent);
    let (x, right) = (place.x + 2, place.right() - 2);
    painter.put(x, place.y + 1, 1, ":", painter.ink(Ink::Accent));
    painter.input(x + 2, place.y + 1, right.saturating_sub(x + 2), &command.line, true);
    let rows = usize::from(height.saturating_sub(4));
    let chosen = command.row.min(found.len().saturating_sub(1));
    let first = (chosen + 1).saturating_sub(rows);
    let names = found.iter().map(|e| e.text.width()).max().unwrap_or(0);
    let wide = (names.clamp(12, usize::from(width) / 2)) as u16;
    let below = found.len().saturating_sub(first + rows);
    painter.more(place.right() - 2, place.y, first, below);
    for (at, entry) in found.iter().enumerate().skip(first).take(rows) {
        let y = place.y + 2 + (at - first) as u16;
        if at == chosen {
            let ground = painter.theme().selected_ground();
            let line = Rect {
                x: place.x + 1,
                y,
                width: width - 2,
                height: 1,
            };
            painter.ground(line, ground);
        }
        let muted = entry.blocked.is_some();
        let ink = if muted { Ink::Muted } else { Ink::Strong };
        painter.put(x, y, wide, &clean(&entry.text), painter.ink(ink));
        let about = x + wide + 2;
        let keys = entry.keys.width() as u16;
        let room = right.saturating_sub(about + keys + 1);
        let words = entry.blocked.as_ref().map(|why| match entry.is_elsewhere {
            true => why.clone(),
            false => format!("not now: {why}"),
        });
        let words = words.as_deref().unwrap_or(&entry.about);
        let ink = if muted { Ink::Muted } else { Ink::Text };
        painter.put(about, y, room, &clean(words), painter.ink(ink));
        painter.put_right(right, y, keys, &entry.keys, painter.ink(Ink::Accent));
    }
    let foot = match found.len() {
        0 => match usage(command.line.text()) {
            Some(about) => clean(about).into_owned(),
            None => "no matching command".to_string(),
        },
        many if many > rows => format!("{} of {many}; enter: run, tab: complete, esc: cancel", chosen + 1),
        _ => "enter: run, tab: complete, esc: cancel".into(),
    };
    let bottom = place.bottom().saturating_sub(2);
    painter.put(x, bottom, right.saturating_sub(x), &foot, painter.ink(Ink::Muted));
}
