//! A scheduler's warnings, in whatever form they come: the worker saves before it ends, and says which signal it was.

use crate::deck::{Deck, metrics, signal, until, until_gone, until_step, worker};
use spikedeck::run::{RunDir, checkpoint};

fn newest(run: &RunDir) -> Option<u64> {
    let folder = run.read_manifest().unwrap().checkpoints;
    checkpoint::latest_valid(&folder).checkpoint.map(|c| c.meta.step)
}

/// A run that saves nothing by itself.
fn started(deck: &Deck) -> (RunDir, u32) {
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=1000000"]);
    until_step(&run, 2);
    let pid = worker(&run);
    (run, pid)
}

fn assert_saved_and_stopped(run: &RunDir, by: &str) {
    let exit = run.read_exit().unwrap().unwrap();
    assert_eq!(
        (format!("{:?}", exit.outcome), exit.why.as_str()),
        ("Stopped".into(), by)
    );
    let last = metrics(run).last().unwrap().step;
    assert_eq!(
        (newest(run), exit.step),
        (Some(last), last),
        "what was trained was saved"
    );
}

#[test]
fn every_warning_signal_saves_and_stops() {
    let deck = Deck::new();
    let warnings = [
        ("TERM", "SIGTERM"),
        ("INT", "SIGINT"),
        ("USR1", "SIGUSR1"),
        ("XCPU", "SIGXCPU"),
        ("ALRM", "SIGALRM"),
        ("QUIT", "SIGQUIT"),
        ("VTALRM", "SIGVTALRM"),
        ("PROF", "SIGPROF"),
        ("IO", "SIGIO"),
        ("PWR", "SIGPWR"),
        ("34", "signal 34"),
        ("64", "signal 64"),
    ];
    for part in warnings.chunks(4) {
        let runs: Vec<_> = part.iter().map(|_| started(&deck)).collect();
        for ((name, by), (run, pid)) in part.iter().zip(runs) {
            signal(pid, name);
            until_gone(pid);
            assert_saved_and_stopped(&run, by);
        }
    }
}

#[test]
fn a_second_term_while_it_saves_loses_nothing() {
    let deck = Deck::new();
    for _ in 0..3 {
        let (run, pid) = started(&deck);
        for _ in 0..3 {
            signal(pid, "TERM");
        }
        until_gone(pid);
        assert_saved_and_stopped(&run, "SIGTERM");
    }
}

#[test]
fn usr2_saves_and_continues_and_a_lost_terminal_changes_nothing() {
    let deck = Deck::new();
    let (run, pid) = started(&deck);
    for name in ["HUP", "PIPE", "XFSZ", "USR2"] {
        signal(pid, name);
    }
    let saved = until(|| newest(&run));
    until_step(&run, saved + 3);
    assert!(run.read_exit().unwrap().is_none());
    signal(pid, "TERM");
    until_gone(pid);
    assert_saved_and_stopped(&run, "SIGTERM");
}

#[test]
fn an_attack_keeps_its_results_and_continues_where_it_was() {
    let deck = Deck::new();
    let (code, trained) = deck.json(&["train", "experiments/tiny", "--set", "train.epochs=1"]);
    assert_eq!(code, 0, "{trained}");
    let checkpoint = trained["checkpoint"].as_str().unwrap();
    let out = deck.path("attack");
    let out = out.to_str().unwrap();
    let sweep = ["--attack", "pgd:40", "--batch", "4", "--samples", "120", "--out", out];
    let (code, answer) = deck.json(&[&["attack", checkpoint, "--detach"][..], &sweep].concat());
    assert_eq!(code, 0, "{answer}");
    let status = deck.path("attack/status.json");
    let pid = until(|| {
        let text = std::fs::read_to_string(&status).ok()?;
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        let started = std::fs::metadata(deck.path("attack/results.jsonl")).is_ok_and(|m| m.len() > 0);
        started.then_some(value["pid"].as_u64()? as u32)
    });
    signal(pid, "USR1");
    signal(pid, "USR1");
    until_gone(pid);
    let exit = std::fs::read_to_string(deck.path("attack/exit.json")).unwrap();
    let outcome = exit.contains("\"stopped\"") && exit.contains("SIGUSR1");
    assert!(outcome || exit.contains("\"finished\""), "{exit}");
    let (code, answer) = deck.json(&[&["attack", checkpoint][..], &sweep].concat());
    assert_eq!(code, 0, "{answer}");
}
