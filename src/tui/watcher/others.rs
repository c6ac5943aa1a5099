//! The overlaid runs: only what their charts need. Read in rounds, so that each gets its turn however long the others
//! are.

use super::journals::Journals;
use crate::tui::model::Seen;
use std::{collections::BTreeMap, path::PathBuf};

/// Their readers.
#[derive(Default)]
pub struct Others {
    readers: BTreeMap<PathBuf, Journals>,
    /// Those that are still to be asked in this round, the next one last.
    open: Vec<PathBuf>,
}

impl Others {
    /// From now on these are read.
    pub fn want(&mut self, dirs: &[PathBuf]) {
        self.readers.retain(|dir, _| dirs.contains(dir));
        for dir in dirs {
            if !self.readers.contains_key(dir) {
                self.readers.insert(dir.clone(), Journals::new(dir));
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.readers.is_empty()
    }

    /// Whether a round is not over, or a look ran out of budget.
    pub fn has_more(&self) -> bool {
        !self.open.is_empty() || self.readers.values().any(Journals::has_more)
    }

    /// Begins a round where none is under way: of all of them, or only of those that have more to read.
    pub fn begin_round(&mut self, of_all: bool) {
        if self.open.is_empty() {
            let asked = self.readers.iter().filter(|(_, r)| of_all || r.has_more());
            self.open = asked.rev().map(|(dir, _)| dir.clone()).collect();
        }
    }

    /// What is new of the next ones of this round, one after the other as it is asked for; at its end, none.
    pub fn next_news(&mut self) -> Option<Seen> {
        while let Some(dir) = self.open.pop() {
            if let Some(seen) = self.readers.get_mut(&dir).and_then(Journals::news) {
                return Some(seen);
            }
        }
        None
    }
}
