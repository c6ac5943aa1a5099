//! `spikedeck status`: every run below some folders, on one line each.

use super::{
    failure::{Code, usage},
    output::Output,
};
use crate::{
    run::{
        History, RunDir, checkpoint,
        clock::{self, now},
        discover, imported,
        journal::{last_lines, read_all},
        labels::Labels,
        metric::Metric,
        status::RunState,
        watch::state_of,
    },
    units::{seconds, significant},
};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Bytes of a run's newest metrics that are read: some hundred steps.
const NEWEST: u64 = 256 << 10;

/// List the runs below folders, with their states
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Folders, or runs [default: .]
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,
}

/// Does it.
///
/// # Errors
/// When a folder is not there.
pub fn run(args: StatusArgs, out: Output) -> Result<Code> {
    let roots = if args.dirs.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        args.dirs
    };
    if let Some(missing) = roots.iter().find(|r| !r.is_dir()) {
        return Err(usage(format!("{}: no such folder", missing.display())));
    }
    let runs: Vec<Value> = discover(&roots).iter().map(|p| describe(&RunDir::at(p))).collect();
    if runs.is_empty() {
        out.say("no runs here; `spikedeck demo` makes one, `spikedeck train SPEC` another");
    }
    for run in &runs {
        out.say(line(run));
    }
    out.answer(&json!({ "runs": runs }));
    Ok(Code::Done)
}

/// One run as scripts see it.
pub fn describe(dir: &RunDir) -> Value {
    let mut history = dir
        .read_manifest()
        .map_or_else(|_| History::default(), |m| History::of(&m));
    let mut metrics = last_lines::<Metric>(&dir.metrics(), NEWEST);
    if metrics.is_empty() {
        // Just rotated, or none yet.
        metrics = read_all(&dir.metrics());
    }
    metrics.iter().for_each(|m| history.apply_metric(m));
    read_all(&dir.events()).iter().for_each(|e| history.apply_event(e));
    if let Ok(Some(status)) = dir.read_status() {
        history.apply_status(&status);
    }
    let (header, labels) = (dir.header(), Labels::read(dir));
    let exit = dir.read_exit().ok().flatten();
    let imported = header.as_ref().ok().and_then(|h| h.imported.clone());
    let record = imported.as_ref().map(|_| imported::record(dir.path()));
    // What is measured rarely stands in the last checkpoint's record, where the newest lines do not have it.
    let mut latest = history.last_checkpoint().map(|s| s.metrics.clone()).unwrap_or_default();
    latest.extend(history.latest());
    json!({
        "run": dir.path(),
        "name": header.as_ref().map_or_else(|_| dir.id(), |h| h.name.clone()),
        "state": state_of(dir, now()),
        "step": history.progress().step,
        "epoch": history.progress().epoch,
        "total_steps": history.progress().total_steps,
        "metrics": latest,
        "tunables": history.tunables(),
        "coming": if state_of(dir, now()).is_live() { history.coming() } else { &[] },
        "pinned": pinned(dir),
        "tags": labels.tags,
        "note": Some(labels.note).filter(|n| !n.is_empty()),
        "why": exit.as_ref().map(|e| e.why.clone()).filter(|w| !w.is_empty()),
        "imported": imported,
        "last_written": exit.filter(|_| record.is_some()).map(|e| e.time),
        "series": record.as_ref().map(|r| &r.series),
        "configuration": record.as_ref().map(|r| &r.configuration),
        "problem": header.err().map(|e| e.to_string()),
    })
}

/// The run's checkpoints that pruning leaves alone.
fn pinned(dir: &RunDir) -> Vec<PathBuf> {
    let root = dir.read_manifest().map(|m| m.checkpoints).unwrap_or_default();
    let mut found = checkpoint::list(&root);
    found.retain(|c| checkpoint::is_pinned(c));
    found
}

/// `no end recorded; last written 3 h ago`.
pub(super) fn no_end(last_written: Option<&str>) -> String {
    let ago = last_written
        .and_then(clock::parse)
        .map(|last| clock::seconds_between(last, now()));
    match ago.filter(|ago| *ago >= 0.0) {
        Some(ago) => format!("no end recorded; last written {} ago", seconds(ago)),
        None => "no end recorded".into(),
    }
}

fn line(run: &Value) -> String {
    let text = |key: &str| run[key].as_str().unwrap_or_default().to_string();
    let metric = |key: &str, short: &str| match run["metrics"][key].as_f64() {
        Some(value) => format!("  {short} {}", significant(value)),
        None => String::new(),
    };
    let tags = run["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let tags: String = tags.map(|t| format!("  #{t}")).collect();
    let end = match run["state"].as_str() == Some(RunState::NoEnd.word()) {
        true => format!("  {}", no_end(run["last_written"].as_str())),
        false => String::new(),
    };
    format!(
        "{:<8}  step {:>7}  epoch {:>6.2}{}{}  {}{tags}{end}",
        text("state"),
        run["step"].as_u64().unwrap_or(0),
        run["epoch"].as_f64().unwrap_or(0.0),
        metric("train.ce", "CE"),
        metric("val.accuracy", "validation"),
        text("run"),
    )
}
