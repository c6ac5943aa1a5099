//! The form as triples: a specification, keys, and what would be started.

use super::*;
use crate::tui::{fixture, fixture::press};

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
    assert!(app.notice.clone().unwrap().text.contains("data are missing"));
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
    let line = super::super::attack_form::command_line(&chosen_arguments(&app).unwrap());
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
        assert!(app.notice.clone().unwrap().text.contains("mend"));
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
fn the_time_is_measured_when_asked_and_forgotten_when_something_changes() {
    let mut app = app();
    let asked = press(&mut app, "ctrl-t");
    let [Effect::Estimate(of)] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(Some(of.clone()), chosen_arguments(&app));
    assert!(press(&mut app, "ctrl-t").is_empty(), "one at a time");
    estimated(&mut app, of, Ok("about 3 s".into()));
    assert!(app.estimate.as_ref().is_some_and(|e| e.answer.is_some()));
    estimated(&mut app, &["other".to_string()], Err("late".into()));
    assert_eq!(app.estimate.as_ref().unwrap().answer, Some(Ok("about 3 s".into())));
}

#[test]
fn an_estimate_is_put_into_words_or_its_reason_is() {
    let answer = serde_json::json!({
        "steps": 4200, "seconds": 90.0, "memory_bytes": 104857600u64,
        "estimate": { "step_seconds": 0.0214, "images_per_second": 747.6 },
    });
    let words = estimate_in_words(&answer).unwrap();
    assert!(
        words.contains("4200 steps, 0.021 s each, 748 images/s; 100 MiB"),
        "{words}"
    );
    let none = serde_json::json!({ "estimate": null, "why": "the data are not there" });
    assert_eq!(estimate_in_words(&none), Err("the data are not there".into()));
}

#[test]
fn who_may_not_write_starts_nothing() {
    let mut app = app();
    app.read_only = true;
    assert!(press(&mut app, "enter").is_empty() && press(&mut app, "ctrl-t").is_empty());
    assert!(app.notice.unwrap().text.contains("read-only"));
}
