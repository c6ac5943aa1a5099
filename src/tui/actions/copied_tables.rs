//! The table on the screen as text for `y` (Markdown), `Y` (CSV) and `ctrl-y` (LaTeX): runs, their differences, an
//! attack's cells, a checkpoint's tensors. Pure.

use super::Act;
use crate::tui::state;
use crate::{
    run::{
        attack_job::AttackTable,
        checkpoint::{Distance, TensorApart, TensorNumbers},
        markup,
    },
    tui::{
        model::sheet::{Cell, Head, Line, Sheet, number},
        state::{
            app::{App, Effect, Layer},
            config_diff,
            inspection::{Found, distance_in_words},
        },
    },
};

/// A table that can be copied.
pub enum Table<'a> {
    /// Rows and columns as they are shown, and what the rows are.
    Sheet(Sheet, &'static str),
    /// The same, of groups of runs: in CSV mean, deviation and n are columns of their own.
    Groups(Sheet),
    /// An attack's results.
    Attack(&'a AttackTable),
}

/// The table here.
pub fn here(app: &App) -> Option<Table<'_>> {
    match app.screen()? {
        Layer::Table if app.table.pivot.is_some() => Some(Table::Groups(state::run_table::sheet(app))),
        Layer::Table => Some(Table::Sheet(state::run_table::sheet(app), "rows")),
        Layer::Diff { .. } => Some(Table::Sheet(config_diff::sheet(app), "differences")),
        Layer::Attacks(_) => Some(Table::Attack(&app.attack()?.table)),
        Layer::Tensors { .. } => match app.inspection.as_ref()?.answer.as_ref()?.as_ref().ok()? {
            Found::Inside(all) => Some(Table::Sheet(inside(all), "tensors")),
            Found::Apart(all) => Some(Table::Sheet(apart(all), "tensors")),
        },
        _ => None,
    }
}

/// Copies it in the format of the key.
pub fn copy(app: &mut App, act: Act) -> Vec<Effect> {
    let Some(table) = here(app) else {
        return Vec::new();
    };
    let (form, written): (&str, fn(&App, &Table) -> String) = match act {
        Act::CopyCsv => ("CSV", csv),
        Act::CopyLatex => ("LaTeX", latex),
        _ => ("Markdown", markdown),
    };
    let (rows, what) = match &table {
        Table::Sheet(sheet, what) => (sheet.rows.len(), *what),
        Table::Groups(sheet) => (sheet.rows.len(), "groups"),
        Table::Attack(table) => (table.rows.len(), "results"),
    };
    let text = written(app, &table);
    super::clipboard::hand_over(app, &format!("{rows} {what} as {form}"), text)
}

fn markdown(_: &App, table: &Table) -> String {
    match table {
        Table::Sheet(sheet, _) | Table::Groups(sheet) => sheet.markdown(),
        Table::Attack(table) => table.markdown(),
    }
}

fn latex(_: &App, table: &Table) -> String {
    match table {
        Table::Sheet(sheet, _) | Table::Groups(sheet) => sheet.latex(),
        Table::Attack(table) => table.latex(),
    }
}

fn csv(app: &App, table: &Table) -> String {
    match table {
        Table::Sheet(sheet, _) => sheet.csv(),
        Table::Groups(_) => state::run_table::numbers_of_groups(app).csv(),
        Table::Attack(table) => table.csv(),
    }
}

fn sheet<T>(heads: &[(&str, bool)], rows: impl Iterator<Item = T>, cells: impl Fn(T) -> Vec<Cell>) -> Sheet {
    let head = |(label, right): &(&str, bool)| Head {
        label: label.to_string(),
        sorted: None,
        right: *right,
    };
    let line = |row: T| Line {
        run: None,
        cells: cells(row),
    };
    Sheet {
        heads: heads.iter().map(head).collect(),
        rows: rows.map(line).collect(),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", markup::percent(share))
}

fn shape(shape: &[u64]) -> Cell {
    Cell::text(shape.iter().map(u64::to_string).collect::<Vec<_>>().join("×"))
}

fn inside(all: &[TensorNumbers]) -> Sheet {
    let heads = [
        ("tensor", false),
        ("type", false),
        ("shape", false),
        ("ℓ₂ norm", true),
        ("max", true),
        ("zero", true),
        ("NaN or infinite", true),
    ];
    sheet(&heads, all.iter(), |t: &TensorNumbers| {
        let s = &t.stats;
        let zeros = s.zeros as f64 / s.count.max(1) as f64;
        vec![
            Cell::text(t.name.as_str()),
            Cell::text(t.dtype.as_str()),
            shape(&t.shape),
            Cell::number(s.l2, number(s.l2)),
            Cell::number(s.max, number(s.max)),
            Cell::number(zeros, percent(zeros)),
            Cell::number(s.not_finite as f64, s.not_finite.to_string()),
        ]
    })
}

fn apart(all: &[TensorApart]) -> Sheet {
    let heads = [
        ("tensor", false),
        ("shape", false),
        ("relative distance", true),
        ("max", true),
        ("note", false),
    ];
    sheet(&heads, all.iter(), |t: &TensorApart| {
        let (relative, max, note) = match t.distance {
            Distance::Apart {
                relative,
                max,
                not_finite: 0,
            } => (
                Cell::number(relative, number(relative)),
                Cell::number(max, number(max)),
                String::new(),
            ),
            _ => (Cell::default(), Cell::default(), distance_in_words(t)),
        };
        vec![
            Cell::text(t.name.as_str()),
            shape(&t.shape),
            relative,
            max,
            Cell::text(note),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::fixture::{self, press};

    fn copied(keys: &str, key: &str) -> String {
        let mut app = fixture::app(120, 40, false);
        press(&mut app, keys);
        fixture::answer(&mut app);
        match &press(&mut app, key)[..] {
            [Effect::Copy(text)] => text.clone(),
            other => panic!("{keys} {key}: {other:?}"),
        }
    }

    #[test]
    fn every_table_is_copied_in_three_forms() {
        for (keys, holds) in [
            ("R", "glyphs-sr"),
            ("d", "lambda"),
            ("r", "pgd:10"),
            ("C enter", "convs.1.weight"),
            ("C d", "convs.1.weight"),
        ] {
            let markdown = copied(keys, "y");
            assert!(
                markdown.starts_with("| ") && markdown.contains(holds),
                "{keys}: {markdown}"
            );
            let csv = copied(keys, "Y");
            assert!(csv.contains(holds) && !csv.starts_with('|'), "{keys}: {csv}");
            let latex = copied(keys, "ctrl-y");
            assert!(latex.contains("\\begin{tabular}") && latex.trim_end().ends_with('}'));
            if keys != "r" {
                let rows = latex.lines().filter(|l| l.ends_with("\\\\")).count();
                assert_eq!(rows, csv.lines().count(), "{keys}: {latex}");
            }
        }
    }

    #[test]
    fn an_attack_is_copied_with_its_worst_case_first() {
        let markdown = copied("r", "y");
        assert!(
            markdown
                .lines()
                .nth(2)
                .is_some_and(|l| l.contains("| worst | worst | 2/255 | 68.5 % |")),
            "{markdown}"
        );
        let csv = copied("r", "Y");
        assert!(
            csv.contains(",worst,worst,worst,linf,8/255,0.03137254901960784,0.25,"),
            "{csv}"
        );
        let latex = copied("r", "ctrl-y");
        assert!(
            latex.contains("\\texttt{glyphs-sr}") && latex.contains("worst case &  & 68.5 & {["),
            "{latex}"
        );
    }
}
