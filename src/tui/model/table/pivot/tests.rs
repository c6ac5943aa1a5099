//! Groups, number by number, on the screen and for a program.

use super::*;
use crate::{
    run::status::RunState,
    tui::{
        model::{facts::Facts, table::parts::mean_and_spread},
        tests::fixture,
        theme::glyphs::UNICODE,
    },
};
use serde_json::json;

/// A finished run at step 1560 of 0.01·`hundredths` λ, a seed and a measured gradient.
fn run(hundredths: u32, seed: u64, l1: Option<f64>) -> RunRow {
    let mut facts = Facts::of_spec(&json!({
        "objective": {"lambda": f64::from(hundredths) / 100.0},
        "train": {"seed": seed, "batch": 32},
        "data": {"name": "glyphs"},
    }));
    if let Some(l1) = l1 {
        facts.say("gradient.l1", l1);
    }
    RunRow {
        facts: facts.into(),
        tunables: Default::default(),
        state: RunState::Finished,
        step: 1560,
        best: std::sync::Arc::new([("val.accuracy".to_string(), 0.8 + seed as f64 / 100.0)].into()),
        ..fixture::rows()[2].clone()
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::Name,
        Column::Step,
        Column::Eta,
        Column::Key("objective.lambda".into()),
        Column::Key("train.seed".into()),
        Column::Key("train.batch".into()),
        Column::Best("val.accuracy".into()),
        Column::Now("gradient.l1".into()),
    ]
}

fn by_lambda() -> Pivot {
    Pivot {
        key: "objective.lambda".into(),
        ..Pivot::default()
    }
}

fn texts(sheet: &Sheet) -> Vec<Vec<&str>> {
    let heads = sheet.heads.iter().map(|h| h.label.as_str()).collect();
    std::iter::once(heads)
        .chain(
            sheet
                .rows
                .iter()
                .map(|r| r.cells.iter().map(|c| c.text.as_str()).collect()),
        )
        .collect()
}

#[test]
fn alike_runs_have_mean_spread_and_count_and_nothing_that_names_a_run_is_averaged() {
    let runs = [
        run(1, 0, Some(0.0)),
        run(1, 1, None),
        run(1, 2, Some(2.0)),
        run(2, 0, Some(3.0)),
    ];
    let runs: Vec<&RunRow> = runs.iter().collect();
    let (pivot, columns) = (by_lambda(), columns());
    let groups = Groups::of(&runs, &pivot, &columns, &UNICODE);
    assert_eq!(
        texts(&groups.sheet()),
        [
            vec![
                "objective.lambda",
                "n",
                "step",
                "seeds",
                "train.batch",
                "best.val.accuracy",
                "gradient.l1"
            ],
            vec!["0.01", "3", "1560", "0 1 2", "32", "81.0 ± 1.0 %", "1 ± 1.414 (2)"],
            vec!["0.02", "1", "1560", "0", "32", "80.0 %", "3"],
        ]
    );
    assert_eq!(groups.count(), (2, false));
}

#[test]
fn for_a_program_mean_deviation_and_n_are_columns() {
    let runs = [
        run(1, 0, Some(0.5)),
        run(1, 1, Some(1.0)),
        run(1, 2, None),
        run(2, 0, None),
    ];
    let runs: Vec<&RunRow> = runs.iter().collect();
    let pivot = by_lambda();
    let columns = [Column::Now("gradient.l1".into())];
    let csv = Groups::of(&runs, &pivot, &columns, &UNICODE).numbers().csv();
    assert_eq!(
        csv,
        "objective.lambda,n,step min,step max,not finished,seeds,gradient.l1 mean,gradient.l1 deviation,gradient.l1 n\n\
         0.01,3,1560,1560,0,0 1 2,0.75,0.3535533905932738,2\n\
         0.02,1,1560,1560,0,0,,,0\n"
    );
}

#[test]
fn unlike_runs_stay_apart_are_marked_and_say_in_what() {
    let mut other = run(1, 1, Some(9.0));
    other.facts = {
        let mut facts = Facts::of_spec(&json!({
            "objective": {"lambda": 0.01}, "train": {"seed": 1, "batch": 32}, "data": {"name": "cifar10"},
        }));
        facts.say("gradient.l1", 9.0);
        facts.into()
    };
    let runs = [run(1, 0, Some(1.0)), other];
    let runs: Vec<&RunRow> = runs.iter().collect();
    let pivot = by_lambda();
    let columns = [Column::Now("gradient.l1".into())];
    let groups = Groups::of(&runs, &pivot, &columns, &UNICODE);
    assert_eq!(
        texts(&groups.sheet())[1..],
        [
            vec!["0.01 !", "1", "1560", "0", "1", "data.name=glyphs"],
            vec!["0.01 !", "1", "1560", "1", "9", "data.name=cifar10"],
        ]
    );
    assert!(groups.numbers().csv().starts_with("objective.lambda,"));
    assert!(groups.numbers().csv().contains("\n0.01,1,"), "the mark is for people");
}

#[test]
fn runs_at_other_steps_unfinished_or_of_one_seed_are_marked() {
    let mut early = run(1, 1, None);
    (early.step, early.state) = (310, RunState::Running);
    let runs = [run(1, 0, None), early, run(1, 0, None)];
    let runs: Vec<&RunRow> = runs.iter().collect();
    let pivot = by_lambda();
    let sheet = Groups::of(&runs, &pivot, &[], &UNICODE).sheet();
    assert_eq!(texts(&sheet)[1], ["0.01", "3", "310–1560, 1 unfinished", "0 (2×) 1"]);
}

#[test]
fn groups_are_ordered_by_a_column_also_for_a_program() {
    let runs = [run(1, 0, Some(5.0)), run(2, 0, Some(7.0)), run(3, 0, None)];
    let runs: Vec<&RunRow> = runs.iter().collect();
    let pivot = Pivot {
        sort: Some((4, true)),
        row: 1,
        ..by_lambda()
    };
    let columns = [Column::Now("gradient.l1".into())];
    let groups = Groups::of(&runs, &pivot, &columns, &UNICODE);
    let first = |sheet: &Sheet| -> Vec<String> { sheet.rows.iter().map(|r| r.cells[0].text.clone()).collect() };
    assert_eq!(first(&groups.sheet()), ["0.02", "0.01", "0.03"]);
    assert_eq!(first(&groups.numbers()), ["0.02", "0.01", "0.03"]);
    assert_eq!(groups.sheet().heads[4].sorted, Some(true));
    let (group, _) = groups.selected().unwrap();
    assert_eq!(group.value, Some(crate::tui::model::facts::Fact::Number(0.01)));
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
