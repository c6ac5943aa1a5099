//! What happened, on disk: the run directory, its one writer and its many readers.
//!
//! ```text
//! run.toml        Manifest       written once
//! status.json     Status         worker only, replaced by rename
//! metrics.jsonl   Metric         worker only, one whole line per step
//! events.jsonl    Event          worker only, one whole line each
//! control/inbox/  Command        viewers publish by rename; control/done/ holds the Answer
//! exit.json       Exit           worker's last word, per incarnation
//! attacks/<ulid>/ AttackManifest, AttackStatus, AttackLine
//! ```

pub mod attack;
pub mod command;
pub mod event;
pub mod manifest;
pub mod metric;
pub mod status;

/// The version of the layout that this program writes; a newer one is shown read-only.
pub const SCHEMA: u32 = 1;
