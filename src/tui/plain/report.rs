//! What changed, as lines: new runs, changed states, finished epochs, outcomes of commands, events of the selected run,
//! cells of its attacks.

use super::EventLine;
use crate::{
    run::{event::EventKind, status::RunState},
    tui::{
        model::{
            AttackRow, RunRow, Seen,
            commands::{CommandState, PendingCommand},
        },
        state::app::App,
    },
    units,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// What was said already.
pub struct Telling {
    event_line: EventLine,
    introduced: bool,
    selected: Option<PathBuf>,
    runs: BTreeMap<PathBuf, (RunState, u64)>,
    states: BTreeMap<u64, CommandState>,
    /// Cells already reported, by job id and number; none while the run's jobs have not been read.
    cells: Option<BTreeSet<(String, usize)>>,
    jobs: BTreeMap<String, RunState>,
}

impl Telling {
    /// Nothing was said yet.
    pub fn new(event_line: EventLine) -> Telling {
        Telling {
            event_line,
            introduced: false,
            selected: None,
            runs: BTreeMap::new(),
            states: BTreeMap::new(),
            cells: None,
            jobs: BTreeMap::new(),
        }
    }

    /// New events of the selected run; those from before it was selected are not reported.
    pub fn events(&self, app: &App, seen: &Seen) -> Vec<String> {
        let Some(detail) = app.detail().filter(|d| d.dir == seen.dir) else {
            return Vec::new();
        };
        if seen.reset || seen.manifest.is_some() || detail.manifest.is_none() || detail.reading.is_some() {
            return Vec::new();
        }
        let ours: Vec<&str> = app.commands.all().filter_map(|w| w.id.as_deref()).collect();
        let is_answer = |what: &EventKind| match what {
            EventKind::Applied { command, .. } | EventKind::Rejected { command, .. } => {
                ours.contains(&command.as_str())
            }
            _ => false,
        };
        let news = seen.events.iter().filter(|e| !is_answer(&e.what));
        let name = app.run().map_or(String::new(), |r| format!("{}: ", r.id));
        news.filter_map(|e| (self.event_line)(e))
            .map(|line| format!("{name}{line}"))
            .collect()
    }

    /// Everything else that is new in the state.
    pub fn changes(&mut self, app: &App) -> Vec<String> {
        let mut lines = Vec::new();
        if app.looked {
            self.runs(app, &mut lines);
        }
        if app.selected != self.selected {
            self.selected.clone_from(&app.selected);
            (self.cells, self.jobs) = (None, BTreeMap::new());
            if let Some(run) = app.run() {
                lines.push(format!("selected: {}", run.id));
            }
        }
        self.commands(app, &mut lines);
        self.attacks(app, &mut lines);
        lines
    }

    fn runs(&mut self, app: &App, lines: &mut Vec<String>) {
        if !self.introduced {
            self.introduced = true;
            lines.extend(self::list(app));
            lines.push("type help for the commands, quit to leave; runs keep running".into());
            self.runs = app.runs.iter().map(|r| (r.dir.clone(), now(r))).collect();
            return;
        }
        for run in &app.runs {
            let is = now(run);
            match self.runs.insert(run.dir.clone(), is) {
                None => lines.push(format!("new run: {}", in_words(run))),
                Some(was) if was.0 != is.0 => lines.push(in_words(run)),
                Some(was) if was.1 < is.1 => {
                    let of = if run.epochs > 0 {
                        format!(" of {}", run.epochs)
                    } else {
                        String::new()
                    };
                    lines.push(format!("{}: epoch {}{of} done, step {}", run.id, is.1, run.step));
                }
                Some(_) => {}
            }
        }
        let there: BTreeSet<&PathBuf> = app.runs.iter().map(|r| &r.dir).collect();
        self.runs.retain(|dir, _| {
            let stays = there.contains(dir);
            if !stays {
                let id = dir.file_name().unwrap_or_default().to_string_lossy();
                lines.push(format!("{id}: removed"));
            }
            stays
        });
    }

    fn commands(&mut self, app: &App, lines: &mut Vec<String>) {
        for pending in app.commands.all() {
            let before = self.states.insert(pending.ticket, pending.state.clone());
            if before.as_ref() != Some(&pending.state) {
                lines.extend(state_in_words(pending));
            }
        }
    }

    fn attacks(&mut self, app: &App, lines: &mut Vec<String>) {
        let Some(detail) = app.detail().filter(|d| d.manifest.is_some()) else {
            return;
        };
        let finished = |job: &AttackRow| {
            let cells = job.cells.iter().filter(|c| !c.open);
            cells
                .filter_map(|c| Some((job.id.clone(), c.number?)))
                .collect::<Vec<_>>()
        };
        let all: BTreeSet<(String, usize)> = detail.attacks.iter().flat_map(finished).collect();
        if let Some(reported) = &self.cells {
            for job in &detail.attacks {
                let fresh = |c: &&crate::tui::model::CellRow| {
                    let key = c.number.map(|n| (job.id.clone(), n));
                    key.is_some_and(|key| all.contains(&key) && !reported.contains(&key))
                };
                lines.extend(job.cells.iter().filter(fresh).map(|c| {
                    let percent = units::significant(c.accuracy * 100.0);
                    let backward = if c.backward.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", c.backward)
                    };
                    format!(
                        "attack {}: {}{backward}, eps {}: {percent} % correct of {}",
                        job.id, c.attack, c.eps, c.n
                    )
                }));
                if self.jobs.get(&job.id) != Some(&job.state) {
                    let (done, all) = job.cells_done;
                    lines.push(format!(
                        "attack {}: {}, {done} of {all} cells",
                        job.id,
                        crate::tui::theme::glyphs::UNICODE.state(job.state).1
                    ));
                }
            }
        }
        self.jobs = detail.attacks.iter().map(|a| (a.id.clone(), a.state)).collect();
        self.cells = Some(all);
    }
}

/// What counts as a change of a run.
fn now(run: &RunRow) -> (RunState, u64) {
    (run.state, run.epoch.max(0.0).floor() as u64)
}

/// A run in one line.
pub fn in_words(run: &RunRow) -> String {
    let mut line = format!("{}: {}", run.id, crate::tui::theme::glyphs::UNICODE.state(run.state).1);
    match run.total {
        0 => line.push_str(", no steps yet"),
        total => line.push_str(&format!(", step {} of {total}", run.step)),
    }
    if run.state == RunState::Running && run.eta > 0.0 {
        line.push_str(&format!(", {} left", units::seconds(run.eta)));
    }
    if !run.why.is_empty() {
        line.push_str(&format!(": {}", run.why));
    }
    if !run.health.is_empty() {
        line.push_str(&format!(" ({})", run.health_words()));
    }
    line
}

/// The outcome of a command; nothing while it is only on its way.
fn state_in_words(pending: &PendingCommand) -> Option<String> {
    let words = pending.words();
    match &pending.state {
        // The state says so itself: "sent: …; waiting for the worker's answer".
        CommandState::Sending | CommandState::Sent => None,
        CommandState::Accepted => Some(format!("accepted: {words}")),
        CommandState::Applied { step, .. } => Some(format!("done at step {step}: {words}")),
        // Not sent was said already.
        CommandState::Rejected(_) if pending.id.is_none() => None,
        CommandState::Rejected(why) => Some(format!("error: rejected: {words}: {why}")),
        CommandState::Expired => Some(format!("error: expired: {words}")),
        CommandState::Unheard => Some(format!("error: no answer, the worker has ended: {words}")),
    }
}

/// Every run that passes the filter.
pub fn list(app: &App) -> Vec<String> {
    let shown = app.shown_runs();
    if shown.is_empty() {
        return vec![match (app.runs.is_empty(), app.read_only) {
            (true, true) => "no runs here yet; new ones are announced".into(),
            (true, false) => "no runs here yet; start SPEC starts one, demo a small one".into(),
            (false, _) => "no run matches; filter without a word shows all again".into(),
        }];
    }
    let many = format!("{} of {} runs", shown.len(), app.runs.len());
    let line = |run: &&RunRow| match app.selected.as_ref() == Some(&run.dir) {
        true => format!("{} (selected)", in_words(run)),
        false => in_words(run),
    };
    std::iter::once(many).chain(shown.iter().map(line)).collect()
}
