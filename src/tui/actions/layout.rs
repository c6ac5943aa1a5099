//! Applies a layout to the screen and saves the current one. Pure; `effects` reads and writes the files.

use super::{may_write, selection};
use crate::tui::{
    model::{
        charts::view::XKind,
        table::{columns::Column, grouping::Pivot},
    },
    settings::layout::{Charts, Layout, Over, Table, place_of},
    state::app::{App, Effect, Layer},
    terminal::key::Line,
};

/// How the screen is arranged now.
pub fn current(app: &App) -> Layout {
    let over = app.layers.iter().rev().find_map(|l| match l {
        Layer::Expanded => Some(Over::Chart),
        Layer::Table => Some(Over::Table),
        _ => None,
    });
    let columns = app.table.columns.iter().flatten();
    Layout {
        theme: Some(app.theme.name().to_string()),
        pane: app.pane,
        screen: over.unwrap_or_default(),
        filter: app.filter.text().to_string(),
        charts: Charts {
            x: app.charts.x,
            log_x: app.charts.log_x,
            y: app.charts.y,
            smoothing: app.charts.weight(),
            seeds_as_one: app.charts.grouped,
            focus: app.charts.focus,
        },
        table: Table {
            columns: columns.map(Column::code).collect(),
            order_by: app.table.sort.as_ref().map(|(column, _)| column.code()),
            falling: app.table.sort.as_ref().is_some_and(|(_, falling)| *falling),
            group_by: app.table.pivot.as_ref().map(|p| p.key.clone()),
        },
    }
}

/// Arranges the screen so.
///
/// # Errors
/// When there is no such theme; everything else is done.
pub fn apply(layout: &Layout, app: &mut App) -> Result<(), String> {
    app.layers.clear();
    app.pane = layout.pane;
    match layout.screen {
        Over::Panes => {}
        Over::Chart => app.layers.push(Layer::Expanded),
        Over::Table => app.layers.push(Layer::Table),
    }
    app.filter = Line::new(layout.filter.clone());
    app.charts.x = layout.charts.x;
    app.charts.log_x = layout.charts.log_x && layout.charts.x != XKind::Wall;
    app.charts.y = layout.charts.y;
    app.charts.grouped = layout.charts.seeds_as_one;
    app.charts.focus = layout.charts.focus;
    app.charts.smoothing = place_of(layout.charts.smoothing).unwrap_or(app.charts.smoothing);
    (app.charts.window, app.charts.cursor, app.charts.frozen) = (None, None, None);
    let columns: Vec<Column> = layout.table.columns.iter().filter_map(|c| Column::of_code(c)).collect();
    app.table.columns = (!columns.is_empty()).then_some(columns);
    let order = layout.table.order_by.as_deref().and_then(Column::of_code);
    app.table.sort = order.map(|column| (column, layout.table.falling));
    let group = |key: &String| Pivot {
        key: key.clone(),
        ..Pivot::default()
    };
    (app.table.pivot, app.table.at) = (layout.table.group_by.as_ref().map(group), 0);
    selection::keep_selection(app);
    if let Some(theme) = layout.theme.as_deref().filter(|t| *t != app.theme.name()) {
        app.theme = app.theme.other(theme)?;
    }
    Ok(())
}

/// Has the arrangement written under a name.
///
/// # Errors
/// When the name is none, or nothing may be written.
pub fn save(app: &App, name: &str) -> Result<Vec<Effect>, String> {
    may_write(app).map_err(|why| format!("save-layout: {why}"))?;
    let file = app.layouts.file(name)?;
    Ok(vec![Effect::SaveLayout(name.to_string(), file, Box::new(current(app)))])
}

/// The outcome.
pub fn saved(app: &mut App, name: &str, result: Result<(), String>) {
    match result {
        Err(why) => app.warn(format!("layout not saved: {why}")),
        Ok(()) => {
            if let Err(at) = app.layouts.names.binary_search_by(|n| n.as_str().cmp(name)) {
                app.layouts.names.insert(at, name.to_string());
            }
            app.say(format!("layout {name} saved; --layout {name} opens the screen with it"));
        }
    }
}

/// A layout was read, or could not be.
pub fn read(app: &mut App, result: Result<Layout, String>) {
    if let Err(why) = result.and_then(|layout| apply(&layout, app)) {
        app.warn(why);
    }
}

#[cfg(test)]
mod tests;
