//! The command line (`:` or Ctrl-P): completion and dispatch. A list shows the matching entries from the table of
//! actions and the commands that take arguments; `enter` runs the selected one, `tab` completes it.

mod later;
mod words;

use super::{Action, help};
use crate::tui::keys::Word;
use crate::tui::state::command_line::CommandLine;
use crate::tui::{
    actions,
    state::app::{App, Effect, Layer},
    terminal::key::{Key, Line},
};
use crossterm::event::KeyCode;

/// The most entries that are gathered.
const MOST: usize = 200;

/// Something that can be done.
#[derive(Clone)]
pub struct Entry {
    /// What is typed for it, whole.
    pub text: String,
    /// What it does.
    pub about: String,
    /// Its keys where it can be pressed.
    pub keys: String,
    /// Why it cannot be done now.
    pub blocked: Option<String>,
    /// The action of the table; none for a command that takes words.
    act: Option<&'static Action>,
    /// Whether it is of another place than this one.
    pub is_elsewhere: bool,
}

/// What fits what is typed: what begins with it first, then what has its letters in this order.
pub fn entries(app: &App, typed: &str) -> Vec<Entry> {
    let typed = typed.trim_start();
    if let Some((name, rest)) = typed.split_once(' ')
        && let Some(word) = Word::named(name)
    {
        let completion = |(text, about): (String, String)| Entry {
            text: format!("{} {text}", word.name()),
            about,
            keys: String::new(),
            blocked: word.blocked(app).map(str::to_string),
            act: None,
            is_elsewhere: false,
        };
        return word
            .completions(app, rest)
            .into_iter()
            .take(MOST)
            .map(completion)
            .collect();
    }
    let wanted = typed.trim().to_lowercase();
    let mut entries = all(app);
    if !wanted.is_empty() {
        entries.extend(elsewhere(app, &entries));
    }
    let mut found: Vec<(usize, Entry)> = entries
        .into_iter()
        .filter_map(|entry| Some((rank(&entry, &wanted)?, entry)))
        .collect();
    // What is of another place comes after what can be done here, however well it fits; its whole name does not.
    let is_far = |rank: usize, entry: &Entry| entry.is_elsewhere && rank > 0;
    found.sort_by_key(|(rank, entry)| (is_far(*rank, entry), *rank, entry.blocked.is_some()));
    found.into_iter().take(MOST).map(|(_, entry)| entry).collect()
}

/// The form of the command that is being typed, where it takes words.
pub fn usage(typed: &str) -> Option<&'static str> {
    let (name, _) = typed.trim_start().split_once(' ')?;
    Word::named(name).map(Word::about)
}

/// Everything that can be done here, each once.
fn all(app: &App) -> Vec<Entry> {
    let here = actions::place_under(app);
    let mut entries: Vec<Entry> = Word::ALL.iter().map(|word| begin(app, *word)).collect();
    for action in actions::all().filter(|a| a.places.contains(&here)) {
        let text = action.act.name();
        if entries.iter().any(|e| e.text == text) {
            continue;
        }
        entries.push(Entry {
            text,
            about: action.help.into(),
            keys: app.keys.of(action).take(2).collect::<Vec<_>>().join(", "),
            blocked: action.blocked(app).map(str::to_string),
            act: Some(action),
            is_elsewhere: false,
        });
    }
    entries
}

/// What can be done in other places, each once, with where that is.
fn elsewhere(app: &App, here: &[Entry]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for action in actions::all() {
        let text = action.act.name();
        if here.iter().chain(&entries).any(|e| e.text == text) {
            continue;
        }
        entries.push(Entry {
            text,
            about: action.help.into(),
            keys: String::new(),
            blocked: Some(help::elsewhere(app, action)),
            act: Some(action),
            is_elsewhere: true,
        });
    }
    entries
}

fn begin(app: &App, word: Word) -> Entry {
    Entry {
        text: word.name().into(),
        about: word.about().into(),
        keys: String::new(),
        blocked: word.blocked(app).map(str::to_string),
        act: None,
        is_elsewhere: false,
    }
}

/// How well an entry fits, 0 the best; `None` where it does not.
fn rank(entry: &Entry, wanted: &str) -> Option<usize> {
    let about = entry.about.to_lowercase();
    let has_letters = || {
        let mut left = entry.text.chars();
        wanted.chars().all(|c| left.any(|l| l == c))
    };
    match () {
        () if entry.text == wanted => Some(0),
        () if entry.text.starts_with(wanted) => Some(1),
        () if entry.text.contains(wanted) => Some(2),
        () if wanted.len() > 2 && about.contains(wanted) => Some(3),
        () if has_letters() => Some(4),
        () => None,
    }
}

/// Takes a key in while the command line is open.
pub fn key(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(Layer::Command(CommandLine { line, .. })) = app.layers.last() else {
        return Vec::new();
    };
    let found = entries(app, line.text());
    let Some(Layer::Command(command)) = app.layers.last_mut() else {
        return Vec::new();
    };
    let chosen = found.get(command.row.min(found.len().saturating_sub(1))).cloned();
    let to = |step: isize| {
        command
            .row
            .saturating_add_signed(step)
            .min(found.len().saturating_sub(1))
    };
    match (key.code, key.ctrl) {
        (KeyCode::Esc, _) => {
            app.layers.pop();
        }
        (KeyCode::Up, _) | (KeyCode::Char('p'), true) => command.row = to(-1),
        (KeyCode::Down, _) | (KeyCode::Char('n'), true) => command.row = to(1),
        (KeyCode::PageUp, _) => command.row = to(-10),
        (KeyCode::PageDown, _) => command.row = to(10),
        (KeyCode::Tab, _) => {
            if let Some(entry) = chosen {
                let takes_words = entry.act.is_none() && !entry.text.contains(' ');
                let more = if takes_words { " " } else { "" };
                *command = CommandLine {
                    line: Line::new(format!("{}{more}", entry.text)),
                    row: 0,
                };
            }
        }
        (KeyCode::Enter, _) => return done(app, chosen),
        _ => {
            command.line.edit(key);
            command.row = 0;
        }
    }
    Vec::new()
}

/// Does what is typed, or else what is chosen; what needs more words is written out for them.
fn done(app: &mut App, chosen: Option<Entry>) -> Vec<Effect> {
    let Some(Layer::Command(command)) = app.layers.pop() else {
        return Vec::new();
    };
    let typed = command.line.text().trim().to_string();
    let worded = typed
        .split_once(' ')
        .and_then(|(name, rest)| Some((Word::named(name)?, rest)));
    if let Some((word, rest)) = worded {
        // Of a word that is chosen from a list the beginning is enough: the selected entry is meant.
        let rest = match (word.is_a_choice(), &chosen) {
            (true, Some(entry)) => entry.text.split_once(' ').map_or(rest, |(_, whole)| whole),
            _ => rest,
        };
        return match word.done(app, rest.trim()) {
            Ok(effects) => effects,
            Err(why) => {
                app.layers.push(Layer::Command(command));
                app.warn(why);
                Vec::new()
            }
        };
    }
    match chosen {
        None => {
            app.warn(format!("{typed}: no such command; ? lists all"));
            app.layers.push(Layer::Command(command));
            Vec::new()
        }
        Some(entry) => match entry.act {
            Some(action) => super::perform::do_named(app, action),
            None => {
                let line = Line::new(format!("{} ", entry.text));
                app.layers.push(Layer::Command(CommandLine { line, row: 0 }));
                Vec::new()
            }
        },
    }
}

#[cfg(test)]
mod tests;
