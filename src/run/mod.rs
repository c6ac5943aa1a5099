//! What happened, on disk: the run directory, its one writer and its many readers.
//!
//! ```text
//! run.toml        Manifest       written once; ImportedManifest where another program trained it
//! status.json     Status         worker only, replaced by rename
//! metrics.jsonl   Metric         worker only, one whole line per step
//! events.jsonl    Event          worker only, one whole line each
//! control/inbox/  Command        viewers publish by rename; control/done/ holds the Answer
//! control/labels.json Labels      viewers only: tags and a note, replaced by rename
//! exit.json       Exit           worker's exit record, per incarnation; last-words.json beside the checkpoints where it could not be written
//! attacks/<ulid>/ AttackManifest, AttackStatus, AttackLine, Subjects
//! ```

pub mod attack;
pub mod attack_job;
pub mod binomial;
pub mod checkpoint;
pub mod clock;
pub mod command;
pub mod control;
pub mod digest;
pub mod dir;
pub mod discover;
pub mod ending;
pub mod error;
pub mod event;
pub mod files;
pub mod find;
pub mod fork;
pub mod health;
pub mod history;
pub mod imported;
pub mod job_worker;
pub mod journal;
pub mod labels;
pub mod launcher;
pub mod lock;
pub mod manifest;
pub mod markup;
pub mod metric;
pub mod names;
pub mod new_run;
pub mod order_syntax;
pub mod place;
pub mod process;
pub mod provenance;
pub mod remove;
pub mod resume;
pub mod revision;
pub mod schedule;
pub mod spawn;
pub mod state;
pub mod status;
pub mod text;
pub mod watch;
pub mod wilson;

#[cfg(test)]
pub mod testing;

pub use dir::RunDir;
pub use discover::{Discovery, LeftOut, discover, settled};
pub use error::RunError;
pub use history::History;
pub use journal::Budget;
pub use watch::RunReader;

/// The version of the layout that this program writes; a newer one is shown read-only.
pub const SCHEMA: u32 = 1;
