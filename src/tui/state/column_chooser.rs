//! The chooser, a list that narrows while typing: the columns of the run table, or the key to group by.

use super::app::App;
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
    /// Of columns, or of the keys by which runs can be grouped: those that differ first.
    pub fn new(app: &App, purpose: Purpose) -> Chooser {
        let mut all = columns::available(&app.runs);
        if purpose == Purpose::Pivot {
            let shown = app.shown_runs();
            all.retain(|c| matches!(c, Column::Key(_)));
            all.sort_by_key(|c| !matches!(c, Column::Key(key) if columns::differs(&shown, key)));
        }
        // Columns may be chosen in any order; grouping begins with the column that one stands on.
        let here = super::run_table::columns_of(app).into_iter().nth(app.table.at);
        let here = all
            .iter()
            .position(|c| purpose == Purpose::Pivot && Some(c) == here.as_ref());
        Chooser {
            purpose,
            query: Line::default(),
            row: here.unwrap_or(0),
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
