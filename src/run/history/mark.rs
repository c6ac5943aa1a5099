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
    pub kind: EventKind,
    /// Whether the run was rolled back to before it.
    pub superseded: bool,
}

/// Which checkpoints were removed, in a line: "removed step 120 (retention)".
pub fn removed_words(checkpoints: &[String]) -> String {
    let steps: Vec<u64> = checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect();
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
        if matches!(event.what, EventKind::Received { .. } | EventKind::Other) {
            return None;
        }
        Some(Mark {
            step: event.step,
            wall: event.wall,
            time: event.time.clone(),
            kind: event.what.clone(),
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
