//! The run table as keys and what is shown after them.

use super::*;
use crate::tui::app::Effect;
use crate::tui::{fixture, snapshot};

fn app(keys: &str) -> App {
    let mut app = fixture::app(120, 40, false);
    fixture::press(&mut app, keys);
    app
}

fn column(app: &App, label: &str) -> Vec<String> {
    let sheet = sheet(app);
    let at = sheet.heads.iter().position(|h| h.label == label).unwrap();
    sheet.rows.iter().map(|r| r.cells[at].text.clone()).collect()
}

#[test]
fn runs_are_ordered_by_the_chosen_column_and_again_the_other_way_round() {
    let app = app("R > > > s");
    assert_eq!(column(&app, "step")[0], "1560/1560");
    let mut app = app;
    fixture::press(&mut app, "s");
    assert_eq!(column(&app, "step")[0], "77/1560");
    fixture::press(&mut app, "g");
    assert_eq!(
        app.run().map(|r| r.step),
        Some(77),
        "the selection goes by what is shown"
    );
    fixture::press(&mut app, "enter");
    assert!(app.layers.is_empty() && app.pane == Pane::Runs);
    assert_eq!(app.run().map(|r| r.step), Some(77));
    fixture::press(&mut app, "R");
    assert_eq!(column(&app, "step")[0], "77/1560", "the order is remembered");
}

#[test]
fn runs_of_one_name_are_told_apart_in_the_table_and_in_the_list() {
    let mut app = fixture::app(80, 24, false);
    app.runs.iter_mut().for_each(|r| r.name = "demo".into());
    let drawn = snapshot::text(&snapshot::draw(&app));
    let mark = column(&app, "name")[0].clone();
    assert!(mark.starts_with("demo ") && drawn.contains(&mark), "{mark}\n{drawn}");
    let names: std::collections::BTreeSet<String> = column(&app, "name").into_iter().collect();
    assert_eq!(names.len(), app.runs.len());
}

#[test]
fn columns_are_found_by_what_one_types_added_moved_and_taken_away() {
    let mut app = app("R c b a t c h enter esc");
    let labels = |app: &App| -> Vec<String> { sheet(app).heads.iter().map(|h| h.label.clone()).collect() };
    assert_eq!(labels(&app).last().map(String::as_str), Some("train.batch"));
    for _ in 0..20 {
        fixture::press(&mut app, ">");
    }
    fixture::press(&mut app, "{ x");
    assert!(!labels(&app).contains(&"train.batch".to_string()));
    for _ in 0..20 {
        fixture::press(&mut app, "x");
    }
    assert_eq!(labels(&app).len(), 1);
}

#[test]
fn the_filter_works_in_the_table_and_esc_leaves_one_thing_at_a_time() {
    let mut app = app("R / s t e p > 1 0 0 0 enter");
    assert_eq!(sheet(&app).rows.len(), 2);
    fixture::press(&mut app, "/ esc");
    assert_eq!(sheet(&app).rows.len(), app.runs.len());
    assert!(matches!(app.layers.last(), Some(Layer::Table)));
    fixture::press(&mut app, "esc");
    assert!(app.layers.is_empty());
}

#[test]
fn groups_lead_to_their_runs() {
    let mut app = app("R p d a t a . n a m e enter");
    assert_eq!(app.table.pivot.as_ref().map(|p| p.key.as_str()), Some("data.name"));
    assert_eq!(sheet(&app).rows.len(), 1);
    fixture::press(&mut app, "enter");
    assert_eq!((app.filter.text(), sheet(&app).rows.len()), ("data.name=\"glyphs\"", 5));
}

#[test]
fn the_table_is_copied_as_markdown_and_as_csv() {
    for (keys, begins) in [
        ("R y", "| name | begun (UTC) |"),
        ("R Y", "name,begun (UTC),"),
        ("d y", "| key |"),
    ] {
        let mut app = fixture::app(120, 40, false);
        let effects = fixture::press(&mut app, keys);
        let Some(Effect::Copy(text)) = effects.first() else {
            panic!("{keys}: {:?}", app.notice)
        };
        assert!(text.starts_with(begins), "{text}");
    }
}

#[test]
fn with_five_hundred_runs_only_what_is_seen_is_drawn() {
    let mut app = fixture::app(120, 40, false);
    let rows = fixture::rows();
    let many = (0..500).map(|n| RunRow {
        dir: format!("/r/{n}").into(),
        id: format!("20261123-000000-r-{n:04}"),
        ..rows[n % rows.len()].clone()
    });
    crate::tui::update::update(&mut app, crate::tui::app::Message::Runs(many.collect()));
    fixture::press(&mut app, "R G");
    let drawn = snapshot::text(&snapshot::draw(&app));
    assert!(drawn.lines().count() == 40 && drawn.contains("Runs 500"), "{drawn}");
}
