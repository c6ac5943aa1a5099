//! `spikedeck bench`: how fast this machine is.

use super::{
    failure::{Code, not_yet, usage},
    output::Output,
};
use crate::{
    spec::Experiment,
    tui::bench::{PACE, Sizes, measure, workshop},
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
    /// tui: runs in the list
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub runs: usize,
    /// tui: points of the long run
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    pub points: usize,
    /// tui: runs that grow at once
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub growing: usize,
    /// tui: seconds of each timed scene
    #[arg(long, value_name = "S", default_value_t = 10.0)]
    pub seconds: f64,
    /// cpu, flex, tch, tch:cuda:N or cuda:N
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A training step.
    Step,
    /// PGD-10 at 8/255 on one batch.
    Attack,
    /// The forward pass that accuracies are counted by.
    Evaluate,
    /// Reading data.
    #[value(hide = true)]
    Ingest,
    /// The screen: lists, charts, bytes.
    Tui,
}

/// Does it.
///
/// # Errors
/// What is not available, or needs a backend in a build without one.
pub fn run(args: &BenchArgs, out: Output) -> Result<Code> {
    match args.what {
        What::Step => step(args, out),
        What::Attack => attack(args, out),
        What::Evaluate => evaluate(args, out),
        What::Ingest => Err(not_yet("bench ingest")),
        What::Tui => tui(args, out),
    }
}

/// The screen on made-up runs.
fn tui(args: &BenchArgs, out: Output) -> Result<Code> {
    if !(1.0..=3600.0).contains(&args.seconds) {
        return Err(usage("--seconds: from 1 to 3600"));
    }
    if args.runs == 0 || args.runs > 9999 || args.points == 0 || args.growing == 0 || args.growing > 64 {
        return Err(usage("--runs from 1 to 9999, --points from 1, --growing from 1 to 64"));
    }
    let sizes = Sizes {
        runs: args.runs,
        points: args.points,
        growing: args.growing,
        seconds: args.seconds,
    };
    let found = measure(&workshop::manifest(spec(args)?)?, &sizes, &|what| out.say(what))?;
    let (list, long, growing, steady) = (&found.list, &found.long, &found.growing, &found.steady);
    out.say(format!(
        "{} runs: first screen after {:.2} s, then {:.2} % of a core at rest\n\
         {} points ({:.0} MB): open after {:.2} s; a frame at 200x60 in {:.1} ms (worst {:.1}), one chart {:.1} ms (worst \
         {:.1}); {:.0} MB of memory at most\n\
         {} runs growing by {PACE} lines/s each: {:.1} % of a core, data at most {:.2} s old\n\
         one growing run at 160x45: {:.2} kB/s in {:.1} frames/s, data at most {:.2} s old",
        list.runs,
        list.first_screen_seconds,
        100.0 * list.idle_cpu,
        long.points,
        long.bytes as f64 / 1e6,
        long.open_seconds,
        long.grid_ms.0,
        long.grid_ms.1,
        long.chart_ms.0,
        long.chart_ms.1,
        long.peak_bytes as f64 / 1e6,
        growing.runs,
        100.0 * growing.cpu,
        growing.worst_age_seconds,
        steady.bytes_per_second / 1e3,
        steady.frames_per_second,
        steady.worst_age_seconds,
    ));
    out.answer(&serde_json::to_value(&found)?);
    Ok(Code::Done)
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
    let measured = crate::worker::bench::step(&spec(args)?)?;
    out.say(sentence(args, &measured, "step"));
    let mut answer = figures(args, &measured);
    answer["steps"] = measured.repeats.into();
    out.answer(&answer);
    Ok(Code::Done)
}

#[cfg(feature = "engine")]
fn attack(args: &BenchArgs, out: Output) -> Result<Code> {
    use crate::worker::bench::{ATTACK, attack};
    let measured = attack(&spec(args)?)?;
    out.say(sentence(
        args,
        &measured.all_steps,
        &format!("{ATTACK}, all steps of all images,"),
    ));
    out.say(sentence(args, &measured.as_job, &format!("{ATTACK} as in a job")));
    let mut answer = figures(args, &measured.all_steps);
    answer["attack"] = ATTACK.to_string().into();
    answer["repeats"] = measured.all_steps.repeats.into();
    answer["as_job"] = serde_json::json!({
        "images_per_second": args.batch as f64 / measured.as_job.median,
        "median_seconds": measured.as_job.median,
    });
    out.answer(&answer);
    Ok(Code::Done)
}

#[cfg(feature = "engine")]
fn evaluate(args: &BenchArgs, out: Output) -> Result<Code> {
    let measured = crate::worker::bench::evaluate(&spec(args)?)?;
    out.say(sentence(args, &measured, "forward pass"));
    let mut answer = figures(args, &measured);
    answer["repeats"] = measured.repeats.into();
    out.answer(&answer);
    Ok(Code::Done)
}

#[cfg(feature = "engine")]
fn sentence(args: &BenchArgs, measured: &crate::worker::bench::Bench, what: &str) -> String {
    format!(
        "{} on {}: {:.1} images/s, {:.4} s per {what} of {} (10 % to 90 %: {:.4} to {:.4} s), {} times, peak {} MiB",
        args.network,
        measured.device,
        args.batch as f64 / measured.median,
        measured.median,
        args.batch,
        measured.spread.0,
        measured.spread.1,
        measured.repeats,
        measured.peak_bytes >> 20,
    )
}

#[cfg(feature = "engine")]
fn figures(args: &BenchArgs, measured: &crate::worker::bench::Bench) -> serde_json::Value {
    serde_json::json!({
        "images_per_second": args.batch as f64 / measured.median,
        "median_seconds": measured.median,
        "p10_seconds": measured.spread.0,
        "p90_seconds": measured.spread.1,
        "peak_bytes": measured.peak_bytes,
        "device": measured.device,
        "parameters": measured.parameters,
        "network": args.network,
        "T": args.steps,
        "batch": args.batch,
        "recipe": args.recipe,
    })
}

#[cfg(not(feature = "engine"))]
fn step(args: &BenchArgs, _out: Output) -> Result<Code> {
    spec(args)?;
    Err(super::failure::viewer_only("measure a training step"))
}

#[cfg(not(feature = "engine"))]
fn attack(args: &BenchArgs, _out: Output) -> Result<Code> {
    spec(args)?;
    Err(super::failure::viewer_only("measure an attack"))
}

#[cfg(not(feature = "engine"))]
fn evaluate(args: &BenchArgs, _out: Output) -> Result<Code> {
    spec(args)?;
    Err(super::failure::viewer_only("measure a forward pass"))
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
                runs: 1,
                points: 1,
                growing: 1,
                seconds: 1.0,
            };
            assert_eq!(spec(&args).is_ok(), good, "{network} {recipe}: {:?}", spec(&args).err());
        }
    }
}
