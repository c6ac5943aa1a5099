//! Names of the runs on the charts, chosen so that they differ: their own names if these differ, else the keys of the
//! specification whose values differ, else the end of the id. Pure.

use crate::tui::model::{facts::Facts, sheet::say};
use std::{collections::BTreeSet, sync::Arc};

/// The most keys that a name says.
const MOST_KEYS: usize = 3;

/// Keys that people know by a sign or a shorter word.
const SHORT: [(&str, &str); 4] = [
    ("objective.lambda", "λ"),
    ("network.steps", "T"),
    ("data.name", "data"),
    ("network.name", "network"),
];

/// Keys of which the first that differ are said first; all others follow in the order of the alphabet.
const FIRST: [&str; 5] = [
    "objective.lambda",
    "train.recipe",
    "train.lr",
    "network.steps",
    "train.seed",
];

/// Keys that say nothing of what a run does.
const ASIDE: [&str; 2] = ["name", "description"];

/// What is known of one that is to be named.
pub struct Subject {
    /// What it is called by itself.
    pub name: String,
    /// The end of its id.
    pub end: String,
    /// What its specification says; nothing for one that has none or is not yet read.
    pub facts: Arc<Facts>,
}

/// The shortest names that differ from one another, leaving `aside` out of account.
pub fn names(subjects: &[Subject], aside: &[&str]) -> Vec<String> {
    let plain: Vec<String> = subjects.iter().map(|s| s.name.clone()).collect();
    if are_different(&plain) {
        return plain;
    }
    let keys = keys(subjects, aside);
    let many = plain.iter().collect::<BTreeSet<_>>().len() > 1;
    let mut last = Vec::new();
    for count in 1..=keys.len().min(MOST_KEYS) {
        let name = |subject: &Subject| {
            let value = |key: &String| Some(format!("{} {}", short(key), say(subject.facts.get(key)?)));
            let said = keys[..count].iter().filter_map(value);
            let own = many.then(|| subject.name.clone());
            own.into_iter().chain(said).collect::<Vec<_>>().join(" ")
        };
        last = subjects.iter().map(name).collect();
        if are_different(&last) && last.iter().all(|n| !n.is_empty()) {
            return last;
        }
    }
    let name = |at: usize| match last.get(at).filter(|n| !n.is_empty()) {
        Some(name) => name.clone(),
        None => plain[at].clone(),
    };
    let ended = subjects
        .iter()
        .enumerate()
        .map(|(at, s)| format!("{} {}", name(at), s.end));
    ended.collect()
}

fn are_different(names: &[String]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() == names.len()
}

/// The keys whose values differ, the best known first.
fn keys(subjects: &[Subject], aside: &[&str]) -> Vec<String> {
    let facts = || subjects.iter().map(|s| &s.facts);
    let all: BTreeSet<&String> = facts().flat_map(|f| f.names().filter(|n| f.is_key(n))).collect();
    let differs = |key: &&&String| {
        let mut said = facts().map(|f| f.get(key).map(say));
        let first = said.next();
        said.any(|s| Some(s) != first)
    };
    let counts = |key: &&&String| !aside.contains(&key.as_str()) && !ASIDE.contains(&key.as_str());
    let mut keys: Vec<String> = all
        .iter()
        .filter(counts)
        .filter(differs)
        .map(|k| k.to_string())
        .collect();
    keys.sort_by_key(|key| FIRST.iter().position(|f| f == key).unwrap_or(FIRST.len()));
    keys
}

/// A key as a name says it: `λ`, `seed`.
fn short(key: &str) -> &str {
    let known = SHORT.iter().find(|(k, _)| *k == key).map(|(_, s)| *s);
    known.unwrap_or_else(|| key.rsplit('.').next().unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{run::testing, spec::Experiment};

    fn specs(change: &[&dyn Fn(&mut Experiment)]) -> Vec<Experiment> {
        let each = change.iter().map(|change| {
            let mut spec = testing::manifest("20261123-094512-here-0abc").spec;
            change(&mut spec);
            spec
        });
        each.collect()
    }

    fn facts(spec: &Experiment) -> Arc<Facts> {
        Facts::of_spec(&serde_json::to_value(spec).unwrap()).into()
    }

    fn called(specs: &[Experiment], aside: &[&str]) -> Vec<String> {
        let subject = |(at, spec): (usize, &Experiment)| Subject {
            name: "demo".into(),
            end: format!("{at}abc"),
            facts: facts(spec),
        };
        names(&specs.iter().enumerate().map(subject).collect::<Vec<_>>(), aside)
    }

    #[test]
    fn runs_of_one_name_are_called_by_the_keys_whose_values_differ() {
        let by_lambda = specs(&[&|s| s.objective.lambda = 0.1, &|s| s.objective.lambda = 0.2]);
        assert_eq!(called(&by_lambda, &[]), ["λ 0.1", "λ 0.2"]);
        let by_seed = specs(&[&|s| s.train.seed = 0, &|s| s.train.seed = 7]);
        assert_eq!(called(&by_seed, &[]), ["seed 0", "seed 7"]);
        let by_both = specs(&[
            &|s| (s.objective.lambda, s.train.seed) = (0.1, 0),
            &|s| (s.objective.lambda, s.train.seed) = (0.1, 1),
            &|s| (s.objective.lambda, s.train.seed) = (0.2, 0),
        ]);
        assert_eq!(called(&by_both, &[]), ["λ 0.1 seed 0", "λ 0.1 seed 1", "λ 0.2 seed 0"]);
    }

    #[test]
    fn what_differs_in_nothing_is_told_by_the_end_of_its_id() {
        let same = specs(&[&|_| {}, &|_| {}]);
        assert_eq!(called(&same, &[]), ["demo 0abc", "demo 1abc"]);
        let seeds = specs(&[&|s| s.train.seed = 1, &|s| s.train.seed = 2]);
        assert_eq!(called(&seeds, &["train.seed"]), ["demo 0abc", "demo 1abc"]);
    }

    #[test]
    fn other_names_are_enough() {
        let spec = testing::manifest("20261123-094512-here-0abc").spec;
        let subject = |name: &str| Subject {
            name: name.into(),
            end: "x".into(),
            facts: facts(&spec),
        };
        assert_eq!(names(&[subject("a"), subject("b")], &[]), ["a", "b"]);
    }
}
