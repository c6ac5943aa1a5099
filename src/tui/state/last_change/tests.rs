//! What stands under a value: whoever changed it last.

use crate::{
    run::{
        command::Order,
        event::{Event, EventKind},
    },
    tui::{
        documents::snapshot::draw,
        model::Seen,
        picture::text,
        state::app::{App, Message},
        tests::fixture::{self, press, tell},
        update::update,
    },
};

fn applied(id: &str, step: u64, old: f64, new: f64) -> Event {
    let what = EventKind::Applied {
        command: id.into(),
        key: "objective.lambda".into(),
        old,
        new,
    };
    fixture::event(step, what)
}

fn set(id: &str, to: f64) -> Event {
    let changes = vec![("objective.lambda".to_string(), to)];
    fixture::received(id, Order::Set { changes })
}

/// Our own change of λ at step 1250, as the worker recorded it.
fn after_our_set() -> App {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "t > enter");
    update(&mut app, Message::Sent(1, Ok("01K".into())));
    record(&mut app, vec![set("01K", 0.01), applied("01K", 1250, 0.005, 0.01)]);
    app
}

fn record(app: &mut App, events: Vec<Event>) {
    tell(
        app,
        Seen {
            events,
            ..Seen::default()
        },
    );
}

fn drawn_after(events: Vec<Event>) -> String {
    let mut app = after_our_set();
    press(&mut app, "t");
    record(&mut app, events);
    text(&draw(&app))
}

#[test]
fn our_own_change_stands_until_another_one() {
    let drawn = drawn_after(Vec::new());
    assert!(drawn.contains("set at step 1250 (0.005 → 0.01)"), "{drawn}");
}

#[test]
fn an_undo_stands_where_the_change_did() {
    let undo = Order::Undo { id: None };
    let drawn = drawn_after(vec![fixture::received("01L", undo), applied("01L", 1260, 0.01, 0.005)]);
    assert!(drawn.contains("undo at step 1260 (0.01 → 0.005)"), "{drawn}");
    assert!(!drawn.contains("set at step 1250"), "{drawn}");
}

#[test]
fn another_persons_change_and_a_ramp_stand_where_ours_did() {
    let drawn = drawn_after(vec![set("01M", 0.03), applied("01M", 1270, 0.01, 0.03)]);
    assert!(drawn.contains("set at step 1270 (0.01 → 0.03)"), "{drawn}");
    let ramp = Order::Ramp {
        key: "objective.lambda".into(),
        from: 0.01,
        to: 0.02,
        steps: 100,
    };
    let ramping = vec![fixture::received("01N", ramp), applied("01N", 1300, 0.01, 0.01)];
    let drawn = drawn_after(ramping.clone());
    assert!(drawn.contains("ramp at step 1300"), "{drawn}");
    let drawn = drawn_after([ramping, vec![applied("01N", 1400, 0.0199, 0.02)]].concat());
    assert!(drawn.contains("ramp at step 1400 (0.0199 → 0.02)"), "{drawn}");
    assert!(
        drawn.contains("step 1400: 0.0199 → 0.02 (ramp)"),
        "its history: {drawn}"
    );
}

#[test]
fn a_rollback_takes_the_change_back() {
    let back = EventKind::RolledBack {
        checkpoint: "/home/ada/spikes/checkpoints/x/step-000000800".into(),
        from: 1290,
        times: 0,
        lr_factor: 1.0,
        why: "asked for".into(),
        command: Some("01P".into()),
    };
    let drawn = drawn_after(vec![fixture::event(800, back)]);
    assert!(drawn.contains("rollback to 800: 0.01 → 0.005"), "{drawn}");
    let drawn = drawn_after(vec![set("01Q", 0.05), applied("01Q", 1310, 0.01, 0.05)]);
    assert!(drawn.contains("set at step 1310 (0.01 → 0.05)"), "{drawn}");
}
