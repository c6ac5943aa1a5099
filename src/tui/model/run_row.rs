//! One run in the list. Plain data.

use super::facts::Facts;
use crate::run::{health::Problem, imported::Record, labels::Labels, status::RunState};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Metadata of a run that another program recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The file or folder that it was read from.
    pub from: String,
    /// When it began, RFC 3339 UTC.
    pub created: String,
    /// When the last of it was written, RFC 3339 UTC; may be empty.
    pub last_written: String,
    /// What its metrics are called there, and how it was configured.
    pub record: Arc<Record>,
}

/// One run in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// The run's directory.
    pub dir: PathBuf,
    /// Its id.
    pub id: String,
    /// When it was created, RFC 3339 UTC, as its manifest says; may be empty.
    pub created: String,
    /// The experiment's name.
    pub name: String,
    /// Derived from status, reported result and launcher.
    pub state: RunState,
    /// Why it failed, was stopped or was lost; or what is wrong with the directory.
    pub why: String,
    /// Optimiser steps done.
    pub step: u64,
    /// Optimiser steps in all; 0 while not known.
    pub total: u64,
    /// Epochs done.
    pub epoch: f64,
    /// Epochs in all.
    pub epochs: u64,
    /// Images per second.
    pub rate: f64,
    /// Seconds left.
    pub eta: f64,
    /// What it trains on.
    pub device: String,
    /// Where it trains.
    pub host: String,
    /// Its newest worker, as its launcher names it (`process 4711`); empty while there is none.
    pub worker: String,
    /// Whether that worker can be asked about and ended from here; so too where there is none.
    pub reachable: bool,
    /// Whether a newer program wrote it: shown, never written to.
    pub newer: bool,
    /// What it was imported from, where another program recorded it: it has no specification, and no worker.
    pub imported: Option<Imported>,
    /// The checkpoint it started from.
    pub parent: Option<Parent>,
    /// Every tunable as the worker last said it.
    pub tunables: Arc<BTreeMap<String, f64>>,
    /// Tags and note that people gave it.
    pub labels: Arc<Labels>,
    /// What is wrong with it, the worst first; empty for nothing.
    pub health: Arc<Vec<Problem>>,
    /// The best value of each metric and attack so far; empty until requested.
    pub best: Arc<BTreeMap<String, f64>>,
    /// What else it says when a filter asks: its specification and newest metrics.
    pub facts: Arc<Facts>,
}

impl RunRow {
    /// By what lists are ordered: the time that its id begins with; of a run with a name of its own when it was created.
    pub fn listed_at(&self) -> String {
        time_of(&self.id).unwrap_or_else(|| self.created.clone())
    }

    /// When it was created, RFC 3339 UTC: the time that its id begins with, which is `20261123-094512`; of a run with a
    /// name of its own what its manifest says.
    pub fn created_at(&self) -> Option<String> {
        let said = || Some(self.created.clone()).filter(|c| !c.is_empty());
        match &self.imported {
            Some(imported) => Some(imported.created.clone()),
            None => time_of(&self.id).or_else(said),
        }
    }

    /// What is wrong with it in a few words: `! at chance, ~ plateau`; empty for nothing.
    pub fn health_words(&self) -> String {
        let words: Vec<String> = self
            .health
            .iter()
            .map(|p| format!("{} {}", p.kind.sign(), p.kind.label()))
            .collect();
        words.join(", ")
    }
}

/// The checkpoint that a run continued from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The id of its run.
    pub run: String,
    /// Its step.
    pub step: u64,
    /// Whether with its step and optimiser, and not with its weights alone.
    pub fork: bool,
}

impl std::fmt::Display for Parent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} step {}", self.run, self.step)
    }
}

fn time_of(id: &str) -> Option<String> {
    let digits = |from: usize, to: usize| id.get(from..to).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let (day, time) = (digits(0, 8)?, digits(9, 15)?);
    Some(format!(
        "{}-{}-{}T{}:{}:{}Z",
        &day[..4],
        &day[4..6],
        &day[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    ))
}

#[cfg(test)]
mod tests {
    use crate::tui::tests::fixture;

    #[test]
    fn a_run_with_a_name_of_its_own_stands_where_its_time_puts_it() {
        let mut row = fixture::rows()[0].clone();
        assert!(row.created_at().is_some() && row.created_at() == Some(row.listed_at()));
        (row.id, row.created) = ("job-7".into(), "2026-11-30T12:00:00.000Z".into());
        assert_eq!(row.created_at().as_deref(), Some("2026-11-30T12:00:00.000Z"));
        assert!(row.listed_at().as_str() > "2026-11-23T09:45:12Z" && row.listed_at().as_str() < "2026-12-01T00:00:00Z");
    }
}
