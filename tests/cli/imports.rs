//! TensorBoard's event files as other programs leave them: restarts, sub-folders, damage, hyper-parameters, two trainings in
//! one folder; and importing again. Needs no engine.

use crate::deck::Deck;
use crate::pseudo_terminal::Terminal;
use serde_json::Value;
use spikedeck::exchange::events::masked;

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 127 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [vec![number << 3 | 2], varint(content.len() as u64), content.to_vec()].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

fn record(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    let sums = [masked(&length), masked(content)].map(u32::to_le_bytes);
    [&length[..], &sums[0], content, &sums[1]].concat()
}

fn version(time: f64) -> Vec<u8> {
    record(&[double(1, time), field(3, b"brain.Event:2")].concat())
}

fn event(time: f64, step: u64, rest: Vec<u8>) -> Vec<u8> {
    record(&[double(1, time), vec![0x10], varint(step), rest].concat())
}

fn scalar(time: f64, step: u64, tag: &str, value: f32) -> Vec<u8> {
    let value = [field(1, tag.as_bytes()), vec![0x15], value.to_le_bytes().to_vec()].concat();
    event(time, step, field(5, &field(1, &value)))
}

fn start(time: f64, step: u64) -> Vec<u8> {
    event(time, step, field(7, &[0x08, 1]))
}

/// A curve of `tag`, a value per second from `time` on.
fn curve(time: f64, steps: std::ops::RangeInclusive<u64>, tag: &str) -> Vec<u8> {
    steps
        .flat_map(|step| scalar(time + step as f64, step, tag, step as f32))
        .collect()
}

/// A message of the plug-in for hyper-parameters.
fn hparams(time: f64, tag: &str, data: &[u8]) -> Vec<u8> {
    let plugin = [field(1, b"hparams"), field(2, data)].concat();
    let value = [field(1, tag.as_bytes()), field(9, &field(1, &plugin))].concat();
    event(time, 0, field(5, &field(1, &value)))
}

fn put(deck: &Deck, path: &str, parts: &[Vec<u8>]) {
    let path = deck.path(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, parts.concat()).unwrap();
}

fn imported(deck: &Deck, from: &str, out: &str) -> Value {
    let (code, answer) = deck.json(&["import", from, "--out", out]);
    assert_eq!(code, 0, "{answer}");
    answer
}

/// The lines of the run's table.
fn table(deck: &Deck, run: &str) -> Vec<String> {
    let to = format!("{run}.csv");
    assert_eq!(
        deck.json(&["export", run, "--format", "csv", "--to", &to, "--force"]).0,
        0
    );
    let text = std::fs::read_to_string(deck.path(&to)).unwrap();
    text.lines().map(String::from).collect()
}

#[test]
fn a_restart_voids_the_dead_runs_values_and_a_second_file_without_one_voids_nothing() {
    let deck = Deck::new();
    put(
        &deck,
        "a/events.out.tfevents.1.h.1",
        &[version(0.0), curve(0.0, 0..=100, "loss")],
    );
    put(
        &deck,
        "a/events.out.tfevents.2.h.2",
        &[version(1e3), start(1e3, 60), curve(1e3, 60..=80, "loss")],
    );
    let answer = imported(&deck, "a", "one");
    assert_eq!(
        (answer["steps"].as_u64(), answer["void"].as_u64()),
        (Some(81), Some(41))
    );
    assert!(table(&deck, "one").last().unwrap().starts_with("80,"));
    put(
        &deck,
        "b/events.out.tfevents.1.h.1",
        &[version(0.0), curve(0.0, 0..=100, "loss")],
    );
    put(
        &deck,
        "b/events.out.tfevents.2.h.2",
        &[version(1e3), curve(1e3, 60..=80, "loss")],
    );
    let answer = imported(&deck, "b", "two");
    assert_eq!(
        (answer["steps"].as_u64(), answer["replaced"].as_u64()),
        (Some(101), Some(21))
    );
    // From the beginning again, by another process: two trainings, never one curve.
    put(
        &deck,
        "b/events.out.tfevents.3.h.3",
        &[version(2e3), curve(2e3, 0..=50, "loss")],
    );
    let (code, answer) = deck.json(&["import", "b", "--out", "three"]);
    let said = answer["error"].as_str().unwrap();
    assert!(
        code == 2 && said.contains("two trainings") && said.contains("Import each file alone"),
        "{said}"
    );
    assert!(!deck.path("three").exists());
    imported(&deck, "b/events.out.tfevents.3.h.3", "three");
}

/// A run with a curve of its own, two in folders of `add_scalars`, hyper-parameters, and another run's folder.
fn put_run_with_folders(deck: &Deck) {
    let both = ["loss_train", "loss_val"];
    let entry = [field(1, b"lr"), field(2, &double(2, 0.5))].concat();
    put(
        deck,
        "run/events.out.tfevents.1.h",
        &[version(0.0), curve(0.0, 0..=4, "lr")],
    );
    for folder in both {
        put(
            deck,
            &format!("run/{folder}/events.out.tfevents.2.h"),
            &[version(0.0), curve(0.0, 0..=4, "loss")],
        );
    }
    put(
        deck,
        "run/1796073940.7/events.out.tfevents.3.h",
        &[
            version(4.0),
            hparams(4.0, "_hparams_/session_start_info", &field(3, &field(1, &entry))),
            hparams(4.0, "_hparams_/session_end_info", &field(4, &[0x08, 1])),
            scalar(4.1, 0, "hparam/test accuracy", 0.9),
        ],
    );
    put(
        deck,
        "run/other/events.out.tfevents.9.h",
        &[version(0.0), curve(0.0, 0..=4, "a"), curve(0.0, 0..=4, "b")],
    );
}

#[test]
fn folders_below_belong_to_the_run_and_its_hyper_parameters_are_its_configuration() {
    let deck = Deck::new();
    put_run_with_folders(&deck);
    let answer = imported(&deck, "run", "runs/x");
    let metrics: Vec<&str> = answer["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(metrics, ["lr", "hparam.test_accuracy", "loss.train", "loss.val"]);
    assert_eq!(answer["apart"][0], "other");
    assert_eq!(
        (answer["state"].as_str(), answer["configuration"]["lr"].as_f64()),
        (Some("finished"), Some(0.5))
    );
    assert_eq!(answer["series"]["loss.val"]["folder"], "loss_val");
    let (_, status) = deck.json(&["status", "runs"]);
    assert_eq!(status["runs"][0]["configuration"]["lr"], 0.5);
    assert_eq!(
        status["runs"][0]["series"]["hparam.test_accuracy"]["tag"],
        "hparam/test accuracy"
    );
    let mut terminal = Terminal::open(&deck, &["tui", "runs"], 160, 45);
    terminal.wait_for(&["lr 0.5", "loss (loss_train)", "hparam/test accuracy"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_runs_own_folder_may_hold_no_scalar_or_no_file_at_all() {
    let deck = Deck::new();
    put_run_with_folders(&deck);
    put(&deck, "run/events.out.tfevents.1.h", &[version(0.0)]);
    assert_eq!(imported(&deck, "run", "runs/y")["metrics"].as_array().unwrap().len(), 3);
    // As Keras writes it.
    for side in ["train", "validation"] {
        put(
            &deck,
            &format!("keras/{side}/events.out.tfevents.1.h.v2"),
            &[version(0.0), curve(0.0, 0..=4, "epoch_loss")],
        );
    }
    let answer = imported(&deck, "keras", "runs/z");
    assert_eq!(
        answer["metrics"],
        serde_json::json!(["train.epoch_loss", "validation.epoch_loss"])
    );
}

#[test]
fn folders_of_several_runs_are_to_be_imported_one_by_one() {
    let deck = Deck::new();
    for folder in ["a", "train"] {
        put(
            &deck,
            &format!("several/{folder}/events.out.tfevents.1.h"),
            &[version(0.0), curve(0.0, 0..=4, "loss")],
        );
    }
    let (code, answer) = deck.json(&["import", "several", "--out", "runs/w"]);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("one by one"),
        "{answer}"
    );
}

#[test]
fn tags_are_kept_as_they_were_written_and_stay_distinct() {
    let deck = Deck::new();
    let tags = [
        "cpu->gpus FIFO capacity %",
        "größe/λ",
        "esc\x1b[2Jx",
        "a b",
        "a_b",
        "a:b",
        "train/loss",
    ];
    let mut parts = vec![version(0.0)];
    parts.extend(tags.iter().map(|tag| curve(0.0, 0..=2, tag)));
    put(&deck, "x/events.out.tfevents.1.h", &parts);
    let output = deck.output(&["import", "x", "--out", "runs/x"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(r#"a_b_2 is "a_b", a_b_3 is "a:b""#), "{said}");
    let record = std::fs::read_to_string(deck.path("runs/x/imported.json")).unwrap();
    assert!(record.contains("cpu->gpus FIFO capacity %") && record.contains("größe/λ") && !record.contains('\x1b'));
    let (_, status) = deck.json(&["status", "runs"]);
    assert_eq!(status["runs"][0]["series"]["a_b_3"]["tag"], "a:b");
    let (_, answer) = deck.json(&["export", "runs/x", "--format", "json", "--to", "x.json"]);
    let exported = std::fs::read_to_string(answer["to"].as_str().unwrap()).unwrap();
    assert!(exported.contains("cpu->gpus FIFO capacity %"));
    let mut terminal = Terminal::open(&deck, &["tui", "runs"], 160, 45);
    terminal.wait_for(&[
        "cpu->gpus FIFO capacity %",
        "a:b",
        "esc␛[2Jx",
        "train/loss",
        "no end",
        "no end recorded",
    ]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn damage_costs_what_it_hits_and_a_good_file_beside_it_is_imported() {
    let deck = Deck::new();
    let bad = [version(0.0), curve(0.0, 0..=49, "loss")].concat();
    let mut bytes = bad.clone();
    bytes[1060] ^= 64;
    put(&deck, "a/events.out.tfevents.1.h", &[bytes]);
    put(
        &deck,
        "a/events.out.tfevents.2.h",
        &[version(1e3), curve(1e3, 50..=59, "loss")],
    );
    put(&deck, "a/events.out.tfevents.3.h", &[b"PK\x03\x04 a zip".to_vec()]);
    put(&deck, "a/events.out.tfevents.4.h", &[]);
    let answer = imported(&deck, "a", "x");
    assert_eq!(
        (answer["values"].as_u64(), answer["damaged"][0]["count"].as_u64()),
        (Some(59), Some(1))
    );
    let why = |n: usize| answer["unreadable"][n]["why"].as_str().unwrap().to_string();
    assert!(why(0).contains("zip archive") && why(1).contains("empty"), "{answer}");
    put(&deck, "none/events.out.tfevents.1.h", &[vec![0; 100]]);
    let (code, answer) = deck.json(&["import", "none", "--out", "y"]);
    assert!(
        code == 1 && answer["error"].as_str().unwrap().contains("nothing but zeros"),
        "{answer}"
    );
}

#[test]
fn an_import_is_replaced_only_when_it_is_asked_for_and_only_by_one_of_the_same_files() {
    let deck = Deck::new();
    put(
        &deck,
        "a/events.out.tfevents.1.h",
        &[version(0.0), curve(0.0, 0..=4, "loss")],
    );
    imported(&deck, "a", "runs/a");
    assert_eq!(deck.json(&["tag", "runs/a", "+kept"]).0, 0);
    put(
        &deck,
        "a/events.out.tfevents.1.h",
        &[version(0.0), curve(0.0, 0..=9, "loss")],
    );
    assert_eq!(deck.json(&["import", "a", "--out", "runs/a"]).0, 2);
    let (code, answer) = deck.json(&["import", "a", "--out", "runs/a", "--force"]);
    assert_eq!((code, answer["steps"].as_u64()), (0, Some(10)), "{answer}");
    let (_, status) = deck.json(&["status", "runs"]);
    assert_eq!(status["runs"].as_array().unwrap().len(), 1);
    assert_eq!(status["runs"][0]["tags"], serde_json::json!(["kept"]));
    put(
        &deck,
        "b/events.out.tfevents.1.h",
        &[version(0.0), curve(0.0, 0..=4, "loss")],
    );
    for (from, to, why) in [
        ("b", "runs/a", "is an import of"),
        ("a", "experiments", "no run"),
        ("a", "a", "no run"),
    ] {
        let (code, answer) = deck.json(&["import", from, "--out", to, "--force"]);
        let said = answer["error"].as_str().unwrap();
        assert!(
            code != 0 && said.contains(why) && said.contains("nothing was replaced"),
            "{said}"
        );
    }
    assert_eq!(table(&deck, "runs/a").len(), 11);
    let (code, answer) = deck.json(&["import", "w.pth", "--network", "vgg11", "--out", "c", "--force"]);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("--force is for event files"),
        "{answer}"
    );
}
