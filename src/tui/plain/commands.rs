//! Commands as typed lines: the commands of `:` on the screen, and a few that answer with lines where the screen would
//! show something.

use super::report::{in_words, list};
use crate::{
    tui::{
        actions::{self, Act, Action, Place},
        keys::Word,
        model::RunRow,
        state::{
            app::{App, Effect, Launch, Layer},
            start_form,
        },
        text::toml_file::{meant, quoted},
    },
    units::significant,
};
use std::path::Path;

/// Log lines that are read out.
const LOG: usize = 20;

/// What a command led to.
pub enum Said {
    /// An answer.
    Lines(Vec<String>),
    /// Something to do.
    Effects(Vec<Effect>),
    /// Leave.
    Quit,
}

/// Words that only this mode has, with what they do.
const OWN: [(&str, &str); 8] = [
    ("list", "every run that passes the filter, with its state"),
    (
        "show",
        "show [RUN]: a run's hyper-parameters and newest metrics; the selected one's without a name",
    ),
    ("checkpoints", "the selected run's checkpoints"),
    ("attacks", "the selected run's attacks, cell by cell"),
    ("logs", "the last lines of the worker's output"),
    ("start", "start SPEC: start a run from an experiment.toml or its folder"),
    ("help", "this list"),
    ("quit", "quit; runs keep running"),
];

/// Does what a line says.
pub fn execute(app: &mut App, line: &str) -> Said {
    let line = line.strip_prefix(':').unwrap_or(line).trim();
    let (name, rest) = line.split_once(' ').map_or((line, ""), |(n, r)| (n, r.trim()));
    match name {
        "" => Said::Lines(Vec::new()),
        "quit" | "q" | "exit" | "close" => Said::Quit,
        "help" | "?" => Said::Lines(help(app)),
        "list" => Said::Lines(list(app)),
        "show" => Said::Lines(show(app, rest)),
        "checkpoints" => Said::Lines(checkpoints(app)),
        "attacks" => Said::Lines(attacks(app)),
        "logs" => Said::Lines(logs(app)),
        "start" => start(app, rest),
        _ => by_table(app, name, rest),
    }
}

/// The answer to a question: only `yes` is one. `None` where it is left alone.
pub fn answer(app: &mut App, line: &str) -> Option<Vec<Effect>> {
    let yes = Action::of(Act::Yes, Place::Confirm).filter(|_| line.eq_ignore_ascii_case("yes"));
    match yes {
        Some(yes) => Some(crate::tui::actions::perform::do_named(app, yes)),
        None => {
            app.layers.pop();
            None
        }
    }
}

fn by_table(app: &mut App, name: &str, rest: &str) -> Said {
    if let Some(word) = Word::named(name) {
        return match word.done(app, rest) {
            Ok(_) if word == Word::Filter => {
                let (shown, all) = (app.shown_runs().len(), app.runs.len());
                Said::Lines(vec![format!("{shown} of {all} runs match; list shows them")])
            }
            Ok(effects) => Said::Effects(effects),
            Err(why) => wrong(why),
        };
    }
    let named = actions::named(name).and_then(|act| actions::all().find(|a| a.act == act));
    let Some(action) = named else {
        return wrong(unknown(name));
    };
    let deep = app.layers.len();
    let effects = crate::tui::actions::perform::do_named(app, action);
    match app.layers.last() {
        Some(Layer::Confirm(_)) | None => Said::Effects(effects),
        // Forms and screens are looked at, and there is nothing to look at here.
        Some(_) => {
            app.layers.truncate(deep);
            wrong(format!(
                "{name} opens a screen: use `spikedeck tui` without --plain, or type help for the commands here"
            ))
        }
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<String> = said_here().map(|a| a.act.name()).collect();
    let words = Word::ALL.iter().map(|w| w.name());
    let known = OWN
        .iter()
        .map(|(n, _)| *n)
        .chain(words)
        .chain(names.iter().map(String::as_str));
    format!("{}: no such command{}; type help", quoted(name), meant(name, known))
}

fn wrong(why: impl std::fmt::Display) -> Said {
    Said::Lines(vec![format!("error: {why}")])
}

/// Actions that mean something without a screen.
fn said_here() -> impl Iterator<Item = &'static Action> {
    let acts = [
        Act::Demo,
        Act::Pause,
        Act::Resume,
        Act::Checkpoint,
        Act::Evaluate,
        Act::Undo,
        Act::Stop,
        Act::QuickAttack,
        Act::Copy,
    ];
    acts.into_iter().filter_map(|act| actions::all().find(|a| a.act == act))
}

fn help(app: &App) -> Vec<String> {
    let own = OWN.iter().map(|(name, about)| format!("{name}: {about}"));
    let words = Word::ALL.iter().filter(|w| **w != Word::Theme).map(|w| {
        let why = w
            .blocked(app)
            .map_or_else(String::new, |why| format!(" (not now: {why})"));
        format!("{}{why}", w.about())
    });
    let actions = said_here().map(|a| {
        let why = a
            .blocked(app)
            .map_or_else(String::new, |why| format!(" (not now: {why})"));
        format!("{}: {}{why}", a.act.name(), a.help)
    });
    own.chain(words).chain(actions).collect()
}

fn show(app: &mut App, name: &str) -> Vec<String> {
    let wanted = name.to_lowercase();
    let fits = |r: &&RunRow| r.id.to_lowercase().contains(&wanted);
    let found = match name {
        "" => app.run(),
        _ => app
            .runs
            .iter()
            .find(|r| r.id == name)
            .or_else(|| app.runs.iter().find(fits)),
    };
    let Some(run) = found else {
        let why = if name.is_empty() {
            "no run is selected".into()
        } else {
            format!("{}: no such run", quoted(name))
        };
        return vec![format!("error: {why}; list shows them")];
    };
    let mut lines = vec![in_words(run), format!("folder: {}", run.dir.display())];
    if run.epochs > 0 {
        lines.push(format!("epoch: {:.2} of {}", run.epoch, run.epochs));
    }
    if !run.device.is_empty() {
        lines.push(format!("device: {} on {}", run.device, run.host));
    }
    lines.extend(
        run.tunables
            .iter()
            .map(|(key, value)| format!("{key} = {}", significant(*value))),
    );
    if let Some(detail) = app.detail().filter(|d| d.dir == run.dir) {
        let latest = detail.history.latest();
        lines.extend(
            latest
                .iter()
                .map(|(name, value)| format!("{name}: {}", significant(*value))),
        );
    }
    lines
}

fn checkpoints(app: &App) -> Vec<String> {
    let Some(detail) = app.detail() else {
        return vec!["error: no run is selected".into()];
    };
    if detail.checkpoints.is_empty() {
        return vec!["no checkpoint yet; checkpoint saves one".into()];
    }
    let line = |c: &crate::tui::model::CheckpointRow| {
        let best = if c.best { ", best so far" } else { "" };
        let pinned = if c.pinned { ", kept" } else { "" };
        let problem = if c.problem.is_empty() {
            String::new()
        } else {
            format!(": {}", c.problem)
        };
        format!("step {}{best}{pinned}{problem}: {}", c.step, c.dir.display())
    };
    detail.checkpoints.iter().map(line).collect()
}

fn attacks(app: &App) -> Vec<String> {
    let jobs = app.detail().map_or(&[][..], |d| &d.attacks);
    if jobs.is_empty() {
        return vec!["no attacks yet; quick-attack starts a small one".into()];
    }
    let mut lines = Vec::new();
    for job in jobs {
        lines.push(format!(
            "attack {}: {}, {} of {} cells",
            job.id,
            crate::tui::theme::glyphs::UNICODE.state(job.state).1,
            job.cells_done.0,
            job.cells_done.1
        ));
        lines.extend(job.cells.iter().map(|c| {
            let percent = significant(c.accuracy * 100.0);
            format!(
                "{} {}, eps {}: {percent} % correct of {}",
                c.attack, c.backward, c.eps, c.n
            )
        }));
    }
    lines
}

fn logs(app: &App) -> Vec<String> {
    let lines = app.detail().map_or(&[][..], |d| &d.logs);
    match lines.is_empty() {
        true => vec!["no worker output yet".into()],
        false => lines
            .iter()
            .skip(lines.len().saturating_sub(LOG))
            .map(|l| l.text.clone())
            .collect(),
    }
}

pub fn start(app: &mut App, rest: &str) -> Said {
    let may = actions::all()
        .find(|a| a.act == Act::Start)
        .and_then(|a| a.blocked(app));
    match may {
        Some(why) => wrong(format!("start: {why}")),
        None if rest.is_empty() => {
            wrong("start: name an experiment.toml or its folder, such as start experiments/demo")
        }
        None => {
            app.say("starting the run");
            let arguments = start_form::arguments(Path::new(rest), &[], &app.extra);
            Said::Effects(vec![Effect::Launch(Launch::Run, arguments)])
        }
    }
}
