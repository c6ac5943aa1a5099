//! The first screen: runs, the selected run's charts and its controls, in three, two or one columns depending on the
//! size of the terminal.

use super::{bars, charts, controls, painter::Painter, runs, summary, welcome};
use crate::tui::state::app::Pane;
use ratatui::layout::Rect;

/// Draws the first screen.
pub fn draw(painter: &mut Painter, area: Rect) {
    if painter.app.looked && painter.app.runs.is_empty() && painter.app.pane == Pane::Runs {
        return welcome::draw(painter, area);
    }
    match (area.width, whole(painter, area)) {
        (140.., 18..) => three_columns(painter, area),
        // The left column holds the runs above the tunables.
        (100.., 28..) => two_columns(painter, area),
        _ => stacked(painter, area),
    }
}

/// The height that there is without a message: one that comes and goes moves nothing from its place.
fn whole(painter: &Painter, area: Rect) -> u16 {
    area.height + bars::notice_rows(painter)
}

fn three_columns(painter: &mut Painter, area: Rect) {
    // Names of runs are long where there is room for them.
    let [left, middle, right] = columns(area, (area.width / 5).clamp(32, 56), 40);
    runs::draw_tall(painter, left);
    let below = summary::draw(painter, middle);
    charts::draw_grid(painter, below);
    controls::draw(painter, right);
}

fn two_columns(painter: &mut Painter, area: Rect) {
    let left = Rect { width: 38, ..area };
    let right = Rect {
        x: area.x + 40,
        width: area.width - 40,
        ..area
    };
    let height = whole(painter, area);
    let rows = runs::rows_tall(painter, (height / 3).max(7)).min(height.saturating_sub(16));
    let (upper, lower) = split(left, rows);
    runs::draw_tall(painter, upper);
    controls::draw(painter, lower);
    let below = summary::draw(painter, right);
    charts::draw_grid(painter, below);
}

fn stacked(painter: &mut Painter, area: Rect) {
    let rows = runs::rows_short(painter, (whole(painter, area) / 4).max(3));
    let (upper, lower) = split(area, rows);
    runs::draw_short(painter, upper);
    match painter.app.pane {
        Pane::Controls => controls::draw(painter, lower),
        _ => {
            let below = summary::draw(painter, lower);
            charts::draw_grid(painter, below);
        }
    }
}

fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (
        Rect { height: rows, ..area },
        Rect {
            y: area.y + rows,
            height: area.height - rows,
            ..area
        },
    )
}

/// Three columns two cells apart, the outer ones of fixed width.
fn columns(area: Rect, left: u16, right: u16) -> [Rect; 3] {
    let middle = area.width.saturating_sub(left + right + 4);
    let first = Rect { width: left, ..area };
    let second = Rect {
        x: first.right() + 2,
        width: middle,
        ..area
    };
    let third = Rect {
        x: second.right() + 2,
        width: right,
        ..area
    };
    [first, second, third]
}
