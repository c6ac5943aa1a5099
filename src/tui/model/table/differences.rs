//! Which runs may be averaged: those whose resolved specifications are equal except for seeds, names and the key they
//! are grouped by, that were changed alike while running, and that started from the same checkpoint. Progress does not
//! matter; it is shown next to them. Pure.

use crate::tui::model::{self, RunRow, facts::Fact, filter::Asked, sheet::order};
use std::collections::BTreeSet;

/// Keys of a specification that say nothing of what is computed.
const NAMES: [&str; 2] = ["name", "description"];

/// Runs that are alike and say the same under the key.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// What they say under the key.
    pub value: Option<Fact>,
    /// The runs; never empty.
    pub runs: Vec<&'a RunRow>,
}

/// Whether a key is a seed's: `train.seed`, `data.split_seed`.
pub fn is_seed(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|last| last.ends_with("seed"))
}

/// Groups by a key, by ascending value; unlike runs of one value stay apart.
pub fn groups<'a>(runs: &[&'a RunRow], key: &str) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for run in runs {
        let value = run.fact(key);
        let fits = |g: &&mut Group| g.value == value && g.runs.first().is_some_and(|first| are_alike(first, run, key));
        match groups.iter_mut().find(fits) {
            Some(group) => group.runs.push(run),
            None => groups.push(Group { value, runs: vec![run] }),
        }
    }
    groups.sort_by(|a, b| match (&a.value, &b.value) {
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    groups
}

/// The keys of a run's specification that must agree.
fn keys<'a>(run: &'a RunRow, except: &str) -> impl Iterator<Item = &'a String> {
    let except = run.facts.whole(except).to_string();
    let counts = move |key: &&String| **key != except && !is_seed(key) && !NAMES.contains(&key.as_str());
    run.facts.names().filter(|n| run.facts.is_key(n)).filter(counts)
}

fn are_alike(a: &RunRow, b: &RunRow, except: &str) -> bool {
    // One that was brought to a value while it ran is not like one that began with it.
    let began_alike = a.facts.get(except) == b.facts.get(except);
    if !is_known(a) || !is_known(b) || a.parent != b.parent || !began_alike {
        return false;
    }
    let has_no_other = keys(b, except).all(|key| a.facts.get(key).is_some());
    has_no_other && keys(a, except).all(|key| say_the_same(a, b, key))
}

/// A run without a specification cannot be compared.
fn is_known(run: &RunRow) -> bool {
    run.facts.names().any(|n| run.facts.is_key(n))
}

/// Both what they began with and what a worker has made of it.
fn say_the_same(a: &RunRow, b: &RunRow, key: &str) -> bool {
    a.facts.get(key) == b.facts.get(key) && a.fact(key) == b.fact(key)
}

/// Keys beyond the grouped one, seeds and names in which these groups are not all alike.
pub fn differing<'a>(groups: &[Group<'a>], key: &str) -> Vec<&'a str> {
    let known: Vec<&'a RunRow> = groups
        .iter()
        .filter_map(|g| g.runs.first().copied())
        .filter(|r| is_known(r))
        .collect();
    let Some((first, rest)) = known.split_first() else {
        return Vec::new();
    };
    let all: BTreeSet<&'a String> = known.iter().flat_map(|run| keys(run, key)).collect();
    all.into_iter()
        .filter(|k| rest.iter().any(|run| !say_the_same(first, run, k)))
        .map(String::as_str)
        .collect()
}

/// What a group says under those keys; empty where nothing sets it apart from the others.
pub fn told_apart(group: &Group, groups: &[Group], key: &str, differing: &[&str], arrow: &str) -> String {
    let Some(run) = group.runs.first() else {
        return String::new();
    };
    if groups.len() < 2 {
        return String::new();
    }
    if !is_known(run) {
        return match run.imported.is_some() {
            true => "imported: no specification".into(),
            false => "specification not read".into(),
        };
    }
    let said = |key: &&str| match model::config_value::value(run, key, arrow) {
        none if none.is_empty() => format!("no {key}"),
        value => format!("{key}={value}"),
    };
    let mut words: Vec<String> = differing.iter().map(said).collect();
    if run.fact(key) != run.facts.get(key).cloned() {
        words.push(said(&key));
    }
    let other_parent = |g: &Group| g.runs.first().is_some_and(|r| r.parent != run.parent);
    if groups.iter().any(other_parent) {
        words.push(match &run.parent {
            Some(parent) if parent.fork => format!("forked from {parent}"),
            Some(parent) => format!("weights of {parent}"),
            None => "from scratch".into(),
        });
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::status::RunState,
        tui::{
            model::{Parent, facts::Facts},
            tests::fixture,
        },
    };
    use serde_json::{Value, json};

    fn run(spec: Value) -> RunRow {
        RunRow {
            facts: Facts::of_spec(&spec).into(),
            tunables: Default::default(),
            state: RunState::Finished,
            ..fixture::rows()[2].clone()
        }
    }

    fn spec(lambda: f64, seed: u64, data: &str) -> Value {
        json!({"name": format!("s{seed}"), "objective": {"lambda": lambda}, "train": {"seed": seed}, "data": {"name": data, "split_seed": seed}})
    }

    fn sizes(runs: &[RunRow], key: &str) -> Vec<usize> {
        let runs: Vec<&RunRow> = runs.iter().collect();
        groups(&runs, key).iter().map(|g| g.runs.len()).collect()
    }

    #[test]
    fn runs_that_differ_in_seeds_and_names_are_alike_and_in_anything_else_are_not() {
        let mut runs = vec![
            run(spec(0.01, 0, "a")),
            run(spec(0.01, 1, "a")),
            run(spec(0.01, 2, "b")),
            run(spec(0.02, 0, "a")),
        ];
        assert_eq!(sizes(&runs, "objective.lambda"), [2, 1, 1]);
        assert_eq!(sizes(&runs, "lambda"), [2, 1, 1], "the key by its last part");
        assert_eq!(sizes(&runs, "data.name"), [2, 1, 1]);
        let mut more = spec(0.01, 3, "a");
        more["train"]["ema"] = json!(true);
        runs.push(run(more));
        assert_eq!(
            sizes(&runs, "objective.lambda"),
            [2, 1, 1, 1],
            "a key that only one has"
        );
    }

    #[test]
    fn a_run_changed_while_it_ran_or_started_elsewhere_is_unlike_one_that_was_not() {
        let mut runs = vec![
            run(spec(0.01, 0, "a")),
            run(spec(0.01, 1, "a")),
            run(spec(0.01, 2, "a")),
        ];
        runs[1].tunables = std::sync::Arc::new([("objective.lambda".to_string(), 0.02)].into());
        assert_eq!(sizes(&runs, "data.name"), [2, 1]);
        let mut brought = vec![run(spec(0.01, 0, "a")), run(spec(0.02, 1, "a"))];
        brought[0].tunables = runs[1].tunables.clone();
        assert_eq!(sizes(&brought, "objective.lambda"), [1, 1], "both say 0.02");
        runs[2].parent = Some(Parent {
            run: "other".into(),
            step: 4,
            fork: false,
        });
        assert_eq!(sizes(&runs, "data.name"), [1, 1, 1]);
    }

    #[test]
    fn runs_without_a_specification_are_never_taken_together() {
        let runs = vec![run(json!({})), run(json!({}))];
        assert_eq!(sizes(&runs, "data.name"), [1, 1]);
    }

    #[test]
    fn a_group_says_what_sets_it_apart() {
        let runs = [
            run(spec(0.01, 0, "a")),
            run(spec(0.01, 2, "b")),
            run(spec(0.02, 0, "a")),
        ];
        let runs: Vec<&RunRow> = runs.iter().collect();
        let groups = groups(&runs, "objective.lambda");
        let differing = differing(&groups, "objective.lambda");
        assert_eq!(differing, ["data.name"]);
        let said: Vec<String> = groups
            .iter()
            .map(|g| told_apart(g, &groups, "objective.lambda", &differing, "→"))
            .collect();
        assert_eq!(said, ["data.name=a", "data.name=b", "data.name=a"]);
    }
}
