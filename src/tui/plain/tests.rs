//! The lines that are printed of made-up states.

use super::{
    commands::{Said, answer, execute},
    report::Telling,
};
use crate::{
    run::status::RunState,
    tui::{
        state::app::{App, Effect, Layer, Message},
        tests::fixture,
        update::update,
    },
};

fn lines(said: Said) -> Vec<String> {
    match said {
        Said::Lines(lines) => lines,
        _ => panic!("no answer"),
    }
}

fn running() -> App {
    let mut app = fixture::app(100, 40, false);
    app.pane = crate::tui::state::app::Pane::Runs;
    app
}

#[test]
fn first_everything_is_printed_and_then_only_what_changes() {
    let mut app = running();
    let mut telling = Telling::new(|_| None);
    let first = telling.changes(&app);
    assert!(first[0].contains("runs") && first.len() > app.runs.len(), "{first:?}");
    assert_eq!(telling.changes(&app), Vec::<String>::new());
    let mut runs = app.runs.clone();
    let at = runs.iter().position(|r| r.state == RunState::Running).unwrap();
    (runs[at].state, runs[at].why) = (RunState::Failed, "disk full".into());
    update(&mut app, Message::Runs(runs));
    let changes = telling.changes(&app);
    assert!(
        changes
            .iter()
            .any(|l| l.contains(": failed") && l.ends_with("disk full")),
        "{changes:?}"
    );
}

#[test]
fn an_epoch_that_is_done_is_printed_once() {
    let mut app = running();
    let mut telling = Telling::new(|_| None);
    telling.changes(&app);
    let mut runs = app.runs.clone();
    runs[0].epoch = runs[0].epoch.floor() + 1.2;
    update(&mut app, Message::Runs(runs));
    assert!(telling.changes(&app)[0].contains("epoch "));
    assert_eq!(telling.changes(&app), Vec::<String>::new());
}

#[test]
fn commands_are_those_of_the_command_line_and_answered_where_they_are_wrong() {
    let mut app = running();
    match execute(&mut app, "set lambda=0.01") {
        Said::Effects(effects) => assert!(matches!(effects[..], [Effect::Send { .. }])),
        _ => panic!("not sent"),
    }
    let wrong = lines(execute(&mut app, "puase"));
    assert!(
        wrong[0].contains("no such command") && wrong[0].contains("\"pause\""),
        "{wrong:?}"
    );
    assert!(lines(execute(&mut app, "go-logs"))[0].contains("opens a screen"));
    assert!(app.layers.is_empty());
    assert!(
        lines(execute(&mut app, "help"))
            .iter()
            .any(|l| l.starts_with("pause: "))
    );
    assert!(lines(execute(&mut app, "show"))[0].contains(&app.run().unwrap().id));
    assert!(lines(execute(&mut app, "show nobody"))[0].contains("no such run"));
    assert!(matches!(execute(&mut app, "quit"), Said::Quit));
}

#[test]
fn only_a_typed_yes_does_what_is_asked_about() {
    let mut app = running();
    execute(&mut app, "stop");
    assert!(matches!(app.layers.last(), Some(Layer::Confirm(_))));
    assert_eq!(answer(&mut app, "y"), None);
    assert!(app.layers.is_empty());
    execute(&mut app, "stop");
    assert!(matches!(
        answer(&mut app, "yes").as_deref(),
        Some([Effect::Send { .. }])
    ));
}

#[test]
fn read_only_says_so_and_sends_nothing() {
    let mut app = running();
    app.read_only = true;
    assert!(lines(execute(&mut app, "start x"))[0].contains("read-only"));
    assert!(lines(execute(&mut app, "set lambda=1"))[0].contains("read-only"));
    match execute(&mut app, "pause") {
        Said::Effects(effects) => assert_eq!(effects, []),
        _ => panic!("an effect"),
    }
    assert!(app.notice.unwrap().text.contains("read-only"));
}
