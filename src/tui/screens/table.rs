//! The run table, and the comparison of configurations.

use super::{
    painter::Painter,
    sheet::{self, Chosen},
};
use crate::tui::{
    model::RunRow,
    state::{
        self, config_diff,
        run_table::{selected_column, selected_row},
    },
    theme::Ink,
};
use ratatui::layout::Rect;

/// Draws the table of runs, or of their groups.
pub fn draw(painter: &mut Painter, area: Rect) {
    let app = painter.app;
    let table = state::run_table::sheet(app);
    let (shown, all) = (app.shown_runs().len(), app.runs.len());
    let title = match &app.table.pivot {
        Some(pivot) => format!("Runs by {}", pivot.key),
        None => "Runs".into(),
    };
    let filtered = app.filtering || !app.filter.text().is_empty();
    let groups = state::run_table::about_groups(app);
    let aside = match (filtered, &groups) {
        (true, _) => format!("{shown} of {all}  /"),
        (false, Some(about)) => of_groups(all, about),
        (false, None) => format!("{all}"),
    };
    let body = painter.heading(area, &title, &aside, true);
    if filtered {
        let before = 4 + title.chars().count() + painter.glyphs().spell(&aside).chars().count();
        let x = area.x.saturating_add(before as u16);
        let width = area.right().saturating_sub(x + 1).min(60);
        let place = Rect {
            x,
            y: area.y,
            width,
            height: 1,
        };
        painter.fill(place, app.theme.base());
        painter.input(x, area.y, width, &app.filter, app.filtering);
    }
    if table.rows.is_empty() {
        let text = match all {
            0 => "No runs yet. Press q, then n to start one.".to_string(),
            _ => match app.filter_problem() {
                Some(why) => format!("No run matches: {why}. / changes the filter; Esc in it clears it."),
                None => "No run matches. / changes the filter; Esc in it clears it.".into(),
            },
        };
        return painter.hint(body, &text);
    }
    let chosen = Chosen {
        row: selected_row(app, &table),
        column: selected_column(app, &table),
    };
    let apart = groups.map(|about| about.apart).filter(|apart| !apart.is_empty());
    let foot = if apart.is_some() { body.height.min(2) } else { 0 };
    let list = Rect {
        height: body.height - foot,
        ..body
    };
    sheet::draw(painter, list, &table, &chosen);
    if let (Some(apart), 2) = (apart, foot) {
        put_foot(painter, body, &format!("! differs in {apart}"));
    }
}

/// How runs are grouped, after the heading.
fn of_groups(runs: usize, about: &state::run_table::AboutGroups) -> String {
    let unlike = match about.unlike {
        true => "; ! differs in more than the seed",
        false => "",
    };
    format!("{runs} in {}, mean ± standard deviation{unlike}", about.count)
}

/// A line below a list.
fn put_foot(painter: &mut Painter, body: Rect, text: &str) {
    let style = painter.ink(Ink::Muted);
    let width = body.width.saturating_sub(3);
    painter.put(body.x + 2, body.bottom() - 1, width, text, style);
}

/// Draws what differs between configurations.
pub fn draw_diff(painter: &mut Painter, area: Rect, row: usize, column: usize) {
    let app = painter.app;
    let (runs, why) = config_diff::compared(app);
    let table = config_diff::sheet(app);
    let shown = app.shown_runs().len();
    let of = match runs.len() < shown && why == config_diff::ALL {
        true => format!("the first {} of {shown}", runs.len()),
        false => format!("{} runs", runs.len()),
    };
    let aside = format!("{why}: {of}, {} keys differ", table.rows.len());
    let body = painter.heading(area, "Configurations", &aside, true);
    if table.rows.is_empty() {
        let is_unread = runs.iter().any(|r| r.facts.names().next().is_none());
        let is_unknown = |r: &&RunRow| r.imported.as_ref().is_some_and(|i| i.record.configuration.is_empty());
        let text = match runs.iter().any(is_unknown) {
            true => "Imported runs have no specification to compare.",
            false if is_unread => "A specification is not read yet, or is unreadable.",
            false => {
                "These runs have the same configuration. Space marks runs to compare, in the list or in the table."
            }
        };
        return painter.hint(body, text);
    }
    let chosen = Chosen {
        row: row.min(table.rows.len() - 1),
        column: column.min(table.heads.len() - 1),
    };
    // The selected row in full below, where it does not fit into its cells.
    let foot = body.height.min(2);
    let list = Rect {
        height: body.height - foot,
        ..body
    };
    sheet::draw(painter, list, &table, &chosen);
    let (line, head) = (&table.rows[chosen.row], &table.heads[chosen.column]);
    if let (Some(key), Some(cell), true) = (line.cells.first(), line.cells.get(chosen.column), foot == 2) {
        let text = match chosen.column {
            0 => key.text.clone(),
            _ => format!("{}: {} = {}", head.label, key.text, cell.text),
        };
        put_foot(painter, body, &text);
    }
}
