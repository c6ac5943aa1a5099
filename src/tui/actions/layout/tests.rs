//! Layouts: what is saved comes back, and a file that says something else is complained about.

use super::*;
use crate::tui::settings::layout::Layouts;
use crate::tui::settings::layout::write;
use crate::tui::tests::fixture::{self, enter_command, press};
use proptest::prelude::*;

#[test]
fn an_arrangement_comes_back_as_it_was() {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "tab x L L m M R right s > right x esc");
    enter_command(&mut app, "filter state:run");
    enter_command(&mut app, "theme light");
    press(&mut app, "R");
    let layout = current(&app);
    press(&mut app, "p");
    for c in "data.name".chars() {
        crate::tui::update::press(&mut app, crate::tui::terminal::key::Key::char(c));
    }
    press(&mut app, "enter");
    let grouped = current(&app);
    assert_eq!(grouped.table.group_by.as_deref(), Some("data.name"));
    apply(&grouped, &mut app).unwrap();
    assert_eq!(current(&app), grouped);
    assert!(layout.screen == Over::Table && layout.filter == "state:run");
    let text = toml::to_string(&layout).unwrap();
    let read = Layout::parse("here", &text).unwrap();
    assert_eq!(read, layout, "{text}");
    let mut other = fixture::app(120, 40, false);
    apply(&read, &mut other).unwrap();
    assert_eq!(current(&other), layout);
    assert_eq!(
        (other.theme.name(), other.shown_runs().len()),
        ("light", app.shown_runs().len())
    );
}

#[test]
fn it_is_saved_and_chosen_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = fixture::app(120, 40, false);
    app.layouts = Layouts::look(Some(folder.path().join("layouts")));
    press(&mut app, "R");
    let effects = enter_command(&mut app, "save-layout nightly");
    let [Effect::SaveLayout(name, file, layout)] = &effects[..] else {
        panic!("{effects:?}")
    };
    write(file, layout).unwrap();
    saved(&mut app, name, Ok(()));
    assert_eq!(app.layouts.names, ["nightly"]);
    assert_eq!(Layouts::look(Some(folder.path().join("layouts"))), app.layouts);
    let effects = enter_command(&mut app, "layout night");
    assert!(
        matches!(&effects[..], [Effect::ReadLayout(n, _)] if n == "nightly"),
        "{effects:?}"
    );
    assert_eq!(app.layouts.read("nightly").unwrap(), **layout);
    for name in ["../config", "", "a b", "x.toml", &"n".repeat(41)] {
        assert!(save(&app, name).is_err() && app.layouts.read(name).is_err(), "{name}");
    }
    assert!(app.layouts.read("other").unwrap_err().contains("nightly"));
}

#[test]
fn what_a_file_gets_wrong_is_said_with_its_line_or_key() {
    for (text, says) in [
        ("pane = \"runs\"\ncolour = 1\n", "line 2: unknown field `colour`"),
        ("pane = \"nowhere\"", "line 1"),
        ("[charts]\nsmoothing = 0.123\n", "charts.smoothing"),
        ("[charts]\nfocus = 999\n", "charts.focus"),
        ("[table]\ncolumns = [\"nonsense\"]\n", "\"nonsense\" is not a column"),
        ("filter = \"a\\u0007b\"", "control characters"),
        ("[", "line 1"),
    ] {
        let said = Layout::parse("mine.toml", text).unwrap_err();
        assert!(said.contains(says) && said.contains("mine.toml"), "{text}: {said}");
    }
    assert_eq!(Layout::parse("empty", "").unwrap(), Layout::default());
}

#[test]
fn every_column_has_a_name_of_its_own() {
    let app = fixture::app(120, 40, false);
    let all = crate::tui::model::table::columns::available(&app.runs);
    for column in &all {
        assert_eq!(Column::of_code(&column.code()).as_ref(), Some(column));
    }
    let codes: std::collections::BTreeSet<String> = all.iter().map(Column::code).collect();
    assert_eq!(codes.len(), all.len());
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "(pane = |\\[charts\\]\n|columns = |smoothing = |filter = )?.{0,60}") {
        if let Ok(layout) = Layout::parse("any", &text) {
            let mut app = fixture::small(80, 24);
            let _ = apply(&layout, &mut app);
            crate::tui::documents::snapshot::draw(&app);
        }
    }
}

#[test]
fn a_screen_that_is_read_only_saves_none() {
    let mut app = fixture::app(120, 40, false);
    app.layouts = Layouts::look(Some("/nowhere/layouts".into()));
    app.read_only = true;
    assert_eq!(enter_command(&mut app, "save-layout nightly"), []);
    let said = app.notice.unwrap().text;
    assert_eq!(said, "save-layout: read-only: this screen changes nothing");
}
