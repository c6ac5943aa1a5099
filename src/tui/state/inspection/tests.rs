//! Looking into checkpoints, comparing, pinning and removing them as triples: a state, keys, and the state and effects
//! after.

use super::*;
use crate::tui::App;
use crate::tui::picture;
use crate::tui::state::layer::Layer;
use crate::tui::state::message::Effect;
use crate::{
    run::status::RunState,
    tui::{
        documents::snapshot,
        state::app::Message,
        tests::fixture::{self, press},
        update::update,
    },
};

fn app() -> App {
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "C");
    app
}

fn dir(app: &App, step: u64) -> PathBuf {
    let list = &app.detail().unwrap().checkpoints;
    list.iter().find(|c| c.step == step).unwrap().dir.clone()
}

fn screen(app: &App) -> String {
    picture::text(&snapshot::draw(app))
}

#[test]
fn a_checkpoint_is_read_when_asked_for_and_known_to_be_whole_after() {
    let mut app = app();
    let newest = dir(&app, 1200);
    let asked = Asked::Inside {
        checkpoint: newest.clone(),
        optimizer: false,
    };
    assert_eq!(press(&mut app, "enter"), [Effect::Inspect(asked)]);
    assert!(screen(&app).contains("reading and verifying checksums"));
    fixture::answer(&mut app);
    let drawn = screen(&app);
    for part in [
        "Checkpoint of step 1200",
        "convs.1.weight",
        "16×8×3×3",
        "1 of 8 are NaN",
        "5 tensors",
    ] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    assert!(drawn.contains("objective.lambda 0.002 (now 0.005)"), "{drawn}");
    let sent = press(&mut app, "O");
    assert!(
        matches!(&sent[..], [Effect::Inspect(Asked::Inside { optimizer: true, .. })]),
        "{sent:?}"
    );
    assert!(screen(&app).contains("the optimiser's tensors"));
    press(&mut app, "esc");
    assert_eq!(app.integrity.get(&newest), Some(&Ok(())));
    assert!(screen(&app).contains("valid"));
}

#[test]
fn what_is_damaged_is_said_there_and_in_the_list() {
    let mut app = app();
    press(&mut app, "enter");
    let asked = app.inspection.as_ref().unwrap().asked.clone();
    let why = "model.safetensors is not as it was saved".to_string();
    update(&mut app, Message::Inspected(asked, Err(why.clone())));
    assert!(screen(&app).contains(&why));
    press(&mut app, "esc");
    assert!(screen(&app).contains("model.safetensors is not"));
}

#[test]
fn an_answer_to_another_question_is_not_shown() {
    let mut app = app();
    press(&mut app, "enter");
    let first = app.inspection.as_ref().unwrap().asked.clone();
    press(&mut app, "esc down enter");
    update(&mut app, Message::Inspected(first, Err("damaged".into())));
    assert!(screen(&app).contains("reading and verifying"));
}

#[test]
fn two_are_compared_the_marked_one_or_the_older_one() {
    let mut app = app();
    let apart = |first, second| [Effect::Inspect(Asked::Apart { first, second })];
    let (new, middle, old) = (dir(&app, 1200), dir(&app, 800), dir(&app, 400));
    assert_eq!(press(&mut app, "d"), apart(middle.clone(), new.clone()));
    fixture::answer(&mut app);
    let drawn = screen(&app);
    assert!(
        drawn.contains("From step 800 to step 1200") && drawn.contains("0.212"),
        "{drawn}"
    );
    press(&mut app, "esc down down space up up");
    assert!(screen(&app).contains("marked, pinned"));
    assert_eq!(press(&mut app, "d"), apart(old.clone(), new));
    press(&mut app, "esc down down");
    press(&mut app, "d");
    assert!(
        !matches!(app.layers.last(), Some(Layer::Tensors { .. })),
        "none is older than the oldest"
    );
    press(&mut app, "space");
    assert_eq!(app.marked_checkpoint, None);
}

#[test]
fn the_selected_one_stays_selected_when_newer_ones_come() {
    let mut app = app();
    press(&mut app, "down");
    let chosen = app.checkpoint().unwrap().clone();
    assert_eq!(chosen.step, 800);
    let detail = app.detail.as_mut().unwrap();
    let mut newer = detail.checkpoints[0].clone();
    newer.dir = newer.dir.with_file_name("step-000001600");
    newer.step = 1600;
    detail.checkpoints.insert(0, newer);
    assert_eq!(app.checkpoint(), Some(&chosen));
    app.detail.as_mut().unwrap().checkpoints.retain(|c| c.step != 800);
    assert_eq!(app.checkpoint().unwrap().step, 400, "gone: the next older one");
}

#[test]
fn pins_are_effects_and_refused_where_nothing_may_be_written() {
    let mut app = app();
    let newest = dir(&app, 1200);
    assert_eq!(press(&mut app, "P"), [Effect::Pin(newest.clone(), true)]);
    update(&mut app, Message::Pinned(newest, Ok(true)));
    assert!(screen(&app).contains("step 1200 is pinned"));
    press(&mut app, "down down");
    let old = dir(&app, 400);
    assert_eq!(press(&mut app, "P"), [Effect::Pin(old, false)]);
    app.read_only = true;
    assert!(press(&mut app, "P").is_empty() && press(&mut app, "X").is_empty());
}

#[test]
fn older_ones_are_removed_after_a_preview() {
    let mut app = app();
    press(&mut app, "X");
    assert!(screen(&app).contains("prunes by itself"), "a live worker does so");
    let at = app
        .runs
        .iter()
        .position(|r| Some(&r.dir) == app.selected.as_ref())
        .unwrap();
    app.runs[at].state = RunState::Finished;
    let list = &mut app.detail.as_mut().unwrap().checkpoints;
    let mut more = list[2].clone();
    (more.step, more.pinned, more.dir) = (200, false, more.dir.with_file_name("step-000000200"));
    list.push(more);
    press(&mut app, "X 1");
    assert!(screen(&app).contains("removes 1, frees 412.3 kB"), "{}", screen(&app));
    press(&mut app, "enter");
    let Some(Layer::Confirm(confirm)) = app.layers.last() else {
        panic!("no question")
    };
    assert!(confirm.question.contains("steps 200?"), "{}", confirm.question);
    assert!(confirm.consequence.contains("3 are kept"), "{}", confirm.consequence);
    assert!(press(&mut app, "enter").is_empty());
    assert_eq!(press(&mut app, "y"), [Effect::Prune(fixture::dir(), 1)]);
    update(&mut app, Message::Pruned(Err("a worker has it".into())));
    assert!(screen(&app).contains("a worker has it"));
    press(&mut app, "X 9 enter");
    assert!(screen(&app).contains("nothing to remove"));
}
