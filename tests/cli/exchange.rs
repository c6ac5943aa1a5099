//! Weights in and out: PyTorch's files become checkpoints, checkpoints become files for PyTorch, and what does not fit
//! is refused with lists.

use crate::deck::Deck;
use serde_json::Value;
use spikedeck::{exchange, run::checkpoint};
use std::path::{Path, PathBuf};

const TINY: &[u8] = include_bytes!("../../src/exchange/testdata/tiny.pth");

/// The network whose state dict `tiny.pth` is.
const NETWORK: &str = r#"
[network]
family = "vgg"
blocks = [[2, "pool"], [3, "pool", "pool"]]
classes = 10
image = [1, 16, 16]
mean = [0.2]
std = [0.3]
T = 2
"#;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A deck with `tiny.pth` and its `network.toml`.
fn deck() -> Deck {
    let deck = Deck::new();
    std::fs::write(deck.path("tiny.pth"), TINY).unwrap();
    std::fs::write(deck.path("network.toml"), NETWORK).unwrap();
    deck
}

fn import(deck: &Deck, out: &str) -> (i32, Value) {
    deck.json(&["import", "tiny.pth", "--network", "network.toml", "--out", out])
}

#[test]
fn a_state_dict_becomes_a_checkpoint_and_its_export_is_the_same_to_the_bit() {
    let deck = deck();
    let (code, answer) = import(&deck, "imported");
    assert_eq!((code, &answer["data"]), (0, &Value::from("glyphs")), "{answer}");
    let folder = PathBuf::from(answer["checkpoint"].as_str().unwrap());
    let saved = checkpoint::open(&folder).unwrap();
    saved.verify().unwrap();
    assert_eq!(saved.meta.spec.network.steps, 2);
    let (code, answer) = deck.json(&["export", "imported", "--to", "out.safetensors", "--names", "reference"]);
    assert_eq!((code, &answer["tensors"]), (0, &Value::from(16)), "{answer}");
    let exported = std::fs::read(deck.path("out.safetensors")).unwrap();
    assert!(exchange::read(&exported).unwrap() == exchange::read(TINY).unwrap());
    let again = [
        "import",
        "out.safetensors",
        "--network",
        "network.toml",
        "--out",
        "again",
    ];
    assert_eq!(deck.json(&again).0, 0);
    deck.json(&["export", "again", "--to", "again.safetensors"]);
    assert!(exported == std::fs::read(deck.path("again.safetensors")).unwrap());
}

#[test]
fn an_imported_network_is_attacked_and_trained_on() {
    let deck = deck();
    import(&deck, "imported");
    let (code, answer) = deck.json(&["attack", "imported", "--attack", "fgsm", "--samples", "20"]);
    assert_eq!(code, 0, "{answer}");
    assert_eq!(answer["dataset"], "glyphs");
    let shape = ["--set", "network.blocks=[[2,\"pool\"],[3,\"pool\",\"pool\"]]"];
    let still = [
        "--set",
        "train.epochs=1",
        "--set",
        "train.lr=1e-30",
        "--set",
        "train.weight_decay=0",
    ];
    let train = ["train", "experiments/tiny", "--resume-weights", "imported"];
    let (code, answer) = deck.json(&[&train[..], &shape, &still].concat());
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    let trained = checkpoint::open(Path::new(answer["checkpoint"].as_str().unwrap())).unwrap();
    let weights = exchange::read(&trained.read_file("model.safetensors").unwrap()).unwrap();
    let of = |tensors: &[exchange::Tensor]| {
        let tensor = tensors.iter().find(|t| t.name == "layer2.0.weight").unwrap();
        match &tensor.values {
            exchange::Values::Floats(values) => values.clone(),
            exchange::Values::Integers(_) => panic!("a weight is no counter"),
        }
    };
    let (now, before) = (of(&weights), of(&exchange::read(TINY).unwrap()));
    let same = now.iter().zip(&before).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(same, "it started with the imported weights: {now:?} {before:?}");
}

/// `tiny.pth` as safetensors with something before every name, written into the deck.
fn with_prefix(deck: &Deck, prefix: &str, more: Option<&str>) {
    let mut tensors = exchange::read(TINY).unwrap();
    tensors.iter_mut().for_each(|t| t.name = format!("{prefix}{}", t.name));
    tensors.extend(more.map(|name| exchange::Tensor {
        name: name.to_string(),
        shape: vec![1],
        values: exchange::Values::Floats(vec![0.5]),
    }));
    std::fs::write(deck.path("wrapped.safetensors"), exchange::encode(&tensors).unwrap()).unwrap();
}

const WRAPPED: [&str; 6] = [
    "import",
    "wrapped.safetensors",
    "--network",
    "network.toml",
    "--out",
    "imported",
];

#[test]
fn a_wrappers_prefix_is_taken_away_and_a_part_chosen_by_key() {
    let deck = deck();
    with_prefix(&deck, "module._orig_mod.", None);
    let (code, answer) = deck.json(&WRAPPED);
    assert_eq!(
        (code, &answer["prefix"]),
        (0, &Value::from("module._orig_mod.")),
        "{answer}"
    );
    let saved = checkpoint::open(Path::new(answer["checkpoint"].as_str().unwrap())).unwrap();
    let weights = exchange::read(&saved.read_file("model.safetensors").unwrap()).unwrap();
    assert!(weights == exchange::read(TINY).unwrap());
    std::fs::remove_dir_all(deck.path("imported")).unwrap();
    with_prefix(&deck, "model.", Some("loss.scale"));
    let (code, answer) = deck.json(&WRAPPED);
    let said = answer["error"].as_str().unwrap();
    assert!(
        code == 1 && said.contains("16 of 17 names begin with \"model.\""),
        "{said}"
    );
    let (code, answer) = deck.json(&[&WRAPPED[..], &["--key", "model"]].concat());
    assert_eq!((code, &answer["key"]), (0, &Value::from("model")), "{answer}");
}

#[test]
fn a_data_set_is_chosen_with_set_as_the_help_shows() {
    let deck = deck();
    for (network, name) in [("network.toml", "glyphs"), ("network.toml", "mnist")] {
        let set = format!("data.name={name}");
        let (code, answer) = deck.json(&["import", "tiny.pth", "--network", network, "--set", &set, "--out", name]);
        assert_eq!((code, &answer["data"]), (0, &Value::from(name)), "{answer}");
    }
    let set = [
        "import",
        "tiny.pth",
        "--network",
        "vgg11",
        "--set",
        "data.name=cifar-100",
        "--out",
        "o",
    ];
    let said = deck.json(&set).1;
    assert!(
        said["error"].as_str().unwrap().contains("do not fit the network"),
        "{said}"
    );
}

#[test]
fn what_does_not_fit_is_listed_and_nothing_is_written() {
    let deck = deck();
    let other = NETWORK.replace("[3, \"pool\", \"pool\"]", "[3, 4, \"pool\"]");
    std::fs::write(deck.path("network.toml"), other.replace("[2, \"pool\"]", "[2]")).unwrap();
    let (code, answer) = import(&deck, "imported");
    let said = answer["error"].as_str().unwrap();
    assert_eq!(code, 1, "{said}");
    for part in [
        "tiny.pth",
        "missing (6): layer2.3.bias, layer2.3.weight",
        "misshapen (1): classifier.1.weight is F32 [10, 12], wanted F32 [10, 256]",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(answer["missing"].as_array().map(Vec::len), Some(6), "{answer}");
    assert_eq!(answer["missing"][1], "layer2.3.weight");
    let wrong =
        serde_json::json!([{"name": "classifier.1.weight", "found": "F32 [10, 12]", "wanted": "F32 [10, 256]"}]);
    assert_eq!(answer["misshapen"], wrong);
    std::fs::write(
        deck.path("network.toml"),
        NETWORK.replace(", [3, \"pool\", \"pool\"]", ""),
    )
    .unwrap();
    let (_, answer) = import(&deck, "imported");
    let said = answer["error"].as_str().unwrap();
    assert!(
        said.contains("unexpected (7): layer2.0.bias, layer2.0.weight"),
        "{said}"
    );
    assert!(!deck.path("imported").exists());
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let deck = deck();
    import(&deck, "imported");
    let (code, answer) = import(&deck, "imported");
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("not empty"),
        "{answer}"
    );
    std::fs::write(deck.path("there.safetensors"), "mine").unwrap();
    let to = ["export", "imported", "--to", "there.safetensors"];
    let (code, answer) = deck.json(&to);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("--force"),
        "{answer}"
    );
    assert_eq!(std::fs::read(deck.path("there.safetensors")).unwrap(), b"mine");
    assert_eq!(deck.json(&[&to[..], &["--force"]].concat()).0, 0);
    assert_ne!(std::fs::read(deck.path("there.safetensors")).unwrap(), b"mine");
    assert_eq!(deck.json(&["export", "imported", "--to", "x.pth"]).0, 2);
    assert_eq!(deck.json(&["export", "nowhere", "--to", "x.safetensors"]).0, 2);
}

#[test]
fn a_file_that_would_run_something_is_named_with_what_it_asks_for() {
    let deck = deck();
    let module = include_bytes!("../../src/exchange/testdata/module.pth");
    std::fs::write(deck.path("tiny.pth"), module).unwrap();
    let (code, answer) = import(&deck, "imported");
    let said = answer["error"].as_str().unwrap();
    assert!(
        code == 1 && said.contains("tiny.pth") && said.contains("torch.nn.modules.linear.Linear"),
        "{said}"
    );
}

#[test]
fn a_pinned_checkpoint_outlives_the_ones_after_it() {
    let deck = Deck::new();
    let run = deck.start(&["checkpoint.keep=1", "train.epochs=40"]);
    let root = run.read_manifest().unwrap().checkpoints;
    let first = crate::deck::until(|| checkpoint::list(&root).into_iter().next());
    let path = run.path().to_str().unwrap();
    deck.json(&["send", path, "pause", "--wait"]);
    let pinned = checkpoint::list(&root)[0].clone();
    let (code, answer) = deck.json(&["pin", text(&pinned)]);
    assert_eq!((code, &answer["pinned"]), (0, &Value::from(true)), "{answer}");
    let (_, status) = deck.json(&["status", "experiments"]);
    assert_eq!(status["runs"][0]["pinned"][0], text(&pinned));
    deck.json(&["send", path, "resume", "--wait"]);
    crate::deck::until(|| {
        let newest = checkpoint::list(&root).pop()?;
        (newest > root.join("step-000000060")).then_some(())
    });
    deck.json(&["send", path, "stop", "--wait"]);
    assert!(pinned.is_dir() && first <= pinned);
    let (_, answer) = deck.json(&["pin", text(&pinned), "--undo"]);
    assert_eq!(answer["pinned"], false);
}

#[test]
fn a_runs_metrics_become_a_table() {
    let deck = Deck::new();
    let (_, answer) = deck.json(&["train", "experiments/tiny", "--set", "train.epochs=1"]);
    let run = answer["run"].as_str().unwrap();
    let steps = answer["step"].as_u64().unwrap();
    let (code, answer) = deck.json(&["export", run, "--format", "csv", "--to", "m.csv"]);
    assert_eq!((code, answer["steps"].as_u64()), (0, Some(steps)), "{answer}");
    let text = std::fs::read_to_string(deck.path("m.csv")).unwrap();
    assert_eq!(text.lines().count() as u64, steps + 1);
    assert!(
        text.starts_with("step,epoch,wall,") && text.contains("train.ce"),
        "{text}"
    );
    deck.json(&["export", run, "--format", "json", "--to", "m.json"]);
    let value: Value = serde_json::from_slice(&std::fs::read(deck.path("m.json")).unwrap()).unwrap();
    assert_eq!(value["metrics"].as_array().unwrap().len() as u64, steps);
    assert_eq!(deck.json(&["export", run, "--format", "svg", "--to", "m.svg"]).0, 0);
    let picture = std::fs::read_to_string(deck.path("m.svg")).unwrap();
    assert!(
        picture.starts_with("<svg") && picture.contains("Loss"),
        "{picture:.200}"
    );
    assert_eq!(deck.json(&["export", run, "--format", "png", "--to", "m.png"]).0, 0);
    assert!(std::fs::read(deck.path("m.png")).unwrap().starts_with(b"\x89PNG"));
    let (code, answer) = deck.json(&["export", run, "--format", "tensorboard", "--to", "board"]);
    let file = answer["to"].as_str().unwrap();
    assert!(
        code == 0 && file.ends_with("board/events.out.tfevents.0.spikedeck"),
        "{answer}"
    );
    let events = std::fs::read(file).unwrap();
    let has = |words: &[u8]| events.windows(words.len()).any(|w| w == words);
    assert!(has(b"brain.Event:2") && has(b"train/ce") && has(b"val/accuracy"));
    let again = deck.json(&["export", run, "--format", "tensorboard", "--to", "board"]);
    assert_eq!(again.0, 2, "nothing is overwritten: {}", again.1);
    assert_eq!(deck.json(&["export", run, "--to", "m.safetensors"]).0, 2);
}

/// The folder of files that the authors' code wrote, where there is one.
fn golden() -> Option<PathBuf> {
    let asked = std::env::var_os("SPIKEDECK_GOLDEN").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden");
    asked.or(Some(beside)).filter(|f| f.is_dir())
}

#[test]
fn the_authors_own_files_hold_the_golden_weights() {
    let Some(folder) = golden() else {
        eprintln!(
            "skipped: no SPIKEDECK_GOLDEN with the authors' .pth files; the committed fixture is compared instead"
        );
        return;
    };
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let beside = path.with_extension("weights.safetensors");
        if path.extension().is_none_or(|e| e != "pth") || !beside.is_file() {
            continue;
        }
        let tensors = exchange::read(&std::fs::read(&path).unwrap()).unwrap();
        let wanted = exchange::read(&std::fs::read(&beside).unwrap()).unwrap();
        assert!(tensors == wanted, "{}", path.display());
        println!("{}: {} tensors, equal", path.display(), tensors.len());
    }
}
