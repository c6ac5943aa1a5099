//! The hidden commands `worker` and `attack-worker`: what `train` and `attack` start. Not for direct use.

use super::{failure::Code, output::Output};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// The directory to work on.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// The run's or attack's directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Start again from step 0, whatever checkpoints there are
    #[arg(long)]
    from_scratch: bool,
    /// The folder that holds the data sets, where it has moved since
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Continue with the images that are there, though they are not those of before
    #[arg(long)]
    accept_data: bool,
}

/// Trains a run.
///
/// # Errors
/// When the run cannot be opened or has a worker already. What goes wrong later is in the run's record.
#[cfg(feature = "engine")]
pub fn train(args: &WorkerArgs, _out: Output) -> Result<Code> {
    let options = crate::worker::StartOptions {
        from_scratch: args.from_scratch,
        data: args.data.clone(),
        accept_data: args.accept_data,
    };
    crate::worker::train(&args.dir, &options).map(code)
}

/// Works on an attack.
///
/// # Errors
/// As [`train`].
#[cfg(feature = "engine")]
pub fn attack(args: &WorkerArgs, _out: Output) -> Result<Code> {
    crate::worker::attack(&args.dir).map(code)
}

#[cfg(feature = "engine")]
fn code(outcome: crate::run::status::Outcome) -> Code {
    match outcome {
        crate::run::status::Outcome::Failed => Code::Failed,
        _ => Code::Done,
    }
}

/// Refuses to train without a backend.
///
/// # Errors
/// Always.
#[cfg(not(feature = "engine"))]
pub fn train(args: &WorkerArgs, _out: Output) -> Result<Code> {
    Err(super::failure::viewer_only(&format!("train {}", args.dir.display())))
}

/// Refuses to attack without a backend.
///
/// # Errors
/// Always.
#[cfg(not(feature = "engine"))]
pub fn attack(args: &WorkerArgs, _out: Output) -> Result<Code> {
    Err(super::failure::viewer_only(&format!("attack {}", args.dir.display())))
}
