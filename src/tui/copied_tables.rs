//! What is on the screen as a table, for `y` (Markdown), `Y` (CSV) and `ctrl-y` (LaTeX): runs, their differences, an attack's
//! cells, a checkpoint's tensors. Pure.

use super::{
    actions::Act,
    app::{App, Effect, Layer},
    config_diff, copying,
    inspecting::{Found, distance_in_words},
    model::{AttackRow, CellRow},
    sheet::{Cell, Head, Line, Sheet, number},
    table,
};
use crate::run::checkpoint::{Distance, TensorApart, TensorNumbers};

/// The table here, and what its rows are.
pub fn here(app: &App) -> Option<(Sheet, &'static str)> {
    match app.screen()? {
        Layer::Table => Some((table::sheet(app), "rows")),
        Layer::Diff { .. } => Some((config_diff::sheet(app), "differences")),
        Layer::Attacks(_) => Some((cells(app.attack()?), "results")),
        Layer::Tensors { .. } => match app.inspection.as_ref()?.answer.as_ref()?.as_ref().ok()? {
            Found::Inside(all) => Some((inside(all), "tensors")),
            Found::Apart(all) => Some((apart(all), "tensors")),
        },
        _ => None,
    }
}

/// Copies it in the form that the key stands for.
pub(super) fn copy(app: &mut App, act: Act) -> Vec<Effect> {
    let Some((sheet, what)) = here(app) else {
        return Vec::new();
    };
    let (form, text) = match act {
        Act::CopyCsv => ("CSV", sheet.csv()),
        Act::CopyLatex => ("LaTeX", sheet.latex()),
        _ => ("Markdown", sheet.markdown()),
    };
    let what = format!("{} {what} as {form}", sheet.rows.len());
    copying::hand_over(app, &what, text)
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
    format!("{:.1} %", 100.0 * share)
}

/// An attack's cells, one row each.
fn cells(job: &AttackRow) -> Sheet {
    let heads = [
        ("checkpoint", false),
        ("attack", false),
        ("backward", false),
        ("ε", true),
        ("accuracy", true),
        ("95 %", true),
        ("n", true),
    ];
    let name = |at: usize| job.checkpoints.get(at).cloned().unwrap_or_default();
    sheet(&heads, job.cells.iter().filter(|c| c.n > 0), |c: &CellRow| {
        let (low, high) = c.interval;
        vec![
            Cell::text(name(c.checkpoint)),
            Cell::text(c.attack.as_str()),
            Cell::text(c.backward.as_str()),
            Cell::text(c.eps.to_string()),
            Cell::number(c.accuracy, percent(c.accuracy)),
            Cell::text(format!("{:.1}–{:.1} %", 100.0 * low, 100.0 * high)),
            Cell::number(c.n as f64, c.n.to_string()),
        ]
    })
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
        ("greatest", true),
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
    use crate::tui::{fixture, fixture::press};

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
            assert!(latex.starts_with("\\begin{tabular}") && latex.trim_end().ends_with("\\end{tabular}"));
            let rows = latex.lines().filter(|l| l.ends_with("\\\\")).count();
            assert_eq!(rows, csv.lines().count(), "{keys}: {latex}");
        }
    }
}
