//! `spikedeck export`: a checkpoint's weights as safetensors under the reference's names, for PyTorch; or a run's
//! metrics as a table.

use super::{
    failure::{Code, not_yet, usage},
    follow::caught_up,
    job::checkpoint_error,
    output::Output,
};
use crate::run::{
    History, RunDir,
    checkpoint::{self, MODEL},
    files::publish,
    metric::Metric,
    place::absolute,
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

mod metrics;

/// Write a checkpoint's weights as safetensors, named as in the authors' PyTorch code, or a run's metrics as a table
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A checkpoint's folder; with --format, a run's
    #[arg(value_name = "CKPT|RUN")]
    from: PathBuf,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Whose names the tensors get
    #[arg(long, value_enum, default_value_t = Names::Reference)]
    names: Names,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// For a run: how its metrics are written; csv or json
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Whose names the tensors get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Names {
    /// The state dict of the authors' code, with `num_batches_tracked`.
    Reference,
}

/// How a run's metrics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Tensorboard,
    Svg,
}

/// Does it.
///
/// # Errors
/// When there is no checkpoint or it is damaged, and when the file is there already.
pub fn run(args: &ExportArgs, out: Output) -> Result<Code> {
    let path = args.from.display();
    match (args.format, RunDir::is_run(&args.from)) {
        (None, false) => weights(args, out),
        (Some(format), true) => run_metrics(args, format, out),
        (None, true) => Err(usage(format!(
            "{path}: is a run; give one of its checkpoints, or --format csv for its metrics"
        ))),
        (Some(_), false) => Err(usage(format!(
            "{path}: is no run; --format is for the metrics of a run"
        ))),
    }
}

fn weights(args: &ExportArgs, out: Output) -> Result<Code> {
    let found = checkpoint::open(&args.from).map_err(|e| checkpoint_error(&args.from, e))?;
    let to = target(&args.to, args.force)?;
    // The engine saves under the reference's names, so an export is the file as it is, checked.
    let Names::Reference = args.names;
    let bytes = found.read_file(MODEL)?;
    let tensors = found.tensors(MODEL)?.tensors.len();
    publish(&to, &bytes)?;
    out.say(format!("wrote {}: {tensors} tensors", to.display()));
    out.note("load it in PyTorch with model.load_state_dict(safetensors.torch.load_file(FILE))");
    out.answer(&json!({
        "checkpoint": found.path(),
        "to": to,
        "tensors": tensors,
        "bytes": bytes.len(),
    }));
    Ok(Code::Done)
}

fn run_metrics(args: &ExportArgs, format: Format, out: Output) -> Result<Code> {
    let write: fn(&[Metric], &History, &RunDir) -> Result<String> = match format {
        Format::Csv => |rows, history, _| Ok(metrics::csv(rows, history.names())),
        Format::Json => |rows, _, run| serde_json::to_string(&metrics::json(run.path(), rows)).context("the metrics"),
        Format::Tensorboard => return Err(not_yet("--format tensorboard")),
        Format::Svg => return Err(not_yet("--format svg")),
    };
    let to = target(&args.to, args.force)?;
    let reader = caught_up(&RunDir::at(absolute(&args.from)?))?;
    let rows = metrics::table(reader.history());
    publish(&to, write(&rows, reader.history(), reader.dir())?.as_bytes())?;
    out.say(format!("wrote {}: {} steps", to.display(), rows.len()));
    out.answer(&json!({ "run": reader.dir().path(), "to": to, "steps": rows.len() }));
    Ok(Code::Done)
}

/// Where to write, if that may be written.
fn target(to: &Path, force: bool) -> Result<PathBuf> {
    let path = absolute(to)?;
    let shown = path.display();
    if path.extension().is_some_and(|e| e == "pth" || e == "pt") {
        return Err(usage(format!(
            "{shown}: what is written is safetensors, not a pickle; name it .safetensors and load it with safetensors.torch.load_file"
        )));
    }
    match std::fs::symlink_metadata(&path) {
        Ok(there) if there.is_dir() => Err(usage(format!(
            "{shown}: is a folder; give a file such as {shown}/weights.safetensors"
        ))),
        Ok(_) if !force => Err(usage(format!(
            "{shown}: is there already; choose another name, or replace it with --force"
        ))),
        _ => Ok(path),
    }
}
