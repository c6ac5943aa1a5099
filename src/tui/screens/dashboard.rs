//! The first screen: runs, the selected run's charts, and its controls; in three columns, two, or one below the
//! other, by what the terminal has room for.

use super::{bars, charts, controls, pen::Pen, runs, summary, welcome};
use crate::tui::state::app::Pane;
use ratatui::layout::Rect;

/// Draws the first screen.
pub fn draw(pen: &mut Pen, area: Rect) {
    if pen.app.looked && pen.app.runs.is_empty() && pen.app.pane == Pane::Runs {
        return welcome::draw(pen, area);
    }
    match (area.width, whole(pen, area)) {
        (140.., 18..) => three_columns(pen, area),
        // The left column holds the runs above the tunables.
        (100.., 28..) => two_columns(pen, area),
        _ => stacked(pen, area),
    }
}

/// The height that there is without a remark: one that comes and goes moves nothing from its place.
fn whole(pen: &Pen, area: Rect) -> u16 {
    area.height + bars::notice_rows(pen)
}

fn three_columns(pen: &mut Pen, area: Rect) {
    // Names of runs are long where there is room for them.
    let [left, middle, right] = columns(area, (area.width / 5).clamp(32, 56), 40);
    runs::draw_tall(pen, left);
    let below = summary::draw(pen, middle);
    charts::draw_grid(pen, below);
    controls::draw(pen, right);
}

fn two_columns(pen: &mut Pen, area: Rect) {
    let left = Rect { width: 38, ..area };
    let right = Rect {
        x: area.x + 40,
        width: area.width - 40,
        ..area
    };
    let height = whole(pen, area);
    let rows = runs::rows_tall(pen, (height / 3).max(7)).min(height.saturating_sub(16));
    let (upper, lower) = split(left, rows);
    runs::draw_tall(pen, upper);
    controls::draw(pen, lower);
    let below = summary::draw(pen, right);
    charts::draw_grid(pen, below);
}

fn stacked(pen: &mut Pen, area: Rect) {
    let rows = runs::rows_short(pen, (whole(pen, area) / 4).max(3));
    let (upper, lower) = split(area, rows);
    runs::draw_short(pen, upper);
    match pen.app.pane {
        Pane::Controls => controls::draw(pen, lower),
        _ => {
            let below = summary::draw(pen, lower);
            charts::draw_grid(pen, below);
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
