//! `spikedeck pin`: keep a checkpoint when older ones are pruned.

use super::{
    failure::Code,
    output::Output,
    resolve::{self, checkpoint_error},
};
use crate::run::{checkpoint, place::absolute};
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Keep a checkpoint when its run prunes older ones
#[derive(Debug, Args)]
pub struct PinArgs {
    /// The checkpoint: its folder, or RUN:best, RUN:latest, RUN:STEP
    #[arg(value_name = "CKPT")]
    checkpoint: PathBuf,
    /// Take the pin away
    #[arg(long)]
    undo: bool,
}

/// Does it.
///
/// # Errors
/// When there is no checkpoint, or its folder cannot be written.
pub fn run(args: &PinArgs, out: Output) -> Result<Code> {
    let folder = resolve::checkpoint(&args.checkpoint)?;
    checkpoint::pin(&folder, !args.undo).map_err(|e| checkpoint_error(&args.checkpoint, e))?;
    let path = absolute(&folder)?;
    out.say(match args.undo {
        true => format!("not pinned any more: {}", path.display()),
        false => format!("pinned: {}", path.display()),
    });
    out.answer(&json!({ "checkpoint": path, "pinned": !args.undo }));
    Ok(Code::Done)
}
