//! `spikedeck export`: a checkpoint's weights as safetensors under the reference's names, for PyTorch; or a run's
//! metrics as a table.

use super::{
    failure::{Code, usage},
    follow::caught_up,
    job::checkpoint_error,
    output::Output,
    target,
};
use crate::run::{
    RunDir,
    checkpoint::{self, MODEL},
    clock,
    files::publish,
    imported,
    metric::Metric,
    place::absolute,
};
use crate::tui::{
    TuiOptions,
    input::parse_keys,
    snapshot::{self, frame, keys_of},
};
use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

mod metrics;
pub(super) mod tensorboard;

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
    /// For a run: how its metrics are written; csv, json, tensorboard (into a folder), or svg or png, its charts as a picture
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
    Png,
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
    let to = file(&args.to, args.force)?;
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
    let to = match format {
        Format::Tensorboard => event_file(args)?,
        _ => file(&args.to, args.force)?,
    };
    let reader = caught_up(&RunDir::at(absolute(&args.from)?))?;
    let (history, dir) = (reader.history(), reader.dir());
    let rows = metrics::table(history);
    let bytes = match format {
        Format::Csv => metrics::csv(&rows, history.names()).into_bytes(),
        Format::Json => serde_json::to_vec(&json_of(dir, &rows)).context("the metrics")?,
        Format::Tensorboard => tensorboard::events(&rows, began(dir)),
        Format::Svg | Format::Png => picture(dir, format)?,
    };
    if let Some(folder) = to.parent().filter(|_| format == Format::Tensorboard) {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    publish(&to, &bytes)?;
    out.say(format!("wrote {}: {} steps", to.display(), rows.len()));
    out.answer(&json!({ "run": dir.path(), "to": to, "steps": rows.len() }));
    Ok(Code::Done)
}

/// The metrics; of an imported run also what they are called where they come from, and how it was configured there.
fn json_of(dir: &RunDir, rows: &[Metric]) -> Value {
    let mut value = metrics::json(dir.path(), rows);
    if let Some(from) = dir.header().ok().and_then(|h| h.imported) {
        let record = imported::record(dir.path());
        value["imported"] = json!(from);
        value["series"] = json!(record.series);
        value["configuration"] = json!(record.configuration);
    }
    value
}

/// TensorBoard reads folders: where one is given, the file in it, by a name that it looks for.
fn event_file(args: &ExportArgs) -> Result<PathBuf> {
    let is_file = |p: &Path| p.file_name().is_some_and(|n| n.to_string_lossy().contains("tfevents"));
    match is_file(&args.to) {
        true => file(&args.to, args.force),
        false => file(&args.to.join("events.out.tfevents.0.spikedeck"), args.force),
    }
}

/// The second since 1970 at which the run was created; 0 where it does not say.
fn began(run: &RunDir) -> f64 {
    let created = run.header().ok().and_then(|h| clock::parse(&h.created));
    created.map_or(0.0, |t| t.as_millisecond() as f64 / 1000.0)
}

/// Its charts, as the screen draws them.
fn picture(run: &RunDir, format: Format) -> Result<Vec<u8>> {
    let options = TuiOptions {
        roots: vec![run.path().to_path_buf()],
        ..TuiOptions::default()
    };
    let keys = parse_keys(keys_of("charts")?).map_err(|e| anyhow!(e))?;
    let (app, buffer) = frame(&options, (160, 45), &keys)?;
    match format {
        Format::Png => snapshot::png(&buffer, &app.theme),
        _ => Ok(snapshot::picture(&buffer, &app.theme).into_bytes()),
    }
}

/// Where to write, if that may be written and is no pickle by its name.
fn file(to: &Path, force: bool) -> Result<PathBuf> {
    let path = absolute(to)?;
    let shown = path.display();
    if path.extension().is_some_and(|e| e == "pth" || e == "pt") {
        return Err(usage(format!(
            "{shown}: what is written is safetensors, not a pickle; name it .safetensors and load it with safetensors.torch.load_file"
        )));
    }
    target::file(&path, "weights.safetensors", force)
}
