//! `spikedeck bench`: how fast this machine is.

use super::{
    failure::{Code, not_yet},
    output::Output,
};
use crate::spec::Experiment;
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
    /// cpu, flex, tch, tch:cuda:N or cuda:N
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

/// The specification that the arguments describe, on random images of CIFAR-10's shape.
///
/// # Errors
/// When the network or the recipe is unknown, or a number out of range.
fn spec(args: &BenchArgs) -> Result<Experiment> {
    let lambda = if matches!(args.recipe.as_str(), "sr" | "sr-at") {
        0.002
    } else {
        0.0
    };
    let text = toml::toml! {
        [data]
        name = "cifar-10"
        [network]
        classes = 10
        image = [3, 32, 32]
        mean = [0.5, 0.5, 0.5]
        std = [0.25, 0.25, 0.25]
    }
    .to_string();
    let quoted = |key: &str, value: &str| format!("{key}={}", toml::Value::String(value.into()));
    let set = vec![
        quoted("network.preset", &args.network),
        format!("network.steps={}", args.steps),
        format!("train.batch={}", args.batch),
        quoted("train.recipe", &args.recipe),
        quoted("train.device", &args.device),
        format!("objective.lambda={lambda}"),
    ];
    Ok(Experiment::parse(&text, "bench", "bench", &set)?)
}

#[cfg(feature = "engine")]
fn step(args: &BenchArgs, out: Output) -> Result<Code> {
    let spec = spec(args)?;
    let measured = crate::worker::bench::step(&spec)?;
    let rate = args.batch as f64 / measured.median;
    out.say(format!(
        "{} on {}: {rate:.1} images/s, {:.4} s per step of {} (10 % to 90 %: {:.4} to {:.4} s), {} steps, peak {} MiB",
        args.network,
        measured.device,
        measured.median,
        args.batch,
        measured.spread.0,
        measured.spread.1,
        measured.steps,
        measured.peak_bytes >> 20,
    ));
    out.answer(&serde_json::json!({
        "images_per_second": rate,
        "median_seconds": measured.median,
        "p10_seconds": measured.spread.0,
        "p90_seconds": measured.spread.1,
        "peak_bytes": measured.peak_bytes,
        "device": measured.device,
        "steps": measured.steps,
        "parameters": measured.parameters,
        "network": args.network,
        "T": args.steps,
        "batch": args.batch,
        "recipe": args.recipe,
    }));
    Ok(Code::Done)
}

#[cfg(not(feature = "engine"))]
fn step(args: &BenchArgs, _out: Output) -> Result<Code> {
    spec(args)?;
    Err(super::failure::viewer_only("measure a training step"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_describe_a_valid_specification() {
        for (network, recipe, good) in [
            ("small", "plain", true),
            ("vgg11", "sr", true),
            ("small", "at", true),
            ("vgg12", "sr", false),
            ("small", "x", false),
        ] {
            let args = BenchArgs {
                what: What::Step,
                network: network.into(),
                steps: 4,
                batch: 8,
                recipe: recipe.into(),
                device: "cpu".into(),
            };
            assert_eq!(spec(&args).is_ok(), good, "{network} {recipe}: {:?}", spec(&args).err());
        }
    }
}
