//! The charts at a terminal, by keys and by mouse: zoom, cursor, scales, runs laid over one another, sizes. Needs no
//! engine.

use crate::deck::Deck;
use crate::fake_worker::FakeWorker;
use crate::pseudo_terminal::Terminal;

/// The screen on two runs that train, the newer one selected and its charts in front.
fn two_runs(deck: &Deck, size: (u16, u16)) -> (Vec<FakeWorker>, Terminal) {
    let runs: Vec<FakeWorker> = ["train.seed=1", "train.seed=2"]
        .iter()
        .map(|seed| {
            let mut run = FakeWorker::new(deck, &[seed]);
            (0..4000).for_each(|_| run.step());
            run.report();
            run
        })
        .collect();
    let terminal = Terminal::open(deck, &["tui", "experiments"], size.0, size.1);
    terminal.wait_for(&["4000/100000", "Loss", "by step"]);
    (runs, terminal)
}

#[test]
fn zoom_pan_cursor_and_scales_are_keys_away_and_esc_undoes_them() {
    let deck = Deck::new();
    let (_runs, mut terminal) = two_runs(&deck, (120, 40));
    terminal.press_until("\te", &["Chart 1 of", "1000", "last"]);
    terminal.press_until("++", &["zoomed", "3200"]);
    terminal.press_until("{", &["2800"]);
    terminal.press_until("\x1b[D", &["here"]);
    terminal.press_until("L", &["log y"]);
    terminal.press_until("L", &["symlog y"]);
    terminal.press_until("0X", &["log x", "100"]);
    terminal.press_until("Xx", &["by epoch"]);
    terminal.press_until("xx", &["by date and time", "UTC"]);
    terminal.press("qq");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn runs_are_laid_over_one_another_and_seeds_become_one_line() {
    let deck = Deck::new();
    let (_runs, mut terminal) = two_runs(&deck, (160, 45));
    terminal.press_until(" j ", &["2 runs", "Loss: CE"]);
    terminal.press_until("\te", &["seed 1", "seed 2"]);
    terminal.press_until("M", &["(2 seeds)", "seeds together"]);
    terminal.press_until("v", &["Loss: CE+λR"]);
    terminal.press_until("q\x1b[Z k ", &["Loss"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_mouse_zooms_where_it_draws_and_every_size_is_drawn_anew() {
    let deck = Deck::new();
    let (_runs, mut terminal) = two_runs(&deck, (120, 40));
    terminal.press_until("\te", &["Chart 1 of"]);
    // Down, drag and up of the left button in the middle of the plot, counted from 1.
    terminal.press("\x1b[<0;40;20M\x1b[<32;70;20M\x1b[<0;70;20m");
    terminal.wait_for(&["zoomed"]);
    terminal.press("\x1b[<2;50;20M\x1b[<2;50;20m");
    terminal.wait_for(&["by step · smooth 0.9 ─"]);
    for (columns, rows) in [(80, 24), (200, 60), (59, 14), (160, 45)] {
        terminal.resize(columns, rows);
        let wanted = if columns < 60 { "cells;" } else { "Chart 1 of" };
        terminal.wait_for(&[wanted]);
    }
    terminal.press("qq");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_screen_is_measured_without_a_terminal() {
    let deck = Deck::new();
    let small = [
        "bench",
        "tui",
        "--runs",
        "5",
        "--points",
        "2000",
        "--growing",
        "2",
        "--seconds",
        "1",
    ];
    let (code, answer) = deck.json(&small);
    assert_eq!(code, 0, "{answer}");
    assert_eq!(answer["list"]["runs"], 5);
    assert_eq!(answer["long"]["points"], 2000);
    for figure in [
        &answer["list"]["first_screen_seconds"],
        &answer["long"]["grid_ms"][0],
        &answer["long"]["peak_bytes"],
        &answer["growing"]["worst_age_seconds"],
        &answer["steady"]["bytes_per_second"],
    ] {
        assert!(figure.as_f64().unwrap() > 0.0, "{answer}");
    }
}
