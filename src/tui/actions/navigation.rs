//! Moving: the selected row of whatever has the focus, to another screen, and back by one level.

use super::{Act, attacks, chart_view, help};
use crate::tui::state;
use crate::tui::{
    state::{
        app::{App, Layer, Pane},
        attack_view::AttackView,
        config_diff,
        inspection::chosen_row,
        log_view::LogView,
    },
    terminal::key::Line,
};

/// Moves the selection of whatever has keys; saturates at both ends.
pub fn step(app: &mut App, by: isize) {
    let moved = |at: usize, len: usize| at.saturating_add_signed(by).min(len.saturating_sub(1));
    let jobs = app.detail().map_or(0, |d| d.attacks.len());
    let tensors = state::app::checkpoints::rows(app);
    let specs = app.shown_specs().len();
    let found = match app.layers.last() {
        Some(Layer::Help { query, .. }) => help::found(app, query.text()),
        _ => 0,
    };
    let asked = match app.layers.last() {
        Some(Layer::Activity { .. }) => state::activity::rows(app).len(),
        _ => 0,
    };
    let differing = match app.layers.last() {
        Some(Layer::Diff { .. }) => config_diff::sheet(app).rows.len(),
        _ => 0,
    };
    match app.layers.last_mut() {
        Some(Layer::Table) => super::run_table::step(app, by),
        Some(Layer::Logs(_)) => super::logs::step(app, by),
        Some(Layer::Diff { row, .. }) => *row = moved(*row, differing),
        Some(Layer::Activity { row }) => {
            let older = by.saturating_neg();
            *row = row.saturating_add_signed(older).min(asked.saturating_sub(1));
        }
        Some(Layer::Checkpoints { chosen }) => {
            let list = app
                .detail
                .as_ref()
                .map(|d| d.checkpoints.as_slice())
                .unwrap_or_default();
            let to = moved(chosen_row(list, chosen.as_deref()), list.len());
            *chosen = list.get(to).map(|c| c.dir.clone());
        }
        Some(Layer::Tensors { row, .. }) => *row = moved(*row, tensors),
        // A view with more rows than fit is scrolled by pages; by rows one goes from job to job.
        Some(Layer::Attacks(view)) if matches!(by, -10 | 10) => {
            // No more rows than the view has on a screen of this height, or some would never be seen.
            let page = (app.size.1.saturating_sub(13) / 2).clamp(2, 10) as isize;
            view.top = view.top.saturating_add_signed(by.signum() * page);
        }
        Some(Layer::Attacks(view)) => attacks::choose_job(view, moved(view.job, jobs)),
        Some(Layer::Start { row, .. }) => *row = moved(*row, specs),
        Some(Layer::Help { row, .. }) => *row = moved(*row, found),
        Some(Layer::Expanded) => chart_view::move_focus(app, by),
        Some(_) => {}
        None => match app.pane {
            Pane::Runs => {
                let shown: Vec<_> = app.shown_runs().iter().map(|r| r.dir.clone()).collect();
                let at = shown.iter().position(|d| Some(d) == app.selected.as_ref()).unwrap_or(0);
                if let Some(dir) = shown.get(moved(at, shown.len())) {
                    super::selection::select(app, dir.clone());
                }
            }
            Pane::Charts => chart_view::move_focus(app, by),
            Pane::Controls => app.tune.row = moved(app.tune.row, crate::spec::TUNABLES.len()),
        },
    }
}

/// To a screen, from wherever one is.
pub fn go(app: &mut App, act: Act) {
    app.layers.clear();
    match act {
        Act::GoRuns => app.pane = Pane::Runs,
        Act::GoCharts => app.pane = Pane::Charts,
        Act::GoControls => app.pane = Pane::Controls,
        Act::GoCheckpoints => app.layers.push(Layer::Checkpoints { chosen: None }),
        Act::GoAttacks => app.layers.push(Layer::Attacks(AttackView::default())),
        _ => app.layers.push(Layer::Logs(LogView::default())),
    }
}

pub fn back(app: &mut App) {
    if app.layers.pop().is_some() {
        return;
    }
    match () {
        () if !app.tune.staged.is_empty() && app.pane == Pane::Controls => app.tune.staged.clear(),
        () if app.charts.cursor.is_some() => app.charts.cursor = None,
        () if app.charts.window.is_some() => app.charts.window = None,
        () if !app.filter.text().is_empty() => {
            app.filter = Line::default();
            super::selection::keep_selection(app);
        }
        () => app.pane = Pane::Runs,
    }
}
