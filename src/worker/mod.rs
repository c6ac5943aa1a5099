//! The process that trains or attacks, and records what it does. One per run, detached from any terminal; the only
//! writer of the run directory's record.

mod attacking;
pub mod bench;
mod checkpoint_io;
mod controls;
mod data_splits;
mod disk_reserve;
pub mod estimate;
pub mod footprint;
mod health_checks;
mod out_of_memory;
mod prefetch;
mod prior_record;
mod progress;
mod provenance;
mod recorder;
mod resource_usage;
mod retry;
mod selection;
mod signals;
mod training;

pub use attacking::{PassSeconds, attack, pass_seconds};
pub use training::{StartOptions, train};

/// Writes a line to the worker's log, as far as there is room for it: a disk that is full is no reason to end.
fn log(line: std::fmt::Arguments<'_>) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An error and its causes in one line, without the causes that a message above them has already told.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
