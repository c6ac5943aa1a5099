//! The run table as currently shown: columns, rows, groups, and the selection. Pure.

use super::app::App;
use crate::tui::model::table::columns::{self, Column};
use crate::tui::model::table::pivot::Groups;
use crate::{
    run::text::clean,
    tui::model::{
        RunRow,
        disambiguation::Apart,
        sheet::{self, Head, Sheet},
    },
};

/// The columns shown.
pub fn columns_of(app: &App) -> Vec<Column> {
    match &app.table.columns {
        Some(columns) => columns.clone(),
        None => columns::usual(&app.shown_runs()),
    }
}

/// The table as it is shown.
pub fn sheet(app: &App) -> Sheet {
    let columns = columns_of(app);
    let runs = app.shown_runs();
    match &app.table.pivot {
        Some(pivot) => Groups::of(&runs, pivot, &columns, &app.glyphs).sheet(),
        None => sheet_of_runs(app, &runs, &columns),
    }
}

/// The groups as a program gets them; nothing where runs are not grouped.
pub fn numbers_of_groups(app: &App) -> Sheet {
    let (runs, columns) = (app.shown_runs(), columns_of(app));
    match &app.table.pivot {
        Some(pivot) => Groups::of(&runs, pivot, &columns, &app.glyphs).numbers(),
        None => Sheet::default(),
    }
}

/// What the heading and the foot of grouped runs say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutGroups {
    /// How many groups.
    pub count: usize,
    /// Whether some are not like the others.
    pub unlike: bool,
    /// What sets the selected one apart; empty for nothing.
    pub apart: String,
}

/// What is to be said of the groups, where runs are grouped.
pub fn about_groups(app: &App) -> Option<AboutGroups> {
    let pivot = app.table.pivot.as_ref()?;
    let (runs, columns) = (app.shown_runs(), columns_of(app));
    let groups = Groups::of(&runs, pivot, &columns, &app.glyphs);
    let (count, unlike) = groups.count();
    Some(AboutGroups {
        count,
        unlike,
        apart: groups
            .selected()
            .map(|(_, apart)| apart.to_string())
            .unwrap_or_default(),
    })
}

pub fn sheet_of_runs(app: &App, runs: &[&RunRow], columns: &[Column]) -> Sheet {
    let head = |c: &Column| Head {
        label: label(c, runs),
        sorted: None,
        right: c.is_number(),
    };
    // Also against those that the filter hides: a name stays the same while one types.
    let apart = Apart::of(app.runs.iter());
    let cell = |c: &Column, run: &RunRow| match c {
        Column::Name => sheet::Cell::text(apart.name(run)),
        _ => c.cell(run, &app.glyphs),
    };
    let line = |run: &&RunRow| sheet::Line {
        run: Some(run.dir.clone()),
        cells: columns.iter().map(|c| cell(c, run)).collect(),
    };
    let mut sheet = Sheet {
        heads: columns.iter().map(head).collect(),
        rows: runs.iter().map(line).collect(),
    };
    if let Some((column, falling)) = &app.table.sort
        && let Some(at) = columns.iter().position(|c| c == column)
    {
        sheet.sort(at, *falling);
    }
    sheet
}

/// What a column is called; a metric that only imported runs have, as it is called where it comes from.
pub fn label(column: &Column, runs: &[&RunRow]) -> String {
    let (Column::Now(name) | Column::Best(name)) = column else {
        return column.label();
    };
    let mut having = runs.iter().filter(|r| r.facts.get(name).is_some()).peekable();
    let first = having.peek().and_then(|r| r.imported.as_ref()?.record.original(name));
    match first.filter(|_| having.all(|r| r.imported.is_some())) {
        Some(original) => column.label().replace(name.as_str(), &clean(&original)),
        None => column.label(),
    }
}

/// The selected row of a table.
pub fn selected_row(app: &App, sheet: &Sheet) -> usize {
    match &app.table.pivot {
        Some(pivot) => pivot.row.min(sheet.rows.len().saturating_sub(1)),
        None => {
            let is_it = |l: &sheet::Line| l.run.is_some() && l.run == app.selected;
            sheet.rows.iter().position(is_it).unwrap_or(0)
        }
    }
}

/// The selected column of a table.
pub fn selected_column(app: &App, sheet: &Sheet) -> usize {
    let at = app.table.pivot.as_ref().map_or(app.table.at, |p| p.at);
    at.min(sheet.heads.len().saturating_sub(1))
}
