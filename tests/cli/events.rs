//! TensorBoard's event files, out and in again, as the command line and the screen show them. Needs no engine.

use crate::deck::Deck;
use crate::pseudo_terminal::Terminal;
use spikedeck::run::{RunDir, journal::Appender, metric::Metric};

/// A run with metrics, as a worker would have written them; its event file in `board/glyphs-7/`.
fn exported(deck: &Deck) -> RunDir {
    let run = deck.create(&[]);
    let mut journal = Appender::open(&run.metrics()).unwrap();
    for step in 1..=40 {
        let metric = Metric {
            step,
            epoch: step as f64 / 10.0,
            wall: step as f64 / 2.0,
            values: [
                ("train.ce", 2.0 / step as f64),
                ("layer.0.firing_rate", 0.1),
                ("eval.f1", 0.3),
            ]
            .map(|(k, v)| (k.to_string(), v))
            .into(),
        };
        journal.append(&metric).unwrap();
    }
    let path = run.path().to_str().unwrap();
    let (code, answer) = deck.json(&["export", path, "--format", "tensorboard", "--to", "board/glyphs-7"]);
    assert_eq!(code, 0, "{answer}");
    run
}

#[test]
fn what_is_exported_is_imported_as_a_run_without_a_recorded_end_and_with_the_same_metrics() {
    let deck = Deck::new();
    exported(&deck);
    let (code, answer) = deck.json(&["import", "board/glyphs-7", "--out", "theirs/runs/glyphs-7"]);
    assert_eq!(
        (code, answer["values"].as_u64(), answer["steps"].as_u64()),
        (0, Some(120), Some(40)),
        "{answer}"
    );
    assert_eq!(answer["metrics"].as_array().unwrap().len(), 3);
    let run = answer["run"].as_str().unwrap();
    let (_, status) = deck.json(&["status", "theirs"]);
    let row = &status["runs"][0];
    assert_eq!(
        (row["state"].as_str(), row["name"].as_str()),
        (Some("no_end"), Some("glyphs-7")),
        "{status}"
    );
    assert_eq!(
        (row["step"].as_u64(), row["metrics"]["train.ce"].as_f64()),
        (Some(40), Some(f64::from(0.05f32)))
    );
    assert_eq!(row["metrics"]["layer.0.firing_rate"].as_f64(), Some(f64::from(0.1f32)));

    let table = |run: &str, to: &str| {
        assert_eq!(deck.json(&["export", run, "--format", "csv", "--to", to]).0, 0);
        std::fs::read_to_string(deck.path(to)).unwrap()
    };
    assert!(table(run, "a.csv").starts_with("step,epoch,wall,eval.f1,layer.0.firing_rate,train.ce\n"));
    // Once more around nothing is lost: single precision it is by now.
    deck.json(&["export", run, "--format", "tensorboard", "--to", "again"]);
    let (code, answer) = deck.json(&["import", "again/events.out.tfevents.0.spikedeck", "--out", "b"]);
    assert_eq!((code, answer["name"].as_str()), (0, Some("again")), "{answer}");
    let values = |text: &str| {
        text.lines()
            .map(|l| l.splitn(4, ',').last().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        values(&table(run, "c.csv")),
        values(&table(deck.path("b").to_str().unwrap(), "d.csv"))
    );

    for refused in [&["train", "--resume", run][..], &["checkpoint", "list", run]] {
        let (code, answer) = deck.json(refused);
        assert!(
            code != 0 && answer["error"].as_str().unwrap().contains("imported"),
            "{answer}"
        );
    }
    assert_eq!(deck.json(&["tag", run, "+theirs"]).0, 0);
    let (code, answer) = deck.json(&["send", run, "pause"]);
    let why = answer["why"].as_str().unwrap();
    assert!(
        code == 1 && why.contains("do not say that it ended") && !why.contains("no_end"),
        "{answer}"
    );
}

#[test]
fn an_imported_run_is_shown_with_its_charts() {
    let deck = Deck::new();
    exported(&deck);
    deck.json(&["import", "board/glyphs-7", "--out", "theirs/runs/glyphs-7"]);
    let mut terminal = Terminal::open(&deck, &["tui", "theirs"], 140, 40);
    terminal.wait_for(&[
        "glyphs-7",
        "no end",
        "step 40",
        "imported from",
        "raw 0.05",
        "eval/f1",
        "note: imported",
    ]);
    terminal.press_until("R", &["c columns", "glyphs-7", "no end"]);
    terminal.press_until("\x1b", &["imported from"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn what_cannot_be_imported_is_refused_with_a_fix_and_nothing_is_overwritten() {
    let deck = Deck::new();
    exported(&deck);
    let refused = |words: &[&str], code: i32, why: &str| {
        let (found, answer) = deck.json(words);
        let said = answer["error"].as_str().unwrap_or_default().to_string();
        assert!(found == code && said.contains(why), "{words:?}: {answer}");
    };
    refused(&["import", "board", "--out", "x"], 2, "board/glyphs-7");
    refused(&["import", "experiments/tiny", "--out", "x"], 2, "holds no event files");
    refused(
        &["import", "board/glyphs-7", "--out", "x", "--network", "vgg11"],
        2,
        "leave out --network",
    );
    refused(&["import", "w.pth", "--out", "x"], 2, "weights need --network");
    refused(&["import", "events.out.tfevents.1", "--out", "x"], 2, "no such file");
    refused(
        &["import", "board/glyphs-7", "--out", "board/glyphs-7"],
        2,
        "is not empty",
    );
    std::fs::write(
        deck.path("renamed"),
        std::fs::read(deck.path("board/glyphs-7/events.out.tfevents.0.spikedeck")).unwrap(),
    )
    .unwrap();
    assert_eq!(
        deck.json(&["import", "renamed", "--out", "y"]).0,
        0,
        "known by its content"
    );
    let mut bytes = std::fs::read(deck.path("renamed")).unwrap();
    std::fs::write(deck.path("events.out.tfevents.cut"), &bytes[..bytes.len() - 5]).unwrap();
    let (code, answer) = deck.json(&["import", "events.out.tfevents.cut", "--out", "z"]);
    assert_eq!(
        (code, answer["values"].as_u64(), answer["torn"].as_array().map(Vec::len)),
        (0, Some(119), Some(1))
    );
    bytes[100] ^= 1;
    std::fs::write(deck.path("events.out.tfevents.bad"), &bytes).unwrap();
    let (code, answer) = deck.json(&["import", "events.out.tfevents.bad", "--out", "w"]);
    let damaged = &answer["damaged"][0];
    assert_eq!(
        (code, answer["values"].as_u64(), damaged["count"].as_u64()),
        (0, Some(119), Some(1))
    );
    let place = damaged["places"][0].as_str().unwrap();
    assert!(place.starts_with("byte 85: the checksum"), "{place}");
    std::fs::write(deck.path("events.out.tfevents.zip"), "PK\x03\x04 and more").unwrap();
    refused(
        &["import", "events.out.tfevents.zip", "--out", "x"],
        1,
        "it is a zip archive",
    );
    assert!(!deck.path("x").exists());
}
