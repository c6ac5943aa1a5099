//! Runs grouped by a key of their specification: of each value how many there are, and of each column with numbers the
//! mean and the spread.

use super::columns::Column;
use crate::tui::{
    filter::{Asked, Fact},
    glyphs::Glyphs,
    model::RunRow,
    sheet::{Cell, Head, Line, Sheet, order, say},
};

/// How runs are grouped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pivot {
    /// The key.
    pub key: String,
    /// The selected group.
    pub row: usize,
    /// The chosen column.
    pub at: usize,
    /// The column by which groups are ordered, and whether from the greatest down.
    pub sort: Option<(usize, bool)>,
}

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

/// One row per value of the key, least first.
pub fn sheet(runs: &[&RunRow], pivot: &Pivot, columns: &[Column], glyphs: &Glyphs) -> Sheet {
    let counted: Vec<&Column> = columns
        .iter()
        .filter(|c| c.is_number() && **c != Column::Key(pivot.key.clone()))
        .collect();
    let head = |label: String, right| Head {
        label,
        sorted: None,
        right,
    };
    let mut heads = vec![head(pivot.key.clone(), false), head("n".into(), true)];
    heads.extend(counted.iter().map(|c| head(c.label(), true)));
    let mut groups: Vec<(Option<Fact>, Vec<&RunRow>)> = Vec::new();
    for run in runs {
        let value = run.fact(&pivot.key);
        match groups.iter_mut().find(|(v, _)| *v == value) {
            Some((_, list)) => list.push(run),
            None => groups.push((value, vec![run])),
        }
    }
    groups.sort_by(|a, b| match (&a.0, &b.0) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    let rows = groups.into_iter().map(|(value, members)| {
        let mut cells = vec![
            Cell {
                text: value.as_ref().map_or_else(|| "(not said)".into(), say),
                key: value,
                state: None,
            },
            Cell::number(members.len() as f64, members.len().to_string()),
        ];
        cells.extend(counted.iter().map(|c| summed_up(c, &members, glyphs)));
        Line { run: None, cells }
    });
    let mut sheet = Sheet {
        heads,
        rows: rows.collect(),
    };
    if let Some((column, falling)) = pivot.sort {
        sheet.sort(column, falling);
    }
    sheet
}

/// `86.4 ± 0.3 %`, and how many said it where not all did.
fn summed_up(column: &Column, members: &[&RunRow], glyphs: &Glyphs) -> Cell {
    let cells: Vec<Cell> = members.iter().map(|run| column.cell(run, glyphs)).collect();
    let value = |cell: &Cell| match cell.key {
        Some(Fact::Number(n)) if n.is_finite() => Some(n),
        _ => None,
    };
    let values: Vec<f64> = cells.iter().filter_map(value).collect();
    let Some((mean, spread)) = mean_and_spread(&values) else {
        return Cell::default();
    };
    let is_share = cells.iter().any(|c| c.text.ends_with(" %"));
    let part = |v: f64| match is_share {
        true => format!("{:.1}", v * 100.0),
        false if *column == Column::Eta => crate::units::seconds(v),
        false => crate::units::significant(v),
    };
    let mut text = part(mean);
    if let Some(spread) = spread {
        text += &format!(" ± {}", part(spread));
    }
    text += if is_share { " %" } else { "" };
    if values.len() < members.len() {
        text += &format!(" ({})", values.len());
    }
    Cell::number(mean, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{filter::Facts, fixture, glyphs::UNICODE};
    use serde_json::json;

    #[test]
    fn runs_are_grouped_by_value_with_mean_spread_and_count() {
        let mut runs = fixture::rows();
        for (n, run) in runs.iter_mut().enumerate() {
            let lambda = if n < 3 { 0.01 } else { 0.002 };
            let mut facts = Facts::of_spec(&json!({"objective": {"lambda": lambda}}));
            if n != 1 {
                facts.say("gradient.l1", n as f64);
            }
            run.facts = facts.into();
            run.tunables = Default::default();
        }
        let pivot = Pivot {
            key: "objective.lambda".into(),
            ..Pivot::default()
        };
        let columns = [
            Column::Name,
            Column::Now("gradient.l1".into()),
            Column::Key(pivot.key.clone()),
        ];
        let runs: Vec<&RunRow> = runs.iter().collect();
        let sheet = sheet(&runs, &pivot, &columns, &UNICODE);
        let text: Vec<Vec<&str>> = sheet
            .rows
            .iter()
            .map(|r| r.cells.iter().map(|c| c.text.as_str()).collect())
            .collect();
        assert_eq!(text, [["0.002", "2", "3.5 ± 0.7071"], ["0.01", "3", "1 ± 1.414 (2)"]]);
    }

    #[test]
    fn one_value_has_a_mean_and_no_spread() {
        assert_eq!(mean_and_spread(&[2.0]), Some((2.0, None)));
        assert_eq!(mean_and_spread(&[]), None);
        assert_eq!(
            mean_and_spread(&[0.05; 6]).unwrap().1,
            Some(0.0),
            "nothing of the mean's rounding"
        );
    }
}
