//! The controls: every tunable with what it is, what is staged, and what became of the last wish; then what happened
//! to the run. Values are those the worker reports.

mod coming;
mod fate;
mod happenings;
mod hint;
mod recorded;
mod tunables;

use super::pen::Pen;
use crate::{
    spec::Tunable,
    tui::state::app::{Pane, RATE},
};
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(pen: &mut Pen, area: Rect) {
    let focused = pen.app.layers.is_empty() && pen.app.pane == Pane::Controls;
    let aside = match pen.app.tune.staged.len() {
        0 => String::new(),
        n => format!("{n} staged: Enter applies"),
    };
    let mut rest = pen.heading(area, "Controls", &aside, focused);
    if pen.app.run().is_none() {
        return;
    }
    // On a small screen, what is beside the table goes first.
    let wide = rest.width >= 70;
    let table = if wide { Rect { width: 40, ..rest } } else { rest };
    let used = tunables::draw(pen, table, focused);
    let below = Rect {
        y: table.y + used,
        height: table.height.saturating_sub(used),
        ..table
    };
    let used = used + hint::draw(pen, below, focused);
    if wide {
        rest = Rect {
            x: rest.x + 42,
            width: rest.width - 42,
            ..rest
        };
    } else {
        rest = Rect {
            y: rest.y + used,
            height: rest.height.saturating_sub(used),
            ..rest
        };
    }
    happenings::draw(pen, rest);
}

/// What the schedule makes of a value now, and the schedule's name.
fn scheduled(pen: &Pen, tunable: &Tunable) -> Option<(f64, &'static str)> {
    pen.app.scheduled_rate().filter(|_| tunable.key == RATE)
}
