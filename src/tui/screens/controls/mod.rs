//! The controls: every tunable with its value, what is staged, and the outcome of the last command; then the run's
//! events. Values are those the worker reports.

mod events;
mod hint;
mod outcome;
mod recorded;
mod scheduled;
mod tunables;

use super::painter::Painter;
use crate::{
    spec::Tunable,
    tui::state::app::{Pane, RATE},
};
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(painter: &mut Painter, area: Rect) {
    let focused = painter.app.layers.is_empty() && painter.app.pane == Pane::Controls;
    let aside = match painter.app.tune.staged.len() {
        0 => String::new(),
        n => format!("{n} staged: Enter applies"),
    };
    let mut rest = painter.heading(area, "Controls", &aside, focused);
    if painter.app.run().is_none() {
        return;
    }
    // On a small screen, what is beside the table goes first.
    let wide = rest.width >= 70;
    let table = if wide { Rect { width: 40, ..rest } } else { rest };
    let used = tunables::draw(painter, table, focused);
    let below = Rect {
        y: table.y + used,
        height: table.height.saturating_sub(used),
        ..table
    };
    let used = used + hint::draw(painter, below, focused);
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
    events::draw(painter, rest);
}

/// What the schedule makes of a value now, and the schedule's name.
fn scheduled(painter: &Painter, tunable: &Tunable) -> Option<(f64, &'static str)> {
    painter.app.scheduled_rate().filter(|_| tunable.key == RATE)
}
