//! The runs laid over the selected one: of each only what its charts need.

use super::journals::Journals;
use crate::tui::model::Seen;
use std::{collections::BTreeMap, path::PathBuf};

/// The most runs that are read beside the selected one.
pub const MOST: usize = 64;

/// Their readers.
#[derive(Default)]
pub struct Others {
    readers: BTreeMap<PathBuf, Journals>,
}

impl Others {
    /// From now on these are read, the first of them that is.
    pub fn want(&mut self, dirs: &[PathBuf]) {
        let dirs = &dirs[..dirs.len().min(MOST)];
        self.readers.retain(|dir, _| dirs.contains(dir));
        for dir in dirs.iter().filter(|d| !d.as_os_str().is_empty()) {
            if !self.readers.contains_key(dir) {
                self.readers.insert(dir.clone(), Journals::new(dir));
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    /// Whether a look ran out of budget.
    pub fn has_more(&self) -> bool {
        self.readers.values().any(Journals::has_more)
    }

    /// What is new of each, one after the other as it is asked for. `behind`: only of those that have more to read.
    pub fn news(&mut self, behind: bool) -> impl Iterator<Item = Seen> {
        let readers = self.readers.values_mut().filter(move |r| !behind || r.has_more());
        readers.filter_map(Journals::news)
    }
}
