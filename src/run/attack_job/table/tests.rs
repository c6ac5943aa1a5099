//! The attack's table, number by number, in each of its forms.

use super::*;
use crate::run::{
    attack_job::tests::{line, manifest},
    wilson,
};
use serde_json::Value;

const MODE: &str = "bptt:triangle:1";

fn table(manifest: AttackManifest, lines: &[(&str, &str, f64, &str)]) -> AttackTable {
    let mut cells = Cells::of(&manifest);
    for (attack, mode, radius, robust) in lines {
        cells.apply(&line(attack, mode, *radius, 0, robust));
    }
    AttackTable {
        attack: "/r/attacks/01".into(),
        checkpoints: vec![Attacked {
            name: "50%_net".into(),
            run: "20261123-094512-50-net-7f3a".into(),
            checkpoint: "step-000000001".into(),
        }],
        norm: manifest.norm,
        split: manifest.split,
        conditions: conditions(&manifest),
        finished: (cells.finished(), cells.all().len()),
        rows: rows(&manifest, &cells),
    }
}

/// Two attacks at two radii on four images; the last cell is half done.
fn half_done() -> AttackTable {
    let lines = [
        ("none", MODE, 0.0, "1110"),
        ("fgsm", MODE, 2.0, "1100"),
        ("pgd:10", MODE, 2.0, "1010"),
        ("fgsm", MODE, 8.0, "0100"),
        ("pgd:10", MODE, 8.0, "01"),
    ];
    table(manifest("fgsm,pgd:10", MODE), &lines)
}

fn said(table: &AttackTable) -> Vec<String> {
    let row = |r: &TableRow| {
        format!(
            "{} {} {} {}/{}",
            r.label(),
            r.backward,
            r.eps,
            r.tally.robust,
            r.tally.n
        )
    };
    table.rows.iter().map(row).collect()
}

#[test]
fn the_worst_case_comes_first_then_clean_then_attack_by_attack() {
    assert_eq!(
        said(&half_done()),
        [
            "worst worst 2/255 1/4",
            "worst worst 8/255 1/2",
            "none  0/255 3/4",
            "fgsm bptt:triangle:1 2/255 2/4",
            "fgsm bptt:triangle:1 8/255 1/4",
            "pgd:10 bptt:triangle:1 2/255 2/4",
            "pgd:10 bptt:triangle:1 8/255 1/2",
        ]
    );
}

#[test]
fn with_several_modes_each_attack_has_its_own_worst_case() {
    let lines = [
        ("none", "rate", 0.0, "1110"),
        ("fgsm", MODE, 8.0, "1010"),
        ("fgsm", "rate", 8.0, "0110"),
        ("noise", MODE, 8.0, "1110"),
    ];
    let table = table(manifest("noise,fgsm", &format!("{MODE},rate")), &lines);
    assert_eq!(
        said(&table),
        [
            "worst worst 8/255 1/4",
            "none  0/255 3/4",
            "noise  8/255 3/4",
            "fgsm worst 8/255 1/4",
            "fgsm bptt:triangle:1 8/255 2/4",
            "fgsm rate 8/255 2/4",
        ]
    );
}

#[test]
fn a_job_on_survivors_gives_accuracies_of_the_network_and_names_them() {
    let job = AttackManifest {
        worst_case: true,
        ..manifest("pgd:10,fgsm", MODE)
    };
    let lines = [
        ("none", MODE, 0.0, "1110"),
        ("fgsm", MODE, 8.0, "101-"),
        ("pgd:10", MODE, 8.0, "0-1-"),
    ];
    let table = table(job, &lines);
    let rows = said(&table);
    assert_eq!(rows[0], "worst worst 8/255 1/4");
    assert_eq!(
        rows[2..],
        ["fgsm bptt:triangle:1 8/255 2/4", "+ pgd:10 bptt:triangle:1 8/255 1/4"]
    );
    assert!(table.csv().contains(",worst-so-far,pgd:10,"), "{}", table.csv());
    assert!(table.latex().contains("each attack only on what the earlier ones left"));
}

#[test]
fn markdown_has_per_cent_with_one_decimal_and_notes_where_a_cell_is_open() {
    let text = half_done().markdown();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "| checkpoint | attack | backward | ε | accuracy | 95 % | n | note |"
    );
    assert_eq!(
        lines[2],
        "| step-000000001 | worst | worst | 2/255 | 25.0 % | 4.6–69.9 % | 4 |  |"
    );
    assert_eq!(
        lines[3],
        "| step-000000001 | worst | worst | 8/255 | 50.0 % | 9.5–90.5 % | 2 | not finished |"
    );
    assert_eq!(lines.len(), 2 + 7);
}

#[test]
fn csv_and_json_hold_the_same_numbers_in_full() {
    let table = half_done();
    let text = table.csv();
    let json = table.json();
    let rows = json["rows"].as_array().unwrap();
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().unwrap().split(',').collect();
    let (low, high) = wilson::interval(1, 4);
    for (line, row) in lines.zip(rows) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), heads.len());
        for (head, cell) in heads.iter().zip(&cells) {
            match &row[head] {
                Value::String(word) => assert_eq!(word, cell, "{head}"),
                number => assert_eq!(number.as_f64(), cell.parse().ok(), "{head}"),
            }
        }
    }
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0]["eps"], "2/255");
    assert_eq!(rows[0]["eps_value"].as_f64(), Some(2.0 / 255.0));
    assert_eq!(
        (rows[0]["low"].as_f64(), rows[0]["high"].as_f64()),
        (Some(low), Some(high))
    );
    assert_eq!(
        (&rows[0]["n"], &rows[1]["n"], &rows[1]["state"]),
        (&4.into(), &2.into(), &"open".into())
    );
    assert_eq!((&json["cells_done"], &json["cells"]), (&4.into(), &5.into()));
}

#[test]
fn latex_is_attacks_by_radius_with_the_runs_name_in_the_caption() {
    let text = half_done().latex();
    let line = |begins: &str| {
        text.lines()
            .find(|l| l.starts_with(begins))
            .unwrap_or_default()
            .to_string()
    };
    assert!(
        line("\\caption").contains("\\texttt{50\\%\\_net} (step-000000001)"),
        "{text}"
    );
    assert!(line("\\caption").contains("Not finished: 4 of 5 cells."), "{text}");
    assert_eq!(
        line("attack"),
        "attack & backward & \\multicolumn{2}{c}{$\\varepsilon = 2/255$} & \\multicolumn{2}{c}{$8/255$} & $n$ \\\\"
    );
    assert_eq!(
        line("worst case"),
        "worst case &  & 25.0 & {[4.6, 69.9]} & 50.0 & {[9.5, 90.5], $n = 2$} & 2--4 \\\\"
    );
    assert_eq!(
        line("none (clean)"),
        "none (clean) &  & \\multicolumn{4}{c}{75.0\\ {[30.1, 95.4]}} & 4 \\\\"
    );
    assert_eq!(
        line("fgsm"),
        "fgsm & bptt:triangle:1 & 50.0 & {[15.0, 85.0]} & 25.0 & {[4.6, 69.9]} & 4 \\\\"
    );
}

/// What TeX itself would refuse: braces, environments and dollars in pairs, and as many columns as the preamble has.
fn is_well_formed(text: &str) {
    let mut depth = 0i32;
    let mut escaped = false;
    let mut dollars = 0;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            '$' => dollars += 1,
            _ => {}
        }
        assert!(depth >= 0, "{text}");
    }
    assert_eq!((depth, dollars % 2), (0, 0), "{text}");
    for (begin, end) in [
        ("\\begin{table}", "\\end{table}"),
        ("\\begin{tabular}", "\\end{tabular}"),
    ] {
        assert_eq!((text.matches(begin).count(), text.matches(end).count()), (1, 1));
    }
    let preamble = text.lines().find(|l| l.starts_with("\\begin{tabular}")).unwrap();
    let columns = preamble
        .replace("\\begin{tabular}", "")
        .replace("@{\\ }", "")
        .trim_matches(['{', '}'])
        .len();
    for line in text.lines().filter(|l| l.ends_with(" \\\\")) {
        let spans = line.split("\\multicolumn{").skip(1).map(|rest| {
            let (n, _) = rest.split_once('}').unwrap();
            n.parse::<usize>().unwrap() - 1
        });
        let wide = line.replace("\\&", "").matches('&').count() + 1 + spans.sum::<usize>();
        assert_eq!(wide, columns, "{line}");
    }
}

#[test]
fn latex_is_well_formed_for_every_kind_of_job() {
    is_well_formed(&half_done().latex());
    is_well_formed(&table(manifest("none", MODE), &[("none", MODE, 0.0, "1110")]).latex());
    is_well_formed(&table(manifest("fgsm", MODE), &[]).latex());
    let mut several = half_done();
    several.checkpoints.push(Attacked {
        name: "a & b \\ {$}".into(),
        run: "[x]".into(),
        checkpoint: "100%".into(),
    });
    let more: Vec<TableRow> = several
        .rows
        .iter()
        .map(|r| TableRow {
            checkpoint: 1,
            ..r.clone()
        })
        .collect();
    several.rows.extend(more);
    is_well_formed(&several.latex());
    assert!(
        several
            .latex()
            .contains("\\emph{a \\& b \\textbackslash{} \\{\\$\\} 100\\%}"),
        "{}",
        several.latex()
    );
}

#[test]
fn a_checkpoint_is_named_by_what_tells_it_apart() {
    let path = |id: &str, step: &str| Path::new("/c").join(id).join(step);
    let one = Attacked::of(&path("20261123-094512-glyphs-sr-7f3a", "step-000000400"), None);
    assert_eq!(
        (one.name.as_str(), one.checkpoint.as_str()),
        ("glyphs-sr", "step-000000400")
    );
    let owner = ("mine".to_string(), "Glyphs, SR".to_string());
    assert_eq!(Attacked::of(&path("mine", "step-1"), Some(&owner)).name, "Glyphs, SR");
    assert_eq!(Attacked::of(&path("imported", "x"), Some(&owner)).name, "imported");
    let mut table = half_done();
    let row = table.rows[0].clone();
    assert_eq!(table.checkpoint(&row), "step-000000001");
    table.checkpoints.push(one);
    assert_eq!(table.checkpoint(&row), "50%_net step-000000001");
    table.checkpoints[1].name = "50%_net".into();
    assert_eq!(table.checkpoint(&row), "20261123-094512-50-net-7f3a step-000000001");
}
