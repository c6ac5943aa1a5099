//! `status.json`, replaced by rename at least every `next_report_s`, and `exit.json`, the worker's exit record.

use super::schedule::ScheduledCommand;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the worker says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// What it is doing.
    pub phase: Phase,
    /// Optimiser steps done.
    pub step: u64,
    /// Optimiser steps in the whole run.
    pub total_steps: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Epochs in the whole run.
    pub epochs: u64,
    /// Images per second, recent.
    pub rate: f64,
    /// Seconds left at the recent rate.
    pub eta: f64,
    /// When it was written, RFC 3339 UTC.
    pub time: String,
    /// When it was written, in seconds since that machine's boot: on the same machine its age does not depend on what the
    /// clock says. 0 where the system does not tell.
    #[serde(default)]
    pub uptime: f64,
    /// What the worker waits for, or cannot do for the moment, with the fix; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub problem: String,
    /// The machine.
    pub host: String,
    /// That machine's boot, so that a pid of an earlier boot is not taken for this one.
    pub boot: String,
    /// The worker's process id.
    pub pid: u32,
    /// The process's start in clock ticks since boot, so that a reused pid is not taken for the worker.
    pub process_start: u64,
    /// The device trained on.
    pub device: String,
    /// 1, 2, … per resume.
    pub incarnation: u32,
    /// Seconds until the next status at the latest, as the worker estimates it.
    pub next_report_s: f64,
    /// Current value of every tunable.
    pub tunables: BTreeMap<String, f64>,
    /// What will take effect later, soonest asked for first; at most [`super::schedule::MOST`].
    #[serde(rename = "coming", default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled: Vec<ScheduledCommand>,
}

/// What a live worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Loading data, building the network.
    Starting,
    /// Training.
    Running,
    /// Waiting for `resume`.
    Paused,
    /// Measuring accuracy on the validation split or the test set.
    Evaluating,
    /// Writing its last checkpoint.
    Stopping,
}

/// The worker's exit record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exit {
    /// How it ended.
    pub outcome: Outcome,
    /// When, RFC 3339 UTC.
    pub time: String,
    /// Optimiser steps done.
    pub step: u64,
    /// Which incarnation.
    pub incarnation: u32,
    /// Why, where it failed or was stopped.
    #[serde(default)]
    pub why: String,
}

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All epochs done.
    Finished,
    /// Stopped by a command or a signal.
    Stopped,
    /// Failed.
    Failed,
    /// Nobody knows: another program recorded the run, and its files do not say that it ended.
    NoEnd,
}

/// The state that people see; derived from `exit.json`, `status.json` and the process table, never from a file's
/// age alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Training, evaluating or starting.
    Running,
    /// Waiting for `resume`.
    Paused,
    /// Alive by the process table, or not checkable, but silent beyond its own deadline.
    Stalled,
    /// All epochs done.
    Finished,
    /// Failed, with a reason.
    Failed,
    /// Stopped by a command or a signal; can be resumed.
    Stopped,
    /// Gone without an exit record; can be resumed from its last checkpoint.
    Lost,
    /// Created, its worker has not reported yet.
    Queued,
    /// Recorded by another program, whose files do not say that it ended: it may have, or continue.
    NoEnd,
}

impl RunState {
    /// Every state: those in which a worker is there, then those that need a look, then the ends.
    pub const ALL: [RunState; 9] = [
        RunState::Running,
        RunState::Paused,
        RunState::Stalled,
        RunState::Queued,
        RunState::Failed,
        RunState::Lost,
        RunState::Stopped,
        RunState::NoEnd,
        RunState::Finished,
    ];

    /// Whether a worker may still apply commands.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            RunState::Running | RunState::Paused | RunState::Stalled | RunState::Queued
        )
    }

    /// The word for people: that of JSON, but `done` for a finished run.
    pub fn label(self) -> &'static str {
        match self {
            RunState::Finished => "done",
            RunState::NoEnd => "no end",
            other => other.word(),
        }
    }

    /// The word in JSON: `running`.
    pub fn word(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Paused => "paused",
            RunState::Stalled => "stalled",
            RunState::Finished => "finished",
            RunState::Failed => "failed",
            RunState::Stopped => "stopped",
            RunState::Lost => "lost",
            RunState::Queued => "queued",
            RunState::NoEnd => "no_end",
        }
    }
}
