//! What a run says about itself beyond the columns of the list: its specification and its newest metrics.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Facts by name. Shared between copies of a row, since a run has a hundred of them.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    named: BTreeMap<String, Fact>,
    /// The last part of a specification's key, to the key; `None` where several keys end so.
    short: BTreeMap<String, Option<String>>,
    /// The specification's keys.
    keys: BTreeSet<String>,
}

impl Facts {
    /// A specification's keys, flattened: `objective.lambda`.
    pub fn of_spec(spec: &Value) -> Facts {
        let mut facts = Facts::default();
        facts.flatten("", spec);
        let keys: Vec<String> = facts.named.keys().cloned().collect();
        for key in keys {
            let last = key.rsplit('.').next().unwrap_or(&key).to_string();
            let several = facts.short.contains_key(&last);
            facts.short.insert(last, (!several).then_some(key));
        }
        facts.keys = facts.named.keys().cloned().collect();
        facts
    }

    /// Every name under which something is said.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.named.keys()
    }

    /// Whether a name is a key of the specification.
    pub fn is_key(&self, name: &str) -> bool {
        self.keys.contains(name)
    }

    fn flatten(&mut self, prefix: &str, value: &Value) {
        let fact = match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = match prefix {
                        "" => name.clone(),
                        _ => format!("{prefix}.{name}"),
                    };
                    self.flatten(&name, value);
                }
                return;
            }
            Value::Null => return,
            Value::Number(n) => Fact::Number(n.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Fact::Text(crate::run::text::clean(text).into_owned()),
            other => Fact::Text(crate::run::text::clean(&other.to_string()).into_owned()),
        };
        self.named.insert(prefix.to_lowercase(), fact);
    }

    /// Says a number under a name, in place of what was said before. What the specification says stays: the metric
    /// `train.lr` is the rate of a moment, the key of this name what the run was given.
    pub fn say(&mut self, name: &str, number: f64) {
        let name = name.to_lowercase();
        if !self.keys.contains(&name) {
            self.named.insert(name, Fact::Number(number));
        }
    }

    /// What is said under a name: in full, or the last part of a specification's key where only one ends so.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.named.get(self.whole(name))
    }

    /// A name in full.
    pub fn whole<'a>(&'a self, name: &'a str) -> &'a str {
        match self.short.get(name) {
            Some(Some(whole)) if !self.named.contains_key(name) => whole,
            _ => name,
        }
    }

    /// Names that contain this, for one that was mistyped or ambiguous.
    pub fn near<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let last = name.rsplit('.').next().unwrap_or(name);
        self.named.keys().map(String::as_str).filter(move |n| n.contains(last))
    }
}

/// By bits, so that a metric that is not a number is the same as itself and the list is not redrawn for it.
impl PartialEq for Facts {
    fn eq(&self, other: &Facts) -> bool {
        let same = |a: &Fact, b: &Fact| match (a, b) {
            (Fact::Number(a), Fact::Number(b)) => a.to_bits() == b.to_bits(),
            _ => a == b,
        };
        self.named.len() == other.named.len()
            && self
                .named
                .iter()
                .zip(&other.named)
                .all(|(a, b)| a.0 == b.0 && same(a.1, b.1))
    }
}

/// What a run says of itself under a name.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts() -> Facts {
        Facts::of_spec(&json!({
            "objective": {"lambda": 0.01}, "optimiser": {"lr": 0.1}, "train": {"recipe": "sr"},
            "probe": {"eps": 0.03}, "adversary": {"eps": 0.02}
        }))
    }

    #[test]
    fn a_metric_of_a_keys_name_does_not_stand_for_what_the_run_was_given() {
        let mut facts = facts();
        facts.say("optimiser.lr", 0.0019);
        facts.say("val.accuracy", 0.5);
        facts.say("val.accuracy", 0.6);
        assert_eq!(facts.get("optimiser.lr"), Some(&Fact::Number(0.1)));
        assert_eq!(facts.get("val.accuracy"), Some(&Fact::Number(0.6)));
    }

    #[test]
    fn a_key_is_known_in_full_and_by_its_last_part_where_only_one_ends_so() {
        let facts = facts();
        assert_eq!(facts.get("objective.lambda"), Some(&Fact::Number(0.01)));
        assert_eq!(facts.get("lambda"), facts.get("objective.lambda"));
        assert_eq!(facts.get("recipe"), Some(&Fact::Text("sr".into())));
        assert_eq!(facts.get("eps"), None);
        assert_eq!(facts.near("eps").collect::<Vec<_>>(), ["adversary.eps", "probe.eps"]);
    }

    #[test]
    fn what_is_said_later_stands_and_a_nan_is_the_same_as_itself() {
        let mut facts = facts();
        facts.say("train.ce", 0.01);
        facts.say("train.ce", 0.02);
        assert_eq!(facts.get("train.ce"), Some(&Fact::Number(0.02)));
        facts.say("train.ce", f64::NAN);
        assert_eq!(facts, facts.clone());
    }
}
