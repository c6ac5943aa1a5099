//! Scheduled commands: the worker reports them, they can be taken back until they take effect, and a resume keeps them.

use crate::deck::{Deck, until, until_step};
use spikedeck::run::command::Verdict;
use spikedeck::run::control::answer_of;

#[test]
fn scheduled_commands_are_reported_taken_back_and_kept_over_a_resume() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=5"]);
    let path = run.path().to_str().unwrap().to_string();
    until_step(&run, 2);
    let send = |words: &[&str]| {
        let (code, answer) = deck.json(&[&["send", &path][..], words].concat());
        assert_eq!(code, 0, "{words:?}: {answer}");
        answer["id"].as_str().unwrap().to_string()
    };
    let ramp = send(&["ramp", "lambda=0.002..0.01/200000", "--wait"]);
    let set = send(&["set", "lr=0.02", "--at", "step:250000"]);
    let stop = send(&["stop", "--at", "epoch:19999"]);
    let scheduled = || {
        let (_, answer) = deck.json(&["status", &path]);
        let coming = answer["runs"][0]["coming"].as_array().cloned().unwrap_or_default();
        coming
            .iter()
            .map(|c| c["command"].as_str().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    until(|| (scheduled() == [ramp.clone(), set.clone(), stop.clone()]).then_some(()));
    send(&["undo", &stop, "--wait"]);
    until(|| (scheduled() == [ramp.clone(), set.clone()]).then_some(()));
    let answer = answer_of(run.path(), &stop).unwrap();
    assert!(
        answer.result == Verdict::Rejected && answer.why.contains("before it took effect"),
        "{answer:?}"
    );
    assert_eq!(deck.json(&["send", &path, "stop", "--wait"]).0, 0);
    let (code, answer) = deck.json(&["wait", &path, "--timeout", "100"]);
    assert_eq!(answer["state"], "stopped", "{code} {answer}");
    assert_eq!(scheduled(), [""; 0], "no worker is there to apply them");
    let stopped = run.read_status().unwrap().unwrap();
    assert!(stopped.tunables["objective.lambda"] > 0.002, "it was on its way");
    let (code, answer) = deck.json(&["train", "--resume", &path, "--detach"]);
    assert_eq!(code, 0, "{answer}");
    // The first status of the resumed worker already has the step and the values in force.
    let first = until(|| run.read_status().unwrap().filter(|s| s.incarnation == 2));
    assert!(
        first.step >= stopped.step && first.tunables["objective.lambda"] > 0.002,
        "{first:?}"
    );
    until(|| (scheduled() == [ramp.clone(), set.clone()]).then_some(()));
    assert_eq!(deck.json(&["send", &path, "stop", "--wait"]).0, 0);
}

#[test]
fn a_checkpoint_is_saved_before_a_change_where_that_is_asked_for() {
    let deck = Deck::new();
    let run = deck.start(&[
        "train.epochs=20000",
        "checkpoint.every=100000",
        "checkpoint.before_change=true",
    ]);
    let path = run.path().to_str().unwrap().to_string();
    until_step(&run, 2);
    let (code, answer) = deck.json(&["send", &path, "set", "lambda=0.5", "--wait"]);
    let first = answer["step"].as_u64().unwrap();
    assert_eq!(code, 0, "{answer}");
    let later = first + 60;
    let (code, answer) = deck.json(&[
        "send",
        &path,
        "set",
        "lr=0.01",
        "--at",
        &format!("step:{later}"),
        "--wait",
    ]);
    let second = answer["step"].as_u64().unwrap();
    assert!(code == 0 && second >= later, "{answer}");
    let saved = spikedeck::run::checkpoint::list(&run.read_manifest().unwrap().checkpoints);
    let steps: Vec<u64> = saved
        .iter()
        .filter_map(|p| spikedeck::run::checkpoint::step_of(p))
        .collect();
    assert!(steps.contains(&first) && steps.contains(&second), "{steps:?}");
    let before = spikedeck::run::checkpoint::open(&saved[steps.iter().position(|s| *s == first).unwrap()]).unwrap();
    assert_eq!(
        before.meta.tunables["objective.lambda"], 0.002,
        "as it was before the change"
    );
    let (code, answer) = deck.json(&["send", &path, "rollback", &first.to_string(), "--wait"]);
    assert_eq!(code, 0, "{answer}");
    let now = run.read_status().unwrap().unwrap().tunables["objective.lambda"];
    assert_eq!(now, 0.002, "and can be rolled back to");
    assert!(
        crate::deck::metrics(&run)
            .iter()
            .any(|m| m.values.contains_key("system.memory"))
    );
    assert_eq!(deck.json(&["send", &path, "stop", "--wait"]).0, 0);
}
