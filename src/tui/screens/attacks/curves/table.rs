//! Robust accuracies as a table: a row per curve, a column per ε.

use super::{BAND, INTERVAL, Row, longest};
use crate::{
    tui::{model::CellRow, screens::painter::Painter, theme::Ink},
    units::Epsilon,
};
use ratatui::layout::Rect;

/// Draws the table: the radii that have a column, the one read out among them, and the rows from `top` on.
pub(super) fn draw(
    painter: &mut Painter,
    area: Rect,
    radii: &[Epsilon],
    rows: &[Row],
    (read_out, top): (Option<usize>, usize),
) {
    let columns = Columns::of(area, radii, rows, read_out);
    draw_head(painter, area, &columns);
    let room = usize::from(area.height.saturating_sub(1));
    // Where they do not all fit, the last line says how many more there are, and by which key.
    let fit = if rows.len() > room {
        room.saturating_sub(1)
    } else {
        room
    };
    let top = top.min(rows.len().saturating_sub(fit));
    let below = rows.len().saturating_sub(top + fit);
    let text_width = area.width.saturating_sub(2);
    let muted = painter.ink(Ink::Muted);
    if rows.len() > room && area.height > 0 {
        let ellipsis = painter.glyphs().ellipsis;
        let rest = match below {
            0 => format!("{ellipsis} {top} more: pageup"),
            _ => format!("{ellipsis} {below} more: pagedown"),
        };
        painter.put(area.x + 2, area.bottom() - 1, text_width, &rest, muted);
    }
    for (at, row) in rows.iter().skip(top).take(fit).enumerate() {
        draw_row(painter, area.x, area.y + 1 + at as u16, row, &columns);
    }
    let below = area.y.saturating_add(rows.len() as u16).saturating_add(1)..area.bottom();
    let interval = (columns.width >= INTERVAL).then(|| format!("each with its {BAND}"));
    for (y, line) in below.zip(counted_on(rows, columns.radii).into_iter().chain(interval)) {
        painter.put(area.x + 2, y, text_width, &line, muted);
    }
}

/// Which radii have a column, and where.
struct Columns<'a> {
    radii: &'a [Epsilon],
    /// Which of them is read out.
    chosen: Option<usize>,
    /// Where the names begin.
    left: u16,
    /// Cells that a name has.
    name: u16,
    /// Cells that each radius has.
    width: u16,
}

impl<'a> Columns<'a> {
    fn of(area: Rect, radii: &'a [Epsilon], rows: &[Row], read_out: Option<usize>) -> Columns<'a> {
        // Names take what the narrowest columns leave, and a third at least.
        let narrow = (radii.len() as u16).saturating_mul(8).saturating_add(2);
        let name = longest(rows).min(area.width.saturating_sub(narrow).max(area.width / 3));
        let room = area.width.saturating_sub(name + 2);
        let width = (room / (radii.len().clamp(1, 1000) as u16)).clamp(7, INTERVAL);
        let fit = usize::from(room / width);
        let first = read_out.map_or(0, |at| (at + 1).saturating_sub(fit));
        Columns {
            radii: &radii[first.min(radii.len())..radii.len().min(first + fit)],
            chosen: read_out.map(|at| at - first),
            left: area.x + 2,
            name,
            width,
        }
    }

    /// Each radius with the place where its column ends.
    fn ends(&self) -> impl Iterator<Item = (u16, &Epsilon)> {
        (1u16..)
            .map(|at| self.left + self.name + self.width * at)
            .zip(self.radii)
    }
}

fn draw_head(painter: &mut Painter, area: Rect, columns: &Columns) {
    let muted = painter.ink(Ink::Muted);
    painter.put(columns.left, area.y, columns.name, "% robust at ε =", muted);
    for (at, (end, eps)) in columns.ends().enumerate() {
        let (ink, pointer) = match columns.chosen == Some(at) {
            true => (Ink::Strong, painter.glyphs().pointer),
            false => (Ink::Muted, ""),
        };
        let text = format!("{pointer}{eps}");
        painter.put_right(end, area.y, columns.width, &text, painter.ink(ink));
    }
}

fn draw_row(painter: &mut Painter, x: u16, y: u16, row: &Row, columns: &Columns) {
    if let Some(hue) = row.hue {
        let sign = painter.glyphs().curves[hue % 8];
        painter.put(x, y, 1, sign, painter.theme().series(hue));
    }
    painter.put(columns.left, y, columns.name, &row.name, painter.ink(Ink::Text));
    for (end, eps) in columns.ends() {
        let cell = row
            .cells
            .iter()
            .find(|c| c.n > 0 && c.eps.to_string() == eps.to_string());
        draw_cell(painter, end, y, columns.width, cell.copied());
    }
}

/// `61.0`, with its interval where there is room, on a background by its height; a cell still being measured says how
/// far it is.
fn draw_cell(painter: &mut Painter, end: u16, y: u16, width: u16, cell: Option<&CellRow>) {
    let Some(cell) = cell else {
        painter.put_right(end, y, width, painter.glyphs().none, painter.ink(Ink::Faint));
        return;
    };
    let partial = cell.open;
    let percent = format!("{:.1}", cell.accuracy * 100.0);
    let text = match (width, partial) {
        (INTERVAL.., true) => format!("{percent} n {}", cell.n),
        (INTERVAL.., false) => format!(
            "{percent} {:.0}–{:.0}",
            cell.interval.0 * 100.0,
            cell.interval.1 * 100.0
        ),
        (_, true) => format!("{percent}{}", painter.glyphs().ellipsis),
        (_, false) => percent,
    };
    let ink = if partial { Ink::Pending } else { Ink::Strong };
    painter.put_right(end, y, width, &text, painter.ink(ink));
    if let Some(heat) = painter.theme().heat(cell.accuracy) {
        let place = Rect {
            x: end.saturating_sub(width) + 1,
            y,
            width: width - 1,
            height: 1,
        };
        painter.ground(place, heat);
    }
}

/// On how many images each worst over several cells is counted, for the rows whose cells did not all go through the
/// same ones: a line each.
fn counted_on(rows: &[Row], radii: &[Epsilon]) -> Vec<String> {
    let most = |subject: usize| {
        let own = rows.iter().filter(|r| r.subject == subject);
        own.flat_map(|r| &r.cells).map(|c| c.n).max().unwrap_or(0)
    };
    let differs = |row: &&Row| row.is_worst() && row.cells.iter().any(|c| c.n > 0 && c.n < most(row.subject));
    let line = |row: &Row| {
        let at = |eps: &Epsilon| {
            row.cells
                .iter()
                .find(|c| c.n > 0 && c.eps.to_string() == eps.to_string())
        };
        let counts: Vec<String> = radii.iter().filter_map(at).map(|c| c.n.to_string()).collect();
        format!("n of {}: {}", row.name, counts.join(", "))
    };
    rows.iter().filter(differs).map(line).collect()
}
