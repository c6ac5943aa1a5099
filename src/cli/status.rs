//! `spikedeck status`: every run below some folders, on one line each.

use super::{failure::Code, follow::images_json, output::Output, resolve};
use crate::{
    run::{
        Discovery, LeftOut, RunDir, checkpoint,
        clock::{self, now},
        digest::{self, Depth, Digest},
        dir::Header,
        ending::Ending,
        error::RunError,
        health::Problem,
        imported,
        labels::Labels,
        launcher::Launch,
        manifest::Manifest,
        status::{Exit, RunState},
        text::clean,
        watch::state_by,
    },
    units::{seconds, significant},
};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};

/// The most characters of a reason that a line shows.
const LONGEST_REASON: usize = 160;

/// List the runs below folders, with their states
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Folders, or runs by their path, name, short id or id [default: .]
    #[arg(value_name = "DIR|RUN")]
    dirs: Vec<PathBuf>,
}

/// One run, for scripts and for people.
struct Described {
    value: Value,
    line: String,
}

/// Does it.
///
/// # Errors
/// When a folder or run is not there.
pub fn run(args: StatusArgs, out: Output) -> Result<Code> {
    let roots = match args.dirs.is_empty() {
        true => vec![PathBuf::from(".")],
        false => args.dirs.iter().map(|d| resolve::folder(d)).collect::<Result<_>>()?,
    };
    let mut discovery = Discovery::new(roots.clone());
    let found = discovery.look().to_vec();
    // Of runs that are named one by one everything is read.
    let depth = match roots.iter().all(|r| RunDir::is_run(r)) {
        true => Depth::All,
        false => Depth::Newest,
    };
    let runs = describe_all(&found, depth);
    if runs.is_empty() {
        out.say("no runs here; `spikedeck demo` makes one, `spikedeck train SPEC` another");
    }
    for run in &runs {
        out.say(&run.line);
    }
    let left_out = discovery.left_out();
    left_out.iter().for_each(|l| out.note(format!("note: {l}")));
    let left_out: Vec<Value> = left_out.iter().map(left_out_value).collect();
    let runs: Vec<Value> = runs.into_iter().map(|r| r.value).collect();
    out.answer(&json!({ "runs": runs, "left_out": left_out }));
    Ok(Code::Done)
}

fn left_out_value(left_out: &LeftOut) -> Value {
    json!({ "folder": left_out.folder, "folders": left_out.folders })
}

/// All of them, by as many threads as there are cores: a list waits for the disk most of the time.
fn describe_all(runs: &[PathBuf], depth: Depth) -> Vec<Described> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let part = runs.len().div_ceil(threads).max(1);
    let describe =
        |part: &[PathBuf]| -> Vec<Described> { part.iter().map(|p| describe(&RunDir::at(p), depth)).collect() };
    std::thread::scope(|scope| {
        let workers: Vec<_> = runs
            .chunks(part)
            .map(|part| scope.spawn(move || describe(part)))
            .collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_default()).collect()
    })
}

/// Reads a run, and says it for people and for scripts.
fn describe(dir: &RunDir, depth: Depth) -> Described {
    let read = ReadRun::of(dir, depth);
    Described {
        line: read.line().text(),
        value: read.value(),
    }
}

/// What was read of a run, and what follows from it.
struct ReadRun {
    dir: RunDir,
    header: Result<Header, RunError>,
    manifest: Result<Manifest, RunError>,
    digest: Digest,
    exit: Option<Exit>,
    state: RunState,
    labels: Labels,
    /// The newest value of each metric.
    latest: BTreeMap<String, f64>,
    reason: Option<String>,
}

impl ReadRun {
    fn of(dir: &RunDir, depth: Depth) -> ReadRun {
        let (header, manifest) = dir.read_both();
        let status = dir.read_status().ok().flatten();
        let digest = digest::read(dir, manifest.as_ref().ok(), status.as_ref(), depth);
        let launch = Launch::read(dir.path());
        let root = || header.as_ref().ok()?.checkpoints.clone();
        let ending = Ending::read(dir, status.as_ref(), launch.as_ref(), root);
        let state = state_by(ending.exit.as_ref(), status.as_ref(), launch.as_ref(), now());
        let history = &digest.history;
        // What is measured rarely stands in the last checkpoint's record, where the newest lines do not have it.
        let mut latest = history.last_checkpoint().map(|s| s.metrics.clone()).unwrap_or_default();
        latest.extend(history.latest());
        let waits = status.map(|s| s.problem).filter(|p| state.is_live() && !p.is_empty());
        let reason = match state {
            RunState::NoEnd => Some(no_end(ending.exit.as_ref().map(|e| e.time.as_str()))),
            _ => waits.or_else(|| ending.reason(dir, state)),
        };
        ReadRun {
            dir: dir.clone(),
            labels: Labels::read(dir),
            exit: ending.exit,
            header,
            manifest,
            digest,
            state,
            latest,
            reason,
        }
    }

    fn line(&self) -> Line<'_> {
        let history = &self.digest.history;
        Line {
            state: self.state,
            step: history.progress().step,
            epoch: history.progress().epoch,
            loss: self.latest.get("train.ce").copied(),
            accuracy: self.latest.get("val.accuracy").copied(),
            images: history.images().map(|i| i.validation),
            health: &self.digest.health,
            path: self.dir.path().display().to_string(),
            labels: &self.labels,
            reason: self.reason.as_deref(),
            lost: (self.digest.skipped_lines, self.digest.dropped_metrics),
        }
    }

    fn value(&self) -> Value {
        let (history, progress) = (&self.digest.history, self.digest.history.progress());
        let header = self.header.as_ref();
        let imported = header.ok().and_then(|h| h.imported.as_ref());
        let record = imported.map(|_| imported::record(self.dir.path()));
        json!({
            "run": self.dir.path(),
            "id": self.dir.id(),
            "name": header.map_or_else(|_| self.dir.id(), |h| h.name.clone()),
            "state": self.state,
            "step": progress.step,
            "epoch": progress.epoch,
            "total_steps": progress.total_steps,
            "metrics": self.latest,
            "images": history.images().map(images_json),
            "tested": history.tested(),
            "tunables": history.tunables(),
            "coming": if self.state.is_live() { history.scheduled() } else { &[] },
            "pinned": self.manifest.as_ref().map(pinned).unwrap_or_default(),
            "tags": self.labels.tags,
            "note": Some(&self.labels.note).filter(|n| !n.is_empty()),
            "health": self.digest.health,
            "reason": self.reason,
            "why": self.exit.as_ref().map(|e| &e.why).filter(|w| !w.is_empty()),
            "imported": imported,
            "last_written": self.exit.as_ref().map(|e| &e.time).filter(|_| record.is_some()),
            "series": record.as_ref().map(|r| &r.series),
            "configuration": record.as_ref().map(|r| &r.configuration),
            "skipped_lines": self.digest.skipped_lines,
            "dropped_metrics": self.digest.dropped_metrics,
            "record_read": if self.digest.whole { "whole" } else { "end" },
            "problem": header.err().map(|e| e.to_string()),
        })
    }
}

/// The run's checkpoints that pruning leaves alone.
fn pinned(manifest: &Manifest) -> Vec<PathBuf> {
    let mut found = checkpoint::list(&manifest.checkpoints);
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

/// What stands on a run's line.
struct Line<'a> {
    state: RunState,
    step: u64,
    epoch: f64,
    loss: Option<f64>,
    accuracy: Option<f64>,
    /// Validation images, where that is known.
    images: Option<u64>,
    health: &'a [Problem],
    path: String,
    labels: &'a Labels,
    reason: Option<&'a str>,
    /// Lines skipped and values dropped.
    lost: (u64, u64),
}

impl Line<'_> {
    /// One line whatever the folder, the tags and the reason hold.
    fn text(&self) -> String {
        let metric = |value: Option<f64>, short: &str| match value {
            Some(value) => format!("  {short} {}", significant(value)),
            None => String::new(),
        };
        let mut text = format!(
            "{:<8}  step {:>7}  epoch {:>6.2}{}{}",
            self.state.label(),
            self.step,
            self.epoch,
            metric(self.loss, "CE"),
            metric(self.accuracy, "validation"),
        );
        if let (Some(_), Some(n)) = (self.accuracy, self.images) {
            text.push_str(&format!(" (n {n})"));
        }
        for problem in self.health {
            text.push_str(&format!("  {} {}", problem.kind.sign(), problem.kind.label()));
        }
        text.push_str("  ");
        text.push_str(&self.path);
        for tag in &self.labels.tags {
            text.push_str(&format!("  #{tag}"));
        }
        if !self.labels.note.is_empty() {
            text.push_str(&format!("  \"{}\"", self.labels.note));
        }
        if let Some(reason) = self.reason {
            let short: String = reason.chars().take(LONGEST_REASON).collect();
            let cut = if short.len() < reason.len() { "…" } else { "" };
            text.push_str(&format!("  ({short}{cut})"));
        }
        let (lines, values) = self.lost;
        if lines > 0 {
            text.push_str(&format!("  [{lines} unreadable lines skipped]"));
        }
        if values > 0 {
            text.push_str(&format!(
                "  [{values} values of too many or too long metric names dropped]"
            ));
        }
        clean(&text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{files::publish_json, labels, testing};

    #[test]
    fn a_line_is_one_line_whatever_a_folder_a_note_and_a_reason_hold() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = testing::manifest("20261123-094512-here-0abc");
        let made = RunDir::create(folder.path(), &manifest).unwrap();
        let odd = folder.path().join("a\n\x1b[31mred");
        std::fs::rename(made.path(), &odd).unwrap();
        let run = RunDir::at(odd);
        std::fs::write(
            run.exit(),
            r#"{"outcome":"failed","time":"","step":3,"incarnation":1,"why":"no\n\u001b[2Jdata"}"#,
        )
        .unwrap();
        publish_json(
            &run.labels(),
            &Labels {
                note: "two\nlines".into(),
                ..Labels::default()
            },
        )
        .unwrap();
        std::fs::write(run.metrics(), "nonsense\n").unwrap();
        let described = describe(&run, Depth::Newest);
        let line = described.line;
        assert!(!line.chars().any(char::is_control), "{line:?}");
        for words in [
            "failed",
            "␛[31mred",
            "two␊lines",
            "(no␊␛[2Jdata)",
            "[1 unreadable lines skipped]",
        ] {
            assert!(line.contains(words), "{words}: {line}");
        }
        assert_eq!(described.value["skipped_lines"], 1);
        assert_eq!(described.value["health"], json!([]));
        assert!(labels::tag("a\nb").is_err());
    }

    #[test]
    fn many_runs_are_described_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let runs: Vec<PathBuf> = (0..37)
            .map(|n| {
                let manifest = testing::manifest(&format!("20261123-0945{n:02}-here-0abc"));
                RunDir::create(folder.path(), &manifest).unwrap().path().to_path_buf()
            })
            .collect();
        let described = describe_all(&runs, Depth::Newest);
        let dirs: Vec<&str> = described.iter().filter_map(|d| d.value["run"].as_str()).collect();
        assert_eq!(dirs, runs.iter().map(|r| r.to_str().unwrap()).collect::<Vec<_>>());
        assert!(
            described
                .iter()
                .all(|d| d.value["state"] == "queued" && d.value["reason"].is_null())
        );
    }
}
