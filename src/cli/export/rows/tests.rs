//! What is streamed is what a history of the whole journal holds, to the last bit of the text.

use super::*;
use crate::{
    cli::export::metrics,
    run::{History, journal::LineReader, testing},
};
use proptest::prelude::*;
use serde_json::json;
use std::{collections::BTreeMap, io::Write};

/// The rows of a history in memory: what an export was before it read the journal as it went.
fn of_history(history: &History) -> Vec<Metric> {
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

fn csv_of_history(history: &History) -> String {
    let names: Vec<&str> = history.names().collect();
    let mut text = ["step", "epoch", "wall"]
        .iter()
        .chain(&names)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(",")
        + "\n";
    for row in of_history(history) {
        text += &format!("{},{},{}", row.step, row.epoch, row.wall);
        for name in &names {
            text += &format!(",{}", row.values.get(*name).map(f64::to_string).unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

/// Both forms of a journal, streamed; and what they must be.
fn both(lines: &[String]) -> [(String, String); 2] {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("metrics.jsonl");
    std::fs::write(&journal, lines.iter().map(|l| format!("{l}\n")).collect::<String>()).unwrap();
    let mut read = Lines::default();
    LineReader::new(&journal).poll(Budget::ALL, &mut read);
    let mut history = History::default();
    history.apply_lines(&read);
    let rows = Rows::of(&journal);
    let (mut csv, mut json) = (Vec::new(), Vec::new());
    let steps = metrics::csv(&rows, &mut csv).unwrap();
    metrics::json(&rows, Path::new("/r"), &Default::default(), &mut json).unwrap();
    assert_eq!(steps as usize, of_history(&history).len());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let whole = json!({ "run": "/r", "metrics": of_history(&history) }).to_string();
    [(text(csv), csv_of_history(&history)), (text(json), whole)]
}

fn line(step: u64, wall: f64, values: &[(&str, f64)]) -> String {
    let metric = Metric {
        wall,
        values: values.iter().map(|(k, v)| (k.to_string(), *v)).collect(),
        ..testing::metric(step, "x", 0.0)
    };
    serde_json::to_string(&metric).unwrap()
}

#[test]
fn a_table_has_one_row_per_step_and_a_cell_per_metric() {
    let lines = [
        line(1, 1.0, &[("train.ce", 2.5)]),
        line(2, 2.0, &[("train.ce", f64::NAN)]),
        line(2, 2.5, &[("odd", 0.1)]),
        line(3, 3.0, &[("train.ce", 9.0)]),
        line(3, 4.0, &[("train.ce", 1e-7)]),
    ];
    let [(csv, _), (json, _)] = both(&lines);
    assert_eq!(
        csv,
        "step,epoch,wall,odd,train.ce\n1,0.1,1,,2.5\n2,0.2,2,0.1,NaN\n3,0.3,3,,0.0000001\n"
    );
    assert!(
        json.starts_with(r#"{"metrics":[{"epoch":0.1,"step":1,"values":{"train.ce":2.5},"wall":1.0},"#),
        "{json}"
    );
    assert!(
        json.contains(r#""train.ce":"NaN""#) && json.ends_with(r#"],"run":"/r"}"#),
        "{json}"
    );
}

#[test]
fn what_a_resume_superseded_is_left_out_but_its_metrics_keep_their_columns() {
    let lines = [
        line(1, 1.0, &[("a", 1.0)]),
        line(5, 5.0, &[("a", 5.0), ("gone", 1.0)]),
        line(9, 9.0, &[("a", 9.0)]),
        line(4, 10.0, &[("a", 4.0)]),
        line(7, 11.0, &[("a", 7.0)]),
        line(6, 12.0, &[("a", 6.0)]),
    ];
    let [(csv, wanted), _] = both(&lines);
    assert_eq!(csv, "step,epoch,wall,a,gone\n1,0.1,1,1,\n4,0.4,10,4,\n6,0.6,12,6,\n");
    assert_eq!(csv, wanted);
}

#[test]
fn a_journal_that_was_replaced_meanwhile_is_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("metrics.jsonl");
    std::fs::write(&journal, line(1, 1.0, &[("a", 1.0)]) + "\n").unwrap();
    let rows = Rows::of(&journal);
    let mut more = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    writeln!(more, "{}", line(2, 2.0, &[("b", 1.0)])).unwrap();
    assert_eq!(rows.each(|_| Ok(())).unwrap(), 1, "what came later is left for later");
    std::fs::write(&journal, line(1, 7.0, &[("a", 1.0)]) + "\n").unwrap();
    let said = rows.each(|_| Ok(())).unwrap_err().to_string();
    assert!(said.contains("export the run again"), "{said}");
}

#[test]
fn an_error_of_the_writing_side_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("metrics.jsonl");
    let lines: String = (0..100).map(|n| line(n, n as f64, &[("a", 1.0)]) + "\n").collect();
    std::fs::write(&journal, lines).unwrap();
    let mut asked = 0;
    let full = |_: &Row| {
        asked += 1;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    };
    let error = Rows::of(&journal).each(full).unwrap_err();
    assert_eq!((error.kind(), asked), (io::ErrorKind::StorageFull, 1));
}

#[test]
fn a_run_without_a_journal_has_an_empty_table() {
    let rows = Rows::of(Path::new("/no/such/metrics.jsonl"));
    let mut csv = Vec::new();
    assert_eq!(metrics::csv(&rows, &mut csv).unwrap(), 0);
    assert_eq!(csv, b"step,epoch,wall\n");
}

proptest! {
    #[test]
    fn any_journal_is_streamed_as_its_history_holds_it(
        steps in proptest::collection::vec(
            (0u64..12, proptest::collection::btree_map("[a-d]", prop_oneof![Just(f64::NAN), -5.0..5.0f64], 0..4), any::<bool>()),
            0..40,
        ),
    ) {
        let lines: Vec<String> = steps
            .iter()
            .enumerate()
            .map(|(wall, (step, values, whole))| {
                let values: Vec<(&str, f64)> = values.iter().map(|(k, v)| (k.as_str(), *v)).collect();
                let line = line(*step, wall as f64, &values);
                // Some lines are torn.
                if *whole { line } else { line.replacen("\"wall\"", "\"wal\"", usize::from(wall % 5 == 0)) }
            })
            .collect();
        for (streamed, held) in both(&lines) {
            prop_assert_eq!(streamed, held);
        }
    }
}
