//! `control/inbox/<ulid>.json`: a command to a worker, and the worker's answer in `control/done/`.

use serde::{Deserialize, Serialize};

/// One command. Idempotent by `id`: a command whose answer exists is not applied twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// A ULID: unique, and sortable by time.
    pub id: String,
    /// `user@host` of whoever sent it.
    pub author: String,
    /// When it was written, RFC 3339 UTC.
    pub time: String,
    /// After this time (RFC 3339 UTC) the worker answers `expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// When it takes effect.
    #[serde(default)]
    pub when: When,
    /// What to do.
    #[serde(flatten)]
    pub order: Order,
}

/// When a command takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Between this step and the next.
    #[default]
    Now,
    /// Before the first step after this many.
    Step(u64),
    /// Before the first step of this epoch.
    Epoch(u64),
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Change tunables, all or none.
    Set {
        /// `(dotted key, value)`, already within bounds as far as the sender can tell; the worker checks again.
        changes: Vec<(String, f64)>,
    },
    /// Change one tunable linearly over a number of steps.
    Ramp {
        /// Dotted key.
        key: String,
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// Steps in between.
        steps: u64,
    },
    /// Undo an applied change; without an id, the latest.
    Undo {
        /// The command whose changes are undone; `id` is the name of the undoing command's own.
        #[serde(default, rename = "command", skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// Wait, still applying commands.
    Pause,
    /// Continue after a pause.
    Resume,
    /// Save a checkpoint.
    Checkpoint,
    /// Measure the validation accuracy.
    Evaluate,
    /// Save and stop.
    Stop,
    /// Roll back to a checkpoint of this run: what came after it no longer counts.
    Rollback {
        /// Its folder's name, or its step.
        checkpoint: String,
    },
    /// Record a remark.
    Annotate {
        /// The remark.
        text: String,
    },
}

impl Order {
    /// Its name, as it is written and typed.
    pub fn name(&self) -> &'static str {
        match self {
            Order::Set { .. } => "set",
            Order::Ramp { .. } => "ramp",
            Order::Undo { .. } => "undo",
            Order::Pause => "pause",
            Order::Resume => "resume",
            Order::Checkpoint => "checkpoint",
            Order::Evaluate => "evaluate",
            Order::Stop => "stop",
            Order::Rollback { .. } => "rollback",
            Order::Annotate { .. } => "annotate",
        }
    }
}

/// The worker's answer, `control/done/<ulid>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The command's id.
    pub id: String,
    /// What became of it.
    pub result: Verdict,
    /// Optimiser steps done when it took effect.
    pub step: u64,
    /// When it was answered, RFC 3339 UTC.
    pub time: String,
    /// For changes: `(key, old, new)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<(String, f64, f64)>,
    /// For refusals: why, with the fix. For others: what came of it, such as a checkpoint's directory.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Understood; will take effect later (`when`).
    Accepted,
    /// Took effect at `step`.
    Applied,
    /// Refused.
    Rejected,
    /// Came too late.
    Expired,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_read_as_it_was_written() {
        let text = |t: &str| t.to_string();
        let orders = [
            Order::Set {
                changes: vec![(text("train.lr"), 0.05)],
            },
            Order::Ramp {
                key: text("train.lr"),
                from: 0.0,
                to: 1.0,
                steps: 5,
            },
            Order::Undo { id: None },
            Order::Undo { id: Some(text("01B")) },
            Order::Pause,
            Order::Resume,
            Order::Checkpoint,
            Order::Evaluate,
            Order::Stop,
            Order::Rollback {
                checkpoint: text("step-000000120"),
            },
            Order::Annotate { text: text("hello") },
        ];
        for order in orders {
            let command = Command {
                id: text("01A"),
                author: text("lise@meitner"),
                time: text("2026-11-23T09:51:30.000Z"),
                expires: Some(text("2026-11-24T09:51:30.000Z")),
                when: When::Epoch(2),
                order,
            };
            let written = serde_json::to_string(&command).unwrap();
            assert_eq!(serde_json::from_str::<Command>(&written).unwrap(), command, "{written}");
        }
    }
}
