//! `spikedeck checkpoint`: which checkpoints a run has, what is in one, how far two are apart, and which may go.

mod list;
mod prune;
mod tensors;

use super::{failure::Code, output::Output};
use anyhow::Result;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// List a run's checkpoints, look into them, compare two, remove old ones
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    #[command(subcommand)]
    command: CheckpointCommand,
}

#[derive(Debug, Subcommand)]
enum CheckpointCommand {
    /// A run's checkpoints: step, size, accuracy, pins, and whether they are whole
    List {
        /// The run: its path, name, short id or id
        #[arg(value_name = "RUN")]
        run: PathBuf,
        /// Compare every file with its checksum
        #[arg(long)]
        verify: bool,
    },
    /// A checkpoint's tensors: shape, norm, maximum, share of zeros
    Tensors {
        /// The checkpoint: its folder, or RUN:best, RUN:latest, RUN:STEP
        #[arg(value_name = "CKPT")]
        checkpoint: PathBuf,
        /// The optimiser's instead of the network's
        #[arg(long)]
        optimizer: bool,
    },
    /// How far two checkpoints are apart, tensor by tensor
    Diff {
        /// The one that changes are measured against
        #[arg(value_name = "CKPT")]
        first: PathBuf,
        /// The other
        #[arg(value_name = "CKPT")]
        second: PathBuf,
    },
    /// Remove all but a run's newest checkpoints, its best and pinned ones; without --yes only say which
    Prune {
        /// The run: its path, name, short id or id
        #[arg(value_name = "RUN")]
        run: PathBuf,
        /// So many of the newest stay
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        keep: u32,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

/// Does it.
///
/// # Errors
/// When there is no run or checkpoint, it is damaged, or a worker has the run.
pub fn run(args: &CheckpointArgs, out: Output) -> Result<Code> {
    match &args.command {
        CheckpointCommand::List { run, verify } => list::list(run, *verify, out),
        CheckpointCommand::Tensors { checkpoint, optimizer } => tensors::show(checkpoint, *optimizer, out),
        CheckpointCommand::Diff { first, second } => tensors::diff(first, second, out),
        CheckpointCommand::Prune { run, keep, yes } => prune::prune(run, *keep as usize, *yes, out),
    }
}
