//! The chooser, a list that narrows while typing: the columns of the run table, or the key to group by.

use crate::tui::{
    model::table::columns::{self, Column},
    terminal::key::{Key, Line},
};
use crossterm::event::KeyCode;

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Columns, one after the other.
    Columns,
    /// The key by which runs are grouped.
    Pivot,
}

/// The chooser's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Chooser {
    /// What is chosen.
    pub purpose: Purpose,
    /// What is typed.
    pub query: Line,
    /// The row that `enter` means.
    pub row: usize,
    /// Gathered when it was opened.
    all: Vec<Column>,
}

impl Chooser {
    /// Of these, with this row chosen.
    pub fn new(purpose: Purpose, all: Vec<Column>, row: usize) -> Chooser {
        Chooser {
            purpose,
            query: Line::default(),
            row,
            all,
        }
    }

    /// What has every word that is typed.
    pub fn found(&self) -> Vec<&Column> {
        let wanted = self.query.text().to_lowercase();
        let fits = |c: &&Column| {
            let text = columns::searched(c);
            wanted.split_whitespace().all(|word| text.contains(word))
        };
        self.all.iter().filter(fits).collect()
    }

    /// Types, or moves.
    pub fn key(&mut self, key: Key) {
        let last = self.found().len().saturating_sub(1);
        match key.code {
            KeyCode::Up => self.row = self.row.saturating_sub(1),
            KeyCode::Down => self.row = (self.row + 1).min(last),
            KeyCode::PageUp => self.row = self.row.saturating_sub(10),
            KeyCode::PageDown => self.row = (self.row + 10).min(last),
            _ => {
                self.query.edit(key);
                self.row = 0;
            }
        }
    }
}
