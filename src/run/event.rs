//! `events.jsonl`: what the worker did. A closed list; unknown kinds from newer programs are
//! kept as [`EventKind::Other`].

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One line of `events.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, RFC 3339 UTC.
    pub time: String,
    /// Optimiser steps done when it happened.
    pub step: u64,
    /// Seconds on the run's own clock, as in [`super::metric::Metric::wall`].
    pub wall: f64,
    /// What happened.
    #[serde(flatten)]
    pub what: EventKind,
}

/// What a test accuracy is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The checkpoint that holds the weights.
    pub checkpoint: String,
    /// Test images.
    pub images: u64,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The worker started (incarnation 1, 2, … per resume).
    Started {
        /// Which incarnation.
        incarnation: u32,
        /// The device trained on.
        device: String,
        /// Optimiser steps that the whole run will take.
        total_steps: u64,
        /// Optimiser steps per epoch.
        steps_per_epoch: u64,
        /// The folder of data sets, where it is another than the run was created with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<std::path::PathBuf>,
        /// The images; none where the program that recorded it did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        images: Option<super::provenance::DataRecord>,
        /// What it computes from and by: for a run that resumes or takes over weights, those; none where the program that
        /// recorded it did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provenance: Option<super::provenance::Provenance>,
    },
    /// Continued from a checkpoint: everything recorded after `step` is superseded.
    Resumed {
        /// The checkpoint resumed from; empty for "from the beginning".
        checkpoint: String,
    },
    /// The run was rolled back to a checkpoint, because the numbers diverged or by command; everything
    /// recorded after `step` is superseded.
    RolledBack {
        /// The checkpoint rolled back to; empty for the start.
        checkpoint: String,
        /// The step before the rollback.
        from: u64,
        /// How often it had rolled back by itself by then: each halves the learning rate.
        times: u32,
        /// What the learning rate is multiplied by from now on.
        lr_factor: f64,
        /// What had diverged, or who asked for it.
        why: String,
        /// The id of the command that asked for it; none where the worker did so by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// A command was taken from the inbox: the audit log, and what a resumed run applies again at the same step.
    Received {
        /// The whole command.
        command: super::command::Command,
    },
    /// A command changed a hyper-parameter between two steps.
    Applied {
        /// The command's id.
        command: String,
        /// Dotted key.
        key: String,
        /// Value before.
        old: f64,
        /// Value from the next step on.
        new: f64,
    },
    /// A command was refused.
    Rejected {
        /// The command's id.
        command: String,
        /// Why, with the fix.
        why: String,
    },
    /// The worker waits; commands are still applied.
    Paused,
    /// The worker continues.
    Continued,
    /// A checkpoint was published.
    Saved {
        /// Its absolute directory.
        checkpoint: String,
        /// The metrics at that step.
        #[serde(with = "super::metric::numbers")]
        metrics: BTreeMap<String, f64>,
        /// Whether it is the best so far on the validation split.
        best: bool,
    },
    /// Old checkpoints were removed by keep-last-k.
    Pruned {
        /// Their directories.
        checkpoints: Vec<String>,
    },
    /// Something a person should look at: `nan`, `divergence`, `dead_layer`, `disk_full`, …
    Alert {
        /// A short name.
        kind: String,
        /// A sentence.
        why: String,
    },
    /// A person's remark.
    Annotated {
        /// The remark.
        text: String,
    },
    /// The validation accuracy no longer rose: the epochs that are left are not trained.
    EndedEarly {
        /// A sentence.
        why: String,
    },
    /// All epochs are done, or the run ended early.
    Finished {
        /// The last metrics, test accuracy included.
        #[serde(with = "super::metric::numbers")]
        metrics: BTreeMap<String, f64>,
        /// The checkpoint that the test accuracy is of: the last one, not the best; none where nothing was tested, or the
        /// program that recorded it did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tested: Option<Tested>,
    },
    /// The worker saved and stopped because it was asked to.
    Stopped {
        /// By what: a command's author, or a signal.
        by: String,
    },
    /// The worker failed.
    Failed {
        /// Why, with the fix.
        why: String,
    },
    /// An event of a newer program.
    #[serde(other)]
    Other,
}
