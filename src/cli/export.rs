//! `spikedeck export`: a checkpoint's weights as safetensors under the reference's names, for PyTorch; a run's metrics as
//! a table; or an attack's results as a table.

use super::{
    failure::{Code, usage},
    output::Output,
    resolve::{self, checkpoint_error},
    target,
};
use crate::run::{
    RunDir, RunError,
    attack_job::AttackDir,
    checkpoint::{self, MODEL},
    files::save,
    place::absolute,
};
use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

mod attack;
mod metrics;
mod rows;
mod run_metrics;
pub(super) mod tensorboard;

/// Write a checkpoint's weights as safetensors, a run's metrics as a table, or an attack's results as a table
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// A checkpoint (its folder, or RUN:best, RUN:latest, RUN:STEP); with --format, a run (its path, name, short id or id) or
    /// an attack's folder
    #[arg(value_name = "CKPT|RUN|ATTACK")]
    from: PathBuf,
    /// The file to write; a run's csv and json and every table of an attack go to standard output without it
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Whose names the tensors get
    #[arg(long, value_enum, default_value_t = Names::Reference)]
    names: Names,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Of a run's metrics: csv, json, tensorboard (into a folder), or svg or png, its charts as a picture. Of an attack's
    /// results: csv, json, md, or latex
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Whose names the tensors get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Names {
    /// The state dict of the authors' code, with `num_batches_tracked`.
    Reference,
}

/// How a run's metrics or an attack's results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    #[value(alias = "markdown")]
    Md,
    #[value(alias = "tex")]
    Latex,
    Tensorboard,
    Svg,
    Png,
}

impl Format {
    fn word(self) -> String {
        self.to_possible_value()
            .map(|v| v.get_name().to_string())
            .unwrap_or_default()
    }
}

/// Does it.
///
/// # Errors
/// When there is no checkpoint, run or attack or it is damaged, and when the file is there already or cannot be written.
pub fn run(args: &ExportArgs, out: Output) -> Result<Code> {
    let path = args.from.display();
    // A path that is there is meant; else a name.
    let from = match (args.from.exists(), args.format) {
        (true, _) => args.from.clone(),
        (false, Some(_)) => resolve::job(&args.from)?,
        (false, None) => resolve::checkpoint(&args.from)?,
    };
    let args = &ExportArgs { from, ..args.clone() };
    let (is_run, is_attack) = (RunDir::is_run(&args.from), AttackDir::is_attack(&args.from));
    match (args.format, is_run, is_attack) {
        (Some(format), true, _) => run_metrics::export(args, format, out),
        (Some(format), false, true) => attack::export(args, format, out),
        (None, false, false) => weights(args, out),
        (None, true, _) => Err(usage(format!(
            "{path}: is a run; give one of its checkpoints, such as {path}:best, or --format csv for its metrics"
        ))),
        (None, false, true) => Err(usage(format!(
            "{path}: is an attack; give --format csv, md, latex or json for its results"
        ))),
        (Some(_), false, false) => Err(usage(format!(
            "{path}: is neither a run nor an attack; --format is for the metrics of a run or the results of an attack"
        ))),
    }
}

fn weights(args: &ExportArgs, out: Output) -> Result<Code> {
    let found = checkpoint::open(&args.from).map_err(|e| checkpoint_error(&args.from, e))?;
    let Some(to) = &args.to else {
        return Err(usage(
            "give the file to write with --to, such as --to weights.safetensors",
        ));
    };
    let to = file(to, args.force)?;
    // The engine saves under the reference's names, so an export is the file as it is, checked.
    let Names::Reference = args.names;
    let bytes = found.read_file(MODEL)?;
    let tensors = found.tensors(MODEL)?.tensors.len();
    save(&to, args.force, |file| file.write_all(&bytes))?;
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

/// Writes a text into the file that was asked for, or to standard output: then there is no answer beside it. What
/// `write` returns is handed back, with the file.
fn give<T>(
    args: &ExportArgs,
    out: Output,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> Result<Option<(PathBuf, T)>> {
    let Some(to) = &args.to else {
        if out.is_json() {
            return Err(usage(
                "--json answers on standard output, where the table would go too; give --to FILE",
            ));
        }
        to_output(write)?;
        return Ok(None);
    };
    let to = file(to, args.force)?;
    let value = save(&to, args.force, write)?;
    Ok(Some((to, value)))
}

/// A reader that has seen enough is no error, a full disk behind a redirection is.
fn to_output<T>(write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<()> {
    let mut to = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut to).and_then(|_| to.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(match e.downcast::<RunError>() {
            Ok(own) => own.into(),
            Err(e) => anyhow!(
                "standard output: cannot write: {e}; what went there is not whole: free some space, or send it elsewhere, \
                 and try again"
            ),
        }),
        _ => Ok(()),
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
