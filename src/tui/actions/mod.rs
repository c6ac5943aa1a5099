//! The one table of actions: keys, words, where they are valid, and why they are greyed. Key dispatch, the bottom
//! bar and the searchable help all read it; nothing else binds a key (typing text apart).

mod act;
mod checks;
mod table;

use super::{
    app::{App, Layer, Pane},
    input::Key,
    keymap::written,
};

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The list of runs.
    Runs,
    /// The grid of charts.
    Charts,
    /// The tunables table.
    Controls,
    /// One chart on the whole screen.
    Expanded,
    /// The list of checkpoints.
    Checkpoints,
    /// What is in a checkpoint.
    Tensors,
    /// Robust accuracy against ε.
    Attacks,
    /// The attack form.
    AttackForm,
    /// The list of specifications.
    Start,
    /// What a new run changes of its specification.
    StartForm,
    /// The worker's output.
    Logs,
    /// Every command and what became of it.
    Activity,
    /// Every run in a row.
    Table,
    /// What the configurations of runs differ in.
    Diff,
    /// The table's columns, or keys to group by.
    Columns,
    /// A run's tags and note.
    Labels,
    /// Every key that there is.
    Help,
    /// Are you sure?
    Confirm,
    /// What is typed after `:`.
    CommandLine,
}

/// Every place, with what the help calls it.
pub const PLACES: [(Place, &str); 19] = [
    (Place::Runs, "runs"),
    (Place::Charts, "charts"),
    (Place::Controls, "controls"),
    (Place::Expanded, "one chart"),
    (Place::Checkpoints, "checkpoints"),
    (Place::Tensors, "one checkpoint"),
    (Place::Attacks, "attack"),
    (Place::AttackForm, "attack form"),
    (Place::Start, "start a run"),
    (Place::StartForm, "start form"),
    (Place::Logs, "logs"),
    (Place::Activity, "activity"),
    (Place::Table, "run table"),
    (Place::Diff, "configurations"),
    (Place::Columns, "columns"),
    (Place::Labels, "tags and note"),
    (Place::Help, "help"),
    (Place::Confirm, "a question"),
    (Place::CommandLine, "command line"),
];

/// One row of the table.
pub struct Action {
    /// What it does.
    pub act: Act,
    /// Its keys; the first is the one shown.
    pub keys: &'static [&'static str],
    /// For the bottom bar; empty for actions that are not shown there.
    pub title: &'static str,
    /// For the help.
    pub help: &'static str,
    /// Where it is valid.
    pub places: &'static [Place],
    /// Why it cannot be done now.
    check: fn(&App) -> Result<(), &'static str>,
}

pub use act::Act;
pub use checks::{can_fork as may_fork, can_prune as may_prune, can_write as may_write, live as may_order};
pub use table::all;

impl Action {
    /// The row of an act that is valid in a place.
    pub fn of(act: Act, place: Place) -> Option<&'static Action> {
        all().find(|a| a.act == act && a.places.contains(&place))
    }

    /// Why it cannot be done now, if it cannot.
    pub fn blocked(&self, app: &App) -> Option<&'static str> {
        (self.check)(app).err()
    }
}

/// Where keys go now.
pub fn place(app: &App) -> Place {
    place_at(app, app.layers.last())
}

/// Where keys would go without the topmost layer: what the help and the command line speak of.
pub fn place_under(app: &App) -> Place {
    place_at(app, app.layers.iter().rev().nth(1))
}

fn place_at(app: &App, top: Option<&Layer>) -> Place {
    match top {
        None => match app.pane {
            Pane::Runs => Place::Runs,
            Pane::Charts => Place::Charts,
            Pane::Controls => Place::Controls,
        },
        Some(Layer::Expanded) => Place::Expanded,
        Some(Layer::Checkpoints { .. }) => Place::Checkpoints,
        Some(Layer::Tensors { .. }) => Place::Tensors,
        Some(Layer::Attacks(_)) => Place::Attacks,
        Some(Layer::AttackForm(_)) => Place::AttackForm,
        Some(Layer::Start { .. }) => Place::Start,
        Some(Layer::StartForm(_)) => Place::StartForm,
        Some(Layer::Logs(_)) => Place::Logs,
        Some(Layer::Activity { .. }) => Place::Activity,
        Some(Layer::Table) => Place::Table,
        Some(Layer::Diff { .. }) => Place::Diff,
        Some(Layer::Columns(_)) => Place::Columns,
        Some(Layer::Labels(_)) => Place::Labels,
        Some(Layer::Help { .. }) => Place::Help,
        Some(Layer::Confirm(_)) => Place::Confirm,
        Some(Layer::Command(_)) => Place::CommandLine,
    }
}

/// The action whose keys end with this one, here and now: where two share it, the one that can be done. A sequence that
/// was begun is part of it.
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

/// What this key would begin or go on with: the rest of each sequence, and its action.
pub fn continuations<'a>(app: &'a App, begun: &str) -> Vec<(&'a str, &'static Action)> {
    let here = place(app);
    let rest = |keys: &'a str| keys.strip_prefix(begun)?.strip_prefix(' ');
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

/// The action of a name.
pub fn named(name: &str) -> Option<Act> {
    all().map(|a| a.act).find(|act| act.name() == name)
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
    use crate::tui::input::parse_keys;

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

#[cfg(test)]
mod each;
