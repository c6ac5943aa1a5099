//! A reader that goes away (`| head`) ends no verb with an error. Needs no engine.

use crate::deck::Deck;
use std::process::Stdio;

/// Runs a verb whose output nobody reads; what it says on standard error.
fn unread(deck: &Deck, arguments: &[&str]) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = deck.command(arguments);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.code().is_some(), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_verb_that_prints_ends_quietly_when_its_output_is_not_read() {
    let deck = Deck::new();
    let run = deck.create(&["train.epochs=2"]);
    let run = run.path().to_str().unwrap();
    std::fs::write(deck.path("a.idx"), [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]).unwrap();
    for arguments in [
        &["data", "info", "a.idx"][..],
        &["data", "info", "a.idx", "--json"],
        &["data", "list"],
        &["data", "check", "cifar10"],
        &["status"],
        &["status", run],
        &["status", "--json"],
        &["checkpoint", "list", run],
        &["export", run],
        &["remove", "--list"],
        &["doctor"],
        &["config"],
        &["man"],
        &["keys"],
        &["completions", "bash"],
        &["snapshot"],
        &["tui", "--plain"],
        &["--help"],
        &["train", "--help"],
        &["--version"],
    ] {
        let said = unread(&deck, arguments);
        let quiet = !said.contains("roken pipe") && !said.contains("panicked") && !said.contains("os error 32");
        assert!(quiet, "{arguments:?}: {said}");
    }
}
