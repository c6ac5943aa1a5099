//! Looking into checkpoints, comparing two and removing old ones, on a run that was trained.

use crate::deck::{Deck, until_step};
use spikedeck::run::{RunDir, checkpoint};
use std::path::PathBuf;

/// A run that was trained, its path, and its six checkpoints.
fn trained(deck: &Deck) -> (RunDir, String, Vec<PathBuf>) {
    let run = deck.create(&["train.epochs=3"]);
    let path = run.path().to_str().unwrap().to_string();
    assert!(deck.output(&["worker", &path]).status.success());
    let all = checkpoint::list(&run.read_manifest().unwrap().checkpoints);
    (run, path, all)
}

#[test]
fn checkpoints_are_listed_looked_into_and_compared() {
    let deck = Deck::new();
    let (_, path, all) = trained(&deck);
    let (code, answer) = deck.json(&["checkpoint", "list", &path, "--verify"]);
    assert_eq!(
        (code, answer["checkpoints"].as_array().unwrap().len()),
        (0, 6),
        "{answer}"
    );
    let text = |n: usize| all[n].to_str().unwrap().to_string();

    let (code, answer) = deck.json(&["checkpoint", "tensors", &text(5)]);
    let tensors = answer["tensors"].as_array().unwrap();
    assert!(code == 0 && tensors.len() > 4, "{answer}");
    for tensor in tensors {
        let stats = &tensor["stats"];
        assert!(stats["l2"].as_f64().is_some() && stats["not_finite"] == 0, "{tensor}");
    }
    assert_eq!(deck.json(&["checkpoint", "tensors", &text(5), "--optimizer"]).0, 0);

    let far = |a: usize, b: usize| {
        let (code, answer) = deck.json(&["checkpoint", "diff", &text(a), &text(b)]);
        assert_eq!(code, 0, "{answer}");
        let relative = |t: &serde_json::Value| t["distance"]["relative"].as_f64();
        let all: Vec<f64> = answer["tensors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(relative)
            .collect();
        all.iter().sum::<f64>()
    };
    assert_eq!(far(3, 3), 0.0);
    assert!(far(0, 5) > far(4, 5), "what was trained longer is further away");
}

#[test]
fn all_but_the_newest_the_best_and_pinned_checkpoints_are_pruned_after_a_preview() {
    let deck = Deck::new();
    let (run, path, all) = trained(&deck);
    assert_eq!(deck.json(&["pin", all[0].to_str().unwrap()]).0, 0);
    let prune = ["checkpoint", "prune", &path, "--keep", "1"];
    let (code, preview) = deck.json(&prune);
    assert_eq!((code, preview["preview"].as_bool()), (0, Some(true)), "{preview}");
    assert_eq!(
        checkpoint::list(all[0].parent().unwrap()).len(),
        6,
        "a preview removes nothing"
    );
    let (code, answer) = deck.json(&[&prune[..], &["--yes"]].concat());
    assert_eq!((code, &answer["checkpoints"]), (0, &preview["checkpoints"]), "{answer}");
    let left = checkpoint::list(all[0].parent().unwrap());
    assert!(
        left.contains(&all[0]) && left.contains(&all[5]),
        "pinned and newest stay: {left:?}"
    );
    assert_eq!(left.len() as u64, answer["stay"].as_u64().unwrap());
    let reader = std::fs::read_to_string(run.events()).unwrap();
    assert!(reader.lines().last().unwrap().contains("pruned"));
    let (_, status) = deck.json(&["status", &path]);
    assert!(status.to_string().contains("finished"), "{status}");
}

#[test]
fn a_live_run_is_not_pruned_and_a_damaged_checkpoint_is_named() {
    let deck = Deck::new();
    let run: RunDir = deck.start(&["train.epochs=20000"]);
    let path = run.path().to_str().unwrap().to_string();
    until_step(&run, 15);
    let (code, answer) = deck.json(&["checkpoint", "prune", &path, "--keep", "1", "--yes"]);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("stop it first"),
        "{answer}"
    );
    assert_eq!(deck.json(&["send", &path, "stop", "--wait"]).0, 0);
    deck.json(&["wait", &path, "--timeout", "60"]);
    let first = checkpoint::list(&run.read_manifest().unwrap().checkpoints).remove(0);
    let model = first.join("model.safetensors");
    let mut bytes = std::fs::read(&model).unwrap();
    let end = bytes.len() - 1;
    bytes[end] ^= 1;
    std::fs::write(&model, bytes).unwrap();
    let (code, answer) = deck.json(&["checkpoint", "list", &path, "--verify"]);
    assert_eq!((code, answer["damaged"].as_u64()), (1, Some(1)), "{answer}");
    let (code, answer) = deck.json(&["checkpoint", "tensors", first.to_str().unwrap()]);
    assert!(
        code != 0 && answer["error"].as_str().unwrap().contains("model.safetensors"),
        "{answer}"
    );
}
