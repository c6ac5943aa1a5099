//! Bad input: a clear message, the right exit code, and nothing lost.

use crate::deck::Deck;
use std::fs;

/// Exit code and everything said.
fn said(deck: &Deck, arguments: &[&str]) -> (i32, String) {
    let output = deck.output(arguments);
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn wrong_specifications_are_refused_with_the_fix() {
    let deck = Deck::new();
    for (set, words) in [
        ("train.lr=-1", "between 0 and 100"),
        ("objective.lamda=1", "lamda"),
        ("train.batch=0", "train.batch"),
        ("network.steps=1000", "between 1 and 256"),
        (
            "network.blocks=[[4,\"pool\",\"pool\",\"pool\",\"pool\",\"pool\"]]",
            "halve",
        ),
        ("train.recipe=magic", "magic"),
        ("train.device=tch:cuda:0", "not in this build"),
        ("train.precision=bf16", "f32 only"),
    ] {
        let (code, text) = said(&deck, &["train", "experiments/tiny", "--set", set]);
        assert_eq!(code, 2, "{set}: {text}");
        assert!(text.contains(words), "{set}: {text}");
    }
    let (code, text) = said(&deck, &["train", "experiments/none"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("experiments/none"), "{text}");
    assert!(!deck.path("experiments/tiny/runs").exists(), "nothing was written");
}

#[test]
fn missing_data_name_the_file_and_the_command_that_fetches_it() {
    let deck = Deck::new();
    let set = ["--set", "data.name=fashion-mnist", "--set", "network.image=[1,28,28]"];
    let (code, text) = said(&deck, &[&["train", "experiments/tiny"], &set[..]].concat());
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("train-images-idx3-ubyte") && text.contains("spikedeck data fetch fashion-mnist"),
        "{text}"
    );
}

#[test]
fn an_image_that_does_not_fit_the_network_says_what_would() {
    let deck = Deck::new();
    let (code, text) = said(
        &deck,
        &["train", "experiments/tiny", "--set", "network.image=[1,20,20]"],
    );
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("[1, 16, 16]"), "{text}");
}

#[test]
fn a_damaged_checkpoint_is_named_and_an_older_one_offered() {
    let deck = Deck::new();
    let (_, answer) = deck.json(&["train", "experiments/tiny", "--set", "train.epochs=1"]);
    let checkpoint = answer["checkpoint"].as_str().unwrap();
    let model = format!("{checkpoint}/model.safetensors");
    let mut bytes = fs::read(&model).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&model, bytes).unwrap();
    let (code, text) = said(&deck, &["attack", checkpoint]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("model.safetensors") && text.contains("step-"), "{text}");
}

#[test]
fn a_run_of_a_newer_program_is_left_alone() {
    let deck = Deck::new();
    let run = deck.create(&[]);
    let text = fs::read_to_string(run.manifest()).unwrap();
    fs::write(run.manifest(), text.replacen("schema = 1", "schema = 99", 1)).unwrap();
    let (code, text) = said(&deck, &["train", "--resume", run.path().to_str().unwrap()]);
    assert!(code != 0 && text.contains("99"), "{text}");
}

#[test]
fn options_of_later_versions_are_refused_not_ignored() {
    let deck = Deck::new();
    for option in [&["--twin", "ann"][..], &["--norm", "l2"], &["--eot", "5"], &["--keep"]] {
        let (code, text) = said(&deck, &[&["attack", "somewhere"], option].concat());
        assert_eq!(code, 2, "{option:?}: {text}");
    }
}

#[test]
fn wrong_usage_ends_with_two_and_json_says_so_too() {
    let deck = Deck::new();
    assert_eq!(said(&deck, &["fly"]).0, 2);
    let (code, answer) = deck.json(&["train", "nowhere.toml"]);
    assert_eq!(code, 2);
    assert!(answer["error"].is_string(), "{answer}");
}
