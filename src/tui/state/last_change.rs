//! The last change of a hyper-parameter, whoever sent it: from the run's marks, with the kind of command from its
//! activity. Pure; pending commands are in `model::commands`.

use super::app::App;
use crate::{
    run::{command::Order, event::EventKind},
    tui::model::Detail,
};

/// A change that the worker recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What kind of command it came from.
    pub kind: Kind,
    /// The command's id; empty where it was none.
    pub command: String,
    /// Optimiser steps done then.
    pub step: u64,
    /// The value before, as far as it is recorded.
    pub old: f64,
    /// The value after.
    pub new: f64,
}

/// What changes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A new value at once.
    Set,
    /// A new value gradually.
    Ramp,
    /// The opposite of an earlier change.
    Undo,
    /// The run was rolled back to before a change.
    Rollback,
    /// The run continued from a checkpoint of before a change.
    Resume,
    /// A command that is no longer remembered.
    Unknown,
}

impl Kind {
    /// What was done, for `… at step 640`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Set => "set",
            Kind::Ramp => "ramp",
            Kind::Undo => "undo",
            Kind::Rollback => "rollback",
            Kind::Resume => "resume",
            Kind::Unknown => "changed",
        }
    }

    /// Of the order that a command gave.
    pub fn of(detail: &Detail, command: &str) -> Kind {
        match detail.activity.order(command) {
            Some(Order::Set { .. }) => Kind::Set,
            Some(Order::Ramp { .. }) => Kind::Ramp,
            Some(Order::Undo { .. }) => Kind::Undo,
            _ => Kind::Unknown,
        }
    }
}

/// The newest change of a hyper-parameter of the selected run. A rollback takes back what came after its checkpoint.
pub fn of(app: &App, key: &str) -> Option<Change> {
    let detail = app.detail()?;
    let mut holding: Vec<Change> = Vec::new();
    let mut last = None;
    for mark in detail.history.marks() {
        let kind = match &mark.kind {
            EventKind::Applied {
                command,
                key: changed,
                old,
                new,
            } if changed == key => {
                let change = Change {
                    kind: Kind::Unknown,
                    command: command.clone(),
                    step: mark.step,
                    old: *old,
                    new: *new,
                };
                holding.push(change.clone());
                last = Some(change);
                continue;
            }
            EventKind::RolledBack { .. } => Kind::Rollback,
            EventKind::Resumed { .. } => Kind::Resume,
            _ => continue,
        };
        let kept = holding.iter().take_while(|c| c.step <= mark.step).count();
        let gone = holding.split_off(kept);
        if let (Some(first), Some(newest)) = (gone.first(), gone.last()) {
            last = Some(Change {
                kind,
                command: String::new(),
                step: mark.step,
                old: newest.new,
                new: first.old,
            });
        }
    }
    // Which order it came from is looked for once: a run may have thousands of changes.
    let is_unknown = |c: &&mut Change| c.kind == Kind::Unknown;
    if let Some(change) = last.as_mut().filter(is_unknown) {
        change.kind = Kind::of(detail, &change.command);
    }
    last
}

/// Whether the worker has recorded a change of this hyper-parameter by this command, also one that no longer counts.
pub fn is_recorded(app: &App, key: &str, id: &str) -> bool {
    let by = |kind: &EventKind| matches!(kind, EventKind::Applied { command, key: k, .. } if command == id && k == key);
    app.detail()
        .is_some_and(|d| d.history.marks().iter().rev().any(|m| by(&m.kind)))
}

#[cfg(test)]
mod tests;
