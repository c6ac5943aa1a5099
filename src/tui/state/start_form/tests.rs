//! The form as triples: a specification, keys, and what would be started.

use super::*;
use crate::tui::App;
use crate::tui::state::app::start_arguments::chosen_arguments;
use crate::tui::state::app::start_arguments::missing_data;
use crate::tui::state::layer::Layer;
use crate::tui::state::message::Effect;
use crate::tui::state::message::Launch;
use crate::tui::tests::fixture::{self, press};

/// The fixture with its sound specification's form open.
fn app() -> App {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "n down e");
    assert!(
        matches!(app.layers.last(), Some(Layer::StartForm(_))),
        "{:?}",
        app.notice
    );
    app
}

fn form(app: &App) -> &StartForm {
    match app.layers.last() {
        Some(Layer::StartForm(form)) => form,
        other => panic!("{other:?}"),
    }
}

fn field(key: &str) -> usize {
    FIELDS.iter().position(|f| f.1 == key).unwrap()
}

/// Replaces what a field says.
fn fill(app: &mut App, key: &str, text: &str) {
    while form(app).focus != field(key) {
        press(app, "down");
    }
    press(app, "ctrl-u");
    for c in text.chars() {
        crate::tui::update::press(app, Key::char(c));
    }
}

#[test]
fn unchanged_it_starts_what_the_list_starts() {
    let mut app = app();
    let plain = chosen_arguments(&app).unwrap();
    assert!(!plain.iter().any(|a| a == "--set"), "{plain:?}");
    let sent = press(&mut app, "enter");
    assert_eq!(sent, [Effect::Launch(Launch::Run, plain)]);
    assert!(app.layers.is_empty());
}

#[test]
fn data_that_are_not_there_are_said_and_nothing_starts() {
    let mut app = app();
    for spec in app.specs.iter_mut().flatten() {
        spec.missing = Some("spikedeck data fetch mnist --data /d".into());
    }
    assert!(press(&mut app, "enter").is_empty());
    assert!(app.notice.clone().unwrap().text.contains("data set is missing"));
    fill(&mut app, "", "data.name=glyphs");
    assert_eq!(missing_data(&app), None);
    press(&mut app, "esc");
    assert!(press(&mut app, "enter").is_empty());
}

#[test]
fn the_list_is_filtered_as_one_types() {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "n / g l y p h s");
    assert_eq!(app.shown_specs().len(), 1);
    press(&mut app, "enter");
    assert_eq!(app.chosen_spec().map(|s| s.name.as_str()), Some("glyphs-sr"));
    press(&mut app, "/ esc");
    assert_eq!(app.shown_specs().len(), 1, "what was kept stays");
    press(&mut app, "/ ctrl-u enter");
    assert_eq!(app.shown_specs().len(), 2);
}

#[test]
fn only_what_differs_is_set_and_the_command_says_it() {
    let mut app = app();
    let lr = form(&app).fields[field("train.lr")].text().to_string();
    fill(&mut app, "train.epochs", "7");
    fill(&mut app, "train.lr", &lr);
    fill(&mut app, "", "checkpoint.keep=9 patience=3");
    assert_eq!(
        form(&app).changes(),
        ["train.epochs=7", "checkpoint.keep=9", "patience=3"]
    );
    let line = crate::tui::state::attack_form::command_line(&chosen_arguments(&app).unwrap());
    assert!(
        line.ends_with("--set train.epochs=7 --set checkpoint.keep=9 --set patience=3 --detach"),
        "{line}"
    );
    assert_eq!(form(&app).wrong(), None);
}

#[test]
fn what_is_wrong_is_said_under_its_field_and_nothing_starts() {
    let mut app = app();
    for (key, text, says) in [
        ("train.epochs", "-1", "train.epochs"),
        ("train.lr", "fast", "train.lr"),
        ("train.recipe", "srr", "recipe"),
        ("", "nonsense=1", "nonsense"),
        ("", "nonsense", "KEY=VALUE"),
    ] {
        let before = form(&app).fields[field(key)].text().to_string();
        fill(&mut app, key, text);
        let problem = form(&app).problem(field(key)).unwrap_or_default();
        assert!(problem.contains(says), "{key}={text}: {problem}");
        assert!(form(&app).wrong().is_some());
        assert!(press(&mut app, "enter").is_empty(), "{text}");
        assert!(app.notice.clone().unwrap().text.contains("fix"));
        fill(&mut app, key, &before);
    }
    assert_eq!(form(&app).wrong(), None);
}

#[test]
fn keys_that_hang_together_are_read_together() {
    let mut app = app();
    fill(&mut app, "objective.lambda", "0");
    fill(&mut app, "train.recipe", "plain");
    assert_eq!(form(&app).wrong(), None);
    fill(&mut app, "objective.lambda", "0.1");
    assert!(
        form(&app)
            .problem(field("objective.lambda"))
            .unwrap()
            .contains("train.recipe")
    );
}

#[test]
fn typing_on_a_chosen_field_replaces_its_value_and_space_goes_through_choices() {
    let mut app = app();
    press(&mut app, "2 0");
    assert_eq!(form(&app).changes(), ["train.epochs=20"]);
    press(&mut app, "5 down up end 0");
    assert_eq!(form(&app).changes(), ["train.epochs=2050"]);
    let recipe = |app: &App| form(app).fields[field("train.recipe")].text().to_string();
    let before = recipe(&app);
    press(&mut app, "down down down space");
    let after = recipe(&app);
    assert!(
        before != after && ["plain", "sr", "at", "sr-at", "rat"].contains(&after.as_str()),
        "{after}"
    );
}

#[test]
fn who_may_not_write_starts_nothing() {
    let mut app = app();
    app.read_only = true;
    assert!(press(&mut app, "enter").is_empty() && press(&mut app, "ctrl-t").is_empty());
    assert!(app.notice.unwrap().text.contains("read-only"));
}

#[test]
fn only_the_field_that_is_wrong_is_marked_though_others_were_changed() {
    let mut app = app();
    fill(&mut app, "train.batch", "64");
    fill(&mut app, "train.epochs", "");
    assert!(form(&app).problem(field("train.epochs")).is_some());
    assert_eq!(form(&app).problem(field("train.batch")), None);
}
