//! Which run is selected. Keeps the selection among the runs that pass the filter. Pure.

use crate::{
    run::history::History,
    tui::{
        model::{Detail, OverlaidRun, activity::Activity},
        state::app::App,
    },
};
use std::path::PathBuf;

/// The selection stays among what is shown.
pub fn keep_selection(app: &mut App) {
    app.pass_runs();
    let shown = app.shown_runs();
    let stays = app.selected.as_ref().is_some_and(|s| shown.iter().any(|r| r.dir == *s));
    let first = shown.first().map(|r| r.dir.clone());
    if !stays && let Some(first) = first {
        select(app, first);
    }
    if app.runs.is_empty() {
        app.selected = None;
        app.detail = None;
    }
}

/// Selects a run; what belonged to the one before goes.
pub fn select(app: &mut App, dir: PathBuf) {
    if app.selected.as_ref() == Some(&dir) {
        return;
    }
    // What is known of runs that are overlaid stays, until it is read again.
    let known = app.others.remove(&dir).unwrap_or_default();
    if let Some(left) = app.detail.take().filter(|d| app.overlay.contains(&d.dir)) {
        let story = OverlaidRun {
            manifest: left.manifest,
            history: left.history,
            reading: None,
        };
        app.others.insert(left.dir, story);
    }
    app.detail = Some(Detail {
        manifest: known.manifest,
        history: known.history,
        ..empty(dir.clone())
    });
    app.selected = Some(dir);
    app.drag = None;
    app.tune.staged.clear();
    app.tune.entry = None;
    // Runs that are compared are looked at in the same place.
    if app.overlay.is_empty() {
        app.charts.forget_place();
    }
}

pub fn empty(dir: PathBuf) -> Detail {
    Detail {
        dir,
        manifest: None,
        history: History::default(),
        checkpoints: Vec::new(),
        attacks: Vec::new(),
        logs: Vec::new(),
        activity: Activity::default(),
        reading: None,
        skipped_lines: 0,
    }
}
