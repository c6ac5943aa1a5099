//! Colours of runs on the charts, kept as long as a run stays marked.

use std::{collections::BTreeMap, path::Path};

/// Colours of runs, kept for as long as a run stays marked.
#[derive(Debug, Clone, Default)]
pub struct Hues {
    taken: BTreeMap<std::path::PathBuf, usize>,
}

impl Hues {
    /// Gives a run the first colour that no other has.
    pub fn give(&mut self, dir: &Path) {
        if !self.taken.contains_key(dir) {
            let free = self.free();
            self.taken.insert(dir.to_path_buf(), free);
        }
    }

    /// Takes a run's colour back.
    pub fn take(&mut self, dir: &Path) {
        self.taken.remove(dir);
    }

    /// A run's colour; the first free one for a run that is only passing by.
    pub fn of(&self, dir: &Path) -> usize {
        self.taken.get(dir).copied().unwrap_or_else(|| self.free())
    }

    fn free(&self) -> usize {
        (0..).find(|hue| !self.taken.values().any(|t| t == hue)).unwrap_or(0)
    }
}
