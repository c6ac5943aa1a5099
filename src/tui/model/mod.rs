//! What is shown: one row per run, and everything about the selected run. The watcher fills it and the state keeps it.
//! This folder may use `text`, `theme` and `plot`. Plain data and pure folds; no file is read here, and all text has
//! been cleaned of control characters.

pub mod activity;
pub mod charts;
pub mod commands;
pub mod config_value;
pub mod disambiguation;
pub mod filter;
pub mod missing_data;
pub mod news;
pub mod sheet;
pub mod table;

use crate::{
    run::{
        attack::Norm,
        attack_job::{AttackTable, Check, ClassTally, Example, VulnerabilityRecord},
        command::Answer,
        event::Event,
        health::Problem,
        history::History,
        imported::Record,
        labels::Labels,
        manifest::Manifest,
        metric::Lines,
        status::{RunState, Status},
    },
    units::Epsilon,
};
use activity::Activity;
use filter::Facts;
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
    /// The experiment's name.
    pub name: String,
    /// Derived from status, reported result and process table.
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
    /// Its newest worker's process there; 0 while not known.
    pub pid: u32,
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

/// The selected run.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The run's directory.
    pub dir: PathBuf,
    /// What it is; absent while unread or unreadable.
    pub manifest: Option<Box<Manifest>>,
    /// The fold over what the worker wrote.
    pub history: History,
    /// Its checkpoints, newest first.
    pub checkpoints: Vec<CheckpointRow>,
    /// Attack jobs on its checkpoints, newest first.
    pub attacks: Vec<AttackRow>,
    /// The end of the worker's output.
    pub logs: Vec<LogLine>,
    /// Every command and the outcome.
    pub activity: Activity,
    /// Bytes of its journals read and there, while they are read for the first time.
    pub reading: Option<(u64, u64)>,
    /// Lines of its journals that were not what they should be.
    pub skipped_lines: u64,
}

/// What is known of a run that is only overlaid on the selected one.
#[derive(Debug, Clone, Default)]
pub struct OverlaidRun {
    /// What it is; absent while unread or unreadable.
    pub manifest: Option<Box<Manifest>>,
    /// The fold over what the worker wrote.
    pub history: History,
    /// Bytes of its journals read and there, while they are read for the first time.
    pub reading: Option<(u64, u64)>,
}

/// One checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointRow {
    /// Its directory.
    pub dir: PathBuf,
    /// Optimiser steps done when it was saved.
    pub step: u64,
    /// Epochs done by then.
    pub epoch: f64,
    /// When it was saved, RFC 3339 UTC; may be empty.
    pub saved: String,
    /// Size on disk.
    pub bytes: u64,
    /// Whether it was the best on the validation split when saved.
    pub best: bool,
    /// Whether pruning keeps it.
    pub pinned: bool,
    /// Metrics at that step.
    pub metrics: BTreeMap<String, f64>,
    /// Every tunable at that step.
    pub tunables: BTreeMap<String, f64>,
    /// What is wrong with it; empty for nothing.
    pub problem: String,
}

/// One attack job.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackRow {
    /// Its directory.
    pub dir: PathBuf,
    /// Its id.
    pub id: String,
    /// Derived as a run's.
    pub state: RunState,
    /// Why it failed or was stopped.
    pub why: String,
    /// Cells finished and cells in all.
    pub cells_done: (usize, usize),
    /// Images finished in the current cell.
    pub images_done: usize,
    /// Images per cell.
    pub samples: usize,
    /// The cell worked on, in words.
    pub current: String,
    /// Seconds left.
    pub eta: f64,
    /// Names of the checkpoints attacked.
    pub checkpoints: Vec<String>,
    /// The folder that each lies in: its run's id.
    pub origins: Vec<String>,
    /// The norm of the radii.
    pub norm: Norm,
    /// The grid's radii.
    pub eps: Vec<Epsilon>,
    /// Whether attacked images are kept.
    pub keeps: bool,
    /// Results so far.
    pub cells: Vec<CellRow>,
    /// The worst over all attacks, by checkpoint and radius.
    pub worst: Vec<CellRow>,
    /// Cells, and the worst over several, by true class; empty where no labels are recorded.
    pub groups: Vec<GroupRow>,
    /// Whether the numbers are reliable.
    pub checks: Vec<Check>,
    /// Why they may not be, where nothing looked for masked gradients.
    pub unlooked: Option<String>,
    /// Adversarial against random perturbations, by index of the checkpoint.
    pub vulnerability: Vec<(usize, VulnerabilityRecord)>,
    /// The results as they are copied.
    pub table: AttackTable,
}

/// A cell of an attack, or the worst over several of them, by true class.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Index of the checkpoint.
    pub checkpoint: usize,
    /// The attack, or `worst`.
    pub attack: String,
    /// The backward mode, or `worst`; empty where there is none.
    pub backward: String,
    /// The radius.
    pub eps: Epsilon,
    /// By true class.
    pub classes: Vec<ClassTally>,
}

/// Which image of an attack is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleKey {
    /// The job's directory.
    pub job: PathBuf,
    /// The cell's number in the job's order of work.
    pub cell: usize,
    /// The image's position in the job's order.
    pub image: usize,
}

/// An image that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSeen {
    /// Which.
    pub key: SampleKey,
    /// What was found; `None` where it was not kept; or why it cannot be read.
    pub found: Result<Option<Sample>, String>,
}

/// One image, clean and attacked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Pixels, label and logits.
    pub example: Example,
    /// Whether it was classified correctly when clean, if recorded.
    pub right_before: Option<bool>,
    /// … and when attacked.
    pub right_after: Option<bool>,
}

/// One cell of an attack's results.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRow {
    /// Its number in the job's order of work; none for the worst over several.
    pub number: Option<usize>,
    /// Index of the checkpoint.
    pub checkpoint: usize,
    /// The attack.
    pub attack: String,
    /// The backward mode.
    pub backward: String,
    /// The radius.
    pub eps: Epsilon,
    /// Share of the images so far that are still classified correctly.
    pub accuracy: f64,
    /// Wilson interval, 95 %.
    pub interval: (f64, f64),
    /// Images seen so far.
    pub n: usize,
    /// Seconds spent.
    pub seconds: f64,
    /// Images gone through without a gap, those that were not tried included.
    pub done: usize,
    /// Whether images are still to be attacked.
    pub open: bool,
    /// Positions of the images that were classified rightly when clean and no longer when attacked, ascending.
    pub fooled: Vec<usize>,
}

impl CellRow {
    /// Whether its attack moves images at all.
    pub fn moves(&self) -> bool {
        self.attack != "none"
    }
}

/// One line of the worker's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Whether it came over standard error.
    pub error: bool,
    /// Bytes before it in that output's file: what it is found again by.
    pub at: u64,
    /// The line.
    pub text: String,
}

impl LogLine {
    /// Which line of which output; later ones are greater.
    pub fn id(&self) -> (bool, u64) {
        (self.error, self.at)
    }
}

/// Changes of the selected run or of an overlaid one; unchanged parts are absent.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The run's directory.
    pub dir: PathBuf,
    /// Clear the history: the following lines start from the beginning.
    pub reset: bool,
    /// New lines.
    pub metrics: Lines,
    /// New lines.
    pub events: Vec<Event>,
    /// Read once, before everything else.
    pub manifest: Option<Box<Manifest>>,
    /// The worker's newest status.
    pub status: Option<Status>,
    /// The whole list.
    pub checkpoints: Option<Vec<CheckpointRow>>,
    /// The whole list.
    pub attacks: Option<Vec<AttackRow>>,
    /// The whole tail.
    pub logs: Option<Vec<LogLine>>,
    /// Answers to commands asked about.
    pub answers: Vec<Answer>,
    /// The image asked for.
    pub sample: Option<SampleSeen>,
    /// Bytes of the journals read and there, while they are read for the first time; none once caught up.
    pub reading: Option<(u64, u64)>,
    /// Lines of the journals that were not what they should be, so far.
    pub skipped_lines: u64,
    /// Dropped once this is folded into the state, so the watcher knows how far the screen lags behind.
    pub unread: Option<Arc<()>>,
}

/// A specification that a run can be started from.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecRow {
    /// The file.
    pub path: PathBuf,
    /// The folder's name.
    pub name: String,
    /// What it says, line by line; or why it cannot be used.
    pub summary: Result<Vec<(String, String)>, String>,
    /// The command that brings its data, where they are not there.
    pub missing: Option<String>,
    /// What the file says; empty where it is too large to be changed on the screen.
    pub text: String,
}

impl SpecRow {
    /// Whether its name or what it says has this word, already in lower case.
    pub fn has(&self, word: &str) -> bool {
        let said = |lines: &Vec<(String, String)>| lines.iter().any(|(_, value)| value.to_lowercase().contains(word));
        self.name.to_lowercase().contains(word) || self.summary.as_ref().is_ok_and(said)
    }
}
