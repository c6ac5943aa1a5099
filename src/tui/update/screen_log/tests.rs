//! What the screen did stands in the activity of the run it concerns.

use crate::{
    run::status::RunState,
    tui::{
        documents::snapshot::draw,
        picture::text,
        state::app::{App, Effect, Launch, Message},
        tests::fixture::{self, press},
        update::update,
    },
};

fn app() -> App {
    let mut app = fixture::app(160, 45, false);
    app.can_train = true;
    app.now = "2026-11-23T10:01:02.000Z".into();
    app
}

/// The activity of the selected run, as it is drawn.
fn activity(app: &mut App) -> String {
    app.layers.clear();
    press(app, "H");
    let drawn = text(&draw(app));
    app.layers.clear();
    drawn
}

fn become_state(app: &mut App, state: RunState) {
    let mut runs = app.runs.clone();
    runs[0].state = state;
    update(app, Message::Runs(runs));
}

#[test]
fn a_worker_killed_from_here_is_listed_as_such() {
    let mut app = app();
    press(&mut app, "K y");
    let drawn = activity(&mut app);
    assert!(
        drawn.contains("10:01:02") && drawn.contains("kill (process 4711)"),
        "{drawn}"
    );
    update(&mut app, Message::Killed(fixture::dir(), Ok("process 4711".into())));
    become_state(&mut app, RunState::Lost);
    let drawn = activity(&mut app);
    assert!(drawn.contains("process 4711 was killed; nothing was saved"), "{drawn}");
    assert!(drawn.contains("killed by K from this screen"), "{drawn}");
    app.runs[0].worker = "process 4712".into();
    let drawn = activity(&mut app);
    assert!(
        drawn.contains("worker exited: ") && !drawn.contains("killed by K"),
        "another worker since: {drawn}"
    );
}

#[test]
fn a_worker_that_could_not_be_killed_was_not_killed() {
    let mut app = app();
    press(&mut app, "K y");
    update(
        &mut app,
        Message::Killed(fixture::dir(), Err("it belongs to another user".into())),
    );
    become_state(&mut app, RunState::Lost);
    let drawn = activity(&mut app);
    assert!(drawn.contains("it belongs to another user"), "{drawn}");
    assert!(!drawn.contains("killed by K"), "{drawn}");
}

#[test]
fn pins_resumes_and_starts_are_listed_with_their_outcome() {
    let mut app = app();
    let effects = press(&mut app, "C P");
    let [Effect::Pin(folder, true)] = &effects[..] else {
        panic!("{effects:?}")
    };
    update(&mut app, Message::Pinned(folder.clone(), Ok(true)));
    let drawn = activity(&mut app);
    assert!(drawn.contains("pin step-000001200  done"), "{drawn}");
    become_state(&mut app, RunState::Stopped);
    let effects = press(&mut app, "p y");
    let [Effect::Launch(Launch::Run, arguments)] = &effects[..] else {
        panic!("{effects:?}")
    };
    let why = Err("not started: this build has no engine".to_string());
    update(&mut app, Message::Started(Launch::Run, arguments.clone(), why));
    let drawn = activity(&mut app);
    assert!(
        drawn.contains("resume from the last checkpoint  not started: this build has no engine"),
        "{drawn}"
    );
}

#[test]
fn a_fork_is_listed_in_the_run_it_came_from_and_in_the_new_one() {
    let mut app = app();
    press(&mut app, "C o");
    let effects = press(&mut app, "s e e d = 7 enter");
    let [Effect::Launch(Launch::Run, arguments)] = &effects[..] else {
        panic!("{effects:?}")
    };
    let new = app.runs[1].dir.clone();
    update(
        &mut app,
        Message::Started(Launch::Run, arguments.clone(), Ok(new.clone())),
    );
    for run in [fixture::dir(), new] {
        let logged: Vec<String> = app.screen_log.of(&run).map(|d| d.words()).collect();
        assert_eq!(logged, ["fork 1200 seed=7"]);
    }
}

#[test]
fn a_run_that_failed_is_not_told_to_be_tuned() {
    let mut app = app();
    become_state(&mut app, RunState::Failed);
    app.detail.as_mut().unwrap().activity = Default::default();
    let drawn = activity(&mut app);
    assert!(drawn.contains("No commands yet"), "{drawn}");
    assert!(!drawn.contains("t tunes") && drawn.contains("p resumes"), "{drawn}");
}
