//! The grid of charts, and one chart on the whole screen.

use super::pen::Pen;
use crate::tui::{
    app::{Pane, SMOOTHING, XKind},
    charts,
    plot::Look,
};
use ratatui::layout::Rect;

/// Draws as many charts as fit, the focused one among them.
pub fn draw_grid(pen: &mut Pen, area: Rect) {
    if pen.app.run().is_none() {
        return;
    }
    let plans = charts::shown(pen.app);
    let (across, down) = shape(area, plans.len());
    let focused = pen.app.layers.is_empty() && pen.app.pane == Pane::Charts;
    let page = across * down;
    let first = pen.app.charts.focus.min(plans.len().saturating_sub(1)) / page.max(1) * page;
    let seen = format!("{}–{} of {}", first + 1, (first + page).min(plans.len()), plans.len());
    let aside = if page < plans.len() {
        format!("{}  {seen}", settings(pen))
    } else {
        settings(pen)
    };
    let body = pen.heading(area, "Charts", &aside, focused);
    if across == 0 || down == 0 {
        return;
    }
    let (wide, high) = (body.width / across as u16, body.height / down as u16);
    for (at, plan) in plans.iter().enumerate().skip(first).take(page) {
        let (column, row) = (((at - first) % across) as u16, ((at - first) / across) as u16);
        // What the division leaves over goes to the last column and row.
        let width = if column + 1 == across as u16 {
            body.width - wide * column
        } else {
            wide - 2
        };
        let height = if row + 1 == down as u16 {
            body.height - high * row
        } else {
            high
        };
        let place = Rect {
            x: body.x + wide * column,
            y: body.y + high * row,
            width,
            height,
        };
        let look = Look {
            theme: pen.theme(),
            glyphs: pen.glyphs(),
            focused: focused && at == pen.app.charts.focus,
            full: false,
        };
        charts::chart(pen.app, plan).draw(place, look, pen.buffer);
    }
}

/// The focused chart alone.
pub fn draw_expanded(pen: &mut Pen, area: Rect) {
    let below = super::summary::draw(pen, area);
    let plans = charts::shown(pen.app);
    let at = pen.app.charts.focus.min(plans.len().saturating_sub(1));
    let Some(plan) = plans.get(at) else { return };
    let aside = format!("{} of {}  {}", at + 1, plans.len(), settings(pen));
    let body = pen.heading(below, "Chart", &aside, false);
    let look = Look {
        theme: pen.theme(),
        glyphs: pen.glyphs(),
        focused: false,
        full: true,
    };
    charts::chart(pen.app, plan).draw(body, look, pen.buffer);
}

/// Columns and rows of charts: as many as stay readable.
fn shape(area: Rect, many: usize) -> (usize, usize) {
    let across = usize::from(area.width / 36).clamp(1, 3).min(many.max(1));
    let down = usize::from(area.height.saturating_sub(1) / 7).clamp(1, 4);
    (across, down.min(many.div_ceil(across).max(1)))
}

fn settings(pen: &Pen) -> String {
    let view = &pen.app.charts;
    let x = match view.x {
        XKind::Step => "by step",
        XKind::Epoch => "by epoch",
        XKind::Wall => "by time",
    };
    let mut parts = vec![x.to_string()];
    if view.smoothing > 0 {
        parts.push(format!("smooth {}", SMOOTHING[view.smoothing % SMOOTHING.len()]));
    }
    if view.log_y {
        parts.push("log y".into());
    }
    if view.frozen.is_some() {
        parts.push("frozen".into());
    }
    parts.join(&format!(" {} ", pen.glyphs().dot))
}
