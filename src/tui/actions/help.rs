//! The help: what a search finds, in display order, and how the chosen entry is run. Drawing is in `screens::help`.

use super::{Act, Action, PLACES, Place};
use crate::tui::{actions, keys::Word, state::app::App};

/// What of the table fits what is searched, the best first: what is valid in a place, and what is not.
pub fn search(app: &App, wanted: &str, here: Place) -> (Vec<&'static Action>, Vec<&'static Action>) {
    let ranked = actions::all().filter_map(|a| Some((rank(app, a, wanted.trim())?, a)));
    let mut found: Vec<(usize, &'static Action)> = ranked.collect();
    found.sort_by_key(|(rank, _)| *rank);
    let found = found.into_iter().map(|(_, action)| action);
    found.partition(|a| a.places.contains(&here))
}

/// The commands without a key that fit what is searched, those first whose name does: they are typed after `:`.
pub fn search_words(wanted: &str) -> Vec<Word> {
    let wanted = wanted.trim().to_lowercase();
    let bare = joined(&wanted);
    let rank = |word: &Word| {
        let (name, about) = (joined(word.name()), word.about().to_lowercase());
        let mut parts = wanted
            .split([' ', '-', '+'])
            .filter(|w| w.chars().count() > 1)
            .peekable();
        match () {
            () if wanted.is_empty() => Some(0),
            () if bare.is_empty() => None,
            () if name.starts_with(&bare) => Some(1),
            () if name.contains(&bare) => Some(2),
            () if about.contains(&wanted) => Some(3),
            () if parts.peek().is_some() && parts.all(|part| about.contains(part)) => Some(4),
            () => None,
        }
    };
    let ranked = Word::ALL.into_iter().filter_map(|word| Some((rank(&word)?, word)));
    let mut found: Vec<(usize, Word)> = ranked.collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, word)| word).collect()
}

/// How many rows of the table, and commands without a key, fit what is searched.
pub fn found(app: &App, wanted: &str) -> usize {
    let actions = actions::all().filter(|a| rank(app, a, wanted.trim()).is_some()).count();
    actions + search_words(wanted).len()
}

/// What a place is called.
pub fn place_name(place: Place) -> &'static str {
    PLACES.iter().find(|(p, _)| *p == place).map_or("", |(_, name)| name)
}

/// How well an action fits what is searched, 0 the best; none where it has not each of the words: in its name, in what
/// is said of it, or as a key.
fn rank(app: &App, action: &Action, typed: &str) -> Option<usize> {
    let (name, title) = (action.act.name(), action.title.to_lowercase());
    let wanted = &typed.to_lowercase();
    let bare = joined(wanted);
    match () {
        () if wanted.is_empty() => Some(0),
        () if app.keys.of(action).any(|key| key == typed) => Some(0),
        () if app.keys.of(action).any(|key| key.to_lowercase() == *wanted) => Some(1),
        () if bare.is_empty() => None,
        () if joined(&name).starts_with(&bare) || joined(&title).starts_with(&bare) => Some(1),
        () if joined(&name).contains(&bare) || joined(&title).contains(&bare) => Some(2),
        () if action.help.to_lowercase().contains(wanted) => Some(3),
        () if has_words(app, action, wanted) => Some(4),
        () => None,
    }
}

/// Whether each word that is searched stands somewhere in what there is to read of an action, or names one of its keys.
fn has_words(app: &App, action: &Action, wanted: &str) -> bool {
    let text = format!("{} {} {}", action.act.name(), action.title, action.help).to_lowercase();
    let keys: Vec<String> = app.keys.of(action).flat_map(key_words).collect();
    // Longer than one letter: each letter stands in some word of nearly every action.
    let is_said = |word: &str| word.chars().count() > 1 && text.contains(word);
    let mut words = wanted.split([' ', '-', '+']).filter(|w| !w.is_empty());
    words.all(|word| is_said(word) || keys.iter().any(|key| key == word))
}

/// A key sequence with the usual names of its keys.
fn key_words(keys: &str) -> impl Iterator<Item = String> {
    let names: Vec<String> = keys.split(' ').map(str::to_lowercase).collect();
    names.into_iter().flat_map(|name| {
        let (held, bare) = match name.split_once('-') {
            Some((held, bare)) if !bare.is_empty() => (Some(held.to_string()), bare.to_string()),
            _ => (None, name),
        };
        let also: &[&str] = match bare.as_str() {
            "esc" => &["escape"],
            "enter" => &["return"],
            "backtab" => &["shift", "tab"],
            "pageup" => &["page", "up", "pgup"],
            "pagedown" => &["page", "down", "pgdn"],
            "up" | "down" | "left" | "right" => &["arrow"],
            "delete" => &["del"],
            _ => &[],
        };
        let control = held.as_deref() == Some("ctrl");
        let held = held.into_iter().chain(control.then(|| "control".to_string()));
        held.chain(also.iter().map(|w| w.to_string()))
            .chain([bare])
            .collect::<Vec<_>>()
    })
}

/// `roll-back`, `roll back` and `rollback` are the same.
fn joined(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '-' | ' ')).collect()
}

/// Where an action that is not valid here is, with the keys that lead there: `in checkpoints (C)`.
pub fn elsewhere(app: &App, action: &Action) -> String {
    let place = |p: &Place| match way(app, *p) {
        Some(keys) => format!("{} ({keys})", place_name(*p)),
        None => place_name(*p).to_string(),
    };
    let places: Vec<String> = action.places.iter().map(place).collect();
    format!("in {}", places.join(", "))
}

/// The keys that lead to a place from the first screen.
fn way(app: &App, place: Place) -> Option<&str> {
    let act = match place {
        Place::Controls => Act::Tune,
        Place::Checkpoints => Act::Checkpoints,
        Place::Attacks => Act::Attacks,
        Place::AttackForm => Act::AttackForm,
        Place::Start => Act::Start,
        Place::Logs => Act::Logs,
        Place::Activity => Act::Activity,
        Place::Table => Act::Table,
        Place::Diff => Act::Diff,
        Place::Labels => Act::EditLabels,
        Place::Help => Act::Help,
        _ => return None,
    };
    app.keys.of(Action::of(act, Place::Runs)?).next()
}

/// That these keys do nothing here, and where to look.
pub fn unknown(app: &App, keys: &str) -> String {
    let here = actions::place(app);
    let key = |act: Act| Action::of(act, here).and_then(|a| app.keys.of(a).next());
    // Where keys are text, what leaves the program elsewhere only says how to leave.
    if keys == "ctrl-c" {
        return match key(Act::Back) {
            Some(back) => format!("{keys}: {back} closes this, then q quits; runs keep running"),
            None => format!("{keys}: q quits; runs keep running"),
        };
    }
    match key(Act::Help) {
        Some(help) => format!("{keys}: no such key here ({help} help)"),
        None => format!("{keys}: no such key here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::layer::Layer;
    use crate::tui::tests::fixture;

    #[test]
    fn every_command_is_found_by_its_name_and_opens_where_it_is_typed() {
        let mut app = fixture::app(120, 40, false);
        for word in Word::ALL {
            assert_eq!(search_words(word.name()).first(), Some(&word));
        }
        for action in actions::all() {
            let (here, there) = search(&app, &action.act.name(), Place::Runs);
            assert!(
                here.iter().chain(&there).any(|a| a.act == action.act),
                "{}",
                action.act.name()
            );
        }
        assert_eq!(search_words("file screen"), [Word::Picture]);
        fixture::press(&mut app, "?");
        fixture::press(&mut app, "/ p i c t u r e enter end enter");
        let Some(Layer::Command(command)) = app.layers.last() else {
            panic!("{:?}", app.layers)
        };
        assert_eq!(command.line.text(), "picture ");
    }

    #[test]
    fn names_come_before_words_and_sections_are_not_searched() {
        let app = fixture::app(120, 40, false);
        let names = |wanted: &str| -> Vec<String> {
            let (here, there) = search(&app, wanted, Place::Runs);
            here.into_iter().chain(there).map(|a| a.act.name()).collect()
        };
        assert_eq!(names("rollback").first().map(String::as_str), Some("roll-back"));
        assert_eq!(names("table").first().map(String::as_str), Some("table"));
        assert!(names("table").len() < 12, "{:?}", names("table"));
        assert!(names("checkpoint")[0].starts_with("checkpoint"));
        // Words in any order, and keys by their usual names.
        assert!(
            names("date axis").contains(&"x-axis".to_string()),
            "{:?}",
            names("date axis")
        );
        assert!(names("folder copy").contains(&"copy".to_string()));
        assert!(names("escape").contains(&"back".to_string()), "{:?}", names("escape"));
        assert!(names("ctrl+l").contains(&"redraw".to_string()) && names("control l").contains(&"redraw".to_string()));
        assert!(names("page up").contains(&"page-up".to_string()));
        assert_eq!(names("R").first().map(String::as_str), Some("table"), "capitals first");
        assert!(names("no such words").is_empty());
        let Some(roll_back) = Action::of(Act::RollBack, Place::Checkpoints) else {
            panic!("no such action")
        };
        assert_eq!(elsewhere(&app, roll_back), "in checkpoints (C)");
    }
}
