//! Commands as triples: staged, sent, and believed only when the worker says so.

use super::fixture::{self, press, tell};
use crate::{
    run::{
        command::{Answer, Order, Verdict},
        event::{Event, EventKind},
        status::RunState,
    },
    tui::{
        model::{Seen, commands::CommandState},
        state::app::{App, Effect, Message},
        update::update,
    },
};

fn app() -> App {
    fixture::app(120, 40, false)
}

fn state(app: &App) -> CommandState {
    app.commands.of(&fixture::dir()).next().unwrap().state.clone()
}

#[test]
fn staged_values_are_sent_together_and_only_by_enter() {
    let mut app = app();
    assert_eq!(press(&mut app, "t >"), []);
    assert_eq!(press(&mut app, "j 0 . 0 2 enter"), []);
    assert_eq!(
        app.tune.staged.clone().into_iter().collect::<Vec<_>>(),
        [("objective.lambda", 0.01), ("train.lr", 0.02)]
    );
    let effects = press(&mut app, "enter");
    let order = Order::Set {
        changes: vec![("objective.lambda".into(), 0.01), ("train.lr".into(), 0.02)],
    };
    assert_eq!(
        effects,
        [Effect::Send {
            ticket: 1,
            job: fixture::dir(),
            order,
            when: crate::run::command::When::Now,
        }]
    );
    assert!(app.tune.staged.is_empty());
}

#[test]
fn a_command_counts_as_applied_only_when_the_worker_says_so() {
    let mut app = app();
    press(&mut app, "t > enter");
    assert_eq!(state(&app), CommandState::Sending);
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    assert_eq!(state(&app), CommandState::Sent);
    assert_eq!(
        app.current("objective.lambda"),
        Some(0.005),
        "still what the worker reports"
    );
    let what = EventKind::Applied {
        command: "01K".into(),
        key: "objective.lambda".into(),
        old: 0.005,
        new: 0.01,
    };
    let event = Event {
        time: "2026-11-23T09:51:00Z".into(),
        step: 1250,
        wall: 300.0,
        what,
    };
    tell(
        &mut app,
        Seen {
            events: vec![event],
            ..Seen::default()
        },
    );
    let changes = vec![("objective.lambda".to_string(), 0.005, 0.01)];
    assert_eq!(state(&app), CommandState::Applied { step: 1250, changes });
    assert_eq!(app.current("objective.lambda"), Some(0.01));
}

#[test]
fn a_refusal_is_shown_with_its_reason() {
    let mut app = app();
    press(&mut app, "t + enter");
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    let answer = Answer {
        id: "01K".into(),
        result: Verdict::Rejected,
        step: 1250,
        time: String::new(),
        changes: vec![],
        why: "the recipe has no sparsity term".into(),
    };
    tell(
        &mut app,
        Seen {
            answers: vec![answer],
            ..Seen::default()
        },
    );
    assert_eq!(
        state(&app),
        CommandState::Rejected("the recipe has no sparsity term".into())
    );
}

/// What the status line says once the worker has given this answer to keys that send something.
fn said_after(keys: &str, result: Verdict, why: &str) -> (String, bool) {
    let mut app = app();
    press(&mut app, keys);
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    let waiting = app.notice.clone().unwrap();
    assert!(waiting.text.contains("waiting for the worker"), "{waiting:?}");
    tell(&mut app, Seen::default());
    assert_eq!(app.notice, Some(waiting), "no answer, no news");
    let answer = Answer {
        id: "01K".into(),
        result,
        step: 1250,
        time: String::new(),
        changes: vec![],
        why: why.into(),
    };
    let answers = vec![answer];
    tell(
        &mut app,
        Seen {
            answers: answers.clone(),
            ..Seen::default()
        },
    );
    let notice = app.notice.clone().unwrap();
    press(&mut app, "j");
    tell(
        &mut app,
        Seen {
            answers,
            ..Seen::default()
        },
    );
    assert_eq!(app.notice, None, "a key takes the remark away for good");
    (notice.text, notice.bad)
}

#[test]
fn the_status_line_says_the_answer_where_it_said_that_it_waits() {
    let said = |keys, result| said_after(keys, result, "no sparsity term");
    assert_eq!(
        said("t > enter", Verdict::Applied),
        ("λ 0.005 → 0.01: applied at step 1250".into(), false)
    );
    assert_eq!(said("p", Verdict::Applied).0, "pause: applied at step 1250");
    assert_eq!(
        said("c", Verdict::Applied).0,
        "checkpoint: saved at step 1250 and pinned"
    );
    assert_eq!(
        said("u", Verdict::Rejected),
        ("undo the last change: rejected: no sparsity term".into(), true)
    );
    assert_eq!(
        said("E", Verdict::Expired),
        ("evaluate: expired: it arrived too late".into(), true)
    );
    assert_eq!(said("E", Verdict::Accepted).0, "evaluate: accepted, not yet applied");
}

#[test]
fn the_status_line_says_that_the_run_ended_before_it_answered() {
    let mut app = app();
    press(&mut app, "c");
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    let mut runs = app.runs.clone();
    runs[0].state = RunState::Finished;
    update(&mut app, Message::Runs(runs));
    assert_eq!(app.notice.unwrap().text, "checkpoint: not applied: the run had ended");
}

#[test]
fn a_command_whose_run_ended_first_is_no_longer_pending_and_a_late_answer_counts() {
    let mut app = app();
    press(&mut app, "t > enter");
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    let mut runs = app.runs.clone();
    runs[0].state = RunState::Finished;
    update(&mut app, Message::Runs(runs));
    assert_eq!(state(&app), CommandState::Unheard);
    let answer = Answer {
        id: "01K".into(),
        result: Verdict::Expired,
        step: 1250,
        time: String::new(),
        changes: vec![],
        why: String::new(),
    };
    tell(
        &mut app,
        Seen {
            answers: vec![answer],
            ..Seen::default()
        },
    );
    assert_eq!(state(&app), CommandState::Expired);
}

/// The fixture with a ramp under way and two scheduled commands.
fn with_scheduled_commands() -> App {
    use crate::run::{
        command::{Command, When},
        schedule::ScheduledCommand,
    };
    let mut app = fixture::app(120, 40, false);
    let coming = |command: &str, what: &str, when, changes: &[(&str, f64)], since| ScheduledCommand {
        command: command.into(),
        what: what.into(),
        when,
        changes: changes.iter().map(|(k, v)| (k.to_string(), *v)).collect(),
        since,
    };
    let mut status = fixture::status();
    status.scheduled = vec![
        coming(
            "01R",
            "ramp",
            When::Step(1840),
            &[("objective.lambda", 0.02)],
            Some((640, 0.002)),
        ),
        coming("01S", "set", When::Epoch(4), &[("train.lr", 0.05)], None),
        coming("01T", "stop", When::Epoch(40), &[], None),
    ];
    let received = |id: &str, when, order| Event {
        time: "2026-11-23T09:51:30.000Z".into(),
        step: 1100,
        wall: 260.0,
        what: EventKind::Received {
            command: Command {
                id: id.into(),
                author: "ada@meitner".into(),
                time: String::new(),
                expires: None,
                when,
                order,
            },
        },
    };
    let set = Order::Set {
        changes: vec![("train.lr".into(), 0.05)],
    };
    let events = vec![
        received("01S", When::Epoch(4), set),
        received("01T", When::Epoch(40), Order::Stop),
    ];
    fixture::tell(
        &mut app,
        Seen {
            status: Some(status),
            events,
            ..Seen::default()
        },
    );
    app
}

#[test]
fn scheduled_commands_are_shown_as_the_worker_reports_them_and_taken_back() {
    let mut app = with_scheduled_commands();
    press(&mut app, "t");
    let drawn = crate::tui::picture::text(&crate::tui::documents::snapshot::draw(&app));
    for part in [
        "0.002 → 0.02 by step 1840, 50 %",
        "→ 0.05 at epoch 4",
        "stop at epoch 40",
    ] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    press(&mut app, "H");
    let drawn = crate::tui::picture::text(&crate::tui::documents::snapshot::draw(&app));
    assert!(drawn.contains("stop at epoch 40"), "{drawn}");
    let sent = press(&mut app, "u");
    assert!(
        matches!(&sent[..], [Effect::Send { order: Order::Undo { id: Some(id) }, .. }] if id == "01T"),
        "{sent:?}"
    );
    app.layers.clear();
    app.runs[0].state = crate::run::status::RunState::Stopped;
    let drawn = crate::tui::picture::text(&crate::tui::documents::snapshot::draw(&app));
    assert!(!drawn.contains("at epoch 40"), "no worker is there to apply it");
}
