//! What this screen itself did to runs: workers killed, processes started, checkpoints pinned. Workers do not record
//! these; commands to workers are in `model::commands`. Kept for this session only. Pure.

use super::{
    app::{App, Effect, Launch, Message},
    attack_form::command_line,
};
use crate::run::{status::RunState, text::clean};
use std::path::{Path, PathBuf};

/// The most that is remembered.
const MOST: usize = 200;

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
    /// The worker of this process was killed.
    Kill(u32),
    /// A process was started with these arguments.
    Launch(Launch, Vec<String>),
    /// A checkpoint was pinned, or unpinned.
    Pin(PathBuf, bool),
}

impl ScreenAction {
    /// What it was, in a few words.
    pub fn words(&self) -> String {
        match &self.what {
            What::Kill(pid) => format!("kill (process {pid})"),
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
    list: Vec<ScreenAction>,
}

impl ScreenLog {
    /// What concerns a run, oldest first.
    pub fn of<'a>(&'a self, run: &'a Path) -> impl DoubleEndedIterator<Item = &'a ScreenAction> {
        self.list.iter().filter(move |d| d.runs.iter().any(|r| r == run))
    }

    fn end(&mut self, what: impl Fn(&What) -> bool, outcome: Result<String, String>) -> Option<&mut ScreenAction> {
        let open = self.list.iter_mut().find(|d| d.outcome.is_none() && what(&d.what))?;
        open.outcome = Some(outcome);
        Some(open)
    }
}

/// Whether this screen killed the worker that a lost run had last.
pub fn killed(app: &App) -> Option<u32> {
    let run = app.run().filter(|r| r.state == RunState::Lost)?;
    let did = |d: &&ScreenAction| d.what == What::Kill(run.pid) && matches!(d.outcome, Some(Ok(_)));
    app.screen_log.of(&run.dir).find(did).map(|_| run.pid)
}

/// Remembers what is about to be done.
pub fn begin(app: &mut App, effects: &[Effect]) {
    for effect in effects {
        let (run, what) = match effect {
            Effect::Kill(run, pid) => (Some(run.clone()), What::Kill(*pid)),
            Effect::Pin(folder, pinned) => (app.selected.clone(), What::Pin(folder.clone(), *pinned)),
            Effect::Launch(launch, arguments) => {
                let run = run_of(app, *launch, arguments);
                (run, What::Launch(*launch, arguments.clone()))
            }
            _ => continue,
        };
        if app.screen_log.list.len() >= MOST {
            app.screen_log.list.remove(0);
        }
        let step = app
            .runs
            .iter()
            .find(|r| Some(&r.dir) == run.as_ref())
            .map_or(0, |r| r.step);
        app.screen_log.list.push(ScreenAction {
            time: app.now.clone(),
            runs: run.into_iter().collect(),
            step,
            what,
            outcome: None,
        });
    }
}

/// The run that is resumed, forked from, or attacked; a new one is not there yet.
fn run_of(app: &App, launch: Launch, arguments: &[String]) -> Option<PathBuf> {
    match (launch, arguments) {
        (Launch::Run, [verb, flag, run, ..]) if verb == "train" && flag == "--resume" => Some(run.into()),
        (Launch::Run, [verb, run, ..]) if verb == "send" => Some(run.into()),
        (Launch::Run, _) => None,
        (Launch::Attack, _) => app.selected.clone(),
    }
}

/// The outcome, where the message says so.
pub fn hear(app: &mut App, message: &Message) {
    match message {
        Message::Killed(run, result) => {
            let said = result
                .clone()
                .map(|pid| format!("process {pid} was killed; nothing was saved"));
            let of = app
                .screen_log
                .list
                .iter()
                .rposition(|d| d.outcome.is_none() && matches!(d.what, What::Kill(_)) && d.runs.contains(run));
            if let Some(doing) = of.and_then(|at| app.screen_log.list.get_mut(at)) {
                doing.outcome = Some(said);
            }
        }
        Message::Pinned(folder, result) => {
            let is_this = |w: &What| matches!(w, What::Pin(f, _) if f == folder);
            app.screen_log.end(is_this, result.clone().map(|_| "done".into()));
        }
        Message::Started(launch, arguments, result) => {
            let is_this = |w: &What| matches!(w, What::Launch(l, a) if l == launch && a == arguments);
            let name = |dir: &PathBuf| clean(&dir.file_name().unwrap_or_default().to_string_lossy()).into_owned();
            let said = result.as_ref().map(|dir| format!("started {}", name(dir)));
            let doing = app.screen_log.end(is_this, said.map_err(Clone::clone));
            if let (Some(doing), Launch::Run, Ok(dir)) = (doing, launch, result)
                && !doing.runs.contains(dir)
            {
                doing.runs.push(dir.clone());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
