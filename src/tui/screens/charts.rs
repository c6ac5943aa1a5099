//! The grid of charts, and one chart on the whole screen.

use super::pen::Pen;
use crate::tui::{
    charts::{ChartSet, Picture, cursor_in_words},
    model::charts::plan::Plan,
    plot::{Look, Placed, Scale},
    state::{app::Pane, hit_areas::Target},
};
use ratatui::layout::Rect;

/// Draws as many charts as fit, the focused one among them.
pub fn draw_grid(pen: &mut Pen, area: Rect) {
    if pen.app.run().is_none() {
        return;
    }
    let stage = ChartSet::of(pen.app);
    let plans = stage.plans();
    let (across, down) = shape(area, super::bars::notice_rows(pen), plans.len());
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
    for (at, plan) in plans.iter().enumerate().skip(first).take(page) {
        let place = tile(body, (across, down), at - first);
        let look = Look {
            theme: pen.theme(),
            glyphs: pen.glyphs(),
            focused: focused && at == pen.app.charts.focus,
            full: false,
        };
        draw_chart(pen, place, &stage, plan, at, look);
    }
}

/// The focused chart alone.
pub fn draw_expanded(pen: &mut Pen, area: Rect) {
    let below = super::summary::draw(pen, area);
    let stage = ChartSet::of(pen.app);
    let plans = stage.plans();
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
    draw_chart(pen, body, &stage, plan, at, look);
}

/// Draws one chart, and what the mouse draws out on it.
fn draw_chart(pen: &mut Pen, place: Rect, stage: &ChartSet, plan: &Plan, index: usize, look: Look) {
    let picture = stage.picture(plan, 2 * usize::from(place.width));
    let drawn = match &picture {
        Picture::Lines(chart) => chart.draw(place, look, pen.buffer),
        Picture::Heat(heat) => heat.draw(place, look, pen.buffer),
    };
    let Some(Placed { plot, x }) = drawn else { return };
    let unit = stage.unit();
    let target = Target::Chart { index, plot, x, unit };
    pen.spots.add(place, target);
    if let Some((from, to)) = pen.app.drag.filter(|d| d.chart == index).map(|d| d.between()) {
        let column = |at: f64| x.place(at / unit, usize::from(plot.width)).map(|c| plot.x + c as u16);
        if let (Some(from), Some(to)) = (column(from), column(to)) {
            let ground = pen.theme().selected_ground();
            let chosen = Rect {
                x: from,
                width: to - from + 1,
                ..plot
            };
            pen.ground(chosen, ground);
        }
    }
}

/// The place of the `at`-th of the tiles; what the division leaves over goes to the last column and row.
fn tile(body: Rect, (across, down): (usize, usize), at: usize) -> Rect {
    let (wide, high) = (body.width / across as u16, body.height / down as u16);
    let (column, row) = ((at % across) as u16, (at / across) as u16);
    Rect {
        x: body.x + wide * column,
        y: body.y + high * row,
        width: match column + 1 == across as u16 {
            true => body.width - wide * column,
            false => wide.saturating_sub(2),
        },
        height: match row + 1 == down as u16 {
            true => body.height - high * row,
            false => high,
        },
    }
}

/// Columns and rows of charts: as many as stay readable. A remark that takes `noticed` rows for a while moves none of them
/// to another page.
fn shape(area: Rect, noticed: u16, many: usize) -> (usize, usize) {
    let across = usize::from(area.width / 36).clamp(1, 3).min(many.max(1));
    let down = usize::from((area.height + noticed).saturating_sub(1) / 7).clamp(1, 4);
    (across, down.min(many.div_ceil(across).max(1)))
}

/// How the charts are shown, in words: only what is not as usual, but what x counts.
fn settings(pen: &Pen) -> String {
    let view = &pen.app.charts;
    let mut parts = vec![view.x.words().to_string()];
    parts.extend(cursor_in_words(pen.app).map(|at| format!("at {at}")));
    if let Some((read, there)) = pen.app.detail().and_then(|d| d.reading) {
        parts.push(format!("reading {:.0} %", 100.0 * read as f64 / there.max(1) as f64));
    }
    let compared = pen
        .app
        .overlay
        .iter()
        .filter(|d| Some(*d) != pen.app.selected.as_ref())
        .count();
    if compared > 0 {
        let what = if view.grouped { "runs, seeds together" } else { "runs" };
        parts.push(format!("{} {what}", compared + 1));
    }
    if view.weight() > 0.0 {
        parts.push(format!("smooth {}", view.weight()));
    }
    match view.y {
        Scale::Linear | Scale::Clock => {}
        Scale::Log => parts.push("log y".into()),
        Scale::SymLog => parts.push("symlog y".into()),
    }
    if view.is_log_x() {
        parts.push("log x".into());
    }
    if view.window.is_some() {
        parts.push("zoomed".into());
    }
    if view.frozen.is_some() {
        parts.push("frozen".into());
    }
    parts.join(&format!(" {} ", pen.glyphs().dot))
}
