//! Resuming as triples: a run that has ended, keys, what is started.

use crate::{
    run::status::RunState,
    tui::{
        state::app::{App, Effect, Launch, Layer, Message},
        tests::fixture::{self, press},
        update::update,
    },
};

/// The selected run has ended so.
fn ended(state: RunState) -> App {
    let mut app = fixture::app(120, 40, false);
    let mut runs = app.runs.clone();
    runs[0].state = state;
    update(&mut app, Message::Runs(runs));
    app
}

/// What is said where p asks nothing.
fn refused(mut app: App) -> String {
    assert_eq!(press(&mut app, "p"), []);
    assert!(app.layers.is_empty(), "no question");
    app.notice.unwrap().text
}

#[test]
fn a_run_that_ended_before_its_end_is_resumed_after_a_question_as_in_a_shell() {
    for state in [RunState::Stopped, RunState::Lost, RunState::Failed] {
        let mut app = ended(state);
        assert_eq!(press(&mut app, "p"), []);
        let Some(Layer::Confirm(asked)) = app.layers.last() else {
            panic!("{state:?}: {:?}", app.notice)
        };
        let run = app.run().unwrap();
        let wanted = format!("Resume {} from its checkpoint of step 1200?", run.id);
        assert_eq!(asked.question, wanted);
        let dir = fixture::dir().display().to_string();
        let line = format!("spikedeck train --resume {dir} --detach");
        assert!(asked.consequence.contains(&line), "{}", asked.consequence);
        assert!(
            asked.consequence.contains("40 steps are trained again"),
            "{}",
            asked.consequence
        );
        let arguments = ["train", "--resume", &dir, "--detach"].map(String::from).to_vec();
        assert_eq!(press(&mut app, "y"), [Effect::Launch(Launch::Run, arguments)]);
        let why = "not started: this build has no engine".to_string();
        update(&mut app, Message::Started(Launch::Run, Vec::new(), Err(why.clone())));
        assert_eq!(app.notice.unwrap().text, why);
    }
}

#[test]
fn a_resumed_run_is_said_to_be_resumed_and_a_new_one_to_be_started() {
    let said = |arguments: &[&str]| {
        let mut app = ended(RunState::Stopped);
        let arguments = arguments.iter().map(|a| a.to_string()).collect();
        update(&mut app, Message::Started(Launch::Run, arguments, Ok(fixture::dir())));
        app.notice.unwrap().text
    };
    assert!(said(&["train", "--resume", "a", "--detach"]).contains("resumed"));
    assert_eq!(said(&["train", "experiments/a", "--detach"]), "the run has started");
}

#[test]
fn a_no_resumes_nothing() {
    let mut app = ended(RunState::Stopped);
    assert_eq!(press(&mut app, "p n"), []);
    assert!(app.layers.is_empty());
}

#[test]
fn what_cannot_be_resumed_says_why() {
    assert!(refused(ended(RunState::Finished)).contains("is done"));
    let mut app = ended(RunState::Stopped);
    app.read_only = true;
    assert!(refused(app).contains("read-only"));
    let mut app = ended(RunState::Lost);
    app.runs[0].reachable = false;
    assert!(refused(app).contains("another machine"));
}

#[test]
fn a_damaged_checkpoint_is_passed_over_and_without_one_the_run_starts_from_step_0() {
    let question = |damaged: usize| {
        let mut app = ended(RunState::Lost);
        let checkpoints = &mut app.detail.as_mut().unwrap().checkpoints;
        for checkpoint in checkpoints.iter_mut().take(damaged) {
            checkpoint.problem = "a checksum is wrong".into();
        }
        press(&mut app, "p");
        match app.layers.pop() {
            Some(Layer::Confirm(asked)) => asked.question,
            other => panic!("{other:?}"),
        }
    };
    assert!(question(1).contains("step 800"), "{}", question(1));
    assert!(question(9).contains("from the beginning"), "{}", question(9));
}
