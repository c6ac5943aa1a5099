//! Commands sent in this session and their outcome. A command counts as applied only when the worker says so. Pure.

use crate::{
    run::{
        command::{Answer, Order, Verdict, When},
        event::{Event, EventKind},
        schedule::when_text,
        text::clean,
    },
    spec::TUNABLES,
};
use std::path::{Path, PathBuf};

/// The most commands remembered.
const MOST: usize = 200;

/// One command.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingCommand {
    /// Identifies it when the result of sending arrives.
    pub ticket: u64,
    /// The run or attack directory.
    pub job: PathBuf,
    /// The command.
    pub order: Order,
    /// When it is to take effect.
    pub when: When,
    /// For changes: the values before, as far as they were known.
    pub before: Vec<(String, f64)>,
    /// The command's id, once sent.
    pub id: Option<String>,
    /// How far it got.
    pub state: CommandState,
}

/// How far a command got.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandState {
    /// On its way to the inbox.
    Sending,
    /// In the inbox.
    Sent,
    /// The worker will do it later.
    Accepted,
    /// The worker did it.
    Applied {
        /// Optimiser steps done when it took effect.
        step: u64,
        /// `(key, old, new)`.
        changes: Vec<(String, f64, f64)>,
    },
    /// The worker refused, or it could not be sent.
    Rejected(String),
    /// The worker answered that it arrived too late.
    Expired,
    /// The worker exited without an answer; one found later still counts.
    Unheard,
}

impl CommandState {
    /// Whether an answer is still to come.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            CommandState::Sending | CommandState::Sent | CommandState::Accepted
        )
    }

    /// Whether it will not be done.
    pub fn is_bad(&self) -> bool {
        matches!(
            self,
            CommandState::Rejected(_) | CommandState::Expired | CommandState::Unheard
        )
    }

    /// What the worker answered; nothing while it has not.
    pub fn in_words(&self) -> Option<String> {
        Some(match self {
            CommandState::Sending | CommandState::Sent => return None,
            CommandState::Accepted => "accepted, not yet applied".into(),
            CommandState::Applied { step, .. } => format!("applied at step {step}"),
            CommandState::Rejected(why) => format!("rejected: {}", clean(why)),
            CommandState::Expired => "expired: it arrived too late".into(),
            CommandState::Unheard => "not applied: the run had ended".into(),
        })
    }
}

/// Commands of this session, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Commands {
    list: Vec<PendingCommand>,
    next: u64,
}

impl Commands {
    /// Remembers a new command; returns its ticket.
    pub fn make(&mut self, job: &Path, order: Order, when: When, before: Vec<(String, f64)>) -> u64 {
        self.next += 1;
        if self.list.len() >= MOST {
            self.list.remove(0);
        }
        let ticket = self.next;
        self.list.push(PendingCommand {
            ticket,
            job: job.to_path_buf(),
            order,
            when,
            before,
            id: None,
            state: CommandState::Sending,
        });
        ticket
    }

    /// The inbox took it, or did not.
    pub fn sent(&mut self, ticket: u64, result: Result<String, String>) -> Option<&PendingCommand> {
        let pending = self.list.iter_mut().find(|w| w.ticket == ticket)?;
        match result {
            Ok(id) => {
                pending.id = Some(id);
                pending.state = CommandState::Sent;
            }
            Err(why) => pending.state = CommandState::Rejected(why),
        }
        Some(pending)
    }

    /// The worker answered.
    pub fn answered(&mut self, answer: &Answer) {
        if let Some(pending) = self.list.iter_mut().find(|w| w.id.as_deref() == Some(&answer.id)) {
            pending.answered(answer);
        }
    }

    /// An event that names a command says the outcome, too.
    pub fn happened(&mut self, event: &Event) {
        let (EventKind::Applied { command, .. } | EventKind::Rejected { command, .. }) = &event.what else {
            return;
        };
        if let Some(pending) = self.list.iter_mut().find(|w| w.id.as_ref() == Some(command)) {
            pending.happened(event);
        }
    }

    /// The worker of a run or job exited: unanswered commands will not be applied.
    pub fn ended(&mut self, job: &Path) {
        let open = self.list.iter_mut().filter(|w| w.job == job && w.id.is_some());
        for pending in open.filter(|w| w.state.is_open()) {
            pending.state = CommandState::Unheard;
        }
    }

    /// All of them, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &PendingCommand> {
        self.list.iter()
    }

    /// Commands about one run or job, newest first.
    pub fn of<'a>(&'a self, job: &'a Path) -> impl Iterator<Item = &'a PendingCommand> {
        self.list.iter().rev().filter(move |w| w.job == job)
    }

    /// Ids of commands in a job whose answers are still to come.
    pub fn open(&self) -> Vec<(PathBuf, String)> {
        let awaited = |w: &&PendingCommand| w.state.is_open() || w.state == CommandState::Unheard;
        let open = self.list.iter().filter(awaited);
        open.filter_map(|w| Some((w.job.clone(), w.id.clone()?))).collect()
    }

    /// The newest command for a tunable, with the value requested.
    pub fn about<'a>(&'a self, job: &'a Path, key: &'a str) -> Option<(&'a PendingCommand, f64)> {
        self.of(job).find_map(|w| match &w.order {
            Order::Set { changes } => changes.iter().find(|(k, _)| k == key).map(|(_, v)| (w, *v)),
            Order::Ramp { key: ramped, to, .. } if ramped == key => Some((w, *to)),
            _ => None,
        })
    }
}

impl PendingCommand {
    /// What the answer to this very command says of it.
    pub fn answered(&mut self, answer: &Answer) {
        self.state = match answer.result {
            Verdict::Accepted => CommandState::Accepted,
            Verdict::Applied => CommandState::Applied {
                step: answer.step,
                changes: answer.changes.clone(),
            },
            Verdict::Rejected => CommandState::Rejected(answer.why.clone()),
            Verdict::Expired => CommandState::Expired,
        };
    }

    /// What an event about this very command says of it.
    pub fn happened(&mut self, event: &Event) {
        let change = match &event.what {
            EventKind::Applied { key, old, new, .. } => (key.clone(), *old, *new),
            EventKind::Rejected { why, .. } => {
                self.state = CommandState::Rejected(why.clone());
                return;
            }
            _ => return,
        };
        match &mut self.state {
            CommandState::Applied { changes, .. } => {
                if !changes.contains(&change) {
                    changes.push(change);
                }
            }
            state => {
                *state = CommandState::Applied {
                    step: event.step,
                    changes: vec![change],
                }
            }
        }
    }

    /// What is requested, in a few words.
    pub fn words(&self) -> String {
        match self.when {
            When::Step(_) | When::Epoch(_) if self.state.is_open() => {
                format!("{} {}", self.order_in_words(), when_text(self.when))
            }
            _ => self.order_in_words(),
        }
    }

    /// The outcome, as far as that is known.
    pub fn outcome(&self) -> Option<String> {
        match (&self.order, &self.state) {
            (Order::Checkpoint, CommandState::Applied { step, .. }) => Some(format!("saved at step {step} and pinned")),
            (_, state) => state.in_words(),
        }
    }

    fn order_in_words(&self) -> String {
        match &self.order {
            Order::Set { changes } => {
                let known = match &self.state {
                    CommandState::Applied { changes, .. } if !changes.is_empty() => changes
                        .iter()
                        .map(|(k, old, new)| (k.as_str(), Some(*old), *new))
                        .collect::<Vec<_>>(),
                    _ => {
                        let before = |k: &str| self.before.iter().find(|(b, _)| b == k).map(|(_, v)| *v);
                        changes.iter().map(|(k, new)| (k.as_str(), before(k), *new)).collect()
                    }
                };
                known
                    .into_iter()
                    .map(|(k, old, new)| change(k, old, new))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            Order::Ramp { key, from, to, steps } => format!("{} over {steps} steps", change(key, Some(*from), *to)),
            Order::Undo { .. } => match &self.state {
                CommandState::Applied { changes, .. } if !changes.is_empty() => {
                    let words = changes.iter().map(|(k, old, new)| change(k, Some(*old), *new));
                    format!("undo: {}", words.collect::<Vec<_>>().join(", "))
                }
                CommandState::Applied { .. } => "cancel scheduled change".into(),
                _ => "undo the last change".into(),
            },
            Order::Pause => "pause".into(),
            Order::Resume => "resume".into(),
            Order::Checkpoint => "checkpoint".into(),
            Order::Evaluate => "evaluate".into(),
            Order::Stop => "stop".into(),
            Order::Rollback { checkpoint } => format!("roll back to {checkpoint}"),
            Order::Annotate { .. } => "remark".into(),
        }
    }
}

/// `λ 0.002 → 0.01`.
pub fn change(key: &str, old: Option<f64>, new: f64) -> String {
    match TUNABLES.iter().find(|t| t.key == key) {
        Some(t) => match old {
            Some(old) => format!("{} {} → {}", t.symbol, t.show(old), t.show(new)),
            None => format!("{} → {}", t.symbol, t.show(new)),
        },
        None => format!("{} → {}", clean(key), crate::units::significant(new)),
    }
}
