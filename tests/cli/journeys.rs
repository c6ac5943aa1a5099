//! The most common tasks, done by keys in a terminal beside a fake worker. Needs no engine.

use crate::deck::{Deck, until};
use crate::fake_worker::FakeWorker;
use crate::pseudo_terminal::Terminal;

fn watched(deck: &Deck) -> (FakeWorker, Terminal) {
    let mut run = FakeWorker::new(deck, &[]);
    (0..50).for_each(|_| run.step());
    run.report();
    let terminal = Terminal::open(deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["running", "50/100000", "quit"]);
    (run, terminal)
}

/// The commands that lie in the run's inbox, one after another.
fn inbox(run: &FakeWorker) -> String {
    let files = std::fs::read_dir(run.run.path().join("control/inbox"))
        .into_iter()
        .flatten();
    files
        .flatten()
        .filter_map(|f| std::fs::read_to_string(f.path()).ok())
        .collect()
}

#[test]
fn a_user_without_a_run_is_shown_what_this_is_and_how_to_start() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&[
        "Welcome to Spikedeck",
        "start the demo",
        "start a run from an experiment.toml",
    ]);
    terminal.press_until("n", &["Start a run", "tiny", "command"]);
    terminal.press_until("\x1b", &["Welcome to Spikedeck"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn lambda_is_changed_by_typing_it_and_shown_as_sent_not_as_applied() {
    let deck = Deck::new();
    let (run, mut terminal) = watched(&deck);
    terminal.press_until(":set lambda=0.01\r", &["sent: "]);
    until(|| inbox(&run).contains("objective.lambda").then_some(()));
}

#[test]
fn a_run_is_paused_and_asked_before_it_is_stopped() {
    let deck = Deck::new();
    let (run, mut terminal) = watched(&deck);
    terminal.press_until("p", &["sent: pause"]);
    terminal.press_until("s", &["Stop ", "at step 50?"]);
    terminal.press("n");
    until(|| (!terminal.text().contains("at step 50?")).then_some(()));
    assert!(inbox(&run).contains("pause") && !inbox(&run).contains("stop"));
}

#[test]
fn a_run_is_found_by_what_it_says() {
    let deck = Deck::new();
    let (_run, mut terminal) = watched(&deck);
    terminal.press_until("/state:done\r", &["No run matches"]);
    terminal.press_until("\x1b", &["50/100000"]);
}

#[test]
fn two_runs_are_laid_over_one_another_and_what_they_differ_in_is_shown() {
    let deck = Deck::new();
    let mut other = FakeWorker::new(&deck, &["objective.lambda=0.0125"]);
    (0..20).for_each(|_| other.step());
    other.report();
    let (_run, mut terminal) = watched(&deck);
    terminal.press(" ");
    terminal.press_until("j ", &["20/100000"]);
    terminal.press_until("d", &["objective.lambda", "0.0125", "0.002"]);
    terminal.press_until("\x1b", &["20/100000"]);
}
