//! Fills the screen log: each effect that concerns a run, and its outcome.

use crate::run::text::clean;
use crate::tui::state::app::{App, Effect, Launch, Message};
use crate::tui::state::screen_log::{MOST, ScreenAction, What};
use std::path::PathBuf;

/// Remembers what is about to be done.
pub fn begin(app: &mut App, effects: &[Effect]) {
    for effect in effects {
        let (run, what) = match effect {
            Effect::Kill(run, worker) => (Some(run.clone()), What::Kill(worker.clone())),
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
pub fn run_of(app: &App, launch: Launch, arguments: &[String]) -> Option<PathBuf> {
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
                .map(|worker| format!("{worker} was killed; nothing was saved"));
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
