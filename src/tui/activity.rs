//! Every command a run was given and what became of it, whoever gave it, and its alerts: folded from the run's own events
//! and the worker's answers; wishes of this session that the worker has not taken yet come first. Pure.

mod said;

pub use said::{Said, Verdict, copied, is_coming, said};

use super::{
    app::{App, Layer},
    doings::Doing,
    model::Seen,
    wishes::{Fate, Wish},
};
use crate::run::{
    checkpoint::step_of,
    command::{Order, When},
    event::{Event, EventKind},
    history::removed_words,
    text::clean,
};
use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
};

/// The most entries remembered, about 300 bytes each; the oldest go.
const MOST: usize = 2000;

/// The most commands whose answers are looked for at once: a file each, at every look.
const MOST_ASKED: usize = 100;

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, RFC 3339 UTC.
    pub time: String,
    /// Optimiser steps done then.
    pub step: u64,
    /// Who wished it; empty for what the worker did by itself.
    pub author: String,
    /// What it is about.
    pub what: What,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A command and its answer.
    Command(Wish),
    /// Older checkpoints were removed, by `checkpoint.keep` or by hand; which.
    Removed(String),
    /// Something a person should look at.
    Alert {
        /// A short name.
        kind: String,
        /// A sentence.
        why: String,
    },
}

/// What is shown as one line.
pub enum Row<'a> {
    /// A wish of this session that the record does not know yet.
    Wished(&'a Wish),
    /// What the run recorded.
    Recorded(&'a Entry),
    /// What this screen did by itself.
    Done(&'a Doing),
}

impl<'a> Row<'a> {
    /// The command, if it is one.
    pub fn command(&self) -> Option<&'a Wish> {
        match self {
            Row::Wished(wish) => Some(wish),
            Row::Recorded(entry) => entry.command(),
            Row::Done(_) => None,
        }
    }
}

impl Entry {
    fn command(&self) -> Option<&Wish> {
        match &self.what {
            What::Command(wish) => Some(wish),
            What::Alert { .. } | What::Removed(_) => None,
        }
    }
}

/// What the record says, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    entries: VecDeque<Entry>,
}

impl Activity {
    /// Folds news in.
    pub fn tell(&mut self, seen: &Seen) {
        if seen.reset || seen.manifest.is_some() {
            self.entries.clear();
        }
        seen.events.iter().for_each(|e| self.happened(e));
        for answer in &seen.answers {
            if let Some(wish) = self.find(&answer.id) {
                wish.answered(answer);
            }
        }
    }

    /// Ids of the newest commands that nothing recorded says the end of: their answers tell.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let commands = self.entries.iter().rev().filter_map(Entry::command);
        let open = commands.filter(|w| w.fate.is_open());
        open.filter_map(|w| w.id.as_deref()).take(MOST_ASKED)
    }

    /// What a command ordered, if it is remembered.
    pub fn order(&self, id: &str) -> Option<&Order> {
        let mut commands = self.entries.iter().rev().filter_map(Entry::command);
        commands.find(|w| w.id.as_deref() == Some(id)).map(|w| &w.order)
    }

    /// What a command changed, as far as it is recorded: each value before it and after it.
    pub fn changes(&self, id: &str) -> Vec<(String, f64, f64)> {
        let mut commands = self.entries.iter().rev().filter_map(Entry::command);
        let fate = commands.find(|w| w.id.as_deref() == Some(id)).map(|w| &w.fate);
        let Some(Fate::Applied { changes, .. }) = fate else {
            return Vec::new();
        };
        // A ramp is recorded where it begins and where it ends: it is taken back to before its beginning.
        let mut whole: Vec<(String, f64, f64)> = Vec::new();
        for (key, old, new) in changes {
            match whole.iter_mut().find(|(k, ..)| k == key) {
                Some(known) => known.2 = *new,
                None => whole.push((key.clone(), *old, *new)),
            }
        }
        whole
    }

    fn happened(&mut self, event: &Event) {
        match &event.what {
            // A resumed worker obeys again what came after its checkpoint: that is the same command.
            EventKind::Received { command } if self.find(&command.id).is_none() => {
                let wish = recorded(command.id.clone(), command.order.clone(), command.when);
                self.push(event, clean(&command.author).into_owned(), What::Command(wish));
            }
            EventKind::Applied { command, key, new, .. } => {
                if self.find(command).is_none() {
                    // Written by a program that did not record commands whole.
                    let changes = vec![(key.clone(), *new)];
                    let wish = recorded(command.clone(), Order::Set { changes }, When::Now);
                    self.push(event, String::new(), What::Command(wish));
                }
                self.ended(command, event);
            }
            EventKind::Rejected { command, .. } => self.ended(command, event),
            EventKind::Pruned { checkpoints } => {
                let steps: Vec<u64> = checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect();
                self.push(event, String::new(), What::Removed(removed_words(&steps)));
            }
            EventKind::Alert { kind, why } => {
                let (kind, why) = (clean(kind).into_owned(), clean(why).into_owned());
                self.push(event, String::new(), What::Alert { kind, why });
            }
            _ => {}
        }
    }

    fn push(&mut self, event: &Event, author: String, what: What) {
        if self.entries.len() >= MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            time: clean(&event.time).into_owned(),
            step: event.step,
            author,
            what,
        });
    }

    /// The command of an id; the newest are looked at first, since answers follow soon.
    fn find(&mut self, id: &str) -> Option<&mut Wish> {
        let commands = self.entries.iter_mut().rev().filter_map(|e| match &mut e.what {
            What::Command(wish) => Some(wish),
            What::Alert { .. } | What::Removed(_) => None,
        });
        commands.into_iter().find(|w| w.id.as_deref() == Some(id))
    }

    fn ended(&mut self, id: &str, event: &Event) {
        if let Some(wish) = self.find(id) {
            wish.happened(event);
        }
    }
}

fn recorded(id: String, order: Order, when: When) -> Wish {
    Wish {
        ticket: 0,
        job: PathBuf::new(),
        order,
        when,
        before: Vec::new(),
        id: Some(id),
        fate: Fate::Accepted,
    }
}

/// What is listed, newest first: wishes that the worker has not taken, then what the run recorded and this screen did.
pub fn rows(app: &App) -> Vec<Row<'_>> {
    let Some(detail) = app.detail() else { return Vec::new() };
    let recorded = &detail.activity.entries;
    let known: HashSet<&str> = recorded.iter().filter_map(|e| e.command()?.id.as_deref()).collect();
    let is_known = |w: &Wish| w.id.as_deref().is_some_and(|id| known.contains(id));
    let wished = app.wishes.of(&detail.dir).filter(|w| !is_known(w)).map(Row::Wished);
    let mut done = app.doings.of(&detail.dir).rev().peekable();
    let mut rows: Vec<Row> = wished.collect();
    for entry in recorded.iter().rev() {
        while let Some(doing) = done.next_if(|d| d.time.is_empty() || d.time > entry.time) {
            rows.push(Row::Done(doing));
        }
        rows.push(Row::Recorded(entry));
    }
    rows.extend(done.map(Row::Done));
    rows
}

/// The id of the selected command, if its changes can be taken back; else why not.
pub fn undoable(app: &App) -> Result<String, &'static str> {
    let Some(Layer::Activity { row }) = app.screen() else {
        return Err("choose a change in the activity: H");
    };
    match rows(app).into_iter().rev().nth(*row).map(|row| row.command()) {
        None => Err("nothing has been asked of this run yet"),
        Some(None) => Err("only a change of a value can be taken back"),
        Some(Some(wish)) => match (&wish.fate, &wish.id) {
            (Fate::Applied { changes, .. }, Some(id)) if !changes.is_empty() => Ok(id.clone()),
            (Fate::Accepted, Some(id)) if is_coming(app, id) => Ok(id.clone()),
            _ => Err("only an applied change can be taken back, or what is still to come"),
        },
    }
}

#[cfg(test)]
mod tests;
