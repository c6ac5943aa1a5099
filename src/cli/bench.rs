//! `spikedeck bench`: how fast this machine is.

use super::{
    data::info::FormatArg,
    failure::{Code, usage},
    output::Output,
    resolve,
};
use crate::{
    data::{info::Given, root},
    run::checkpoint,
    spec::{Experiment, LossTerm, Recipe},
    tui::bench::{PACE, Sizes, measure, synthetic},
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

mod ingest;
#[cfg(feature = "engine")]
mod speed;

/// Measure speed and memory of this machine
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What is measured
    #[arg(value_name = "WHAT")]
    pub what: What,
    /// ingest: recordings of events
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// ingest: read the files in this format, whatever their content looks like
    #[arg(long, value_name = "NAME")]
    pub format: Option<FormatArg>,
    /// A preset: small, vgg5, vgg11, … [default: small]
    #[arg(long, conflicts_with = "weights")]
    pub network: Option<String>,
    /// A checkpoint (its folder, or RUN:best, RUN:latest, RUN:STEP), to measure its trained network on its own training images: it fires otherwise than a new one
    #[arg(long, value_name = "CKPT")]
    pub weights: Option<PathBuf>,
    /// With --weights: the folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
    #[arg(long, value_name = "DIR", requires = "weights")]
    pub data: Option<PathBuf>,
    /// Time steps [default: 4, or the checkpoint's]
    #[arg(long = "T", value_name = "N")]
    pub steps: Option<usize>,
    /// Images per batch
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub batch: usize,
    /// plain, sr or at
    #[arg(long, default_value = "plain")]
    pub recipe: String,
    /// Change a key of the specification that is measured, such as train.checkpointing=true; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
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
    /// Reading recordings of events, given as files.
    Ingest,
    /// The screen: lists, charts, bytes.
    Tui,
}

/// Does it.
///
/// # Errors
/// What is not available, or needs a backend in a build without one.
pub fn run(args: &BenchArgs, out: Output) -> Result<Code> {
    if args.what != What::Ingest && !(args.files.is_empty() && args.format.is_none()) {
        return Err(usage("files and --format go with `bench ingest`"));
    }
    match args.what {
        What::Step | What::Attack | What::Evaluate => speed(args, out),
        What::Ingest => {
            let given = Given {
                format: args.format.map(|arg| arg.0),
                ..Given::default()
            };
            ingest::measure(&args.files, given, out)
        }
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
    let found = measure(&synthetic::manifest(spec(args)?)?, &sizes, &|what| out.say(what))?;
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

/// The specification that the arguments describe: a preset on random images of CIFAR-10's shape, or a checkpoint's.
///
/// # Errors
/// When the network or the recipe is unknown, a number out of range, or the checkpoint cannot be read.
fn spec(args: &BenchArgs) -> Result<Experiment> {
    // An unknown recipe is refused with the whole specification.
    let sparse = Recipe::named(&args.recipe).is_some_and(|r| r.has(LossTerm::Sparsity));
    let lambda = if sparse { 0.002 } else { 0.0 };
    let quoted = |key: &str, value: &str| format!("{key}={}", toml::Value::String(value.into()));
    let mut set = vec![
        format!("train.batch={}", args.batch),
        quoted("train.recipe", &args.recipe),
        quoted("train.device", &args.device),
        format!("objective.lambda={lambda}"),
    ];
    let text = match &args.weights {
        Some(folder) => {
            set.extend(args.steps.map(|t| format!("network.steps={t}")));
            toml::to_string(&checkpoint::open(&resolve::checkpoint(folder)?)?.meta.spec).context("its specification")?
        }
        None => {
            set.push(quoted("network.preset", args.network.as_deref().unwrap_or("small")));
            set.push(format!("network.steps={}", args.steps.unwrap_or(4)));
            PLAIN.into()
        }
    };
    for given in &args.set {
        refuse_contradiction(given, args.weights.is_some())?;
        set.push(given.clone());
    }
    Ok(Experiment::parse(&text, "bench", "bench", &set)?)
}

/// Keys that have an option of their own, which the answer repeats.
const SAID_BY: [(&str, &str); 5] = [
    ("train.batch", "--batch"),
    ("train.recipe", "--recipe"),
    ("train.device", "--device"),
    ("network.preset", "--network"),
    ("network.steps", "--T"),
];

/// Refuses a change that would make the answer name something else than what was measured.
fn refuse_contradiction(given: &str, trained: bool) -> Result<()> {
    let key = given.split('=').next().unwrap_or_default().trim();
    if let Some((_, option)) = SAID_BY.iter().find(|(said, _)| *said == key) {
        return Err(usage(format!("--set {key}: write {option}")));
    }
    if trained && key.starts_with("network.") {
        return Err(usage(format!(
            "--set {key}: with --weights the network is the checkpoint's"
        )));
    }
    Ok(())
}

/// What a preset is measured on.
const PLAIN: &str = r#"
[data]
name = "cifar-10"
[network]
classes = 10
image = [3, 32, 32]
mean = [0.5, 0.5, 0.5]
std = [0.25, 0.25, 0.25]
"#;

#[cfg(feature = "engine")]
fn speed(args: &BenchArgs, out: Output) -> Result<Code> {
    use crate::worker::bench::Subject;
    let spec = spec(args)?;
    let name = spec.network.label();
    let subject = match &args.weights {
        Some(folder) => Subject::trained(
            &resolve::checkpoint(folder)?,
            &root::resolve(args.data.as_deref()),
            spec,
        )?,
        None => Subject::random(spec)?,
    };
    speed::measure(args, &name, &subject, out)
}

#[cfg(not(feature = "engine"))]
fn speed(args: &BenchArgs, _out: Output) -> Result<Code> {
    spec(args)?;
    let _ = root::resolve(args.data.as_deref());
    Err(super::failure::viewer_only("measure a network"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_option_says_is_not_said_again() {
        for (given, trained, refused) in [
            ("train.precision=bf16", false, false),
            ("network.leak=0.5", false, false),
            ("network.leak=0.5", true, true),
            (" train.recipe = \"sr\"", false, true),
            ("network.steps=8", false, true),
        ] {
            assert_eq!(refuse_contradiction(given, trained).is_err(), refused, "{given}");
        }
    }

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
                files: Vec::new(),
                format: None,
                network: Some(network.into()),
                weights: None,
                data: None,
                steps: None,
                batch: 8,
                recipe: recipe.into(),
                device: "cpu".into(),
                set: vec!["train.checkpointing=true".into()],
                runs: 1,
                points: 1,
                growing: 1,
                seconds: 1.0,
            };
            assert_eq!(spec(&args).is_ok(), good, "{network} {recipe}: {:?}", spec(&args).err());
        }
    }
}
