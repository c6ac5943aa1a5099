//! The command line, sequences and the help as triples: a state, keys, and the state and effects after.

use super::*;
use crate::{
    run::{
        command::{Order, When},
        status::RunState,
    },
    tui::tests::fixture::{self, enter_command, press},
};
use proptest::prelude::*;

fn app() -> App {
    fixture::app(120, 40, false)
}

#[test]
fn an_action_is_done_by_its_name() {
    let mut app = app();
    assert!(matches!(
        &enter_command(&mut app, "pause")[..],
        [Effect::Send {
            order: Order::Pause,
            ..
        }]
    ));
    assert!(app.layers.is_empty());
    enter_command(&mut app, "checkpoints");
    assert!(matches!(app.layers.last(), Some(Layer::Checkpoints { .. })));
}

#[test]
fn it_speaks_of_what_lies_under_it() {
    let mut app = app();
    press(&mut app, "H :");
    let found = |app: &App, name: &str| {
        entries(app, name)
            .into_iter()
            .any(|e| e.text == name && !e.is_elsewhere)
    };
    assert!(found(&app, "undo-selected") && !found(&app, "open"));
    press(&mut app, "esc esc :");
    assert!(found(&app, "open") && !found(&app, "undo-selected"));
}

#[test]
fn a_name_of_several_runs_is_said_to_be_one() {
    let mut app = app();
    let why = Word::Select.done(&mut app, "fashion").unwrap_err();
    assert!(why.contains("matches 2 runs"), "{why}");
    assert!(Word::Select.done(&mut app, "fashion-mnist-sr").is_ok());
}

#[test]
fn an_action_of_another_place_is_found_too_and_says_where_it_is() {
    let mut app = app();
    assert!(enter_command(&mut app, "roll-back").is_empty());
    let said = app.notice.clone().unwrap().text;
    assert!(said.contains("in checkpoints (C)"), "{said}");
    assert_eq!(entries(&app, "rollback")[0].text, "roll-back");
}

#[test]
fn a_few_letters_find_it_and_tab_writes_it_out() {
    let mut app = app();
    press(&mut app, "ctrl-p");
    press(&mut app, "s e t tab");
    let Some(Layer::Command(command)) = app.layers.last() else {
        panic!()
    };
    assert_eq!(command.line.text(), "set ");
    press(&mut app, "l a m b tab");
    let Some(Layer::Command(command)) = app.layers.last() else {
        panic!()
    };
    assert_eq!(command.line.text(), "set objective.lambda=");
}

#[test]
fn words_become_commands_and_wrong_ones_stay_to_be_corrected() {
    let mut app = app();
    let sent = enter_command(&mut app, "set lambda=0.01 lr=0.05");
    let changes = vec![("objective.lambda".to_string(), 0.01), ("train.lr".to_string(), 0.05)];
    assert!(matches!(&sent[..], [Effect::Send { order: Order::Set { changes: c }, .. }] if *c == changes));
    assert_eq!(enter_command(&mut app, "set lambda=-1"), []);
    assert!(app.notice.clone().unwrap().text.contains("between 0 and 1000"));
    assert!(matches!(app.layers.last(), Some(Layer::Command(c)) if c.line.text() == "set lambda=-1"));
    press(&mut app, "esc");
    assert_eq!(enter_command(&mut app, "no such thing"), []);
    assert!(app.notice.clone().unwrap().text.contains("no such command"));
}

#[test]
fn nothing_is_sent_where_nothing_may_be_written() {
    for line in ["pause", "set lambda=0.01", "remark hello", "stop", "ramp lambda=0..1/5"] {
        let mut app = app();
        app.read_only = true;
        assert_eq!(enter_command(&mut app, line), [], "{line}");
        assert!(app.notice.clone().unwrap().text.contains("read-only"), "{line}");
    }
    let mut app = app();
    app.runs[0].state = RunState::Finished;
    assert_eq!(enter_command(&mut app, "set lambda=0.01"), []);
}

#[test]
fn a_run_is_selected_and_the_list_filtered_by_words() {
    let mut app = app();
    enter_command(&mut app, "filter state:done");
    assert_eq!(app.shown_runs().len(), 1);
    enter_command(&mut app, "select glyphs-sr");
    assert!(app.run().unwrap().id.contains("glyphs-sr") && app.filter.text().is_empty());
    enter_command(&mut app, "theme light");
    assert_eq!(app.theme.name(), "light");
}

#[test]
fn an_incomplete_sequence_continues_or_is_forgotten() {
    let mut app = app();
    press(&mut app, "z");
    assert_eq!(app.prefix.len(), 1);
    press(&mut app, "k");
    assert!(matches!(app.layers.last(), Some(Layer::Checkpoints { .. })) && app.prefix.is_empty());
    press(&mut app, "z esc");
    assert!(app.prefix.is_empty() && app.notice.is_none() && app.layers.len() == 1);
    press(&mut app, "z 9");
    assert!(app.notice.unwrap().text.contains("z 9: no such key here (? help)"));
}

#[test]
fn what_is_chosen_in_the_help_is_done_where_one_came_from() {
    let mut app = app();
    press(&mut app, "? / p a u s e space a f t e r enter");
    assert!(matches!(
        &press(&mut app, "enter")[..],
        [Effect::Send {
            order: Order::Pause,
            ..
        }]
    ));
    assert!(app.layers.is_empty());
}

#[test]
fn chosen_keys_are_pressed_and_shown() {
    let mut app = app();
    let table = [("pause".to_string(), vec!["ctrl-x p".to_string()])].into();
    app.keys = crate::tui::keys::keymap::KeyMap::read(&table).unwrap();
    assert_eq!(press(&mut app, "p"), [], "p resumes only");
    assert!(matches!(
        &press(&mut app, "ctrl-x p")[..],
        [Effect::Send {
            order: Order::Pause,
            ..
        }]
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_line_makes_it_panic(line in "(set |ramp |select |theme |filter |remark )?.{0,20}") {
        let mut app = app();
        enter_command(&mut app, &line);
        entries(&app, &line);
    }
}

#[test]
fn orders_are_given_for_later_and_a_stop_is_asked_about() {
    let mut app = fixture::app(120, 40, false);
    let sent = enter_command(&mut app, "at epoch:9 set lambda=0.01");
    assert!(
        matches!(
            &sent[..],
            [Effect::Send {
                order: Order::Set { .. },
                when: When::Epoch(9),
                ..
            }]
        ),
        "{sent:?}"
    );
    for (words, says) in [
        ("at step:3 set lambda=0.01", "is already at step 1240"),
        ("at noon stop", "step:N or epoch:N"),
        ("at epoch:9", "say when and what"),
        ("at epoch:9 stop now", "takes no arguments"),
        ("at epoch:9 set lambda=-1", "between 0 and 1000"),
    ] {
        assert_eq!(enter_command(&mut app, words), [], "{words}");
        let said = app.notice.clone().unwrap().text;
        assert!(said.contains(says), "{words}: {said}");
        press(&mut app, "esc");
    }
    assert_eq!(enter_command(&mut app, "at step:2000 stop"), []);
    let Some(Layer::Confirm(confirm)) = app.layers.last() else {
        panic!("no question")
    };
    assert!(
        confirm.question.contains("at step 2000? It is at step 1240"),
        "{}",
        confirm.question
    );
    let sent = press(&mut app, "y");
    assert!(matches!(
        &sent[..],
        [Effect::Send {
            order: Order::Stop,
            when: When::Step(2000),
            ..
        }]
    ));
    let offered = |typed: &str| entries(&app, typed).into_iter().map(|e| e.text).collect::<Vec<_>>();
    assert!(offered("at ").contains(&"at epoch:4".to_string()));
    assert!(offered("at epoch:4 s").contains(&"at epoch:4 stop".to_string()));
    assert!(offered("at epoch:4 set lam").contains(&"at epoch:4 set objective.lambda=".to_string()));
}
