//! The dispatcher: turns an action into a change of the state and effects. Pure; performs no effect itself.

use super::{
    Act, Action, attacks, chart_view, confirmations, copied_tables, copying,
    help::{elsewhere, place_name, search, search_words},
    navigation, pruning, resume, rollback,
    sending::send,
    tuning::{self, Nudge},
};
use crate::{
    run::command::{Order, When},
    tui::{
        actions,
        state::{
            self,
            app::{App, Effect, Launch, Layer, Pane},
            attack_view::AttackView,
            command_line::CommandLine,
            log_view::LogView,
        },
        terminal::key::{Key, Line},
    },
};
use crossterm::event::KeyCode;

/// Does an action, or shows why it cannot be done now, under the name it was called by.
pub fn attempt(app: &mut App, action: &Action, called: &str, key: Key) -> Vec<Effect> {
    if let Some(why) = action.blocked(app) {
        app.warn(format!("{called}: {why}"));
        return Vec::new();
    }
    perform(app, action.act, key)
}

/// Does an action without asking whether it can be done now.
pub fn perform(app: &mut App, act: Act, key: Key) -> Vec<Effect> {
    let done = move_selection(app, act)
        || search_or_filter(app, act)
        || open_page(app, act)
        || tune(app, act, key)
        || ask(app, act)
        || change_view(app, act, key);
    if done {
        return Vec::new();
    }
    match act {
        Act::Close => close(app),
        Act::DoChosen => do_chosen(app),
        other => act_outside(app, other),
    }
}

/// Moves the selection or goes to another place; returns whether the action is one of these, as the next ones do.
fn move_selection(app: &mut App, act: Act) -> bool {
    match act {
        Act::Up => navigation::step(app, -1),
        Act::Down => navigation::step(app, 1),
        Act::PageUp => navigation::step(app, -10),
        Act::PageDown => navigation::step(app, 10),
        Act::Top => navigation::step(app, isize::MIN),
        Act::Bottom => navigation::step(app, isize::MAX),
        Act::NextPane | Act::PreviousPane => {
            let order = [Pane::Runs, Pane::Charts, Pane::Controls];
            let at = order.iter().position(|p| *p == app.pane).unwrap_or(0);
            let by = if act == Act::NextPane { 1 } else { 2 };
            app.pane = order[(at + by) % 3];
        }
        Act::Open => app.pane = Pane::Charts,
        Act::GoRuns | Act::GoCharts | Act::GoControls | Act::GoCheckpoints | Act::GoAttacks | Act::GoLogs => {
            navigation::go(app, act)
        }
        Act::Back | Act::No => navigation::back(app),
        _ => return false,
    }
    true
}

/// Starts typing a search or a filter.
fn search_or_filter(app: &mut App, act: Act) -> bool {
    match (act, app.layers.last_mut()) {
        (Act::Filter, _) => (app.filtering, app.before_typing) = (true, app.filter.clone()),
        (Act::SearchHelp, Some(Layer::Help { typing, query, .. }))
        | (Act::FilterSpecs, Some(Layer::Start { typing, query, .. })) => {
            (*typing, app.before_typing) = (true, query.clone());
        }
        (Act::SearchHelp | Act::FilterSpecs, _) => {}
        _ => return false,
    }
    true
}

/// Opens a page, form or line over the others.
fn open_page(app: &mut App, act: Act) -> bool {
    match act {
        Act::Expand => app.layers.push(Layer::Expanded),
        Act::Help => app.layers.push(Layer::Help {
            query: Line::default(),
            typing: false,
            row: 0,
        }),
        Act::Command => app.layers.push(Layer::Command(CommandLine::default())),
        Act::Checkpoints => app.layers.push(Layer::Checkpoints { chosen: None }),
        Act::Attacks => app.layers.push(Layer::Attacks(AttackView::default())),
        Act::Activity => {
            let row = state::activity::rows(app).len().saturating_sub(1);
            app.layers.push(Layer::Activity { row });
        }
        Act::ChangeSpec => super::start_form::open(app),
        Act::Diff => app.layers.push(Layer::Diff { row: 0, column: 0 }),
        Act::EditLabels => super::labels_form::open(app),
        Act::Logs => app.layers.push(Layer::Logs(LogView::default())),
        Act::AttackForm => attacks::open_form(app),
        _ => return false,
    }
    true
}

/// Stages or unstages a change of a hyper-parameter.
fn tune(app: &mut App, act: Act, key: Key) -> bool {
    match act {
        Act::Tune => {
            app.layers.clear();
            app.pane = Pane::Controls;
        }
        Act::Halve => tuning::nudge(app, Nudge::Halve),
        Act::Double => tuning::nudge(app, Nudge::Double),
        Act::GridDown => tuning::nudge(app, Nudge::GridDown),
        Act::GridUp => tuning::nudge(app, Nudge::GridUp),
        Act::Exact => tuning::begin_entry(app, key),
        Act::Unstage => tuning::unstage(app),
        _ => return false,
    }
    true
}

/// Asks before something is done that cannot be taken back, or that costs time.
fn ask(app: &mut App, act: Act) -> bool {
    match act {
        Act::Remove => confirmations::ask_to_remove(app),
        Act::Kill => confirmations::ask_to_kill(app),
        Act::Stop => confirmations::ask_to_stop(app, When::Now),
        Act::CancelAttack => attacks::ask_to_cancel(app),
        Act::QuickAttack => attacks::ask_to_probe(app),
        _ => return false,
    }
    true
}

/// Changes how a table, log, attack or chart is looked at, or the theme.
fn change_view(app: &mut App, act: Act, key: Key) -> bool {
    match act {
        Act::Theme => app.theme = app.theme.next(),
        Act::Table
        | Act::ColumnLeft
        | Act::ColumnRight
        | Act::Sort
        | Act::Columns
        | Act::RemoveColumn
        | Act::MoveColumnLeft
        | Act::MoveColumnRight
        | Act::Pivot
        | Act::GoToRow
        | Act::Choose => super::run_table::look(app, act),
        Act::SearchLog | Act::OlderFound | Act::NewerFound | Act::WrapLog | Act::LogLeft | Act::LogRight => {
            super::logs::look(app, act);
        }
        Act::ChoosePanel
        | Act::NextPanel
        | Act::PreviousPanel
        | Act::CellBefore
        | Act::CellAfter
        | Act::SampleBefore
        | Act::SampleAfter
        | Act::FooledBefore
        | Act::FooledAfter
        | Act::Mark => attacks::look(app, act, key),
        Act::Smooth
        | Act::YScale
        | Act::LogX
        | Act::XAxis
        | Act::Freeze
        | Act::CursorLeft
        | Act::CursorRight
        | Act::CursorFarLeft
        | Act::CursorFarRight
        | Act::ZoomIn
        | Act::ZoomOut
        | Act::Whole
        | Act::PanLeft
        | Act::PanRight
        | Act::Overlay
        | Act::Group
        | Act::Metric
        | Act::Dots => chart_view::look(app, act),
        _ => return false,
    }
    true
}

/// Actions that cause effects.
pub fn act_outside(app: &mut App, act: Act) -> Vec<Effect> {
    match act {
        Act::Start => {
            app.layers.push(Layer::Start {
                row: 0,
                query: Line::default(),
                typing: false,
            });
            vec![Effect::FindSpecs]
        }
        Act::StartChosen => super::start_form::start(app),
        Act::Estimate => super::estimate::begin(app),
        Act::Demo => {
            app.say("starting the demo…");
            vec![Effect::Launch(Launch::Run, vec!["demo".into(), "--detach".into()])]
        }
        Act::Pause => send(app, Order::Pause, When::Now),
        Act::Resume if app.run().is_some_and(|r| !r.state.is_live()) => {
            resume::ask(app);
            Vec::new()
        }
        Act::Resume => send(app, Order::Resume, When::Now),
        Act::Checkpoint => send(app, Order::Checkpoint, When::Now),
        Act::Undo => send(app, Order::Undo { id: None }, When::Now),
        Act::UndoSelected => match state::activity::undoable(app) {
            Ok(id) if confirmations::ask_to_override(app, &id) => Vec::new(),
            Ok(id) => send(app, Order::Undo { id: Some(id) }, When::Now),
            Err(_) => Vec::new(),
        },
        Act::Evaluate => send(app, Order::Evaluate, When::Now),
        Act::RollBack | Act::ForkHere | Act::WriteRemark | Act::RampHere => {
            rollback::begin(app, act);
            Vec::new()
        }
        Act::Inspect | Act::Optimizer | Act::Apart | Act::MarkCheckpoint | Act::Pin => super::inspection::act(app, act),
        Act::Prune => {
            pruning::begin(app);
            Vec::new()
        }
        Act::Apply => tuning::apply(app),
        Act::LaunchAttack => attacks::launch_form(app),
        Act::SaveLabels => super::labels_form::save(app),
        Act::Yes => confirmations::confirm(app),
        Act::Redraw => vec![Effect::Redraw],
        Act::Copy => copying::copy(app),
        Act::CopyCsv | Act::CopyLatex => copied_tables::copy(app, act),
        Act::Suspend => vec![Effect::Suspend],
        _ => Vec::new(),
    }
}

pub fn close(app: &mut App) -> Vec<Effect> {
    match app.layers.pop() {
        Some(_) => Vec::new(),
        None => vec![Effect::Quit],
    }
}

/// Leaves the help and does what is chosen there, if it can be done where one came from.
pub fn do_chosen(app: &mut App) -> Vec<Effect> {
    let Some(Layer::Help { query, row, .. }) = app.layers.pop() else {
        return Vec::new();
    };
    let (valid, others) = search(app, query.text(), actions::place(app));
    let (actions, words) = (valid.len() + others.len(), search_words(query.text()));
    match (
        valid.into_iter().chain(others).nth(row),
        words.get(row.saturating_sub(actions)),
    ) {
        (Some(action), _) => do_named(app, action),
        (None, Some(word)) => {
            let line = Line::new(format!("{} ", word.name()));
            app.layers.push(Layer::Command(CommandLine { line, row: 0 }));
            Vec::new()
        }
        (None, None) => Vec::new(),
    }
}

/// Does an action that was named rather than pressed, or says why not.
pub fn do_named(app: &mut App, action: &'static Action) -> Vec<Effect> {
    let here = actions::place(app);
    let name = action.act.name();
    // One act may have a row for each of several places.
    let Some(action) = Action::of(action.act, here) else {
        let there = elsewhere(app, action);
        app.warn(format!("{name}: not in {}, but {there}", place_name(here)));
        return Vec::new();
    };
    attempt(app, action, &name, pressed(action))
}

/// The key that is passed to an action.
pub fn pressed(action: &Action) -> Key {
    let first = action.keys.first().and_then(|k| Key::parse(k).ok());
    // `=` begins an exact value without typing a digit.
    match (action.act, first) {
        (Act::Exact, _) => Key::char('='),
        (_, Some(key)) => key,
        (_, None) => Key {
            code: KeyCode::Null,
            ctrl: false,
            alt: false,
        },
    }
}
