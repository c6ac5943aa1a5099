//! `spikedeck bench`: how fast this machine is.

use super::{
    failure::{Code, not_yet},
    output::Output,
};
use anyhow::Result;
use clap::{Args, ValueEnum};

/// Measure speed and memory of this machine
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What is measured
    #[arg(value_name = "WHAT")]
    pub what: What,
    /// A preset: small, vgg5, vgg11, …
    #[arg(long, default_value = "small")]
    pub network: String,
    /// Time steps
    #[arg(long = "T", value_name = "N", default_value_t = 4)]
    pub steps: usize,
    /// Images per batch
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub batch: usize,
    /// plain, sr or at
    #[arg(long, default_value = "plain")]
    pub recipe: String,
    /// cpu, flex, tch or tch:cuda:N
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A training step.
    Step,
    /// An attack.
    #[value(hide = true)]
    Attack,
    /// Reading data.
    #[value(hide = true)]
    Ingest,
    /// Drawing the screen.
    #[value(hide = true)]
    Tui,
}

/// Does it.
///
/// # Errors
/// What is not available, or needs a backend in a build without one.
pub fn run(args: &BenchArgs, out: Output) -> Result<Code> {
    match args.what {
        What::Step => step(args, out),
        What::Attack => Err(not_yet("bench attack")),
        What::Ingest => Err(not_yet("bench ingest")),
        What::Tui => Err(not_yet("bench tui")),
    }
}

#[cfg(feature = "engine")]
fn step(_args: &BenchArgs, _out: Output) -> Result<Code> {
    // CALL SITE: the engine's benchmark of one training step, printed and answered through `out`.
    Err(not_yet("bench step"))
}

#[cfg(not(feature = "engine"))]
fn step(_args: &BenchArgs, _out: Output) -> Result<Code> {
    Err(super::failure::viewer_only("measure a training step"))
}
