//! The table of runs: which columns, in which order, grouped or not, and what its keys do. Pure; it is kept as long as
//! the screen lives.

pub mod chooser;
pub mod columns;
mod likeness;
mod parts;
pub mod pivot;

use super::{
    RunRow,
    disambiguation::Apart,
    filter::{Asked, Fact},
    sheet::{self, Head, Sheet},
};
use crate::{
    run::text::clean,
    tui::{
        actions::Act,
        state::app::{App, Layer, Pane},
        terminal::key::Line,
        update::news,
    },
};
use chooser::{Chooser, Purpose};
use columns::Column;
use pivot::{Groups, Pivot};

/// How the table is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableView {
    /// The columns, once somebody chose them.
    pub columns: Option<Vec<Column>>,
    /// The chosen column.
    pub at: usize,
    /// The column by which runs are ordered, and whether from the greatest down; newest first where none is.
    pub sort: Option<(Column, bool)>,
    /// By what runs are grouped, if they are.
    pub pivot: Option<Pivot>,
}

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

fn sheet_of_runs(app: &App, runs: &[&RunRow], columns: &[Column]) -> Sheet {
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
fn label(column: &Column, runs: &[&RunRow]) -> String {
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

/// The chosen column of a table.
pub fn selected_column(app: &App, sheet: &Sheet) -> usize {
    let at = app.table.pivot.as_ref().map_or(app.table.at, |p| p.at);
    at.min(sheet.heads.len().saturating_sub(1))
}

/// Moves the selection; saturates at both ends.
pub fn step(app: &mut App, by: isize) {
    let sheet = sheet(app);
    let at = selected_row(app, &sheet);
    let to = at.saturating_add_signed(by).min(sheet.rows.len().saturating_sub(1));
    match &mut app.table.pivot {
        Some(pivot) => pivot.row = to,
        None => {
            if let Some(dir) = sheet.rows.get(to).and_then(|l| l.run.clone()) {
                news::select(app, dir);
            }
        }
    }
}

/// What the table's keys do.
pub fn look(app: &mut App, act: Act) {
    match act {
        Act::Table => app.layers.push(Layer::Table),
        Act::ColumnLeft => choose_column(app, -1),
        Act::ColumnRight => choose_column(app, 1),
        Act::MoveColumnLeft => move_column(app, -1),
        Act::MoveColumnRight => move_column(app, 1),
        Act::RemoveColumn => remove_column(app),
        Act::Sort => sort(app),
        Act::Columns => open_chooser(app, Purpose::Columns),
        Act::Pivot => match app.table.pivot.take() {
            Some(_) => {}
            None => open_chooser(app, Purpose::Pivot),
        },
        Act::Choose => chooser::choose(app),
        Act::GoToRow => go(app),
        _ => {}
    }
}

fn open_chooser(app: &mut App, purpose: Purpose) {
    let chooser = Chooser::new(app, purpose);
    app.layers.push(Layer::Columns(Box::new(chooser)));
}

fn choose_column(app: &mut App, by: isize) {
    if matches!(app.layers.last(), Some(Layer::Diff { .. })) {
        let last = crate::tui::state::config_diff::sheet(app).heads.len().saturating_sub(1);
        if let Some(Layer::Diff { column, .. }) = app.layers.last_mut() {
            *column = column.saturating_add_signed(by).min(last);
        }
        return;
    }
    let sheet = sheet(app);
    let last = sheet.heads.len().saturating_sub(1);
    let to = selected_column(app, &sheet).saturating_add_signed(by).min(last);
    match &mut app.table.pivot {
        Some(pivot) => pivot.at = to,
        None => app.table.at = to,
    }
}

fn move_column(app: &mut App, by: isize) {
    let mut columns = columns_of(app);
    let at = app.table.at.min(columns.len().saturating_sub(1));
    let to = at.saturating_add_signed(by).min(columns.len().saturating_sub(1));
    if app.table.pivot.is_none() && !columns.is_empty() {
        columns.swap(at, to);
        app.table.columns = Some(columns);
        app.table.at = to;
    }
}

fn remove_column(app: &mut App) {
    let mut columns = columns_of(app);
    match columns.len() {
        0 | 1 => app.warn("the last column stays"),
        many => {
            columns.remove(app.table.at.min(many - 1));
            app.table.at = app.table.at.min(many - 2);
            app.table.columns = Some(columns);
        }
    }
}

/// First from the good end of a number, then the other way round.
fn sort(app: &mut App) {
    let table = sheet(app);
    let at = selected_column(app, &table);
    let are_numbers = table
        .rows
        .iter()
        .any(|l| matches!(l.cells.get(at).and_then(|c| c.key.as_ref()), Some(Fact::Number(_))));
    let next = |before: Option<bool>| before.map_or(are_numbers, |falling| !falling);
    if let Some(pivot) = &mut app.table.pivot {
        let before = pivot
            .sort
            .filter(|(column, _)| *column == at)
            .map(|(_, falling)| falling);
        pivot.sort = Some((at, next(before)));
        return;
    }
    let Some(column) = columns_of(app).get(at).cloned() else {
        return;
    };
    let before = app
        .table
        .sort
        .as_ref()
        .filter(|(c, _)| *c == column)
        .map(|(_, falling)| *falling);
    app.table.sort = Some((column, next(before)));
}

/// To the selected run; or from a group to its runs, by the filter.
fn go(app: &mut App) {
    let Some(pivot) = app.table.pivot.clone() else {
        app.layers.clear();
        app.pane = Pane::Runs;
        return;
    };
    let Some(terms) = terms_of_selected(app, &pivot) else {
        return app.warn("these runs cannot be asked for by the filter: the value has quotation marks, or is none");
    };
    let before = app.filter.text().trim().to_string();
    app.filter = Line::new(format!("{before} {terms}").trim());
    app.table.pivot = None;
    news::keep_selection(app);
}

/// Words of the filter that leave the runs of the selected group: the key, and what sets it apart where that can be said.
fn terms_of_selected(app: &App, pivot: &Pivot) -> Option<String> {
    let (runs, columns) = (app.shown_runs(), columns_of(app));
    let groups = Groups::of(&runs, pivot, &columns, &app.glyphs);
    let (group, _) = groups.selected()?;
    let run = group.runs.first()?;
    let mut terms = vec![term(&pivot.key, group.value.as_ref()?)?];
    let others = groups.differing().iter().filter_map(|key| term(key, &run.fact(key)?));
    terms.extend(others);
    Some(terms.join(" "))
}

fn term(key: &str, value: &Fact) -> Option<String> {
    match value {
        Fact::Number(n) => Some(format!("{key}={n}")),
        Fact::Text(text) if !text.contains('"') && !text.is_empty() => Some(format!("{key}=\"{text}\"")),
        Fact::Text(_) => None,
    }
}

#[cfg(test)]
mod tests;
