//! Which runs are on the charts: the selected one and the overlaid ones, each with a colour that stays its own. Pure.

use super::{
    clock::Calendar,
    names::{Subject, names},
};
use crate::{
    run::{history::History, manifest::Manifest},
    tui::{
        model::{RunRow, facts::Facts},
        state::app::App,
    },
};
use std::{collections::BTreeMap, path::Path};

/// A run on the charts.
pub struct Member<'a> {
    /// Its directory.
    pub dir: &'a Path,
    /// Its distinguishing name.
    pub name: String,
    /// What it measured.
    pub history: &'a History,
    /// What it is, once read.
    pub manifest: Option<&'a Manifest>,
    /// Its clock against the calendar.
    pub calendar: Calendar,
    /// Index of its colour and sign.
    pub hue: usize,
}

/// The runs on the charts with their names, the selected one first.
pub fn named_cast(app: &App) -> Vec<Member<'_>> {
    let mut members = cast(app);
    tell_apart(app, &mut members);
    members
}

/// The runs on the charts without names, the selected one first.
pub fn cast(app: &App) -> Vec<Member<'_>> {
    let mut members = Vec::new();
    if let Some(detail) = app.detail() {
        members.push(member(app, &detail.dir, &detail.history, detail.manifest.as_deref()));
    }
    for dir in app.overlay.iter().filter(|d| Some(*d) != app.selected.as_ref()) {
        if let Some(story) = app.others.get(dir) {
            members.push(member(app, dir, &story.history, story.manifest.as_deref()));
        }
    }
    members
}

/// When a run began: one that was imported says so in the list of runs.
fn created<'a>(app: &'a App, dir: &Path, manifest: Option<&'a Manifest>) -> Option<&'a str> {
    let imported = || {
        let row = app.runs.iter().find(|r| r.dir == dir)?;
        row.imported.as_ref().map(|i| i.created.as_str())
    };
    manifest.map(|m| m.created.as_str()).or_else(imported)
}

fn member<'a>(app: &App, dir: &'a Path, history: &'a History, manifest: Option<&'a Manifest>) -> Member<'a> {
    Member {
        dir,
        name: String::new(),
        history,
        manifest,
        calendar: Calendar::of(history, created(app, dir, manifest)),
        hue: app.hues.of(dir),
    }
}

/// Gives the runs names that differ.
fn tell_apart(app: &App, members: &mut [Member]) {
    let all: Vec<usize> = (0..members.len()).collect();
    let names = names_of(app, members, &all, &[]);
    for (member, name) in members.iter_mut().zip(names) {
        member.name = name;
    }
}

/// Names for some of the runs, by what tells these from one another, leaving the keys `aside` out of account.
pub fn names_of(app: &App, members: &[Member], which: &[usize], aside: &[&str]) -> Vec<String> {
    if which.len() < 2 {
        return vec![String::new(); which.len()];
    }
    let rows: BTreeMap<&Path, &RunRow> = app.runs.iter().map(|r| (r.dir.as_path(), r)).collect();
    let subject = |m: &Member<'_>| {
        let row = rows.get(m.dir);
        let id = row.map_or("", |r| r.id.as_str());
        let start = id.chars().count().saturating_sub(4);
        // One that was imported has no specification of its own.
        let own = m.manifest.filter(|_| row.is_none_or(|r| r.imported.is_none()));
        let listed = row.map(|r| r.facts.clone()).filter(|f| f.names().any(|n| f.is_key(n)));
        let read = || Some(Facts::of_spec(&serde_json::to_value(&own?.spec).ok()?).into());
        Subject {
            name: row.map_or_else(String::new, |r| r.name.clone()),
            end: id.chars().skip(start).collect(),
            facts: listed.or_else(read).unwrap_or_default(),
        }
    };
    let subjects: Vec<Subject> = which.iter().filter_map(|at| members.get(*at)).map(subject).collect();
    names(&subjects, aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::charts::colours::Hues;

    #[test]
    fn a_colour_stays_with_its_run_and_is_used_again_when_it_is_free() {
        let [a, b, c] = ["/a", "/b", "/c"].map(Path::new);
        let mut hues = Hues::default();
        assert_eq!(hues.of(a), 0);
        hues.give(a);
        hues.give(b);
        assert_eq!((hues.of(a), hues.of(b), hues.of(c)), (0, 1, 2));
        hues.take(a);
        assert_eq!((hues.of(b), hues.of(c)), (1, 0));
    }
}
