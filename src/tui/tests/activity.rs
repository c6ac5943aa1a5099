//! What is listed of a run, and what becomes of it.

use super::fixture;
use crate::{
    run::{
        command::{Answer, Order, Verdict},
        event::{Event, EventKind},
    },
    tui::{
        documents::snapshot::draw,
        effects::interest::wanted,
        model::Seen,
        picture::text,
        state::app::{App, Effect},
    },
};

fn pressed_after(events: Vec<Event>, keys: &str) -> (String, Vec<Effect>) {
    let mut app = fixture::app(120, 40, false);
    let seen = Seen {
        events,
        ..Seen::default()
    };
    fixture::tell(&mut app, seen);
    let effects = fixture::press(&mut app, keys);
    (text(&draw(&app)), effects)
}

#[test]
fn a_command_of_another_person_is_shown_with_its_answer_and_can_be_undone() {
    let changes = vec![("objective.lambda".to_string(), 0.01)];
    let applied = EventKind::Applied {
        command: "01B".into(),
        key: "objective.lambda".into(),
        old: 0.005,
        new: 0.01,
    };
    let events = vec![
        fixture::received("01B", Order::Set { changes }),
        fixture::event(1251, applied),
    ];
    let (drawn, _) = pressed_after(events.clone(), "H");
    assert!(drawn.contains("lise@meitner"), "{drawn}");
    assert!(drawn.contains("λ 0.005 → 0.01"), "{drawn}");
    assert!(drawn.contains("12 losses were NaN and skipped"), "{drawn}");
    let (_, effects) = pressed_after(events, "H u");
    let undo = Order::Undo { id: Some("01B".into()) };
    assert!(
        matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo),
        "{effects:?}"
    );
}

#[test]
fn what_somebody_else_asked_for_counts_as_done_once_the_worker_answers() {
    let mut app = fixture::app(120, 40, false);
    let asked = Seen {
        events: vec![fixture::received("01C", Order::Checkpoint)],
        ..Seen::default()
    };
    fixture::tell(&mut app, asked);
    let awaited = |app: &App| wanted(app).open.iter().any(|(_, id)| id == "01C");
    assert!(!awaited(&app), "nobody looks at it");
    fixture::press(&mut app, "H");
    assert!(awaited(&app) && text(&draw(&app)).contains("received; no answer yet"));
    let answer = Answer {
        id: "01C".into(),
        result: Verdict::Applied,
        step: 1251,
        time: "2026-11-23T09:51:31.000Z".into(),
        changes: Vec::new(),
        why: String::new(),
    };
    let answered = Seen {
        answers: vec![answer],
        ..Seen::default()
    };
    fixture::tell(&mut app, answered);
    assert!(!awaited(&app) && text(&draw(&app)).contains("saved at step 1251 and pinned"));
}

#[test]
fn what_retention_removed_is_listed() {
    let gone = |step: u64| format!("/c/r/step-{step:09}");
    let pruned = EventKind::Pruned {
        checkpoints: vec![gone(120), gone(240)],
    };
    let (drawn, _) = pressed_after(vec![fixture::event(360, pruned)], "H");
    assert!(drawn.contains("removed steps 120, 240"), "{drawn}");
}

#[test]
fn a_refusal_says_why_and_cannot_be_undone() {
    let why = "objective.lambda is 9, allowed is 0 to 1".to_string();
    let rejected = EventKind::Rejected {
        command: "01D".into(),
        why,
    };
    let set = Order::Set {
        changes: vec![("objective.lambda".into(), 9.0)],
    };
    let events = vec![fixture::received("01D", set), fixture::event(1250, rejected)];
    let (drawn, effects) = pressed_after(events, "H u");
    assert!(drawn.contains("allowed is 0 to 1"), "{drawn}");
    assert!(drawn.contains("only an applied or scheduled change"), "{drawn}");
    assert!(effects.is_empty());
}

#[test]
fn what_is_selected_stays_so_while_others_send_commands() {
    let tweak = |id: &str, new| EventKind::Applied {
        command: id.into(),
        key: "objective.lambda".into(),
        old: 0.005,
        new,
    };
    let mut app = fixture::app(120, 40, false);
    let with_event = |event| Seen {
        events: vec![event],
        ..Seen::default()
    };
    fixture::tell(&mut app, with_event(fixture::event(1250, tweak("01E", 0.01))));
    fixture::press(&mut app, "H");
    fixture::tell(&mut app, with_event(fixture::event(1260, tweak("01F", 0.02))));
    let undo = |id: &str| Order::Undo { id: Some(id.into()) };
    // The newer change of the same value is named before it is overridden.
    assert_eq!(fixture::press(&mut app, "u"), []);
    let drawn = text(&draw(&app)).replace('\n', " ");
    assert!(drawn.contains("Undo λ 0.005 → 0.01 of"), "{drawn}");
    assert!(
        drawn.contains("λ 0.005 → 0.02 is in effect since step 1260 (set)"),
        "{drawn}"
    );
    assert_eq!(fixture::press(&mut app, "n"), []);
    let effects = fixture::press(&mut app, "u y");
    assert!(matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo("01E")));
    let effects = fixture::press(&mut app, "k u");
    assert!(matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo("01F")));
}

#[test]
fn a_pending_command_of_this_screen_stands_first_until_the_worker_takes_it() {
    let (drawn, effects) = pressed_after(Vec::new(), "E H");
    assert!(drawn.contains("this screen") && drawn.contains("evaluate"), "{drawn}");
    assert!(effects.is_empty());
    let (_, effects) = pressed_after(Vec::new(), "E");
    assert!(matches!(
        &effects[..],
        [Effect::Send {
            order: Order::Evaluate,
            ..
        }]
    ));
}
