//! The process that trains or attacks, and records what it does. One per run, detached from any terminal; the only
//! writer of the run directory's record.

mod ahead;
mod attacking;
pub mod bench;
mod controls;
mod earlier;
pub mod estimate;
pub mod footprint;
mod machine;
mod material;
mod memory;
mod patience;
mod recorder;
mod reserve;
mod saving;
mod selection;
mod signals;
mod training;
mod watching;

pub use attacking::{PassSeconds, attack, pass_seconds};
pub use training::{Begin, train};

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
