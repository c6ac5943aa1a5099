//! Attack sweeps as real processes.

use crate::deck::Deck;
use serde_json::Value;

fn trained(deck: &Deck) -> String {
    let (code, answer) = deck.json(&["train", "experiments/tiny"]);
    assert_eq!(code, 0, "{answer}");
    answer["best"].as_str().unwrap().to_string()
}

fn accuracy(answer: &Value, attack: &str, backward: &str, eps: &str) -> f64 {
    let cells = answer["cells"].as_array().unwrap();
    let cell = cells
        .iter()
        .find(|c| c["attack"] == attack && c["backward"] == backward && c["eps"] == eps);
    cell.unwrap_or_else(|| panic!("{attack} {backward} {eps}: {answer}"))["accuracy"]
        .as_f64()
        .unwrap()
}

#[test]
fn a_sweep_answers_with_the_pinned_cells() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let arguments = [
        "attack",
        &checkpoint,
        "--attack",
        "none,noise,fgsm,pgd:5",
        "--eps",
        "0,8/255,64/255",
        "--backward",
    ];
    let (code, answer) = deck.json(&[&arguments[..], &["reference", "--samples", "80"]].concat());
    assert_eq!(code, 0, "{answer}");
    let clean = accuracy(&answer, "none", "none", "0/255");
    assert!(clean > 0.3, "the tiny network learned something: {clean}");
    for (attack, mode) in [("noise", "none"), ("fgsm", "rate"), ("pgd:5", "bptt:sigmoid:4")] {
        assert_eq!(
            accuracy(&answer, attack, mode, "0/255"),
            clean,
            "{attack} at ε = 0 changes nothing"
        );
    }
    assert!(
        accuracy(&answer, "pgd:5", "bptt:triangle:1", "64/255") < clean - 0.2,
        "{answer}"
    );
    let single: f64 = ["bptt:triangle:1", "bptt:sigmoid:4", "bptt:arctan:2", "rate"]
        .iter()
        .map(|m| accuracy(&answer, "pgd:5", m, "8/255"))
        .fold(1.0, f64::min);
    assert!(
        accuracy(&answer, "pgd:5", "worst", "8/255") <= single,
        "the worst case is not better than any mode"
    );
    let cell = answer["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["attack"] == "pgd:5")
        .unwrap();
    assert!(cell["low"].as_f64() <= cell["accuracy"].as_f64() && cell["accuracy"].as_f64() <= cell["high"].as_f64());
    assert_eq!(cell["n"], 80);
}

#[test]
fn results_do_not_depend_on_the_batch_and_a_finished_job_is_not_done_twice() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let sweep = |batch: &str| {
        let (code, answer) = deck.json(&[
            "attack",
            &checkpoint,
            "--attack",
            "pgd:3",
            "--samples",
            "50",
            "--batch",
            batch,
        ]);
        assert_eq!(code, 0, "{answer}");
        answer
    };
    let (small, large) = (sweep("7"), sweep("50"));
    for eps in ["2/255", "4/255", "8/255"] {
        let at = |a: &Value| accuracy(a, "pgd:3", "bptt:triangle:1", eps);
        assert_eq!(at(&small), at(&large), "{eps}");
    }
    let job = small["attack"].as_str().unwrap();
    let lines = || std::fs::read_to_string(format!("{job}/results.jsonl")).unwrap();
    let before = lines();
    assert!(deck.output(&["attack-worker", job]).status.success());
    assert_eq!(lines(), before);
}

#[test]
fn a_sweep_can_be_planned_without_being_run() {
    let deck = Deck::new();
    let checkpoint = trained(&deck);
    let (code, answer) = deck.json(&["attack", &checkpoint, "--dry-run"]);
    assert_eq!(code, 0, "{answer}");
}
