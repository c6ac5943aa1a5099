//! The screen's updates as triples: a state, keys, and the state and effects after.

use super::fixture::{self, press, tell};
use crate::{
    run::{command::Order, status::RunState},
    tui::{
        model::Seen,
        state::app::{App, Effect, Launch, Layer, Message, Pane},
        update::update,
    },
};

fn app() -> App {
    fixture::app(120, 40, false)
}

fn finish(app: &mut App) {
    app.runs[0].state = RunState::Finished;
}

#[test]
fn a_value_out_of_bounds_is_refused_before_it_is_staged() {
    let mut app = app();
    press(&mut app, "t = - 1 enter");
    let (_, problem) = app.tune.entry.clone().unwrap();
    assert!(problem.contains("between 0 and 1000"), "{problem}");
    press(&mut app, "esc");
    assert!(app.tune.entry.is_none() && app.tune.staged.is_empty());
}

#[test]
fn p_pauses_a_running_run_and_resumes_a_paused_one() {
    let mut app = app();
    assert!(matches!(
        press(&mut app, "p")[..],
        [Effect::Send {
            order: Order::Pause,
            ..
        }]
    ));
    app.runs[0].state = RunState::Paused;
    assert!(matches!(
        press(&mut app, "p")[..],
        [Effect::Send {
            order: Order::Resume,
            ..
        }]
    ));
    finish(&mut app);
    assert_eq!(press(&mut app, "p"), []);
    assert!(app.notice.unwrap().text.contains("is done"));
}

#[test]
fn stopping_asks_first_and_names_run_and_step() {
    let mut app = app();
    assert_eq!(press(&mut app, "s"), []);
    let Some(Layer::Confirm(confirm)) = app.layers.last() else {
        panic!("no question")
    };
    assert!(confirm.question.contains("20261123-094512-glyphs-sr-7f3a") && confirm.question.contains("step 1240"));
    assert_eq!(press(&mut app, "n"), []);
    assert!(app.layers.is_empty());
    assert!(matches!(
        press(&mut app, "s y")[..],
        [Effect::Send { order: Order::Stop, .. }]
    ));
}

#[test]
fn quitting_stops_nothing() {
    let mut app = app();
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
    assert_eq!(press(&mut app, "ctrl-c"), [Effect::Quit]);
}

#[test]
fn esc_leaves_one_layer_and_q_closes_it() {
    let mut app = app();
    press(&mut app, "C a");
    assert_eq!(app.layers.len(), 2);
    press(&mut app, "esc");
    assert_eq!(app.layers.len(), 1);
    assert_eq!(press(&mut app, "q"), []);
    assert!(app.layers.is_empty());
}

#[test]
fn read_only_sends_nothing_whatever_is_pressed() {
    let mut app = app();
    app.read_only = true;
    for key in [
        "p",
        "c",
        "u",
        "A y",
        "s y",
        "n enter",
        "a enter",
        "t + enter",
        "r s y",
        "C A y",
        "C a enter",
    ] {
        let effects: Vec<Effect> = press(&mut app, key);
        // Where a question is not asked, its answer's key copies.
        let harmless = |e: &Effect| {
            matches!(
                e,
                Effect::FindSpecs | Effect::Quit | Effect::Copy(_) | Effect::Inspect(_)
            )
        };
        assert!(effects.iter().all(harmless), "{key}: {effects:?}");
        app.layers.clear();
        app.pane = Pane::Runs;
    }
}

#[test]
fn a_run_of_a_newer_program_is_left_alone() {
    let mut app = app();
    app.runs[0].newer = true;
    for key in ["p", "c", "u", "A", "t + enter"] {
        assert_eq!(press(&mut app, key), [], "{key}");
    }
}

#[test]
fn the_form_launches_exactly_the_command_line_it_shows() {
    let mut app = app();
    press(&mut app, "a down ctrl-u 1 / 2 5 5 down down ctrl-u 5 0");
    let effects = press(&mut app, "enter");
    let [Effect::Launch(Launch::Attack, arguments)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        arguments.join(" "),
        "attack /home/ada/spikes/checkpoints/20261123-094512-glyphs-sr-7f3a/step-000001200 --attack fgsm,pgd:10 \
         --eps 1/255 --backward bptt:triangle:1 --samples 50 --data /home/ada/data --detach"
    );
    assert!(app.layers.is_empty());
    update(&mut app, Message::Started(Launch::Attack, Vec::new(), Ok("/x".into())));
    assert!(matches!(app.layers[..], [Layer::Attacks(_)]));
}

#[test]
fn a_form_with_a_mistake_launches_nothing() {
    let mut app = app();
    assert_eq!(press(&mut app, "a x enter"), []);
    assert!(matches!(app.layers[..], [Layer::AttackForm(_)]));
    assert!(app.notice.unwrap().text.contains("pgd:KxR"));
}

#[test]
fn cancelling_an_attack_asks_and_tells_its_own_job() {
    let mut app = app();
    let effects = press(&mut app, "r s y");
    let job = fixture::attack().dir;
    assert_eq!(
        effects,
        [Effect::Send {
            ticket: 1,
            job,
            order: Order::Stop,
            when: crate::run::command::When::Now,
        }]
    );
}

#[test]
fn a_run_is_started_by_the_command_line_shown() {
    let mut app = app();
    assert_eq!(press(&mut app, "n"), [Effect::FindSpecs]);
    assert_eq!(press(&mut app, "enter"), [], "the first has a mistake");
    let effects = press(&mut app, "j enter");
    let [Effect::Launch(Launch::Run, arguments)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        arguments.join(" "),
        "train /home/ada/spikes/experiments/glyphs-sr/experiment.toml --detach"
    );
}

#[test]
fn a_started_run_is_selected_as_soon_as_it_is_found() {
    let mut app = app();
    let mut row = app.runs[0].clone();
    row.dir = "/home/ada/spikes/experiments/new/runs/20261123-100000-new-0000".into();
    update(&mut app, Message::Started(Launch::Run, Vec::new(), Ok(row.dir.clone())));
    let mut rows = fixture::rows();
    rows.insert(0, row.clone());
    update(&mut app, Message::Runs(rows));
    assert_eq!(app.selected, Some(row.dir));
}

#[test]
fn runs_laid_over_one_another_keep_their_curves_while_one_walks_through_them() {
    let mut app = app();
    let (first, second) = (app.runs[0].dir.clone(), app.runs[1].dir.clone());
    let steps = |app: &App| app.detail().unwrap().history.progress().step;
    let known = steps(&app);
    press(&mut app, "space j space");
    assert_eq!(app.selected, Some(second));
    assert_eq!(app.others[&first].history.progress().step, known);
    press(&mut app, "k");
    assert_eq!(steps(&app), known);
}

#[test]
fn a_filter_that_cannot_be_read_hides_nothing_and_says_why() {
    let mut app = app();
    press(&mut app, "/ s t e p >");
    assert_eq!(app.shown_runs().len(), app.runs.len());
    assert!(app.notice.as_ref().unwrap().text.contains("a value is missing after >"));
    press(&mut app, "ctrl-u m o o d > 1");
    assert!(app.notice.as_ref().unwrap().text.contains("no run has mood"));
    press(&mut app, "ctrl-u s t a t e : r u n");
    assert_eq!((app.shown_runs().len(), app.notice.is_none()), (1, true));
}

#[test]
fn a_run_that_the_filter_hides_is_changed_by_no_key() {
    let mut app = app();
    press(&mut app, "/ g o n e enter");
    assert!(app.shown_runs().is_empty() && app.is_hidden());
    assert!(press(&mut app, "p").is_empty());
    assert!(app.notice.as_ref().unwrap().text.contains("the filter hides"));
    press(&mut app, "esc");
    assert!(!app.is_hidden() && !press(&mut app, "p").is_empty());
    press(&mut app, "/ s t a t e : d n o e enter");
    assert!(app.notice.as_ref().unwrap().text.contains("dnoe is not a state"));
}

#[test]
fn esc_brings_back_the_filter_or_search_that_was_kept_before_it_was_edited() {
    let mut app = app();
    press(&mut app, "/ f a s h enter");
    press(&mut app, "/ x y z");
    assert!(app.shown_runs().is_empty());
    press(&mut app, "esc");
    assert_eq!((app.filter.text(), app.shown_runs().len()), ("fash", 2));
    press(&mut app, "esc");
    assert_eq!(app.filter.text(), "", "not typing, Esc takes the filter away");
    press(&mut app, "/ x esc");
    assert_eq!(app.filter.text(), "", "nothing was kept before");
    press(&mut app, "? / u n d o enter / x esc");
    assert!(matches!(app.layers.last(), Some(Layer::Help { query, typing: false, .. }) if query.text() == "undo"));
    press(&mut app, "esc l");
    press(&mut app, "/ e p enter / x esc");
    assert!(matches!(app.layers.last(), Some(Layer::Logs(view)) if view.query.text() == "ep" && !view.typing));
    press(&mut app, "esc n");
    update(&mut app, Message::Specs(Vec::new()));
    press(&mut app, "/ s r enter / x esc");
    assert!(matches!(app.layers.last(), Some(Layer::Start { query, .. }) if query.text() == "sr"));
}

#[test]
fn ctrl_c_where_keys_are_text_says_how_to_leave() {
    for keys in ["n e", ":", "T", "A"] {
        let mut app = app();
        press(&mut app, keys);
        if !app.is_typing() {
            continue;
        }
        let layers = app.layers.clone();
        assert_eq!(press(&mut app, "ctrl-c"), []);
        let said = app.notice.clone().unwrap().text;
        assert!(
            said.contains("esc closes this") && app.layers == layers,
            "{keys}: {said}"
        );
    }
}

#[test]
fn the_filter_keeps_the_selection_among_what_is_shown() {
    let mut app = app();
    press(&mut app, "/ f a s h");
    assert_eq!(app.shown_runs().len(), 2);
    assert_eq!(app.run().unwrap().name, "fashion-mnist-sr");
    press(&mut app, "enter j");
    assert_eq!(app.run().unwrap().name, "fashion-mnist-plain");
    press(&mut app, "esc");
    assert_eq!(app.shown_runs().len(), 5);
}

#[test]
fn what_was_staged_for_one_run_is_not_sent_to_another() {
    let mut app = app();
    press(&mut app, "t > tab j");
    assert!(app.tune.staged.is_empty());
}

#[test]
fn late_news_of_another_run_is_dropped() {
    let mut app = app();
    press(&mut app, "j");
    let before = app.detail.clone().unwrap().history.progress().clone();
    update(&mut app, Message::Seen(Box::new(fixture::seen())));
    assert_eq!(app.detail.unwrap().history.progress().clone(), before);
}

#[test]
fn the_cursor_moves_within_the_run_and_esc_takes_it_away() {
    let mut app = app();
    press(&mut app, "tab left");
    let at = app.charts.cursor.unwrap();
    assert!(at < fixture::STEP as f64 && at > 1200.0, "{at}");
    press(&mut app, "] ] ] right");
    assert_eq!(app.charts.cursor, Some(fixture::STEP as f64));
    press(&mut app, "esc");
    assert_eq!(app.charts.cursor, None);
}

#[test]
fn freezing_stops_following() {
    let mut app = app();
    press(&mut app, "tab f");
    tell(
        &mut app,
        Seen {
            metrics: [fixture::metric(1300)].into_iter().collect(),
            ..Seen::default()
        },
    );
    assert_eq!(crate::tui::charts::x_range(&app).1, fixture::STEP as f64);
    press(&mut app, "f");
    assert_eq!(crate::tui::charts::x_range(&app).1, 1300.0);
}

#[test]
fn the_demo_opens_the_attack_when_it_appears() {
    let mut app = app();
    app.follow_demo = true;
    tell(
        &mut app,
        Seen {
            attacks: Some(vec![fixture::attack()]),
            ..Seen::default()
        },
    );
    assert!(app.layers.is_empty(), "it was there before");
    let mut second = fixture::attack();
    second.id = "01KB".into();
    tell(
        &mut app,
        Seen {
            attacks: Some(vec![second, fixture::attack()]),
            ..Seen::default()
        },
    );
    assert!(matches!(app.layers[..], [Layer::Attacks(_)]));
}

#[test]
fn the_help_is_searched_by_what_one_types() {
    let mut app = app();
    press(&mut app, "? / l a m b");
    assert!(matches!(app.layers.last(), Some(Layer::Help { query, typing: true, .. }) if query.text() == "lamb"));
    press(&mut app, "esc");
    assert!(matches!(app.layers.last(), Some(Layer::Help { typing: false, .. })));
    press(&mut app, "esc");
    assert!(app.layers.is_empty());
}

#[test]
fn ending_a_worker_at_once_is_asked_about_with_what_is_lost() {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "K");
    let Some(Layer::Confirm(confirm)) = app.layers.last() else {
        panic!("no question")
    };
    let run = app.run().unwrap();
    for part in [run.id.as_str(), "process 4711 on meitner", "now", "step 1240"] {
        assert!(confirm.question.contains(part), "{}", confirm.question);
    }
    assert!(
        confirm.consequence.contains("Nothing is saved"),
        "{}",
        confirm.consequence
    );
    assert!(press(&mut app, "n").is_empty());
    press(&mut app, "K");
    assert!(
        press(&mut app, "enter").is_empty() && app.layers.len() == 1,
        "enter is no yes"
    );
    assert_eq!(
        press(&mut app, "y"),
        [Effect::Kill(fixture::dir(), "process 4711".into())]
    );
    app.runs[0].reachable = false;
    press(&mut app, "K");
    assert!(app.layers.is_empty(), "it is not asked what cannot be done");
    app.read_only = true;
    press(&mut app, "K");
    assert!(app.layers.is_empty());
}
