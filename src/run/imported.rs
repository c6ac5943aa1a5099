//! A run that another program recorded: a run directory of schema 1 whose `run.toml` names where it came from and has no
//! specification, because nobody knows one. No worker ever continues with it.

mod folder;
mod record;

pub use record::{Record, Series, record};

use super::{
    RunDir, SCHEMA,
    clock::{self, Timestamp},
    dir::create_control,
    error::RunError,
    event::{Event, EventKind},
    files::{create_folder, publish, publish_json, sync_folder},
    journal::Appender,
    metric::Metric,
    status::{Exit, Outcome, Phase, Status},
};
use folder::Draft;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// `run.toml` of such a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedManifest {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// The last component of its directory.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it started, RFC 3339 UTC.
    pub created: String,
    /// Version of the program that imported it.
    pub version: String,
    /// The command line.
    pub argv: Vec<String>,
    /// The file or folder that it was read from, absolute; a run with this has no specification.
    pub imported: PathBuf,
}

/// What is known of such a run beside its metrics.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The file or folder that it was read from, absolute.
    pub from: PathBuf,
    /// What it is called.
    pub name: String,
    /// When it started, where that is known.
    pub started: Option<Timestamp>,
    /// How it ended: [`Outcome::NoEnd`] where its files do not say.
    pub outcome: Outcome,
    /// What there is to remark on it.
    pub remark: String,
    /// The command line.
    pub argv: Vec<String>,
    /// What its metrics are called there, and how it was configured.
    pub record: Record,
}

/// Makes the directory of metrics with ascending steps. A run is there only when all of it is, and nothing is left behind
/// where it cannot be. With `replace`, an earlier import of the same files that is in its place goes once the new one is
/// whole; tags and note stay.
///
/// # Errors
/// When the folder cannot be written, or what is there is not to be replaced.
pub fn write(
    target: &Path,
    origin: &Origin,
    rows: impl Iterator<Item = Metric>,
    replace: bool,
) -> Result<RunDir, RunError> {
    let draft = Draft::begin(target, replace.then_some(origin.from.as_path()))?;
    fill(&RunDir::at(draft.path()), &draft.id(), origin, rows)?;
    draft.publish().map(RunDir::at)
}

fn fill(run: &RunDir, id: &str, origin: &Origin, rows: impl Iterator<Item = Metric>) -> Result<(), RunError> {
    create_control(run.path())?;
    create_folder(&run.attacks())?;
    let last = write_metrics(run, rows)?;
    let started = origin.started.unwrap_or_else(clock::now);
    let ended = clock::later(started, last.wall).unwrap_or(started);
    write_events(run, origin, &last, (started, ended))?;
    publish_json(&run.status(), &status(&last, origin.outcome, ended))?;
    let exit = Exit {
        outcome: origin.outcome,
        time: clock::text(ended),
        step: last.step,
        incarnation: 1,
        why: match origin.outcome {
            Outcome::NoEnd => format!("no end recorded; last written {}", clock::text(ended)),
            _ => String::new(),
        },
    };
    publish_json(&run.exit(), &exit)?;
    publish_json(&record::file(run), &origin.record)?;
    let manifest = ImportedManifest {
        schema: SCHEMA,
        id: id.to_string(),
        name: origin.name.clone(),
        created: clock::text(started),
        version: env!("CARGO_PKG_VERSION").into(),
        argv: origin.argv.clone(),
        imported: origin.from.clone(),
    };
    let text = toml::to_string(&manifest).map_err(|e| RunError::damaged(&run.manifest(), e))?;
    publish(&run.manifest(), text.as_bytes())?;
    sync_folder(run.path())
}

/// Returns the last row.
fn write_metrics(run: &RunDir, rows: impl Iterator<Item = Metric>) -> Result<Metric, RunError> {
    let mut journal = Appender::open(&run.metrics())?;
    let mut last = Metric::default();
    for row in rows {
        journal.append(&row)?;
        let wall = last.wall.max(row.wall);
        last = Metric { wall, ..row };
    }
    journal.sync()?;
    Ok(last)
}

fn write_events(
    run: &RunDir,
    origin: &Origin,
    last: &Metric,
    (started, ended): (Timestamp, Timestamp),
) -> Result<(), RunError> {
    let mut journal = Appender::open(&run.events())?;
    let event = |time, step, wall, what| Event {
        time: clock::text(time),
        step,
        wall,
        what,
    };
    let text = origin.remark.clone();
    journal.append(&event(started, 0, 0.0, EventKind::Annotated { text }))?;
    let metrics = last.values.clone();
    let end = match origin.outcome {
        Outcome::Finished => Some(EventKind::Finished { metrics, tested: None }),
        Outcome::Failed => Some(EventKind::Failed {
            why: "its files say that it failed".into(),
        }),
        Outcome::Stopped | Outcome::NoEnd => None,
    };
    if let Some(end) = end {
        journal.append(&event(ended, last.step, last.wall, end))?;
    }
    journal.sync()
}

/// What a worker would have said last. There was none, so that no process is named; how long the run was to be is known
/// only of one that finished.
fn status(last: &Metric, outcome: Outcome, ended: Timestamp) -> Status {
    let is_whole = outcome == Outcome::Finished;
    Status {
        schema: SCHEMA,
        phase: Phase::Stopping,
        step: last.step,
        total_steps: if is_whole { last.step } else { 0 },
        epoch: last.epoch,
        epochs: if is_whole { last.epoch.ceil() as u64 } else { 0 },
        rate: 0.0,
        eta: 0.0,
        time: clock::text(ended),
        uptime: 0.0,
        problem: String::new(),
        host: String::new(),
        boot: String::new(),
        pid: 0,
        process_start: 0,
        device: String::new(),
        incarnation: 1,
        next_report_s: 0.0,
        tunables: BTreeMap::new(),
        scheduled: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Budget, RunReader, status::RunState, testing};

    pub(super) fn origin(from: &str, outcome: Outcome) -> Origin {
        Origin {
            from: from.into(),
            name: "run7".into(),
            started: clock::parse("2026-11-23T09:45:12Z"),
            outcome,
            remark: "imported".into(),
            argv: vec![],
            record: Record::default(),
        }
    }

    #[test]
    fn an_imported_run_has_a_history_and_no_specification_and_ended_only_if_its_files_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let origin = origin("/theirs/run7", Outcome::Finished);
        let rows = || {
            [1, 5, 9]
                .map(|step| testing::metric(step, "train.ce", 1.0 / step as f64))
                .into_iter()
        };
        let run = write(&folder.path().join("new"), &origin, rows(), false).unwrap();
        let mut reader = RunReader::open(run.path()).unwrap();
        reader.poll(Budget::ALL);
        assert_eq!(reader.state(clock::now()), RunState::Finished);
        let series = reader.history().series("train.ce").unwrap();
        assert_eq!(series.iter().map(|p| p.step).collect::<Vec<_>>(), [1, 5, 9]);
        let header = run.header().unwrap();
        assert_eq!((header.id.as_str(), header.name.as_str()), ("new", "run7"));
        assert_eq!(header.created, "2026-11-23T09:45:12.000Z");
        assert_eq!(header.imported.as_deref(), Some(Path::new("/theirs/run7")));
        let said = run.read_manifest().unwrap_err().to_string();
        assert!(
            said.contains("/theirs/run7") && said.contains("no specification"),
            "{said}"
        );
        assert_eq!(run.read_exit().unwrap().unwrap().time, "2026-11-23T09:45:21.000Z");
        let open = Origin {
            outcome: Outcome::NoEnd,
            ..origin
        };
        let run = write(&folder.path().join("open"), &open, rows(), false).unwrap();
        let mut reader = RunReader::open(run.path()).unwrap();
        reader.poll(Budget::ALL);
        assert_eq!(reader.state(clock::now()), RunState::NoEnd);
        assert_eq!(
            (
                reader.history().progress().step,
                run.read_status().unwrap().unwrap().total_steps
            ),
            (9, 0)
        );
        let why = run.read_exit().unwrap().unwrap().why;
        assert_eq!(why, "no end recorded; last written 2026-11-23T09:45:21.000Z");
    }
}
