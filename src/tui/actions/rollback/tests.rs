//! Rolling back and forking as triples: a state, keys, and the state and effects after.

use super::*;
use crate::{
    run::status::RunState,
    tui::tests::fixture::{self, press},
};

/// The fixture, which can train, with its first sound checkpoint selected.
fn app() -> App {
    let mut app = fixture::app(120, 40, false);
    app.can_train = true;
    press(&mut app, "C");
    let list = &app.detail().unwrap().checkpoints;
    let sound = list.iter().position(|c| c.problem.is_empty()).unwrap();
    for _ in 0..sound {
        press(&mut app, "down");
    }
    app
}

fn typed(app: &mut App, text: &str) -> Vec<Effect> {
    for c in text.chars() {
        crate::tui::update::press(app, crate::tui::terminal::key::Key::char(c));
    }
    press(app, "enter")
}

#[test]
fn a_rollback_is_asked_about_and_says_what_follows() {
    let mut app = app();
    let (chosen, run) = (app.checkpoint().unwrap().clone(), app.run().unwrap().clone());
    press(&mut app, "b");
    let Some(Layer::Confirm(confirm)) = app.layers.last() else {
        panic!("no question")
    };
    for part in [&run.id, &format!("step {}", run.step), &format!("step {}", chosen.step)] {
        assert!(confirm.question.contains(part.as_str()), "{}", confirm.question);
    }
    assert!(confirm.consequence.contains("nothing is deleted"));
    assert!(press(&mut app, "n").is_empty());
    press(&mut app, "b");
    let sent = press(&mut app, "y");
    let name = name(&chosen);
    assert!(
        matches!(&sent[..], [Effect::Send { order: Order::Rollback { checkpoint }, job, .. }] if *checkpoint == name && *job == run.dir),
        "{sent:?}"
    );
}

#[test]
fn a_fork_is_typed_and_starts_another_run() {
    let mut app = app();
    let (step, run) = (app.checkpoint().unwrap().step.to_string(), fixture::dir());
    press(&mut app, "o");
    let sent = typed(&mut app, "lambda=0.01 epochs=9");
    let wanted = ["send", run.to_str().unwrap(), "fork", &step, "lambda=0.01", "epochs=9"];
    assert_eq!(sent, [Effect::Launch(Launch::Run, wanted.map(String::from).to_vec())]);
    press(&mut app, "o");
    assert!(typed(&mut app, "--json").is_empty());
    assert!(app.notice.clone().unwrap().text.contains("KEY=VALUE"));
    assert!(
        matches!(app.layers.last(), Some(Layer::Command(_))),
        "it stays to be fixed"
    );
    assert!(
        fork(&mut app, "99999999")
            .unwrap_err()
            .contains("no checkpoint at step")
    );
    assert!(fork(&mut app, "x").unwrap_err().contains("fork 120"));
}

#[test]
fn a_change_that_is_none_is_said_whole_and_what_was_typed_stays() {
    let mut app = app();
    press(&mut app, "o");
    for (wrong, says) in [("lambda=abc", "must be"), ("batch=7", "train.batch is not that of")] {
        press(&mut app, "end");
        assert!(typed(&mut app, wrong).is_empty());
        let said = app.notice.clone().unwrap().text;
        assert!(said.contains(says) && !said.contains('\n'), "{said}");
        let Some(Layer::Command(command)) = app.layers.last() else {
            panic!("it is gone")
        };
        assert!(command.line.text().ends_with(wrong));
        for _ in 0..wrong.len() {
            press(&mut app, "backspace");
        }
    }
}

#[test]
fn an_ended_run_is_forked_and_not_rolled_back() {
    let mut app = app();
    app.runs[0].state = RunState::Finished;
    press(&mut app, "b");
    assert!(matches!(app.layers.last(), Some(Layer::Checkpoints { .. })));
    press(&mut app, "o");
    assert!(!typed(&mut app, "").is_empty());
    app.can_train = false;
    press(&mut app, "C o");
    assert!(!matches!(app.layers.last(), Some(Layer::Command(_))));
    app.can_train = true;
    app.read_only = true;
    press(&mut app, "o");
    assert!(!matches!(app.layers.last(), Some(Layer::Command(_))));
}

#[test]
fn a_remark_and_a_ramp_begin_with_a_key() {
    let mut app = app();
    press(&mut app, "w");
    let sent = typed(&mut app, "looks odd");
    assert!(matches!(&sent[..], [Effect::Send { order: Order::Annotate { text }, .. }] if text == "looks odd"));
    press(&mut app, "esc");
    app.pane = crate::tui::state::app::Pane::Controls;
    press(&mut app, "~");
    let Some(Layer::Command(command)) = app.layers.last() else {
        panic!("no line")
    };
    assert!(command.line.text().starts_with("ramp ") && command.line.text().ends_with(".."));
    let key = TUNABLES[0].key.to_string();
    let sent = typed(&mut app, "0.02/50");
    assert!(
        matches!(&sent[..], [Effect::Send { order: Order::Ramp { key: k, steps: 50, .. }, .. }] if *k == key),
        "{sent:?}"
    );
}
