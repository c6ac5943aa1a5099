//! The key map: the table's default keys and those a user configured. A key can be a sequence, such as `z r`; once its
//! first key is pressed, the possible continuations are shown.

use super::{Act, Action, PLACES, all, named};
use crate::tui::{
    terminal::key::{Key, parse_keys},
    text::toml_file::{meant, quoted},
};
use std::collections::BTreeMap;

/// Actions whose key is also what they do, such as a digit: they keep their own.
const FIXED: [Act; 2] = [Act::ChoosePanel, Act::Exact];

/// Keys that a user chose, by action; every other action has those of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyMap {
    chosen: Vec<(Act, Vec<String>)>,
}

impl KeyMap {
    /// Reads action names with their keys, such as `pause = ["P", "z p"]`; an empty list leaves an action without any.
    ///
    /// # Errors
    /// One sentence for each name that is no action, each key that is none, and each key that would mean two things in
    /// one place.
    pub fn read(table: &BTreeMap<String, Vec<String>>) -> Result<KeyMap, Vec<String>> {
        let (mut map, mut wrong) = (KeyMap::default(), Vec::new());
        for (name, keys) in table {
            let Some(act) = named(name) else {
                let names: Vec<String> = all().map(|a| a.act.name()).collect();
                let near = meant(name, names.iter().map(String::as_str));
                wrong.push(format!("keys: there is no action {}{near}", quoted(name)));
                continue;
            };
            if FIXED.contains(&act) {
                wrong.push(format!("keys.{name}: this key is fixed"));
                continue;
            }
            match keys.iter().map(|k| spelled(k)).collect::<Result<Vec<_>, _>>() {
                Ok(keys) => map.chosen.push((act, keys)),
                Err(why) => wrong.push(format!("keys.{name}: {why}")),
            }
        }
        wrong.extend(map.clashes());
        match wrong.is_empty() {
            true => Ok(map),
            false => Err(wrong),
        }
    }

    /// As [`KeyMap::read`], from the configuration's `[keys]`: each value one sequence or a list of them.
    ///
    /// # Errors
    /// As there; and for a value that is neither.
    pub fn of_config(table: &BTreeMap<String, toml::Value>) -> Result<KeyMap, Vec<String>> {
        let text = |v: &toml::Value| v.as_str().map(str::to_string);
        let list = |v: &toml::Value| match v {
            toml::Value::Array(keys) => keys.iter().map(text).collect::<Option<Vec<_>>>(),
            one => text(one).map(|key| vec![key]),
        };
        let (mut keys, mut wrong) = (BTreeMap::new(), Vec::new());
        for (name, value) in table {
            match list(value) {
                Some(list) => drop(keys.insert(name.clone(), list)),
                None => wrong.push(format!("keys.{}: write keys as [\"P\", \"z p\"]", quoted(name))),
            }
        }
        match wrong.is_empty() {
            true => KeyMap::read(&keys),
            false => Err(wrong),
        }
    }

    /// The keys of an action, each as it is written: `p`, `z r`.
    pub fn of<'a>(&'a self, action: &'a Action) -> impl Iterator<Item = &'a str> {
        let chosen = self.chosen.iter().find(|(act, _)| *act == action.act);
        let own = action.keys.iter().copied().filter(move |_| chosen.is_none());
        let chosen = chosen.into_iter().flat_map(|(_, keys)| keys.iter().map(String::as_str));
        own.chain(chosen)
    }

    /// Keys that two actions of one place would have, where not even the table lets them share it; and keys that begin
    /// another's sequence, which would never be reached.
    fn clashes(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (place, place_name) in PLACES {
            let here: Vec<(&Action, &str)> = all()
                .filter(|a| a.places.contains(&place))
                .flat_map(|a| self.of(a).map(move |k| (a, k)))
                .collect();
            for (at, (action, key)) in here.iter().enumerate() {
                for (other, taken) in &here[..at] {
                    let shared = action.keys.contains(key) && other.keys.contains(taken);
                    let same = key == taken || begins(taken, key) || begins(key, taken);
                    if same && !shared && action.act != other.act {
                        let (name, other) = (action.act.name(), other.act.name());
                        found.push(format!("keys.{name}: in {place_name}, {key} is also {other} ({taken})"));
                    }
                }
            }
        }
        found.dedup();
        found
    }
}

/// Whether one sequence continues where another ends.
fn begins(long: &str, short: &str) -> bool {
    long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
}

/// A sequence as the program writes it.
fn spelled(text: &str) -> Result<String, String> {
    let keys = parse_keys(text)?;
    match keys.len() {
        1..=3 => Ok(written(&keys)),
        _ => Err(format!("{text:?}: one to three keys, with spaces between them")),
    }
}

/// A sequence in words.
pub fn written(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(lines: &[(&str, &[&str])]) -> Result<KeyMap, Vec<String>> {
        let line = |(name, keys): &(&str, &[&str])| (name.to_string(), keys.iter().map(|k| k.to_string()).collect());
        KeyMap::read(&lines.iter().map(line).collect())
    }

    fn keys(map: &KeyMap, act: Act) -> Vec<&str> {
        map.of(all().find(|a| a.act == act).unwrap()).collect()
    }

    #[test]
    fn chosen_keys_take_the_place_of_the_tables() {
        let map = read(&[("pause", &["P", "z  p"]), ("stop", &[])]).unwrap();
        assert_eq!(keys(&map, Act::Pause), ["P", "z p"]);
        assert_eq!(keys(&map, Act::Stop), Vec::<&str>::new());
        assert_eq!(keys(&map, Act::Undo), ["u"]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        let wrong = |lines: &[(&str, &[&str])]| read(lines).unwrap_err().join("\n");
        assert!(wrong(&[("paus", &["P"])]).contains("did you mean \"pause\"?"));
        assert!(wrong(&[("pause", &["f99"])]).contains("is not a key"));
        assert!(wrong(&[("pause", &["a b c d"])]).contains("one to three keys"));
        assert!(wrong(&[("exact", &["E"])]).contains("this key is fixed"));
        assert!(wrong(&[("undo", &["s"])]).contains("is also"));
        assert!(
            wrong(&[("undo", &["z"])]).contains("is also"),
            "z begins other sequences"
        );
    }

    #[test]
    fn the_configurations_table_is_one_key_or_a_list() {
        let table = |text: &str| toml::from_str::<BTreeMap<String, toml::Value>>(text).unwrap();
        let map = KeyMap::of_config(&table("pause = \"f5\"\nundo = [\"U\"]")).unwrap();
        assert_eq!((keys(&map, Act::Pause), keys(&map, Act::Undo)), (vec!["f5"], vec!["U"]));
        let wrong = KeyMap::of_config(&table("pause = 3")).unwrap_err();
        assert!(wrong[0].contains("write keys as"));
    }

    #[test]
    fn the_tables_own_keys_never_clash() {
        assert_eq!(KeyMap::default().clashes(), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn no_table_makes_it_panic(name in ".{0,20}", keys in proptest::collection::vec(".{0,12}", 0..4)) {
            let _ = KeyMap::read(&BTreeMap::from([(name, keys.clone())]));
            let _ = KeyMap::read(&BTreeMap::from([("pause".to_string(), keys)]));
        }
    }
}
