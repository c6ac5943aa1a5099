//! The grid of charts, and one chart full screen.

use super::painter::Painter;
use crate::run::provenance::{Kind, Use, compare};
use crate::tui::{
    charts::{ChartSet, Picture, cursor_in_words},
    model::charts::plan::Plan,
    plot::{Look, Placed, Scale},
    state::{
        app::{App, Pane},
        hit_areas::Target,
    },
};
use ratatui::layout::Rect;

/// Draws as many charts as fit, the focused one among them.
pub fn draw_grid(painter: &mut Painter, area: Rect) {
    if painter.app.run().is_none() {
        return;
    }
    let stage = ChartSet::of(painter.app);
    let plans = stage.plans();
    let (across, down) = shape(area, super::bars::notice_rows(painter), plans.len());
    let focused = painter.app.layers.is_empty() && painter.app.pane == Pane::Charts;
    let page = across * down;
    let first = painter.app.charts.focus.min(plans.len().saturating_sub(1)) / page.max(1) * page;
    let seen = format!("{}–{} of {}", first + 1, (first + page).min(plans.len()), plans.len());
    let aside = if page < plans.len() {
        format!("{}  {seen}", settings(painter))
    } else {
        settings(painter)
    };
    let body = painter.heading(area, "Charts", &aside, focused);
    if across == 0 || down == 0 {
        return;
    }
    for (at, plan) in plans.iter().enumerate().skip(first).take(page) {
        let place = tile(body, (across, down), at - first);
        let look = Look {
            theme: painter.theme(),
            glyphs: painter.glyphs(),
            focused: focused && at == painter.app.charts.focus,
            full: false,
        };
        draw_chart(painter, place, &stage, plan, at, look);
    }
}

/// The focused chart alone.
pub fn draw_expanded(painter: &mut Painter, area: Rect) {
    let below = super::summary::draw(painter, area);
    let stage = ChartSet::of(painter.app);
    let plans = stage.plans();
    let at = painter.app.charts.focus.min(plans.len().saturating_sub(1));
    let Some(plan) = plans.get(at) else { return };
    let aside = format!("{} of {}  {}", at + 1, plans.len(), settings(painter));
    let body = painter.heading(below, "Chart", &aside, false);
    let look = Look {
        theme: painter.theme(),
        glyphs: painter.glyphs(),
        focused: false,
        full: true,
    };
    draw_chart(painter, body, &stage, plan, at, look);
}

/// Draws one chart, and what the mouse draws out on it.
fn draw_chart(painter: &mut Painter, place: Rect, stage: &ChartSet, plan: &Plan, index: usize, look: Look) {
    let picture = stage.picture(plan, 2 * usize::from(place.width));
    let drawn = match &picture {
        Picture::Lines(chart) => chart.draw(place, look, painter.buffer),
        Picture::Heat(heat) => heat.draw(place, look, painter.buffer),
    };
    let Some(Placed { plot, x }) = drawn else { return };
    let unit = stage.unit();
    let target = Target::Chart { index, plot, x, unit };
    painter.hit_areas.add(place, target);
    if let Some((from, to)) = painter.app.drag.filter(|d| d.chart == index).map(|d| d.between()) {
        let column = |at: f64| x.place(at / unit, usize::from(plot.width)).map(|c| plot.x + c as u16);
        if let (Some(from), Some(to)) = (column(from), column(to)) {
            let ground = painter.theme().selected_ground();
            let chosen = Rect {
                x: from,
                width: to - from + 1,
                ..plot
            };
            painter.ground(chosen, ground);
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

/// Columns and rows of charts: as many as stay readable. A message that takes `noticed` rows for a while moves none of
/// them to another page.
fn shape(area: Rect, noticed: u16, many: usize) -> (usize, usize) {
    let across = usize::from(area.width / 36).clamp(1, 3).min(many.max(1));
    let down = usize::from((area.height + noticed).saturating_sub(1) / 7).clamp(1, 4);
    (across, down.min(many.div_ceil(across).max(1)))
}

/// Whether one of the runs on the charts is known to have other images than the selected one.
fn are_of_other_images(app: &App) -> bool {
    let Some(here) = app.detail().map(|d| d.history.provenance()) else {
        return false;
    };
    let mut others = app.overlay.iter().filter_map(|dir| app.others.get(dir));
    others.any(|other| {
        let differences = compare(here, other.history.provenance(), Use::SideBySide);
        differences.iter().any(|d| d.kind == Kind::Data)
    })
}

/// How the charts are shown, in words: only what is not as usual, but what x counts.
fn settings(painter: &Painter) -> String {
    let view = &painter.app.charts;
    let mut parts = vec![view.x.words().to_string()];
    parts.extend(cursor_in_words(painter.app).map(|at| format!("at {at}")));
    if let Some((read, there)) = painter.app.detail().and_then(|d| d.reading) {
        parts.push(format!("reading {:.0} %", 100.0 * read as f64 / there.max(1) as f64));
    }
    let compared = painter
        .app
        .overlay
        .iter()
        .filter(|d| Some(*d) != painter.app.selected.as_ref())
        .count();
    if compared > 0 {
        let what = if view.grouped { "runs, seeds together" } else { "runs" };
        parts.push(format!("{} {what}", compared + 1));
        if are_of_other_images(painter.app) {
            parts.push("not all of the same images".into());
        }
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
    parts.join(&format!(" {} ", painter.glyphs().dot))
}
