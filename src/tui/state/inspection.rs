//! The content of a checkpoint, or the difference between two: requested from `effects`, shown when the answer arrives.
//! A checkpoint that was read is known to be valid or damaged from then on. Pure.

use super::app::{App, Layer};
use crate::{
    run::checkpoint::{TensorApart, TensorNumbers, step_of},
    tui::model::CheckpointRow,
};
use std::path::{Path, PathBuf};

/// Checkpoints whose integrity is remembered; with more, all are forgotten and read again when looked at.
pub const REMEMBERED: usize = 4096;

/// What is asked about checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What is in one.
    Inside {
        /// Its folder.
        checkpoint: PathBuf,
        /// The optimiser's tensors instead of the network's.
        optimizer: bool,
    },
    /// The difference of the second from the first.
    Apart {
        /// The one that changes are measured against.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Its tensors.
    Inside(Vec<TensorNumbers>),
    /// Their tensors.
    Apart(Vec<TensorApart>),
}

/// A question, and its answer once there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// What was asked.
    pub asked: Asked,
    /// What was found, or why it could not be read; none while it is read.
    pub answer: Option<Result<Found, String>>,
}

/// The row of the selected checkpoint, newest first; the next older one where it is gone, the newest where none is
/// chosen.
pub fn chosen_row(list: &[CheckpointRow], chosen: Option<&Path>) -> usize {
    let at_or_before = |dir: &Path| list.iter().position(|c| c.dir.as_path() <= dir);
    chosen.map_or(0, |dir| at_or_before(dir).unwrap_or(list.len().saturating_sub(1)))
}

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

/// The difference between two tensors of the same name.
pub fn distance_in_words(tensor: &TensorApart) -> String {
    use crate::{run::checkpoint::Distance, units::significant};
    match &tensor.distance {
        Distance::Apart {
            relative,
            max,
            not_finite: 0,
        } => format!("{} relative, {} at most", significant(*relative), significant(*max)),
        Distance::Apart { not_finite, .. } => format!("{not_finite} pairs with NaN or infinity"),
        Distance::Reshaped => "the shapes differ".into(),
        Distance::OnlyFirst => "only in the first".into(),
        Distance::OnlySecond => "only in the second".into(),
    }
}

#[cfg(test)]
mod tests;
