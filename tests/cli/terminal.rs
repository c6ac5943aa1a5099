//! The program in a pseudo-terminal with a virtual screen: it is driven by keys and waited for by text, never by time.

use crate::deck::{Deck, until_step};
use crate::robot::Terminal;

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
    terminal.press("n");
    terminal.wait_for(&["Start a run", "tiny"]);
    (deck, terminal)
}

#[test]
fn the_screen_leads_from_an_empty_folder_to_an_attack_curve() {
    let (deck, mut terminal) = at_the_specifications();
    terminal.press("\r");
    terminal.wait_for(&["running", "Loss"]);
    terminal.press("p");
    terminal.wait_for(&["paused"]);
    terminal.press("?");
    terminal.wait_for(&["Help"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Loss", "paused"]);
    terminal.press("p");
    terminal.wait_for(&["● running"]);
    terminal.press("s");
    terminal.wait_for(&["no, cancel"]);
    terminal.press("y");
    terminal.wait_for(&["■ stopped"]);
    terminal.press("a");
    terminal.wait_for(&["enter launch", "pgd:3"]);
    terminal.press("\r");
    terminal.wait_for(&["robust at ε", "Robust accuracy", "4/255", "8/255", "✓ done"]);
    terminal.resize(80, 24);
    terminal.wait_for(&["robust at ε"]);
    terminal.resize(20, 5);
    terminal.resize(160, 45);
    terminal.wait_for(&["robust at ε"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Loss"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let run = deck.only_run();
    assert_eq!(std::fs::read_dir(run.attacks()).unwrap().count(), 1);
    terminal.until_sane();
}

#[test]
fn a_run_is_started_from_the_form_taken_back_and_forked() {
    let (deck, mut terminal) = at_the_specifications();
    terminal.press("e");
    terminal.wait_for(&["Start tiny", "ctrl-t measures"]);
    terminal.press("\x15many");
    terminal.wait_for(&["fix the highlighted field"]);
    terminal.press("\x1530000");
    terminal.wait_for(&["--set train.epochs=30000"]);
    terminal.press("\x14");
    terminal.wait_for(&["for 420000 steps"]);
    terminal.press("\r");
    terminal.wait_for(&["● running", "Loss"]);
    terminal.press("c");
    terminal.wait_for(&["✓ checkpoint"]);
    terminal.press("C");
    terminal.wait_for(&["1, newest first", "o fork"]);
    terminal.press("b");
    terminal.wait_for(&["Roll back to step", "nothing is deleted"]);
    terminal.press("y\x1b");
    terminal.wait_for(&["✓ roll back to step-"]);
    terminal.press("C");
    terminal.wait_for(&["1, newest first"]);
    terminal.press("olambda=0.01\r");
    terminal.wait_for(&["● 2 running"]);
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
fn a_worker_is_ended_at_once_said_to_be_lost_and_resumed() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=20000", "checkpoint.every=500"]);
    until_step(&run, 3);
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["● running", "Loss"]);
    terminal.press("K");
    terminal.wait_for(&["Kill the worker of", "Nothing is saved", "no, cancel"]);
    terminal.press("n");
    terminal.wait_for(&["● running", "Loss"]);
    terminal.press("K");
    terminal.wait_for(&["Nothing is saved"]);
    terminal.press("y");
    terminal.wait_for(&["? lost", "resume"]);
    let path = run.path().to_str().unwrap().to_string();
    deck.done(&["train", "--resume", &path, "--detach"]);
    terminal.wait_for(&["● running"]);
    terminal.press("l");
    terminal.wait_for(&["Log"]);
    terminal.press("/nothing like it\r");
    terminal.wait_for(&["not found"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Loss"]);
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
    terminal.press("C");
    terminal.wait_for(&["6, newest first", "enter inspect"]);
    terminal.press("\r");
    terminal.wait_for(&["Checkpoint of step 42", "checksums OK", "F32", "of them zero"]);
    terminal.press("O");
    terminal.wait_for(&["the optimiser's tensors", "of them zero"]);
    terminal.press("\x1b");
    terminal.wait_for(&["6, newest first", "valid"]);
    terminal.press("jjjj");
    terminal.press(" ");
    terminal.wait_for(&["marked"]);
    terminal.press("kd");
    terminal.wait_for(&["From step 14 to step 21", "checksums OK", "Δ = second − first"]);
    terminal.press("\x1b");
    terminal.wait_for(&["6, newest first"]);
    terminal.press("P");
    terminal.wait_for(&["step 21 is pinned"]);
    terminal.press("X1\r");
    terminal.wait_for(&["Remove", "of the 6 checkpoints", "cannot be undone"]);
    terminal.press("y");
    terminal.wait_for(&["checkpoints removed", "newest first"]);
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
    terminal.press("A");
    terminal.wait_for(&["no, cancel"]);
    terminal.press("y");
    terminal.wait_for(&["Robust accuracy", "✓ done", "robust at ε"]);
    terminal.press("q");
    terminal.wait_for(&["newest first"]);
    terminal.press("qq");
    assert_eq!(terminal.end(), 0);
}
