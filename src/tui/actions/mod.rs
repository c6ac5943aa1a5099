//! What each key does to the state. The one table of actions (in `keys`) is behind key dispatch, bottom bar and help;
//! nothing else binds a key, apart from typed text. This folder may use `text`, `theme`, `terminal`, `plot`, `picture`,
//! `keys`, `model`, `settings`, `state` and `charts`. Pure: what is asked of the outside world is returned as effects.

pub mod attacks;
pub mod background;
pub mod chart_view;
mod checks;
pub mod command_line;
pub mod confirmations;
pub mod copied_tables;
pub mod copying;
pub mod help;
pub mod layout;
pub mod navigation;
pub mod picture;
pub mod pruning;
pub mod resume;
pub mod rollback;

use crate::tui::{keys::keymap::written, state::app::App, terminal::key::Key};

pub use crate::tui::{
    keys::{Act, Action, PLACES, Place, all, named},
    state::place::{place, place_under},
};
pub use checks::{can_fork as may_fork, can_prune as may_prune, can_write as may_write, live as may_order};

impl Action {
    /// Why it cannot be done now, if it cannot.
    pub fn blocked(&self, app: &App) -> Option<&'static str> {
        checks::holds(self.check, app).err()
    }
}

/// The action whose keys end with this one, here and now: where two share it, the one that can be done. The first keys of
/// a sequence count too.
pub fn find(app: &App, key: Key) -> Option<&'static Action> {
    having(app, &sequence(app, key))
}

/// The action that has these keys here, the possible one of two that share them.
fn having(app: &App, wanted: &str) -> Option<&'static Action> {
    let here = place(app);
    let fits = |a: &&Action| a.places.contains(&here) && app.keys.of(a).any(|k| k == wanted);
    let mut fitting = all().filter(fits).peekable();
    let first = fitting.peek().copied();
    fitting.find(|a| a.blocked(app).is_none()).or(first)
}

/// The sequences that these keys begin: the rest of each, and its action.
pub fn continuations<'a>(app: &'a App, prefix: &str) -> Vec<(&'a str, &'static Action)> {
    let here = place(app);
    let rest = |keys: &'a str| keys.strip_prefix(prefix)?.strip_prefix(' ');
    let actions = all().filter(|a| a.places.contains(&here));
    actions
        .flat_map(|a| app.keys.of(a).filter_map(rest).map(move |rest| (rest, a)))
        .collect()
}

/// The keys of a sequence so far, as they are written.
pub fn sequence(app: &App, key: Key) -> String {
    let mut keys = app.prefix.clone();
    keys.push(key);
    written(&keys)
}

/// What the bottom bar shows: one action per key, the possible one of two that share it.
pub fn bar(app: &App) -> Vec<&'static Action> {
    let here = place(app);
    let mut shown: Vec<&'static Action> = Vec::new();
    for action in all().filter(|a| a.places.contains(&here) && !a.title.is_empty()) {
        // Keys of another view of the attack than the open one only take room.
        if matches!(action.act, Act::CellBefore | Act::SampleBefore | Act::FooledAfter) && action.blocked(app).is_some()
        {
            continue;
        }
        // Without keys of its own it is still found by name, but there is nothing to press.
        let Some(keys) = app.keys.of(action).next() else {
            continue;
        };
        let chosen = having(app, keys).unwrap_or(action);
        if !shown.iter().any(|s| std::ptr::eq(*s, chosen)) {
            shown.push(chosen);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::terminal::key::parse_keys;

    #[test]
    fn every_key_in_the_table_is_a_key() {
        for action in all() {
            for keys in action.keys {
                assert_eq!(written(&parse_keys(keys).unwrap()), *keys);
            }
            assert!(!action.help.is_empty() && !action.places.is_empty());
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (place, name) in PLACES {
            let mut keys: Vec<(&str, Act)> = Vec::new();
            for action in all().filter(|a| a.places.contains(&place)) {
                keys.extend(action.keys.iter().map(|k| (*k, action.act)));
            }
            for (at, (key, act)) in keys.iter().enumerate() {
                let twice = keys[..at]
                    .iter()
                    .any(|(k, a)| k == key && (*a, *act) != (Act::Pause, Act::Resume));
                assert!(!twice, "{name}: {key} is bound twice");
            }
        }
    }

    #[test]
    fn an_action_is_found_by_its_name() {
        assert_eq!(Act::QuickAttack.name(), "quick-attack");
        assert!(all().all(|a| named(&a.act.name()) == Some(a.act)));
    }

    #[test]
    fn every_place_can_be_left_and_explains_itself() {
        for (place, name) in PLACES {
            let has = |act| all().any(|a| a.act == act && a.places.contains(&place));
            assert!(has(Act::Back), "{name}");
            let is_text = matches!(
                place,
                Place::AttackForm | Place::StartForm | Place::Labels | Place::Columns | Place::CommandLine
            );
            assert!(has(Act::Help) || is_text, "{name}");
        }
    }
}

pub mod clipboard;
pub mod estimate;
pub mod inspection;
pub mod labels_form;
pub mod logs;
pub mod perform;
pub mod run_table;
pub mod selection;
pub mod sending;
pub mod start_form;
pub mod tuning;
