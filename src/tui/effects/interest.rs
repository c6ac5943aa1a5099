//! What the watcher should read, by what is on the screen.

use crate::tui::{
    state::app::{App, Layer, MOST_OVERLAID, attack_subjects::wanted_sample},
    watcher::Interest,
};
use std::path::PathBuf;

/// What the current screen needs.
pub fn wanted(app: &App) -> Interest {
    Interest {
        run: app.selected.clone(),
        overlay: {
            let others = app.overlay.iter().filter(|dir| Some(*dir) != app.selected.as_ref());
            others.take(MOST_OVERLAID).cloned().collect()
        },
        logs: app.layers.iter().any(|l| matches!(l, Layer::Logs(_))),
        open: open(app),
        sample: wanted_sample(app),
        best: app.asks_for_best(),
    }
}

/// Commands whose answers are wanted: this session's, and where the activity is shown, everybody's.
fn open(app: &App) -> Vec<(PathBuf, String)> {
    let mut open = app.commands.open();
    let is_looked_at = app.layers.iter().any(|l| matches!(l, Layer::Activity { .. }));
    if let Some(detail) = app.detail().filter(|_| is_looked_at) {
        open.extend(detail.activity.open().map(|id| (detail.dir.clone(), id.to_string())));
    }
    open
}
