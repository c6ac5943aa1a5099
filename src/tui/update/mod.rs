//! Message in, state and effects out; keys and messages. News from the watcher is in `news`, the mouse in `pointer`.
//! This folder may use `terminal`, `keys`, `model`, `settings`, `state`, `charts` and `actions`. Pure.

pub mod alerts;
pub mod news;
pub mod pointer;
pub mod screen_log;

use crate::tui::state;
use crate::tui::{
    actions::{
        self, command_line, help,
        perform::{attempt, perform},
        pruning,
    },
    state::app::{App, Effect, Layer, Message},
    terminal::key::Key,
};
use crossterm::event::KeyCode;

/// Takes one message in.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    screen_log::hear(app, &message);
    let effects = take(app, message);
    screen_log::begin(app, &effects);
    app.pass_runs();
    effects
}

fn take(app: &mut App, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return press(app, key),
        Message::Paste(text) => return paste(app, &text),
        Message::Mouse(what) => return pointer::press(app, what),
        Message::Runs(runs) => return news::runs(app, runs),
        Message::LeftOut(left_out) => return news::left_out(app, &left_out),
        Message::Seen(seen) => return news::seen(app, *seen),
        Message::Sent(ticket, result) => return news::sent(app, ticket, result),
        Message::Removed(result) => return news::removed(app, result),
        Message::Started(what, arguments, result) => return news::started(app, what, &arguments, result),
        Message::Ground(rgb) => actions::background::reported(app, rgb),
        Message::Resize(width, height) => app.size = (width, height),
        Message::Specs(specs) => app.specs = Some(specs),
        Message::Labelled(run, result) => actions::labels_form::written(app, &run, result),
        Message::Killed(_, Ok(worker)) => app.say(format!(
            "{worker} was killed; p resumes the run from its last checkpoint"
        )),
        Message::PictureSaved(file, Ok(())) => app.say(format!("wrote {}", file.display())),
        Message::Killed(_, Err(why)) | Message::PictureSaved(_, Err(why)) => app.warn(why),
        Message::Inspected(asked, answer) => actions::inspection::answered(app, asked, answer),
        Message::Pinned(folder, result) => actions::inspection::pinned(app, &folder, result),
        Message::Pruned(result) => pruning::done(app, result),
        Message::LayoutSaved(name, result) => actions::layout::saved(app, &name, result),
        Message::LayoutRead(result) => actions::layout::read(app, *result),
        Message::Estimated(of, answer) => actions::estimate::answered(app, &of, answer),
        Message::Estimating(of, seconds) => actions::estimate::still_measuring(app, &of, seconds),
    }
    Vec::new()
}

/// Takes pasted text as if it were typed, where text is typed; elsewhere its letters would be commands.
fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if !app.is_typing() {
        return Vec::new();
    }
    let typed = text.chars().filter(|c| !c.is_control()).map(Key::char);
    typed.flat_map(|key| press(app, key)).collect()
}

/// Takes one key in.
pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    app.notice = None;
    if key.code == KeyCode::Esc && state::app::estimates::is_on_screen(app) {
        return actions::estimate::cancel(app);
    }
    if app.is_typing() && !is_control(key) {
        return type_key(app, key);
    }
    command(app, key)
}

/// Does what a key means here, where it is not text.
pub fn command(app: &mut App, key: Key) -> Vec<Effect> {
    let keys = actions::sequence(app, key);
    let found = actions::find(app, key);
    let typed = std::mem::take(&mut app.prefix);
    let Some(action) = found else {
        if !actions::continuations(app, &keys).is_empty() {
            app.prefix = typed;
            app.prefix.push(key);
        } else if typed.is_empty() || key.code != KeyCode::Esc {
            app.warn(help::unknown(app, &keys));
        }
        return Vec::new();
    };
    attempt(app, action, &keys, key)
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
        (Some(Layer::Logs(_)), _) => actions::logs::type_key(app, key),
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
                actions::selection::keep_selection(app);
            }
            _ => {
                app.filter.edit(key);
                actions::selection::keep_selection(app);
                if let Some(why) = app.filter_problem() {
                    app.warn(why);
                }
            }
        },
        _ => actions::tuning::type_value(app, key),
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
