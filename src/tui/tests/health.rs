//! What is wrong with a run is seen beside it, also without colours; and a run that is not wanted can be removed.

use super::fixture::{self, press};
use crate::{
    run::{
        LeftOut,
        health::{Kind, Problem},
    },
    tui::{
        documents::snapshot::draw,
        model::RunRow,
        picture::text,
        state::app::{App, Effect, Message},
        update::update,
    },
};

fn problem(kind: Kind) -> Problem {
    Problem {
        kind,
        since_step: 60,
        why: "val.accuracy 0.1000 is no better than a guess".into(),
    }
}

/// The finished run looks good by its state alone.
fn collapsed(mut rows: Vec<RunRow>) -> Vec<RunRow> {
    rows[2].health = vec![problem(Kind::AtChance), problem(Kind::Plateau)].into();
    rows
}

fn app(width: u16, height: u16, ascii: bool) -> App {
    let mut app = fixture::app(width, height, ascii);
    update(&mut app, Message::Runs(collapsed(fixture::rows())));
    app
}

#[test]
fn a_collapsed_run_does_not_look_like_a_good_one() {
    for (width, height, ascii) in [(80, 24, false), (120, 40, true), (160, 45, false)] {
        let mut app = app(width, height, ascii);
        let drawn = text(&draw(&app));
        assert!(drawn.contains("! at chance"), "{drawn}");
        press(&mut app, "j j");
        let drawn = text(&draw(&app));
        assert!(drawn.contains("! at chance since step 60"), "{drawn}");
        assert!(drawn.contains("no better than a guess"), "{drawn}");
        press(&mut app, "R");
        let drawn = text(&draw(&app));
        assert!(
            drawn.contains("health") && drawn.contains("! at chance, ~ plat"),
            "{drawn}"
        );
    }
    let good = text(&draw(&fixture::app(120, 40, false)));
    assert!(!good.contains("! at chance") && !good.contains("health"), "{good}");
}

#[test]
fn the_filter_finds_what_is_wrong() {
    let mut app = app(120, 40, false);
    press(&mut app, "/");
    "health:chance".chars().for_each(|c| {
        update(&mut app, Message::Key(crate::tui::terminal::key::Key::char(c)));
    });
    assert_eq!(app.shown_runs().len(), 1);
}

#[test]
fn a_run_that_has_ended_is_removed_after_a_question_and_a_live_one_is_not() {
    let mut app = app(120, 40, false);
    press(&mut app, "X");
    assert!(app.notice.as_ref().is_some_and(|n| n.text.contains("s stops it first")));
    press(&mut app, "j j X");
    assert!(text(&draw(&app)).contains(".trash"));
    let dir = app.runs[2].dir.clone();
    assert_eq!(press(&mut app, "y"), [Effect::Remove(dir.clone())]);
    update(&mut app, Message::Removed(Err("another run continued from it".into())));
    assert!(text(&draw(&app)).contains("another run continued"));
}

#[test]
fn runs_that_are_left_out_are_counted_in_the_heading() {
    let mut app = app(160, 45, false);
    let left_out = LeftOut {
        folder: "/w/runs".into(),
        folders: 150,
    };
    update(&mut app, Message::LeftOut(vec![left_out]));
    let drawn = text(&draw(&app));
    assert!(
        drawn.contains("5 (+150 not listed)") && drawn.contains("not looked into"),
        "{drawn}"
    );
}

#[test]
fn lines_that_were_skipped_are_said() {
    let mut app = app(160, 45, false);
    let mut seen = fixture::seen();
    (seen.dir, seen.skipped_lines) = (fixture::dir(), 3);
    update(&mut app, Message::Seen(Box::new(seen)));
    assert!(text(&draw(&app)).contains("3 bad lines skipped"));
}
