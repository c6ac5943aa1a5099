//! State and message in, new state and effects out. No reading, no writing, no clock: the tests are triples of
//! state, keys, state. What the world answered is folded in `news`; here are the keys.

use super::{
    actions::{self, Act, Action},
    activity,
    app::{App, Effect, Launch, Layer, Message, Pane},
    attack_keys,
    attack_view::AttackView,
    chart_keys,
    command_line::{self, CommandLine},
    copied_tables, copying, doings, estimate, going_back, ground, help,
    input::{Key, Line},
    inspecting, labels_form, layout,
    log_view::{self, LogView},
    moving, news, pointing, pruning, questions, start_form, table, taking_up, tuning,
};
use crate::run::command::{Order, When};
use crossterm::event::KeyCode;
use std::path::Path;

/// Takes one message in.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    doings::hear(app, &message);
    let effects = take(app, message);
    doings::begin(app, &effects);
    app.pass_runs();
    effects
}

fn take(app: &mut App, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => press(app, key),
        Message::Paste(text) => {
            let typed = text.chars().filter(|c| !c.is_control()).map(Key::char);
            if app.is_typing() {
                typed.flat_map(|key| press(app, key)).collect()
            } else {
                Vec::new()
            }
        }
        Message::Mouse(what) => pointing::press(app, what),
        Message::Ground(rgb) => {
            ground::told(app, rgb);
            Vec::new()
        }
        Message::Resize(width, height) => {
            app.size = (width, height);
            Vec::new()
        }
        Message::Runs(runs) => news::runs(app, runs),
        Message::LeftOut(left_out) => news::left_out(app, &left_out),
        Message::Seen(seen) => news::seen(app, *seen),
        Message::Specs(specs) => {
            app.specs = Some(specs);
            Vec::new()
        }
        Message::Sent(ticket, result) => news::sent(app, ticket, result),
        Message::Labelled(run, result) => {
            labels_form::written(app, &run, result);
            Vec::new()
        }
        Message::Killed(_, result) => {
            match result {
                Ok(pid) => app.say(format!(
                    "process {pid} was ended; p resumes the run from its last checkpoint"
                )),
                Err(why) => app.warn(why),
            }
            Vec::new()
        }
        Message::Inspected(asked, answer) => {
            inspecting::answered(app, asked, answer);
            Vec::new()
        }
        Message::Pinned(folder, result) => {
            inspecting::pinned(app, &folder, result);
            Vec::new()
        }
        Message::PictureSaved(file, result) => {
            match result {
                Ok(()) => app.say(format!("wrote {}", file.display())),
                Err(why) => app.warn(why),
            }
            Vec::new()
        }
        Message::Removed(_, result) => news::removed(app, result),
        Message::Pruned(result) => {
            pruning::done(app, result);
            Vec::new()
        }
        Message::LayoutSaved(name, result) => {
            layout::saved(app, &name, result);
            Vec::new()
        }
        Message::LayoutRead(result) => {
            layout::read(app, *result);
            Vec::new()
        }
        Message::Estimated(of, answer) => {
            estimate::answered(app, &of, answer);
            Vec::new()
        }
        Message::Estimating(of, seconds) => {
            estimate::goes_on(app, &of, seconds);
            Vec::new()
        }
        Message::Started(what, arguments, result) => news::started(app, what, &arguments, result),
    }
}

/// Takes one key in.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    app.notice = None;
    if key.code == KeyCode::Esc && estimate::is_on_screen(app) {
        return estimate::cancel(app);
    }
    if app.is_typing() && !is_control(key) {
        return type_key(app, key);
    }
    command(app, key)
}

/// Does what a key means here, where it is not text.
pub fn command(app: &mut App, key: Key) -> Vec<Effect> {
    let begun = actions::sequence(app, key);
    let found = actions::find(app, key);
    let typed = std::mem::take(&mut app.prefix);
    let Some(action) = found else {
        if !actions::continuations(app, &begun).is_empty() {
            app.prefix = typed;
            app.prefix.push(key);
        } else if typed.is_empty() || key.code != KeyCode::Esc {
            app.warn(help::unknown(app, &begun));
        }
        return Vec::new();
    };
    attempt(app, action, &begun, key)
}

/// Does an action, or says why it cannot be done now, by what it was called.
pub fn attempt(app: &mut App, action: &Action, called: &str, key: Key) -> Vec<Effect> {
    if let Some(why) = action.blocked(app) {
        app.warn(format!("{called}: {why}"));
        return Vec::new();
    }
    perform(app, action.act, key)
}

/// Keys that never are text.
fn is_control(key: Key) -> bool {
    key.ctrl && matches!(key.code, KeyCode::Char('c' | 'l' | 'z'))
}

fn type_key(app: &mut App, key: Key) -> Vec<Effect> {
    match (app.layers.last_mut(), key.code) {
        (Some(Layer::AttackForm(_) | Layer::Labels(_) | Layer::Columns(_)), KeyCode::Enter | KeyCode::Esc) => {
            return do_key(app, key);
        }
        (Some(Layer::StartForm(_)), KeyCode::Enter | KeyCode::Esc) => return do_key(app, key),
        (Some(Layer::StartForm(_)), KeyCode::Char('t')) if key.ctrl => return do_key(app, key),
        (Some(Layer::StartForm(form)), _) => form.key(key),
        (Some(Layer::AttackForm(form)), _) => form.key(key),
        (Some(Layer::Labels(form)), _) => form.key(key),
        (Some(Layer::Columns(chooser)), _) => chooser.key(key),
        (Some(Layer::Help { query, typing, row }), KeyCode::Esc) => {
            (*query, *typing, *row) = (std::mem::take(&mut app.before_typing), false, 0)
        }
        (Some(Layer::Help { typing, .. }), KeyCode::Enter | KeyCode::Down | KeyCode::Up) => *typing = false,
        (Some(Layer::Help { query, row, .. }), _) => {
            query.edit(key);
            *row = 0;
        }
        (Some(Layer::Start { query, typing, row }), KeyCode::Esc) => {
            (*query, *typing, *row) = (std::mem::take(&mut app.before_typing), false, 0)
        }
        (Some(Layer::Start { typing, .. }), KeyCode::Enter | KeyCode::Down | KeyCode::Up) => *typing = false,
        (Some(Layer::Start { query, row, .. }), _) => {
            query.edit(key);
            *row = 0;
        }
        (Some(Layer::Logs(_)), _) => log_view::type_key(app, key),
        (Some(Layer::Command(_)), _) => return command_line::key(app, key),
        (_, code) if app.filtering => match code {
            KeyCode::Enter | KeyCode::Down | KeyCode::Up => {
                app.filtering = false;
                // One that does nothing must not look like one that found nothing.
                if let Some(why) = app.filter_problem() {
                    app.warn(why);
                }
            }
            KeyCode::Esc => {
                app.filtering = false;
                app.filter = std::mem::take(&mut app.before_typing);
                news::keep_selection(app);
            }
            _ => {
                app.filter.edit(key);
                news::keep_selection(app);
                if let Some(why) = app.filter_problem() {
                    app.warn(why);
                }
            }
        },
        _ => tuning::type_value(app, key),
    }
    Vec::new()
}

/// Does what a key means in a form, where most keys are text.
fn do_key(app: &mut App, key: Key) -> Vec<Effect> {
    match actions::find(app, key).map(|a| (a.act, a.blocked(app))) {
        Some((act, None)) => return perform(app, act, key),
        Some((_, Some(why))) => app.warn(why),
        None => {}
    }
    Vec::new()
}

fn perform(app: &mut App, act: Act, key: Key) -> Vec<Effect> {
    match act {
        Act::Up => moving::step(app, -1),
        Act::Down => moving::step(app, 1),
        Act::PageUp => moving::step(app, -10),
        Act::PageDown => moving::step(app, 10),
        Act::Top => moving::step(app, isize::MIN),
        Act::Bottom => moving::step(app, isize::MAX),
        Act::NextPane | Act::PreviousPane => {
            let order = [Pane::Runs, Pane::Charts, Pane::Controls];
            let at = order.iter().position(|p| *p == app.pane).unwrap_or(0);
            let by = if act == Act::NextPane { 1 } else { 2 };
            app.pane = order[(at + by) % 3];
        }
        Act::Open => app.pane = Pane::Charts,
        Act::Filter => (app.filtering, app.before_typing) = (true, app.filter.clone()),
        Act::Tune => {
            app.layers.clear();
            app.pane = Pane::Controls;
        }
        Act::Expand => app.layers.push(Layer::Expanded),
        Act::Halve => tuning::nudge(app, tuning::Nudge::Halve),
        Act::Double => tuning::nudge(app, tuning::Nudge::Double),
        Act::GridDown => tuning::nudge(app, tuning::Nudge::GridDown),
        Act::GridUp => tuning::nudge(app, tuning::Nudge::GridUp),
        Act::Exact => tuning::begin_entry(app, key),
        Act::Unstage => tuning::unstage(app),
        Act::Theme => app.theme = app.theme.next(),
        Act::SearchHelp => {
            if let Some(Layer::Help { typing, query, .. }) = app.layers.last_mut() {
                (*typing, app.before_typing) = (true, query.clone());
            }
        }
        Act::FilterSpecs => {
            if let Some(Layer::Start { typing, query, .. }) = app.layers.last_mut() {
                (*typing, app.before_typing) = (true, query.clone());
            }
        }
        Act::Help => app.layers.push(Layer::Help {
            query: Line::default(),
            typing: false,
            row: 0,
        }),
        Act::Command => app.layers.push(Layer::Command(CommandLine::default())),
        Act::DoChosen => return help::do_chosen(app),
        Act::GoRuns | Act::GoCharts | Act::GoControls | Act::GoCheckpoints | Act::GoAttacks | Act::GoLogs => {
            moving::go(app, act)
        }
        Act::Checkpoints => app.layers.push(Layer::Checkpoints { chosen: None }),
        Act::Attacks => app.layers.push(Layer::Attacks(AttackView::default())),
        Act::Activity => {
            let row = activity::rows(app).len().saturating_sub(1);
            app.layers.push(Layer::Activity { row });
        }
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
        | Act::Choose => table::look(app, act),
        Act::ChangeSpec => start_form::open(app),
        Act::Diff => app.layers.push(Layer::Diff { row: 0, column: 0 }),
        Act::EditLabels => labels_form::open(app),
        Act::SearchLog | Act::OlderFound | Act::NewerFound | Act::WrapLog | Act::LogLeft | Act::LogRight => {
            log_view::look(app, act);
        }
        Act::Remove => questions::ask_to_remove(app),
        Act::Kill => questions::ask_to_kill(app),
        Act::Logs => app.layers.push(Layer::Logs(LogView::default())),
        Act::Stop => questions::ask_to_stop(app, When::Now),
        Act::CancelAttack => attack_keys::ask_to_cancel(app),
        Act::AttackForm => attack_keys::open_form(app),
        Act::QuickAttack => attack_keys::ask_to_probe(app),
        Act::ChoosePanel
        | Act::NextPanel
        | Act::PreviousPanel
        | Act::CellBefore
        | Act::CellAfter
        | Act::SampleBefore
        | Act::SampleAfter
        | Act::FooledBefore
        | Act::FooledAfter
        | Act::Mark => attack_keys::look(app, act, key),
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
        | Act::Dots => chart_keys::look(app, act),
        Act::Back | Act::No => moving::back(app),
        Act::Close => return close(app),
        other => return act_outside(app, other),
    }
    Vec::new()
}

/// What asks something of the world.
fn act_outside(app: &mut App, act: Act) -> Vec<Effect> {
    match act {
        Act::Start => {
            app.layers.push(Layer::Start {
                row: 0,
                query: Line::default(),
                typing: false,
            });
            vec![Effect::FindSpecs]
        }
        Act::StartChosen => start_form::start(app),
        Act::Estimate => estimate::begin(app),
        Act::Demo => {
            app.say("starting the demo…");
            vec![Effect::Launch(Launch::Run, vec!["demo".into(), "--detach".into()])]
        }
        Act::Pause => wish(app, Order::Pause, When::Now),
        Act::Resume if app.run().is_some_and(|r| !r.state.is_live()) => {
            taking_up::ask(app);
            Vec::new()
        }
        Act::Resume => wish(app, Order::Resume, When::Now),
        Act::Checkpoint => wish(app, Order::Checkpoint, When::Now),
        Act::Undo => wish(app, Order::Undo { id: None }, When::Now),
        Act::UndoSelected => match activity::undoable(app) {
            Ok(id) if questions::ask_to_override(app, &id) => Vec::new(),
            Ok(id) => wish(app, Order::Undo { id: Some(id) }, When::Now),
            Err(_) => Vec::new(),
        },
        Act::Evaluate => wish(app, Order::Evaluate, When::Now),
        Act::RollBack | Act::ForkHere | Act::WriteRemark | Act::RampHere => {
            going_back::begin(app, act);
            Vec::new()
        }
        Act::Inspect | Act::Optimizer | Act::Apart | Act::MarkCheckpoint | Act::Pin => inspecting::act(app, act),
        Act::Prune => {
            pruning::begin(app);
            Vec::new()
        }
        Act::Apply => tuning::apply(app),
        Act::LaunchAttack => attack_keys::launch_form(app),
        Act::SaveLabels => labels_form::save(app),
        Act::Yes => questions::confirm(app),
        Act::Redraw => vec![Effect::Redraw],
        Act::Copy => copying::copy(app),
        Act::CopyCsv | Act::CopyLatex => copied_tables::copy(app, act),
        Act::Suspend => vec![Effect::Suspend],
        _ => Vec::new(),
    }
}

/// Sends an order to the selected run.
pub fn wish(app: &mut App, order: Order, when: When) -> Vec<Effect> {
    match app.selected.clone() {
        Some(run) => wish_of(app, &run, order, when),
        None => Vec::new(),
    }
}

pub(super) fn wish_of(app: &mut App, job: &Path, order: Order, when: When) -> Vec<Effect> {
    let before = match &order {
        Order::Set { changes } => changes
            .iter()
            .filter_map(|(k, _)| Some((k.clone(), app.current(k)?)))
            .collect(),
        _ => Vec::new(),
    };
    let ticket = app.wishes.make(job, order.clone(), when, before);
    vec![Effect::Send {
        ticket,
        job: job.to_path_buf(),
        order,
        when,
    }]
}

fn close(app: &mut App) -> Vec<Effect> {
    match app.layers.pop() {
        Some(_) => Vec::new(),
        None => vec![Effect::Quit],
    }
}
