//! What is marked on a chart and listed beside it: events in a form that needs no further folding.

use crate::run::{
    checkpoint::step_of,
    event::{Event, EventKind},
};
use std::{collections::BTreeMap, path::Path};

/// Something that happened at a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Optimiser steps done when it happened.
    pub step: u64,
    /// Seconds on the run's clock.
    pub wall: f64,
    /// When, RFC 3339 UTC.
    pub time: String,
    /// What.
    pub kind: MarkKind,
    /// Whether the run was rolled back to before it.
    pub superseded: bool,
}

/// What a mark stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum MarkKind {
    /// A worker started; which incarnation.
    Started(u32),
    /// It continued from this checkpoint.
    Resumed(String),
    /// It was rolled back to a checkpoint, by itself or by command; why.
    RolledBack(String),
    /// A hyper-parameter changed.
    Tweak {
        /// The command's id.
        command: String,
        /// Dotted key.
        key: String,
        /// Before.
        old: f64,
        /// From the next step on.
        new: f64,
    },
    /// A command was refused.
    Rejected {
        /// The command's id.
        command: String,
        /// Why.
        why: String,
    },
    /// The worker waits.
    Paused,
    /// The worker continues.
    Continued,
    /// A checkpoint was saved.
    Checkpoint {
        /// Its directory.
        path: String,
        /// Whether it was the best so far.
        best: bool,
    },
    /// Older checkpoints were removed, as `checkpoint.keep` says or by hand; of these steps.
    Removed(Vec<u64>),
    /// Something a person should look at.
    Alert {
        /// A short name, such as `nan`.
        kind: String,
        /// A sentence.
        why: String,
    },
    /// A person's remark.
    Note(String),
    /// The validation accuracy no longer rose; a sentence.
    EndedEarly(String),
    /// All epochs are done.
    Finished,
    /// Told to stop, by whom.
    Stopped(String),
    /// Failed, and why.
    Failed(String),
}

/// Which checkpoints were removed, in a line: "removed step 120 (retention)".
pub fn removed_words(steps: &[u64]) -> String {
    let named: Vec<String> = steps.iter().take(5).map(u64::to_string).collect();
    let more = steps.len().saturating_sub(named.len());
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let which = if steps.len() == 1 { "step" } else { "steps" };
    format!("removed {which} {}{rest} (retention)", named.join(", "))
}

impl Mark {
    /// The mark an event leaves; receipts and events of newer programs leave none.
    pub(super) fn of(event: &Event) -> Option<Mark> {
        let kind = match event.what.clone() {
            EventKind::Started { incarnation, .. } => MarkKind::Started(incarnation),
            EventKind::Resumed { checkpoint } => MarkKind::Resumed(checkpoint),
            EventKind::RolledBack {
                from,
                why,
                command: Some(_),
                ..
            } => MarkKind::RolledBack(format!("from step {from}: {why}")),
            EventKind::RolledBack {
                from, lr_factor, why, ..
            } => MarkKind::RolledBack(format!("from step {from}, learning rate × {lr_factor}: {why}")),
            EventKind::EndedEarly { why } => MarkKind::EndedEarly(why),
            EventKind::Applied { command, key, old, new } => MarkKind::Tweak { command, key, old, new },
            EventKind::Rejected { command, why } => MarkKind::Rejected { command, why },
            EventKind::Paused => MarkKind::Paused,
            EventKind::Continued => MarkKind::Continued,
            EventKind::Saved { checkpoint, best, .. } => MarkKind::Checkpoint { path: checkpoint, best },
            EventKind::Alert { kind, why } => MarkKind::Alert { kind, why },
            EventKind::Annotated { text } => MarkKind::Note(text),
            EventKind::Finished { .. } => MarkKind::Finished,
            EventKind::Stopped { by } => MarkKind::Stopped(by),
            EventKind::Failed { why } => MarkKind::Failed(why),
            EventKind::Pruned { checkpoints } => {
                MarkKind::Removed(checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect())
            }
            EventKind::Received { .. } | EventKind::Other => return None,
        };
        Some(Mark {
            step: event.step,
            wall: event.wall,
            time: event.time.clone(),
            kind,
            superseded: false,
        })
    }
}

/// A checkpoint as the events describe it; the files themselves are [`crate::run::checkpoint`]'s.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// Its directory.
    pub checkpoint: String,
    /// Optimiser steps done.
    pub step: u64,
    /// Seconds on the run's clock.
    pub wall: f64,
    /// When, RFC 3339 UTC.
    pub time: String,
    /// The metrics at that step.
    pub metrics: BTreeMap<String, f64>,
    /// Whether it is the best on the validation split of all that count.
    pub best: bool,
    /// Whether it was the best of all when it was saved.
    pub was_best: bool,
    /// Whether keep-last-k has removed it.
    pub pruned: bool,
    /// Whether the run was rolled back to before it.
    pub superseded: bool,
}

impl Saved {
    pub(super) fn new(event: &Event, checkpoint: &str, metrics: &BTreeMap<String, f64>, best: bool) -> Saved {
        Saved {
            checkpoint: checkpoint.to_string(),
            step: event.step,
            wall: event.wall,
            time: event.time.clone(),
            metrics: metrics.clone(),
            best,
            was_best: best,
            pruned: false,
            superseded: false,
        }
    }

    /// Adds a checkpoint; one saved again in the same directory takes the earlier one's place.
    pub(super) fn add(all: &mut Vec<Saved>, new: Saved) {
        all.retain(|s| s.checkpoint != new.checkpoint);
        all.push(new);
        Saved::find_best(all);
    }

    /// The newest of those that were the best when saved and still count is the best.
    pub(super) fn find_best(all: &mut [Saved]) {
        let best = all.iter().rposition(|s| s.was_best && !s.superseded);
        for (n, saved) in all.iter_mut().enumerate() {
            saved.best = Some(n) == best;
        }
    }

    /// Whether it still counts and is still there.
    pub fn is_usable(&self) -> bool {
        !self.pruned && !self.superseded
    }
}
