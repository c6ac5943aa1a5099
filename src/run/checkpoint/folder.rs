//! The checkpoints of one run: the newest valid one, and which may be removed.

use super::{Checkpoint, draft::remove, list::list, open::open, pin::is_pinned};
use crate::run::{error::RunError, files::sync_folder};
use std::path::{Path, PathBuf};

/// The newest valid checkpoint, and what is wrong with newer ones.
#[derive(Debug, Default)]
pub struct Latest {
    /// It, if there is any.
    pub checkpoint: Option<Checkpoint>,
    /// Newer ones that could not be used, newest first, each with the reason.
    pub damaged: Vec<(PathBuf, RunError)>,
}

/// Which checkpoints stay when others go.
#[derive(Debug, Clone, Copy)]
pub struct Pruning<'a> {
    /// So many of the newest.
    pub keep: usize,
    /// And this one, the best.
    pub best: Option<&'a Path>,
}

/// The best of these checkpoints on the validation split: each was the best when it was saved, so it is the newest such one.
pub fn best_of(ascending: &[PathBuf]) -> Option<&PathBuf> {
    let is_best = |folder: &&PathBuf| super::open(folder).is_ok_and(|c| c.meta.best);
    ascending.iter().rev().find(is_best)
}

/// The newest checkpoint in `root` whose every file is the one that was saved.
pub fn latest_valid(root: &Path) -> Latest {
    let mut latest = Latest::default();
    for folder in list(root).into_iter().rev() {
        match open(&folder).and_then(|c| c.verify().map(|()| c)) {
            Ok(checkpoint) => {
                latest.checkpoint = Some(checkpoint);
                break;
            }
            Err(e) => latest.damaged.push((folder, e)),
        }
    }
    latest
}

/// The older checkpoints in `root` that [`prune`] would remove.
pub fn going(root: &Path, pruning: Pruning<'_>) -> Vec<PathBuf> {
    let all = list(root);
    let old = all.len().saturating_sub(pruning.keep.max(1));
    let best = pruning.best.and_then(|p| p.file_name());
    let may_go = |p: &PathBuf| p.file_name() != best && !is_pinned(p);
    all.into_iter().take(old).filter(may_go).collect()
}

/// Removes the older checkpoints in `root`, but for pinned ones; returns those removed. Touches nothing that is not a
/// checkpoint.
///
/// # Errors
/// When one cannot be removed; those before it are gone.
pub fn prune(root: &Path, pruning: Pruning<'_>) -> Result<Vec<PathBuf>, RunError> {
    let mut gone = Vec::new();
    for folder in going(root, pruning) {
        // First out of sight, whole; then away: a kill in between leaves no half checkpoint.
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hidden = folder.with_file_name(format!(".{name}.pruned"));
        remove(&hidden)?;
        std::fs::rename(&folder, &hidden).map_err(RunError::io(&folder, "remove"))?;
        if is_pinned(&hidden) {
            // Pinned at the last moment.
            std::fs::rename(&hidden, &folder).map_err(RunError::io(&folder, "restore"))?;
            continue;
        }
        sync_folder(&folder)?;
        remove(&hidden)?;
        gone.push(folder);
    }
    Ok(gone)
}
