//! Which checkpoint folders there are, by their names alone.

use super::{META, step_of};
use std::path::{Path, PathBuf};

/// The most entries of a folder that are looked at.
const ENTRIES: usize = 100_000;

/// The checkpoint folders in `root`, by ascending step, not looked into. A folder that cannot be read has none.
pub fn list(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<(u64, PathBuf)> = entries
        .take(ENTRIES)
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|e| Some((step_of(&e.path())?, e.path())))
        .filter(|(_, path)| path.join(META).is_file())
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// The next older checkpoint beside `folder`.
pub(super) fn older_than(folder: &Path) -> Option<PathBuf> {
    let step = step_of(folder)?;
    list(folder.parent()?)
        .into_iter()
        .rfind(|p| step_of(p).is_some_and(|s| s < step))
}
