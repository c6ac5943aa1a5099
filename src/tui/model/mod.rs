//! What is shown: one row per run, and everything about the selected run. The watcher fills it and the state keeps it.
//! This folder may use `theme` and `plot`. Plain data and pure folds; no file is read here, and all text has
//! been cleaned of control characters.

pub mod activity;
mod attack_row;
pub mod charts;
pub mod commands;
pub mod config_value;
mod detail;
pub mod disambiguation;
pub mod facts;
pub mod filter;
pub mod news;
mod rows;
mod run_row;
mod seen;
pub mod sheet;
mod spec_row;
pub mod table;

pub use attack_row::{AttackRow, CellRow, GroupRow, Sample, SampleKey, SampleSeen};
pub use detail::{Detail, OverlaidRun};
pub use rows::{CheckpointRow, LogLine};
pub use run_row::{Imported, Parent, RunRow};
pub use seen::Seen;
pub use spec_row::{MissingData, SpecRow};
