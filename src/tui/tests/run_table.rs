//! The run table as keys and what is shown after them.

use super::fixture;
use crate::tui::{
    App,
    documents::snapshot,
    model::RunRow,
    picture,
    state::{
        app::{Effect, Pane},
        layer::Layer,
        run_table::sheet,
    },
};

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
    let drawn = picture::text(&snapshot::draw(&app));
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
    fixture::press(&mut app, "/ x esc");
    assert_eq!(sheet(&app).rows.len(), 2, "what was kept stays");
    fixture::press(&mut app, "/ ctrl-u enter");
    assert_eq!(sheet(&app).rows.len(), app.runs.len());
    assert!(matches!(app.layers.last(), Some(Layer::Table)));
    fixture::press(&mut app, "esc");
    assert!(app.layers.is_empty());
}

#[test]
fn groups_lead_to_their_runs() {
    let mut app = app("R p d a t a . n a m e enter");
    assert_eq!(app.table.pivot.as_ref().map(|p| p.key.as_str()), Some("data.name"));
    let of = |app: &App, row: usize| {
        sheet(app).rows[row]
            .cells
            .iter()
            .map(|c| c.text.clone())
            .collect::<Vec<_>>()
    };
    let rows = sheet(&app).rows.len();
    assert!(rows > 1, "runs of other λ are not taken together");
    let last = rows - 1;
    for _ in 0..last {
        fixture::press(&mut app, "j");
    }
    let (runs, apart) = (of(&app, last)[1].clone(), of(&app, last).last().cloned().unwrap());
    assert!(apart.starts_with("objective.lambda="), "{apart}");
    fixture::press(&mut app, "enter");
    assert!(
        app.filter.text().starts_with("data.name=\"glyphs\" objective.lambda="),
        "{}",
        app.filter.text()
    );
    assert_eq!(sheet(&app).rows.len().to_string(), runs);
}

#[test]
fn grouping_begins_with_the_chosen_column() {
    let mut app = app("R c t r a i n . b a t c h enter esc");
    for _ in 0..20 {
        fixture::press(&mut app, ">");
    }
    fixture::press(&mut app, "p enter");
    assert_eq!(app.table.pivot.as_ref().map(|p| p.key.as_str()), Some("train.batch"));
    fixture::press(&mut app, "p");
    assert!(app.table.pivot.is_none());
    fixture::press(&mut app, "< < < < < < < < < < < < < p");
    let Some(Layer::Columns(chooser)) = app.layers.last() else {
        panic!("the chooser is open")
    };
    assert_eq!(chooser.row, 0, "a name is nothing to group by");
}

#[test]
fn groups_are_copied_with_mean_deviation_and_n_as_columns() {
    let mut app = app("R p d a t a . n a m e enter");
    let effects = fixture::press(&mut app, "Y");
    let Some(Effect::Copy(csv)) = effects.first() else {
        panic!("{:?}", app.notice)
    };
    let heads = csv.lines().next().unwrap_or_default();
    assert!(
        heads.starts_with("data.name,n,step min,step max,not finished,seeds,"),
        "{heads}"
    );
    assert!(
        heads.contains(",gradient.l1 mean,gradient.l1 deviation,gradient.l1 n,"),
        "{heads}"
    );
    let cells = |line: &str| line.split(',').count();
    assert!(
        heads.ends_with(",differs in") && csv.lines().count() > 2 && cells(heads) > 10,
        "{csv}"
    );
    let effects = fixture::press(&mut app, "y");
    assert!(matches!(effects.first(), Some(Effect::Copy(text)) if text.contains(" ± ") || text.contains(" ! |")));
}

#[test]
fn the_table_is_copied_as_markdown_and_as_csv() {
    for (keys, begins) in [
        ("R y", "| name | started (UTC) |"),
        ("R Y", "name,started (UTC),"),
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
    crate::tui::update::update(&mut app, crate::tui::state::app::Message::Runs(many.collect()));
    fixture::press(&mut app, "R G");
    let drawn = picture::text(&snapshot::draw(&app));
    assert!(drawn.lines().count() == 40 && drawn.contains("Runs 500"), "{drawn}");
}

#[test]
fn a_heading_beside_the_sign_of_further_columns_is_cut_with_a_sign() {
    let mut app = fixture::app(80, 24, false);
    fixture::press(&mut app, "R");
    let mut cut = 0;
    for _ in 0..12 {
        let drawn = picture::text(&snapshot::draw(&app));
        let heads = drawn.lines().nth(2).unwrap().trim_end();
        if let Some(before) = heads.strip_suffix('>') {
            let before = before.trim_end_matches(|c: char| c.is_ascii_digit());
            assert!(before.ends_with(' '), "{heads}");
            cut += 1;
        }
        fixture::press(&mut app, ">");
    }
    assert!(cut > 0);
}
