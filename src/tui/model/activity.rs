//! The activity of a run: every command with its outcome, whoever sent it, and the alerts. Folded from the run's events
//! and the worker's answers. Pure.

use super::{
    Seen,
    commands::{CommandState, PendingCommand},
};
use crate::run::{
    command::{Order, When},
    event::{Event, EventKind},
    history::removed_words,
    text::clean,
};
use std::{collections::VecDeque, path::PathBuf};

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
    /// Who sent it; empty for what the worker did by itself.
    pub author: String,
    /// What it is about.
    pub what: What,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A command and its answer.
    Command(PendingCommand),
    /// Older checkpoints were removed, by `checkpoint.keep` or by hand; which.
    Removed(String),
    /// An alert.
    Alert {
        /// A short name.
        kind: String,
        /// A sentence.
        why: String,
    },
}

impl Entry {
    /// The command, if it is one.
    pub fn command(&self) -> Option<&PendingCommand> {
        match &self.what {
            What::Command(pending) => Some(pending),
            What::Alert { .. } | What::Removed(_) => None,
        }
    }
}

/// What the record says, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    /// The entries.
    pub entries: VecDeque<Entry>,
}

impl Activity {
    /// Adds news.
    pub fn tell(&mut self, seen: &Seen) {
        if seen.reset || seen.manifest.is_some() {
            self.entries.clear();
        }
        seen.events.iter().for_each(|e| self.happened(e));
        for answer in &seen.answers {
            if let Some(pending) = self.find(&answer.id) {
                pending.answered(answer);
            }
        }
    }

    /// Ids of the newest commands that nothing recorded says the end of: their answers tell.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let commands = self.entries.iter().rev().filter_map(Entry::command);
        let open = commands.filter(|w| w.state.is_open());
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
        let state = commands.find(|w| w.id.as_deref() == Some(id)).map(|w| &w.state);
        let Some(CommandState::Applied { changes, .. }) = state else {
            return Vec::new();
        };
        // A ramp is recorded where it begins and where it ends: it is undone to before its beginning.
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
            // A resumed worker replays commands from after its checkpoint: it is the same command.
            EventKind::Received { command } if self.find(&command.id).is_none() => {
                let pending = recorded(command.id.clone(), command.order.clone(), command.when);
                self.push(event, clean(&command.author).into_owned(), What::Command(pending));
            }
            EventKind::Applied { command, key, new, .. } => {
                if self.find(command).is_none() {
                    // Written by a program that did not record commands whole.
                    let changes = vec![(key.clone(), *new)];
                    let pending = recorded(command.clone(), Order::Set { changes }, When::Now);
                    self.push(event, String::new(), What::Command(pending));
                }
                self.ended(command, event);
            }
            EventKind::Rejected { command, .. } => self.ended(command, event),
            EventKind::Pruned { checkpoints } => {
                self.push(event, String::new(), What::Removed(removed_words(checkpoints)));
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
    fn find(&mut self, id: &str) -> Option<&mut PendingCommand> {
        let commands = self.entries.iter_mut().rev().filter_map(|e| match &mut e.what {
            What::Command(pending) => Some(pending),
            What::Alert { .. } | What::Removed(_) => None,
        });
        commands.into_iter().find(|w| w.id.as_deref() == Some(id))
    }

    fn ended(&mut self, id: &str, event: &Event) {
        if let Some(pending) = self.find(id) {
            pending.happened(event);
        }
    }
}

pub fn recorded(id: String, order: Order, when: When) -> PendingCommand {
    PendingCommand {
        ticket: 0,
        job: PathBuf::new(),
        order,
        when,
        before: Vec::new(),
        id: Some(id),
        state: CommandState::Accepted,
    }
}
