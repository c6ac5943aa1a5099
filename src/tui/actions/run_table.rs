//! Keys of the run table. Pure.

use super::Act;
use crate::tui::{
    model::{
        facts::Fact,
        filter::Asked,
        table::{
            columns::{self, Column},
            grouping::Pivot,
            pivot::Groups,
            term,
        },
    },
    state::{
        app::{App, Layer, Pane},
        column_chooser::{Chooser, Purpose},
        run_table::{columns_of, selected_column, selected_row, sheet},
    },
    terminal::key::Line,
};

/// Moves the selection; saturates at both ends.
pub fn step(app: &mut App, by: isize) {
    let sheet = sheet(app);
    let at = selected_row(app, &sheet);
    let to = at.saturating_add_signed(by).min(sheet.rows.len().saturating_sub(1));
    match &mut app.table.pivot {
        Some(pivot) => pivot.row = to,
        None => {
            if let Some(dir) = sheet.rows.get(to).and_then(|l| l.run.clone()) {
                super::selection::select(app, dir);
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
        Act::Choose => choose(app),
        Act::GoToRow => go(app),
        _ => {}
    }
}

/// Opens the list of columns, or of the keys by which runs can be grouped: those that differ first.
fn open_chooser(app: &mut App, purpose: Purpose) {
    let mut all = columns::available(&app.runs);
    if purpose == Purpose::Pivot {
        let shown = app.shown_runs();
        all.retain(|c| matches!(c, Column::Key(_)));
        all.sort_by_key(|c| !matches!(c, Column::Key(key) if columns::differs(&shown, key)));
    }
    // Columns may be chosen in any order; grouping begins with the column that one stands on.
    let here = columns_of(app).into_iter().nth(app.table.at);
    let here = all
        .iter()
        .position(|c| purpose == Purpose::Pivot && Some(c) == here.as_ref());
    let chooser = Chooser::new(purpose, all, here.unwrap_or(0));
    app.layers.push(Layer::Columns(Box::new(chooser)));
}

pub fn choose_column(app: &mut App, by: isize) {
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

pub fn move_column(app: &mut App, by: isize) {
    let mut columns = columns_of(app);
    let at = app.table.at.min(columns.len().saturating_sub(1));
    let to = at.saturating_add_signed(by).min(columns.len().saturating_sub(1));
    if app.table.pivot.is_none() && !columns.is_empty() {
        columns.swap(at, to);
        app.table.columns = Some(columns);
        app.table.at = to;
    }
}

pub fn remove_column(app: &mut App) {
    let mut columns = columns_of(app);
    match columns.len() {
        0 | 1 => app.warn("the last column cannot be removed"),
        many => {
            columns.remove(app.table.at.min(many - 1));
            app.table.at = app.table.at.min(many - 2);
            app.table.columns = Some(columns);
        }
    }
}

/// First from the good end of a number, then the other way round.
pub fn sort(app: &mut App) {
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
pub fn go(app: &mut App) {
    let Some(pivot) = app.table.pivot.clone() else {
        app.layers.clear();
        app.pane = Pane::Runs;
        return;
    };
    let Some(terms) = terms_of_selected(app, &pivot) else {
        return app.warn("these runs cannot be filtered: the value is missing or has quotation marks");
    };
    let before = app.filter.text().trim().to_string();
    app.filter = Line::new(format!("{before} {terms}").trim());
    app.table.pivot = None;
    super::selection::keep_selection(app);
}

/// Words of the filter that leave the runs of the selected group: the key, and what sets it apart where that can be
/// said.
pub fn terms_of_selected(app: &App, pivot: &Pivot) -> Option<String> {
    let (runs, columns) = (app.shown_runs(), columns_of(app));
    let groups = Groups::of(&runs, pivot, &columns, &app.glyphs);
    let (group, _) = groups.selected()?;
    let run = group.runs.first()?;
    let mut terms = vec![term(&pivot.key, group.value.as_ref()?)?];
    let others = groups.differing().iter().filter_map(|key| term(key, &run.fact(key)?));
    terms.extend(others);
    Some(terms.join(" "))
}

/// Adds or takes away the column that is chosen, or groups by it.
pub fn choose(app: &mut App) {
    let Some(Layer::Columns(chooser)) = app.layers.last() else {
        return;
    };
    let (purpose, chosen) = (chooser.purpose, chooser.found().get(chooser.row).map(|c| (*c).clone()));
    let Some(chosen) = chosen else {
        return app.warn("no match; backspace deletes letters");
    };
    match (purpose, chosen) {
        (Purpose::Columns, column) => {
            let mut shown = columns_of(app);
            match shown.iter().position(|c| *c == column) {
                Some(_) if shown.len() == 1 => return app.warn("the last column cannot be removed"),
                Some(at) => drop(shown.remove(at)),
                None => shown.push(column),
            }
            app.table.columns = Some(shown);
        }
        (Purpose::Pivot, Column::Key(key)) => {
            app.layers.pop();
            app.table.pivot = Some(Pivot {
                key,
                ..Pivot::default()
            });
        }
        (Purpose::Pivot, _) => {}
    }
}
