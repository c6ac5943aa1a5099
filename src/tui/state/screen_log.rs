//! What this screen itself did to runs: workers killed, processes started, checkpoints pinned. Workers do not record
//! these; commands to workers are in `model::commands`. Kept for this session only. Pure.

use super::{attack_form::command_line, message::Launch};
use crate::run::text::clean;
use std::path::{Path, PathBuf};

/// The most that is remembered.
pub const MOST: usize = 200;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenAction {
    /// When it was started, RFC 3339 UTC; empty if unknown.
    pub time: String,
    /// The runs it concerns.
    pub runs: Vec<PathBuf>,
    /// Optimiser steps that the run had done.
    pub step: u64,
    /// What it was.
    pub what: What,
    /// The outcome; none while unknown.
    pub outcome: Option<Result<String, String>>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The worker of this name was killed.
    Kill(String),
    /// A process was started with these arguments.
    Launch(Launch, Vec<String>),
    /// A checkpoint was pinned, or unpinned.
    Pin(PathBuf, bool),
}

impl ScreenAction {
    /// What it was, in a few words.
    pub fn words(&self) -> String {
        match &self.what {
            What::Kill(worker) => format!("kill ({worker})"),
            What::Launch(_, arguments) => match arguments.get(..2) {
                Some([verb, flag]) if verb == "train" && flag == "--resume" => "resume from the last checkpoint".into(),
                Some([verb, _]) if verb == "send" => clean(&arguments[2..].join(" ")).into_owned(),
                _ => clean(&command_line(arguments)).into_owned(),
            },
            What::Pin(folder, pinned) => {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                format!("{} {}", if *pinned { "pin" } else { "unpin" }, clean(&name))
            }
        }
    }
}

/// What this screen did, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScreenLog {
    /// The actions.
    pub list: Vec<ScreenAction>,
}

impl ScreenLog {
    /// What concerns a run, oldest first.
    pub fn of<'a>(&'a self, run: &'a Path) -> impl DoubleEndedIterator<Item = &'a ScreenAction> {
        self.list.iter().filter(move |d| d.runs.iter().any(|r| r == run))
    }

    pub fn end(&mut self, what: impl Fn(&What) -> bool, outcome: Result<String, String>) -> Option<&mut ScreenAction> {
        let open = self.list.iter_mut().find(|d| d.outcome.is_none() && what(&d.what))?;
        open.outcome = Some(outcome);
        Some(open)
    }
}
