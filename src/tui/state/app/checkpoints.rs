//! Which checkpoint a key refers to, and the questions about checkpoints. Reads no file.

use super::{App, Layer};
use crate::{
    run::checkpoint::step_of,
    tui::{
        model::CheckpointRow,
        state::inspection::{Asked, Found, chosen_row},
    },
};
use std::path::{Path, PathBuf};

impl App {
    /// The checkpoint that an attack would be on: the selected one where the list is open, else the newest.
    pub fn checkpoint(&self) -> Option<&CheckpointRow> {
        let list = &self.detail()?.checkpoints;
        match self.screen() {
            Some(Layer::Checkpoints { chosen }) => list.get(chosen_row(list, chosen.as_deref())),
            Some(Layer::Tensors {
                asked: Asked::Inside { checkpoint, .. },
                ..
            }) => list.iter().find(|c| c.dir == *checkpoint),
            Some(Layer::Tensors {
                asked: Asked::Apart { second, .. },
                ..
            }) => list.iter().find(|c| c.dir == *second),
            _ => list.first(),
        }
    }
}

/// Whom `d` compares: the marked one and the selected one, or else the selected one with the next older sound one.
pub fn pair(app: &App) -> Option<(PathBuf, PathBuf)> {
    let chosen = app.checkpoint()?;
    let list = &app.detail()?.checkpoints;
    let older = |c: &&CheckpointRow| c.step < chosen.step && c.problem.is_empty();
    let other = match &app.marked_checkpoint {
        Some(marked) if *marked != chosen.dir => marked.clone(),
        _ => list.iter().find(older)?.dir.clone(),
    };
    Some((other, chosen.dir.clone()))
}

/// How many rows there are to move through.
pub fn rows(app: &App) -> usize {
    match app.inspection.as_ref().and_then(|i| i.answer.as_ref()) {
        Some(Ok(Found::Inside(all))) => all.len(),
        Some(Ok(Found::Apart(all))) => all.len(),
        _ => 0,
    }
}

/// `step 800`, and of which run where it is not the selected one's.
pub fn named(app: &App, folder: &Path) -> String {
    let step = step_of(folder).map_or_else(|| "a checkpoint".into(), |s| format!("step {s}"));
    let run = folder.parent().and_then(Path::file_name).map(|n| n.to_string_lossy());
    match (run, app.run()) {
        (Some(run), Some(here)) if run != here.id => format!("{step} of {}", crate::run::text::clean(&run)),
        _ => step,
    }
}
