//! A run's metrics as a table: one row per step, as its history stands; what a resume superseded is left out.

use crate::run::{History, metric::Metric};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap, path::Path};

/// One row per step, in order.
pub fn table(history: &History) -> Vec<Metric> {
    let mut rows: BTreeMap<u64, Metric> = BTreeMap::new();
    for name in history.names() {
        for point in history.series(name).iter().flat_map(|s| s.iter()) {
            let row = rows.entry(point.step).or_insert_with(|| Metric {
                step: point.step,
                epoch: point.epoch,
                wall: point.wall,
                values: BTreeMap::new(),
            });
            row.values.insert(name.to_string(), point.value);
        }
    }
    rows.into_values().collect()
}

/// Comma-separated values with a heading; a metric that a step does not have is an empty cell. Values are written so
/// that reading them gives the same bits.
pub fn csv<'a>(rows: &[Metric], names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let heading: Vec<Cow<'_, str>> = ["step", "epoch", "wall"]
        .into_iter()
        .chain(names.iter().copied())
        .map(cell)
        .collect();
    let mut text = heading.join(",") + "\n";
    for row in rows {
        text += &format!("{},{},{}", row.step, row.epoch, row.wall);
        for name in &names {
            text.push(',');
            text += &row.values.get(*name).map(f64::to_string).unwrap_or_default();
        }
        text.push('\n');
    }
    text
}

/// A name from the run's journal as a cell.
fn cell(name: &str) -> Cow<'_, str> {
    match name.contains([',', '"', '\n', '\r']) {
        true => Cow::Owned(format!("\"{}\"", name.replace('"', "\"\""))),
        false => Cow::Borrowed(name),
    }
}

/// One object: the run, and its rows as the journal has them.
pub fn json(run: &Path, rows: &[Metric]) -> Value {
    json!({ "run": run, "metrics": rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    fn history() -> History {
        let mut history = History::default();
        for (step, name, value) in [
            (1, "train.ce", 2.5),
            (2, "train.ce", f64::NAN),
            (2, "odd, \"name\"", 0.1),
            (3, "train.ce", 9.0),
            (3, "train.ce", 1e-7),
        ] {
            history.apply_metric(&testing::metric(step, name, value));
        }
        history
    }

    #[test]
    fn a_table_has_one_row_per_step_and_a_cell_per_metric() {
        let history = history();
        let rows = table(&history);
        assert_eq!(rows.iter().map(|r| r.step).collect::<Vec<_>>(), [1, 2, 3]);
        let text = csv(&rows, history.names());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "step,epoch,wall,\"odd, \"\"name\"\"\",train.ce");
        assert!(lines[1].starts_with("1,") && lines[1].ends_with(",,2.5"), "{text}");
        assert!(lines[2].ends_with(",0.1,NaN"), "{text}");
    }

    #[test]
    fn json_holds_the_journals_own_rows() {
        let rows = table(&history());
        let value = json(Path::new("/r"), &rows);
        assert_eq!(value["metrics"][1]["values"]["train.ce"], "NaN");
        assert_eq!(value["metrics"][0]["step"], 1);
    }
}
