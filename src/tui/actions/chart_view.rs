//! Keys of the charts: scales, zoom, cursor, and which runs are overlaid. Pure; causes no effects.

use super::Act;
use crate::tui::state::app::MOST_OVERLAID;
use crate::tui::{charts, model::charts::view::SMOOTHING, plot::Scale, state::app::App, theme::glyphs::Dots};
use std::path::PathBuf;

/// How far one press zooms, and how far back.
const CLOSER: f64 = 0.5;
const FARTHER: f64 = 2.0;

/// Changes what is shown.
pub fn look(app: &mut App, act: Act) {
    let all = charts::all_x(app);
    let view = &mut app.charts;
    match act {
        Act::Smooth => view.smoothing = (view.smoothing + 1) % SMOOTHING.len(),
        Act::YScale => {
            view.y = match view.y {
                Scale::Linear => Scale::Log,
                Scale::Log => Scale::SymLog,
                Scale::SymLog | Scale::Clock => Scale::Linear,
            }
        }
        Act::LogX => view.log_x = !view.log_x,
        Act::XAxis => {
            view.turn_x();
            app.drag = None;
        }
        Act::Freeze => view.freeze(all),
        Act::CursorLeft => view.move_cursor(all, -0.0125),
        Act::CursorRight => view.move_cursor(all, 0.0125),
        Act::CursorFarLeft => view.move_cursor(all, -0.1),
        Act::CursorFarRight => view.move_cursor(all, 0.1),
        Act::ZoomIn => view.zoom(all, CLOSER, None),
        Act::ZoomOut => view.zoom(all, FARTHER, None),
        Act::Whole => view.window = None,
        Act::PanLeft => view.pan(all, -0.25),
        Act::PanRight => view.pan(all, 0.25),
        Act::Group => group(app),
        Act::Metric => view.metric = view.metric.wrapping_add(1),
        Act::Dots => {
            let next = app.glyphs.dots.next();
            // ASCII characters are for terminals without Unicode, which have nothing else.
            let drawn = if next == Dots::Ascii { next.next() } else { next };
            app.glyphs = app.glyphs.with_dots(drawn);
            app.say(format!("curves drawn with {}; D: next", drawn.name()));
        }
        Act::Overlay => lay_over(app),
        _ => {}
    }
}

/// Focus on another chart.
pub fn move_focus(app: &mut App, by: isize) {
    let many = charts::count(app);
    app.charts.focus = app.charts.focus.saturating_add_signed(by).min(many.saturating_sub(1));
}

/// Overlays the selected run, or removes it.
fn lay_over(app: &mut App) {
    let Some(dir) = app.selected.clone() else { return };
    match app.overlay.iter().position(|d| *d == dir) {
        Some(at) => {
            app.overlay.remove(at);
            app.others.remove(&dir);
            app.hues.take(&dir);
        }
        None if app.overlay.len() >= MOST_OVERLAID => {
            app.warn(format!(
                "{MOST_OVERLAID} runs are overlaid already; space on one of them removes it"
            ));
        }
        None => {
            app.hues.give(&dir);
            app.overlay.push(dir);
            if app.overlay.len() == 1 {
                app.say("this run stays on the charts; space on others overlays them, space here removes it");
            }
        }
    }
}

/// Forgets marked runs that are no longer there.
pub fn keep_overlay(app: &mut App) {
    let gone: Vec<PathBuf> = app
        .overlay
        .iter()
        .filter(|dir| !app.runs.iter().any(|r| r.dir == **dir))
        .cloned()
        .collect();
    for dir in gone {
        app.overlay.retain(|d| *d != dir);
        app.others.remove(&dir);
        app.hues.take(&dir);
    }
}

fn group(app: &mut App) {
    app.charts.grouped = !app.charts.grouped;
    if app.charts.grouped && app.overlay.is_empty() {
        app.say(
            "runs that differ only in their seed will be drawn as one curve; space on runs in the list overlays them",
        );
    }
}
