//! The parents and children of a run, as far as they are among the listed runs. Pure.

use super::app::App;
use crate::tui::model::{Parent, RunRow};
use std::collections::BTreeSet;

/// Maximum number of ancestors shown.
const GENERATIONS: usize = 8;

/// The parents of a run, nearest first.
pub fn ancestors<'a>(app: &'a App, run: &'a RunRow) -> Vec<&'a Parent> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::from([run.id.as_str()]));
    let mut next = run.parent.as_ref();
    while let Some(parent) = next.filter(|_| found.len() < GENERATIONS) {
        found.push(parent);
        if !seen.insert(&parent.run) {
            break;
        }
        let mother = app.runs.iter().find(|r| r.id == parent.run);
        next = mother.and_then(|r| r.parent.as_ref());
    }
    found
}

/// Runs that continued from a run's checkpoint of this step.
pub fn children<'a>(app: &'a App, run: &str, step: u64) -> Vec<&'a RunRow> {
    let of = |r: &&RunRow| r.parent.as_ref().is_some_and(|p| p.run == run && p.step == step);
    app.runs.iter().filter(of).collect()
}

/// In words: `forked from 20261123-… step 400; weights of … step 80`. Empty for a run that began by itself.
pub fn in_words(app: &App, run: &RunRow) -> String {
    let parent = |p: &&Parent| {
        let how = if p.fork { "forked from" } else { "with the weights of" };
        format!("{how} {} step {}", p.run, p.step)
    };
    ancestors(app, run)
        .iter()
        .map(parent)
        .collect::<Vec<_>>()
        .join(", itself ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::fixture;

    #[test]
    fn a_line_of_descent_is_followed_and_a_circle_ends() {
        let mut app = fixture::app(80, 24, false);
        let from = |run: &str, step, fork| {
            Some(Parent {
                run: run.into(),
                step,
                fork,
            })
        };
        let ids: Vec<String> = app.runs.iter().map(|r| r.id.clone()).collect();
        app.runs[0].parent = from(&ids[1], 400, true);
        app.runs[1].parent = from("gone", 80, false);
        let words = in_words(&app, &app.runs[0]);
        assert_eq!(
            words,
            format!(
                "forked from {} step 400, itself with the weights of gone step 80",
                ids[1]
            )
        );
        assert_eq!(children(&app, &ids[1], 400).len(), 1);
        assert!(children(&app, &ids[1], 800).is_empty());
        app.runs[1].parent = from(&ids[0], 4, true);
        assert_eq!(ancestors(&app, &app.runs[0]).len(), 2);
    }
}
