//! Draws a sheet of rows and columns: the first column is fixed, the others scroll to keep the selected one visible.

use super::painter::Painter;
use crate::tui::{
    model::sheet::{Head, Sheet},
    state::hit_areas::Target,
    theme::Ink,
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// The widest column where there is no room to spare.
const WIDEST: u16 = 36;
/// Between two columns.
const GAP: u16 = 2;
/// Before the first column: pointer and mark.
const MARGIN: u16 = 4;

/// The selection in a sheet.
pub struct Chosen {
    /// The row.
    pub row: usize,
    /// The column.
    pub column: usize,
}

/// Draws a sheet into an area; the heading takes its first row.
pub fn draw(painter: &mut Painter, area: Rect, sheet: &Sheet, chosen: &Chosen) {
    if area.height < 2 || sheet.heads.is_empty() {
        return;
    }
    let room = area.width.saturating_sub(MARGIN + 1);
    let widths = widths(painter, sheet, room);
    let shown = fitting(&widths, room, chosen.column);
    draw_heads(painter, area, sheet, &shown, chosen.column);
    let rows = usize::from(area.height - 1);
    let first = (chosen.row + 1).saturating_sub(rows);
    painter.more_of(area, first, rows, sheet.rows.len());
    for (at, line) in sheet.rows.iter().enumerate().skip(first).take(rows) {
        let place = painter.row(area, (at - first) as u16 + 1, at == chosen.row);
        if let Some(dir) = &line.run {
            if painter.app.overlay.contains(dir) {
                let hue = painter.app.hues.of(dir);
                let sign = painter.glyphs().curves[crate::tui::charts::sign(hue) % 8];
                painter.put(place.x + 2, place.y, 1, sign, painter.theme().series(hue));
            }
            painter.hit_areas.add(place, Target::Run(dir.clone()));
        }
        for (column, x, width) in &shown {
            let Some(cell) = line.cells.get(*column) else { continue };
            let style = match (cell.state, cell.text.is_empty(), *column) {
                (Some(state), ..) => painter.theme().state(state),
                (None, true, _) => painter.ink(Ink::Faint),
                (None, false, 0) => painter.ink(Ink::Strong),
                (None, false, _) => painter.ink(Ink::Text),
            };
            let text = match cell.text.is_empty() {
                true => painter.glyphs().none,
                false => cell.text.as_str(),
            };
            let x = area.x + MARGIN + x;
            match sheet.heads.get(*column).is_some_and(|h| h.right) {
                true => painter.put_right(x + width, place.y, *width, text, style),
                false => {
                    painter.put(x, place.y, *width, text, style);
                }
            }
        }
    }
}

fn draw_heads(painter: &mut Painter, area: Rect, sheet: &Sheet, shown: &[(usize, u16, u16)], chosen: usize) {
    let last = shown.last().map_or(0, |s| s.0);
    let more = match sheet.heads.len().saturating_sub(last + 1) {
        0 => String::new(),
        n => format!("{n}>"),
    };
    // A heading under the sign that there are more is cut with a sign, too.
    let end = match more.len() as u16 {
        0 => area.right(),
        wide => area.right().saturating_sub(wide + 1),
    };
    for (column, x, width) in shown {
        let Some(head) = sheet.heads.get(*column) else { continue };
        let x = area.x + MARGIN + x;
        let width = &(*width).min(end.saturating_sub(x));
        if *column == chosen {
            let ground = painter.theme().selected_ground();
            let place = Rect {
                x,
                y: area.y,
                width: *width,
                height: 1,
            };
            painter.ground(place, ground);
        }
        let ink = if *column == chosen { Ink::Accent } else { Ink::Muted };
        let (text, style) = (label(head), painter.ink(ink));
        match head.right {
            true => painter.put_right(x + width, area.y, *width, &text, style),
            false => {
                painter.put(x, area.y, *width, &text, style);
            }
        }
    }
    let left = shown.get(1).map_or(0, |s| s.0.saturating_sub(1));
    let style = painter.ink(Ink::Accent);
    if left > 0 {
        painter.put(area.x + 1, area.y, 2, &format!("<{left}"), style);
    }
    painter.put_right(area.right(), area.y, 4, &more, style);
}

/// With a sign where rows are ordered by it.
fn label(head: &Head) -> String {
    match head.sorted {
        None => head.label.clone(),
        Some(true) => format!("{} v", head.label),
        Some(false) => format!("{} ^", head.label),
    }
}

/// How wide each column is: as wide as what stands in it, but at most [`WIDEST`] as long as others would be pushed out.
fn widths(painter: &Painter, sheet: &Sheet, room: u16) -> Vec<u16> {
    let wide = |text: &str| painter.glyphs().spell(text).width();
    let widest = |(column, head): (usize, &Head)| {
        let cells = sheet
            .rows
            .iter()
            .filter_map(|l| l.cells.get(column))
            .map(|c| wide(&c.text));
        let widest = cells.max().unwrap_or(0).max(wide(&label(head)));
        widest.clamp(1, usize::from(u16::MAX)) as u16
    };
    let wanted: Vec<u16> = sheet.heads.iter().enumerate().map(widest).collect();
    shared(&wanted, room)
}

/// Columns cut to [`WIDEST`], and what is left of the room given back to those that were cut, from the left.
fn shared(wanted: &[u16], room: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = wanted.iter().map(|w| (*w).min(WIDEST)).collect();
    let taken = widths
        .iter()
        .fold(0u16, |sum, w| sum.saturating_add(w.saturating_add(GAP)));
    let mut spare = room.saturating_sub(taken.saturating_sub(GAP));
    for (width, wanted) in widths.iter_mut().zip(wanted) {
        let more = (wanted - *width).min(spare);
        *width += more;
        spare -= more;
    }
    widths
}

/// Which columns are seen, each with its place and width: the first one, and as many as fit so that the selected one is
/// among them.
fn fitting(widths: &[u16], room: u16, chosen: usize) -> Vec<(usize, u16, u16)> {
    let Some(first) = widths.first() else {
        return Vec::new();
    };
    let frozen = (*first).min(room);
    let after = frozen + GAP;
    let rest = room.saturating_sub(after);
    let needs = |from: usize| -> u16 {
        let wide = widths.get(from..=chosen).unwrap_or_default().iter();
        wide.fold(0u16, |sum, w| sum.saturating_add(w + GAP))
            .saturating_sub(GAP)
    };
    let mut from = 1;
    while from < chosen && needs(from) > rest {
        from += 1;
    }
    let mut shown = vec![(0, 0, frozen)];
    let mut x = after;
    for (column, width) in widths.iter().enumerate().skip(from) {
        let is_first = column == from;
        if x >= room || (x + width > room && !is_first) {
            break;
        }
        let width = (*width).min(room - x);
        shown.push((column, x, width));
        x += width + GAP;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_the_width_goes_to_columns_that_were_cut() {
        assert_eq!(shared(&[10, 60, 50], 300), [10, 60, 50]);
        assert_eq!(shared(&[10, 60, 50], 100), [10, 50, 36]);
        assert_eq!(shared(&[10, 60, 50], 40), [10, 36, 36], "there is nothing to spare");
        assert!(shared(&[], 40).is_empty());
    }

    #[test]
    fn the_first_column_stays_and_the_chosen_one_is_seen_at_any_width() {
        let widths = [10, 8, 8, 8, 8];
        let columns = |room, chosen| -> Vec<usize> { fitting(&widths, room, chosen).iter().map(|s| s.0).collect() };
        assert_eq!(columns(100, 4), [0, 1, 2, 3, 4]);
        assert_eq!(columns(32, 0), [0, 1, 2]);
        assert_eq!(columns(32, 4), [0, 3, 4]);
        for room in 0..60 {
            for chosen in 0..5 {
                let shown = fitting(&widths, room, chosen);
                assert!(shown.iter().all(|(_, x, width)| x + width <= room), "{room} {chosen}");
                assert!(room < 20 || shown.iter().any(|s| s.0 == chosen), "{room} {chosen}");
            }
        }
    }
}
