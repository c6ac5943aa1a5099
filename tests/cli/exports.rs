//! Tables on the command line: an attack's results and a run's metrics, into files and to standard output.

use crate::deck::Deck;
use serde_json::{Value, json};
use spikedeck::{
    run::{
        SCHEMA,
        attack::{AttackLine, AttackLoss, AttackManifest, Norm, Order, Split},
        attack_job::AttackDir,
    },
    spec::{AttackKind, backward_list},
    units::Epsilon,
};
use std::{path::PathBuf, process::Stdio};

const MODE: &str = "bptt:triangle:1";

fn eps(n255: f64) -> Epsilon {
    Epsilon::new(n255 / 255.0).unwrap()
}

/// An attack beside a run: FGSM at two radii on four images, the second half done.
fn attack(deck: &Deck) -> PathBuf {
    let run = deck.create(&[]);
    let checkpoint = deck
        .path("checkpoints")
        .join(run.path().file_name().unwrap())
        .join("step-000000007");
    let manifest = AttackManifest {
        schema: SCHEMA,
        id: "01".into(),
        created: "2026-11-23T10:00:00.000Z".into(),
        argv: vec![],
        checkpoints: vec![checkpoint],
        data: deck.path("data"),
        attacks: AttackKind::list("fgsm").unwrap(),
        norm: Norm::Linf,
        eps: vec![eps(4.0), eps(8.0)],
        backward: backward_list(MODE).unwrap(),
        samples: 4,
        split: Split::Test,
        order: Order::File,
        seed: 0,
        batch: 4,
        alpha: None,
        loss: AttackLoss::Ce,
        target: None,
        transfer_from: None,
        twin: None,
        steps: None,
        eot: 1,
        keep: false,
        max_seconds: None,
        device: "cpu".into(),
        worst_case: false,
        precision: None,
        replay: None,
    };
    let dir = AttackDir::create(&run.path().join("attacks/01"), &manifest).unwrap();
    let line = |attack: &str, radius: f64, robust: &str| {
        let line = AttackLine {
            checkpoint: 0,
            attack: attack.parse().unwrap(),
            backward: MODE.parse().unwrap(),
            eps: eps(radius),
            first: 0,
            robust: robust.into(),
            seconds: 1.0,
            ended: None,
        };
        serde_json::to_string(&line).unwrap() + "\n"
    };
    let lines = [
        line("none", 0.0, "1110"),
        line("fgsm", 4.0, "1010"),
        line("fgsm", 8.0, "01"),
    ];
    std::fs::write(dir.results(), lines.concat()).unwrap();
    dir.path().to_path_buf()
}

fn said(deck: &Deck, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = deck.output(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn an_attack_is_exported_in_four_forms_with_its_worst_case_first() {
    let deck = Deck::new();
    let attack = attack(&deck);
    let attack = attack.to_str().unwrap();
    let export = |format: &str| said(&deck, &["export", attack, "--format", format]);
    let (csv, note, code) = export("csv");
    assert_eq!(code, Some(0), "{note}");
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[1].starts_with("tiny,") && lines[1].contains(",worst,worst,worst,linf,4/255,0.01568627450980392,0.5,")
    );
    assert!(
        lines[2].contains(",8/255,0.03137254901960784,0.5,") && lines[2].ends_with(",1,2,open"),
        "{csv}"
    );
    assert!(
        lines[3].contains(",cell,none,") && lines.len() == 6 && note.contains("2 of 3 cells"),
        "{csv}{note}"
    );
    let (md, ..) = export("md");
    assert!(
        md.contains("| worst | worst | 8/255 | 50.0 % | 9.5–90.5 % | 2 | not finished |"),
        "{md}"
    );
    let (latex, ..) = export("latex");
    assert!(
        latex.contains("\\caption{Accuracy of \\texttt{tiny} (step-000000007)"),
        "{latex}"
    );
    let (text, ..) = export("json");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["rows"][1]["n"], &json["rows"][0]["n"]), (&json!(2), &json!(4)));
    let (code, answer) = deck.json(&["export", attack, "--format", "latex", "--to", "table.tex"]);
    assert_eq!(
        (code, &answer["rows"], &answer["cells_done"]),
        (0, &json!(5), &json!(2)),
        "{answer}"
    );
    assert_eq!(std::fs::read_to_string(deck.path("table.tex")).unwrap(), latex);
}

#[test]
fn a_table_that_cannot_be_written_is_refused_with_a_fix() {
    let deck = Deck::new();
    let attack = attack(&deck);
    let run = attack
        .parent()
        .and_then(|p| p.parent())
        .unwrap()
        .to_str()
        .unwrap()
        .to_string();
    let attack = attack.to_str().unwrap();
    let refused = |arguments: &[&str]| {
        let (_, why, code) = said(&deck, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {why}");
        why
    };
    assert!(refused(&["export", attack]).contains("--format csv, md, latex or json"));
    assert!(refused(&["export", attack, "--format", "png"]).contains("csv, md, latex or json"));
    assert!(refused(&["export", &run, "--format", "latex"]).contains("one of its attacks"));
    assert!(refused(&["export", &run, "--format", "png"]).contains("--to charts.png"));
    assert!(refused(&["export", attack, "--format", "csv", "--to", "no/such/t.csv"]).contains("mkdir -p"));
    assert!(refused(&["export", attack, "--format", "csv", "--to", "/dev/null", "--force"]).contains("device"));
    assert!(refused(&["--json", "export", attack, "--format", "csv"]).contains("--to FILE"));
    std::fs::write(deck.path("t.csv"), "mine").unwrap();
    assert!(refused(&["export", attack, "--format", "csv", "--to", "t.csv"]).contains("--force"));
    assert_eq!(std::fs::read_to_string(deck.path("t.csv")).unwrap(), "mine");
    assert_eq!(
        said(
            &deck,
            &["export", attack, "--format", "csv", "--to", "t.csv", "--force"]
        )
        .2,
        Some(0)
    );
    assert!(
        std::fs::read_to_string(deck.path("t.csv"))
            .unwrap()
            .starts_with("name,run,")
    );
}

#[test]
fn a_full_disk_behind_a_redirection_is_an_error_and_says_what_to_do() {
    let deck = Deck::new();
    let attack = attack(&deck);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = deck.command(&["export", attack.to_str().unwrap(), "--format", "csv"]);
    let output = command.stdout(Stdio::from(full)).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{why}");
    assert!(why.contains("free some space") && !why.contains("resume"), "{why}");
}

#[test]
fn metrics_go_to_standard_output_as_they_go_into_a_file() {
    let deck = Deck::new();
    let run = deck.create(&[]);
    let line = |step: u64, ce: f64| {
        format!("{{\"step\":{step},\"epoch\":0.5,\"wall\":{step},\"values\":{{\"train.ce\":{ce}}}}}\n")
    };
    std::fs::write(run.metrics(), [line(1, 2.5), line(3, 2.0), line(2, 1.5)].concat()).unwrap();
    let path = run.path().to_str().unwrap();
    let (csv, ..) = said(&deck, &["export", path, "--format", "csv"]);
    assert_eq!(csv, "step,epoch,wall,train.ce\n1,0.5,1,2.5\n2,0.5,2,1.5\n");
    let (code, answer) = deck.json(&["export", path, "--format", "csv", "--to", "m.csv"]);
    assert_eq!((code, &answer["steps"]), (0, &json!(2)), "{answer}");
    assert_eq!(std::fs::read_to_string(deck.path("m.csv")).unwrap(), csv);
    let names: Vec<_> = std::fs::read_dir(deck.folder.path())
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert!(
        names.iter().all(|n| !n.to_string_lossy().contains("partial")),
        "{names:?}"
    );
}
