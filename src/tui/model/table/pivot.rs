//! Runs grouped by a key of their specification: for each group the number of runs, progress and seeds, and for each
//! numeric column mean and standard deviation. Only comparable runs are in one group: see `differences`.

use super::{
    columns::Column,
    differences::{self, Group},
    grouping::Pivot,
    parts::{Part, Row},
};
use crate::tui::{
    model::{
        RunRow,
        sheet::{Head, Line, Sheet, compare},
    },
    theme::glyphs::Glyphs,
};

/// The groups of some runs, ready to be written down.
pub struct Groups<'a> {
    pivot: &'a Pivot,
    glyphs: &'a Glyphs,
    parts: Vec<Part<'a>>,
    rows: Vec<Row<'a>>,
    differing: Vec<&'a str>,
}

impl<'a> Groups<'a> {
    /// Groups runs; least value first, unless another order was chosen.
    pub fn of(runs: &[&'a RunRow], pivot: &'a Pivot, columns: &'a [Column], glyphs: &'a Glyphs) -> Groups<'a> {
        let groups = differences::groups(runs, &pivot.key);
        let differing = differences::differing(&groups, &pivot.key);
        let apart: Vec<String> = groups
            .iter()
            .map(|g| differences::told_apart(g, &groups, &pivot.key, &differing, glyphs.arrow))
            .collect();
        let mut rows: Vec<Row> = groups
            .into_iter()
            .zip(apart)
            .map(|(group, apart)| Row { group, apart })
            .collect();
        let parts = Part::all(pivot, columns, &rows);
        if let Some((part, falling)) = pivot.sort.and_then(|(at, falling)| Some((parts.get(at)?, falling))) {
            let key = |row: &Row| part.cell(row, glyphs).key;
            rows.sort_by(|a, b| compare(key(a), key(b), falling));
        }
        Groups {
            pivot,
            glyphs,
            parts,
            rows,
            differing,
        }
    }

    /// As they are shown.
    pub fn sheet(&self) -> Sheet {
        let head = |(at, part): (usize, &Part)| Head {
            label: part.label(self.pivot),
            sorted: self
                .pivot
                .sort
                .filter(|(column, _)| *column == at)
                .map(|(_, falling)| falling),
            right: part.is_number(),
        };
        let line = |row: &Row| Line {
            run: None,
            cells: self.parts.iter().map(|p| p.cell(row, self.glyphs)).collect(),
        };
        Sheet {
            heads: self.parts.iter().enumerate().map(head).collect(),
            rows: self.rows.iter().map(line).collect(),
        }
    }

    /// For a program: mean, deviation and n are columns of their own.
    pub fn numbers(&self) -> Sheet {
        let head = |label: String| Head {
            label,
            sorted: None,
            right: false,
        };
        let line = |row: &Row| Line {
            run: None,
            cells: self.parts.iter().flat_map(|p| p.numbers(row, self.glyphs)).collect(),
        };
        Sheet {
            heads: self.parts.iter().flat_map(|p| p.labels(self.pivot)).map(head).collect(),
            rows: self.rows.iter().map(line).collect(),
        }
    }

    /// How many groups, and whether some are not like the others.
    pub fn count(&self) -> (usize, bool) {
        (self.rows.len(), self.rows.iter().any(|r| !r.apart.is_empty()))
    }

    /// The selected group, and what sets it apart.
    pub fn selected(&self) -> Option<(&Group<'a>, &str)> {
        let row = self.rows.get(self.pivot.row.min(self.rows.len().checked_sub(1)?))?;
        Some((&row.group, &row.apart))
    }

    /// Keys in which the groups differ beyond the one they are grouped by.
    pub fn differing(&self) -> &[&'a str] {
        &self.differing
    }
}

#[cfg(test)]
mod tests;
