//! The program in a pseudo-terminal with a virtual screen: it is driven by keys and waited for by text, never by time.

use crate::deck::{Deck, until_step};
use crate::pseudo_terminal::Terminal;

#[test]
fn a_run_continues_when_its_terminal_is_gone() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(
        &deck,
        &["train", "experiments/tiny", "--set", "train.epochs=12"],
        80,
        24,
    );
    let run = deck.only_run();
    until_step(&run, 2);
    terminal.hang_up();
    terminal.end();
    deck.done(&["wait", run.path().to_str().unwrap(), "--timeout", "100"]);
}

/// A screen that shows which runs can be started. They are long enough that every key comes while one trains, on any
/// machine: a key ends it too.
fn at_the_specifications() -> (Deck, Terminal) {
    let deck = Deck::new();
    deck.change_spec("epochs = 6", "epochs = 20000");
    deck.change_spec("every = 7", "every = 500");
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["n new run"]);
    terminal.press_until("n", &["Start a run", "tiny"]);
    (deck, terminal)
}

#[test]
fn the_screen_leads_from_an_empty_folder_to_an_attack_curve() {
    let (deck, mut terminal) = at_the_specifications();
    terminal.press_until("\r", &["running", "Loss"]);
    terminal.press_until("p", &["paused"]);
    terminal.press_until("?", &["Help"]);
    terminal.press_until("\x1b", &["Loss", "paused"]);
    terminal.press_until("p", &["● running"]);
    terminal.press_until("s", &["no, cancel"]);
    terminal.press_until("y", &["■ stopped"]);
    terminal.press_until("a", &["enter launch", "pgd:3"]);
    terminal.press_until("\r", &["robust at ε", "Robust accuracy", "4/255", "8/255", "✓ done"]);
    terminal.resize(80, 24);
    terminal.wait_for(&["robust at ε"]);
    terminal.resize(20, 5);
    terminal.resize(160, 45);
    terminal.wait_for(&["robust at ε"]);
    terminal.press_until("\x1b", &["Loss"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let run = deck.only_run();
    assert_eq!(std::fs::read_dir(run.attacks()).unwrap().count(), 1);
    terminal.until_sane();
}

#[test]
fn a_run_is_started_from_the_form_taken_back_and_forked() {
    let (deck, mut terminal) = at_the_specifications();
    terminal.press_until("e", &["Start tiny", "ctrl-t measures"]);
    terminal.press_until("\x15many", &["fix the highlighted field"]);
    terminal.press_until("\x1530000", &["--set train.epochs=30000"]);
    terminal.press_until("\x14", &["for 420000 steps"]);
    terminal.press_until("\r", &["● running", "Loss"]);
    terminal.press_until("c", &["✓ checkpoint"]);
    terminal.press_until("C", &["1, newest first", "o fork"]);
    terminal.press_until("b", &["Roll back to step", "nothing is deleted"]);
    terminal.press_until("y\x1b", &["✓ roll back to step-"]);
    terminal.press_until("C", &["1, newest first"]);
    terminal.press_until("olambda=0.01\r", &["● 2 running"]);
    terminal.press("q");
    let runs = deck.path("experiments/tiny/runs");
    let runs: Vec<_> = std::fs::read_dir(runs).unwrap().flatten().map(|e| e.path()).collect();
    assert_eq!(runs.len(), 2);
    let mut forks = 0;
    for run in runs {
        forks += u32::from(
            spikedeck::run::RunDir::open(&run)
                .unwrap()
                .read_manifest()
                .unwrap()
                .fork,
        );
        deck.done(&["send", run.to_str().unwrap(), "stop", "--wait"]);
    }
    assert_eq!(forks, 1);
}

#[test]
fn a_worker_is_killed_shown_as_lost_and_resumed() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=500"]);
    until_step(&run, 3);
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["● running", "Loss"]);
    terminal.press_until("K", &["Kill the worker of", "Nothing is saved", "no, cancel"]);
    terminal.press_until("n", &["● running", "Loss"]);
    terminal.press_until("K", &["Nothing is saved"]);
    terminal.press_until("y", &["? lost", "resume"]);
    let path = run.path().to_str().unwrap().to_string();
    deck.done(&["train", "--resume", &path, "--detach"]);
    terminal.wait_for(&["● running"]);
    terminal.press_until("l", &["Log"]);
    terminal.press_until("/nothing like it\r", &["not found"]);
    terminal.press_until("\x1b", &["Loss"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert_eq!(deck.json(&["send", &path, "stop", "--wait"]).0, 0);
}

#[test]
fn quitting_or_killing_the_screen_leaves_the_run_alone() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=30"]);
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["running"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["running"]);
    terminal.signal("KILL");
    let at = crate::deck::metrics(&run).last().map_or(0, |m| m.step);
    until_step(&run, at + 3);
    let (_, answer) = deck.json(&["send", run.path().to_str().unwrap(), "stop", "--wait"]);
    assert_eq!(answer["result"], "applied");
}

#[test]
fn checkpoints_are_looked_into_compared_pinned_removed_and_probed() {
    let deck = Deck::new();
    let run = deck.create(&["train.epochs=3", "checkpoint.keep=20"]);
    assert!(deck.output(&["worker", run.path().to_str().unwrap()]).status.success());
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["✓ 1 done", "Loss"]);
    terminal.press_until("C", &["6, newest first", "enter inspect"]);
    terminal.press_until("\r", &["Checkpoint of step 42", "checksums OK", "F32", "of them zero"]);
    terminal.press_until("O", &["the optimiser's tensors", "of them zero"]);
    terminal.press_until("\x1b", &["6, newest first", "valid"]);
    terminal.press("jjjj");
    terminal.press_until(" ", &["marked"]);
    terminal.press_until("kd", &["From step 14 to step 21", "checksums OK", "Δ = second − first"]);
    terminal.press_until("\x1b", &["6, newest first"]);
    terminal.press_until("P", &["step 21 is pinned"]);
    terminal.press_until("X1\r", &["Remove", "of the 6 checkpoints", "cannot be undone"]);
    terminal.press_until("y", &["checkpoints removed", "newest first"]);
    let left = spikedeck::run::checkpoint::list(&run.read_manifest().unwrap().checkpoints);
    let steps: Vec<u64> = left
        .iter()
        .filter_map(|p| spikedeck::run::checkpoint::step_of(p))
        .collect();
    assert!(
        steps.contains(&21) && steps.contains(&42) && !steps.contains(&7),
        "{steps:?}"
    );
    // A quick probe: two keys.
    terminal.press_until("A", &["no, cancel"]);
    terminal.press_until("y", &["Robust accuracy", "✓ done", "robust at ε"]);
    terminal.press_until("q", &["newest first"]);
    terminal.press("qq");
    assert_eq!(terminal.end(), 0);
}
