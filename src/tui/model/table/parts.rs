//! The columns of grouped runs: the value of a group in each, for the screen and for export.

use super::{
    columns::Column,
    differences::{Group, is_seed},
    grouping::Pivot,
};
use crate::{
    run::{markup::percent, status::RunState},
    tui::{
        model::{
            RunRow,
            facts::Fact,
            filter::Asked,
            sheet::{Cell, exact, order, say},
        },
        theme::glyphs::Glyphs,
    },
    units::significant,
};
use std::collections::BTreeMap;

/// A group with what sets it apart from the others.
pub struct Row<'a> {
    /// The group.
    pub group: Group<'a>,
    /// In words; empty where nothing does.
    pub apart: String,
}

/// A column of the groups.
pub enum Part<'a> {
    /// The value of the key, marked where a group is not like the others.
    Value,
    /// How many runs.
    Count,
    /// How far they are.
    Steps,
    /// Their seeds.
    Seeds,
    /// What all of them say, as their specification does: it is not averaged.
    Common(&'a Column),
    /// Mean and deviation.
    Mean(&'a Column),
    /// In what a group is not like the others.
    Differs,
}

/// What stands after the value of a group that is not like the others.
const UNLIKE: &str = " !";

/// The most seeds that are listed on the screen.
const MOST_SEEDS: usize = 6;

/// Mean and sample standard deviation; the latter is there from two values on.
pub fn mean_and_spread(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let spread = (squares / (n - 1.0)).sqrt();
    // Equal values differ from their mean in its last bit only.
    let same = values.iter().all(|v| *v == values[0]);
    Some((mean, (values.len() > 1).then_some(if same { 0.0 } else { spread })))
}

impl<'a> Part<'a> {
    /// Those for these columns. A seed names a run and time left belongs to one: neither has a mean.
    pub fn all(pivot: &Pivot, columns: &'a [Column], rows: &[Row]) -> Vec<Part<'a>> {
        let mut parts = vec![Part::Value, Part::Count, Part::Steps, Part::Seeds];
        parts.extend(columns.iter().filter_map(|column| match column {
            Column::Key(key) if *key == pivot.key || is_seed(key) => None,
            Column::Key(_) => Some(Part::Common(column)),
            Column::Step | Column::Epoch | Column::Eta => None,
            _ => column.is_number().then_some(Part::Mean(column)),
        }));
        if rows.iter().any(|r| !r.apart.is_empty()) {
            parts.push(Part::Differs);
        }
        parts
    }

    /// Its heading on the screen.
    pub fn label(&self, pivot: &Pivot) -> String {
        match self {
            Part::Value => pivot.key.clone(),
            Part::Count => "n".into(),
            Part::Steps => "step".into(),
            Part::Seeds => "seeds".into(),
            Part::Common(column) | Part::Mean(column) => column.label(),
            Part::Differs => "differs in".into(),
        }
    }

    /// The headings of what it gives a program.
    pub fn labels(&self, pivot: &Pivot) -> Vec<String> {
        match self {
            Part::Steps => vec!["step min".into(), "step max".into(), "not finished".into()],
            Part::Mean(column) => {
                let name = column.label();
                vec![format!("{name} mean"), format!("{name} deviation"), format!("{name} n")]
            }
            other => vec![other.label(pivot)],
        }
    }

    /// Whether numbers stand in it.
    pub fn is_number(&self) -> bool {
        matches!(self, Part::Count | Part::Steps | Part::Mean(_))
    }

    /// What stands in it for a group.
    pub fn cell(&self, row: &Row, glyphs: &Glyphs) -> Cell {
        let runs = &row.group.runs;
        match self {
            Part::Value => value(row),
            Part::Count => count(runs.len()),
            Part::Steps => steps(runs),
            Part::Seeds => seeds(runs, MOST_SEEDS),
            Part::Common(column) => common(column, runs, glyphs),
            Part::Mean(column) => summed_up(column, runs, glyphs),
            Part::Differs => Cell::text(row.apart.as_str()),
        }
    }

    /// What it gives a program, one cell per heading.
    pub fn numbers(&self, row: &Row, glyphs: &Glyphs) -> Vec<Cell> {
        let runs = &row.group.runs;
        match self {
            Part::Steps => {
                let (least, most, open) = how_far(runs);
                [least, most, open as u64]
                    .map(|n| Cell::number(n as f64, n.to_string()))
                    .into()
            }
            Part::Seeds => vec![seeds(runs, usize::MAX)],
            Part::Mean(column) => {
                let values = values(column, runs, glyphs);
                let number = |v: Option<f64>| v.map_or_else(Cell::default, |v| Cell::number(v, v.to_string()));
                let (mean, spread) = mean_and_spread(&values).unzip();
                vec![number(mean), number(spread.flatten()), count(values.len())]
            }
            other => vec![other.cell(row, glyphs)],
        }
    }
}

fn count(n: usize) -> Cell {
    Cell::number(n as f64, n.to_string())
}

fn value(row: &Row) -> Cell {
    let mut text = match &row.group.value {
        None => "(not set)".into(),
        Some(Fact::Number(n)) => exact(*n),
        Some(text) => say(text),
    };
    if !row.apart.is_empty() {
        text += UNLIKE;
    }
    Cell {
        text,
        key: row.group.value.clone(),
        state: None,
    }
}

/// The minimum and maximum step, and how many runs have not finished.
fn how_far(runs: &[&RunRow]) -> (u64, u64, usize) {
    let steps = || runs.iter().map(|r| r.step);
    let open = runs.iter().filter(|r| r.state != RunState::Finished).count();
    (steps().min().unwrap_or(0), steps().max().unwrap_or(0), open)
}

/// `1560`; where runs are at different steps or have not finished it says so: `310–1560, 1 unfinished`.
fn steps(runs: &[&RunRow]) -> Cell {
    let (least, most, open) = how_far(runs);
    let mut text = match least == most {
        true => most.to_string(),
        false => format!("{least}–{most}"),
    };
    if open > 0 {
        text += &format!(", {open} unfinished");
    }
    Cell::number(least as f64, text)
}

/// `0 1 2`; a seed that several runs have is no second sample and says so: `0 (2×)`.
fn seeds(runs: &[&RunRow], most: usize) -> Cell {
    let mut seeds: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: Vec<String> = Vec::new();
    let mut said: Vec<Fact> = runs.iter().filter_map(|r| r.fact("train.seed")).collect();
    said.sort_by(order);
    for seed in said.iter().map(say) {
        let times = seeds.entry(seed.clone()).or_default();
        *times += 1;
        if *times == 1 {
            found.push(seed);
        }
    }
    let text = |seed: &String| match seeds.get(seed) {
        Some(times) if *times > 1 => format!("{seed} ({times}×)"),
        _ => seed.clone(),
    };
    let is_repeated = seeds.values().any(|times| *times > 1);
    match found.len() > most && !is_repeated {
        true => Cell::text(format!("{} seeds", found.len())),
        false => Cell::text(found.iter().map(text).collect::<Vec<_>>().join(" ")),
    }
}

/// What alike runs say under a key.
fn common(column: &Column, runs: &[&RunRow], glyphs: &Glyphs) -> Cell {
    runs.first().map_or_else(Cell::default, |run| column.cell(run, glyphs))
}

fn values(column: &Column, runs: &[&RunRow], glyphs: &Glyphs) -> Vec<f64> {
    let value = |run: &&RunRow| match column.cell(run, glyphs).key {
        Some(Fact::Number(n)) if n.is_finite() => Some(n),
        _ => None,
    };
    runs.iter().filter_map(value).collect()
}

/// `86.4 ± 0.3 %`, and how many said it where not all did.
fn summed_up(column: &Column, runs: &[&RunRow], glyphs: &Glyphs) -> Cell {
    let values = values(column, runs, glyphs);
    let Some((mean, spread)) = mean_and_spread(&values) else {
        return Cell::default();
    };
    let is_share = runs.iter().any(|run| column.cell(run, glyphs).text.ends_with(" %"));
    let part = |v: f64| if is_share { percent(v) } else { significant(v) };
    let mut text = part(mean);
    if let Some(spread) = spread {
        text += &format!(" ± {}", part(spread));
    }
    text += if is_share { " %" } else { "" };
    if values.len() < runs.len() {
        text += &format!(" ({})", values.len());
    }
    Cell::number(mean, text)
}
