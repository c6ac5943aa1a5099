//! How a run ends, or does not: early, because nothing improves any more; not at all, because it went back and continued
//! at a lower rate. Either way a run that is killed and resumed ends where the uninterrupted one does.

use crate::deck::{Deck, metrics, signal, until, until_gone, until_step, worker};
use spikedeck::run::RunDir;
use spikedeck::run::checkpoint;
use spikedeck::run::event::{Event, EventKind};
use spikedeck::run::journal;

/// Weight decay so strong that the weights grow without bound, until the rate has been halved twice.
const DIVERGING: [&str; 6] = [
    "train.lr=0.6",
    "train.weight_decay=10",
    "train.momentum=0",
    "train.schedule=constant",
    "train.on_divergence=rollback",
    "train.epochs=4",
];

fn path(run: &RunDir) -> String {
    run.path().to_str().unwrap().to_string()
}

fn happenings(run: &RunDir) -> Vec<EventKind> {
    journal::read_all::<Event>(&run.events())
        .into_iter()
        .map(|e| e.what)
        .collect()
}

fn last(run: &RunDir) -> (u64, Vec<u8>) {
    let manifest = run.read_manifest().unwrap();
    let last = checkpoint::latest_valid(&manifest.checkpoints).checkpoint.unwrap();
    (last.meta.step, last.read_file("model.safetensors").unwrap())
}

/// Works a run off in one go.
fn uninterrupted(deck: &Deck, set: &[&str]) -> RunDir {
    let run = deck.create(set);
    deck.spawn(&["worker", &path(&run)]).wait().unwrap();
    run
}

/// Kills the run's worker as soon as `when` holds, and lets it continue.
fn killed(deck: &Deck, set: &[&str], mut when: impl FnMut(&RunDir) -> bool) -> RunDir {
    let run = deck.create(set);
    let mut child = deck.spawn(&["worker", &path(&run)]);
    until(|| (run.read_exit().unwrap().is_some() || when(&run)).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    run.archive_exit().unwrap();
    deck.spawn(&["worker", &path(&run)]).wait().unwrap();
    run
}

#[test]
fn a_run_that_diverges_rolls_back_lowers_its_rate_and_ends_the_same_after_a_kill() {
    let deck = Deck::new();
    let whole = uninterrupted(&deck, &DIVERGING);
    assert_eq!(run_outcome(&whole), "finished");
    let factors: Vec<f64> = happenings(&whole)
        .iter()
        .filter_map(|h| match h {
            EventKind::RolledBack { lr_factor, .. } => Some(*lr_factor),
            _ => None,
        })
        .collect();
    assert_eq!(factors, [0.5, 0.25]);
    let rate = metrics(&whole).last().unwrap().values.get("train.lr").copied();
    assert!(rate.is_none_or(|r| (r - 0.15).abs() < 1e-12), "{rate:?}");
    let back = |run: &RunDir| {
        happenings(run)
            .iter()
            .any(|h| matches!(h, EventKind::RolledBack { .. }))
    };
    let killed = killed(&deck, &DIVERGING, back);
    assert!(last(&whole) == last(&killed), "the weights differ");
}

#[test]
fn without_rollback_divergence_fails_with_the_step_the_checkpoint_and_the_fix() {
    let deck = Deck::new();
    let set: Vec<&str> = DIVERGING.iter().filter(|s| !s.contains("rollback")).copied().collect();
    let run = uninterrupted(&deck, &set);
    let exit = run.read_exit().unwrap().unwrap();
    for words in [
        "at step 28",
        "last good checkpoint is of step 21",
        "train.on_divergence",
        "--resume-weights",
    ] {
        assert!(exit.why.contains(words), "{words}: {}", exit.why);
    }
    let (step, weights) = last(&run);
    assert_eq!(step, 21, "what is no number was not saved");
    assert!(!weights.is_empty());
}

#[test]
fn a_run_ends_early_after_its_patience_and_does_so_after_a_kill_too() {
    let deck = Deck::new();
    let set = ["train.patience=1", "train.epochs=20"];
    let whole = uninterrupted(&deck, &set);
    let exit = whole.read_exit().unwrap().unwrap();
    assert!(
        exit.step < 20 * 14 && exit.why.contains("train.patience = 1"),
        "{exit:?}"
    );
    assert!(
        happenings(&whole)
            .iter()
            .any(|h| matches!(h, EventKind::EndedEarly { .. }))
    );
    let stop = exit.step - 3;
    let killed = killed(&deck, &set, |run| metrics(run).last().is_some_and(|m| m.step >= stop));
    assert!(last(&whole) == last(&killed), "the weights differ");
    assert_eq!(killed.read_exit().unwrap().unwrap().why, exit.why);
}

fn run_outcome(run: &RunDir) -> String {
    let exit = run.read_exit().unwrap().unwrap();
    serde_json::to_value(exit.outcome)
        .unwrap()
        .as_str()
        .unwrap()
        .to_string()
}

#[test]
fn a_run_started_from_weights_and_killed_before_its_first_checkpoint_starts_from_them_again() {
    let deck = Deck::new();
    let first = uninterrupted(&deck, &["train.epochs=1"]);
    let manifest = first.read_manifest().unwrap();
    let from = checkpoint::latest_valid(&manifest.checkpoints).checkpoint.unwrap();
    let from = from.path().to_str().unwrap().to_string();
    let start = || {
        let verb = ["train", "experiments/tiny", "--resume-weights", &from, "--detach"];
        let set = ["--set", "checkpoint.every=400", "--set", "train.epochs=36"];
        let (code, answer) = deck.json(&[&verb[..], &set].concat());
        assert_eq!(code, 0, "{answer}");
        RunDir::open(std::path::Path::new(answer["run"].as_str().unwrap())).unwrap()
    };
    let finish = |run: &RunDir| assert_eq!(deck.json(&["wait", &path(run), "--timeout", "100"]).0, 0);
    let whole = start();
    finish(&whole);
    let killed = start();
    until_step(&killed, 5);
    let pid = worker(&killed);
    signal(pid, "KILL");
    until_gone(pid);
    let folder = killed.read_manifest().unwrap().checkpoints;
    assert!(
        checkpoint::latest_valid(&folder).checkpoint.is_none(),
        "killed before its first checkpoint"
    );
    let (code, answer) = deck.json(&["train", "--resume", &path(&killed)]);
    assert_eq!((code, answer["state"].as_str()), (0, Some("finished")), "{answer}");
    assert!(last(&whole) == last(&killed), "the weights differ");
}
