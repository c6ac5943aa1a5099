//! A run that another program recorded: a run directory of schema 1 whose `run.toml` names where it came from and has no
//! specification, because nobody knows one. It has ended, and no worker ever goes on with it.

use super::{
    RunDir, SCHEMA,
    clock::{self, Timestamp},
    dir::create_control,
    error::RunError,
    event::{Event, Happening},
    files::{create_folder, publish, publish_json, sync_folder},
    journal::Appender,
    metric::Metric,
    status::{Exit, Outcome, Phase, Status},
};
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
    /// When it began, RFC 3339 UTC.
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
    /// When it began, where that is known.
    pub began: Option<Timestamp>,
    /// What there is to remark on it.
    pub remark: String,
    /// The command line.
    pub argv: Vec<String>,
}

/// Makes the directory, which is not there or empty, of metrics with ascending steps. A run is there only when all of it
/// is: `run.toml` comes last.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(target: &Path, origin: &Origin, rows: impl Iterator<Item = Metric>) -> Result<RunDir, RunError> {
    create_folder(target)?;
    let run = RunDir::at(std::fs::canonicalize(target).map_err(RunError::io(target, "find"))?);
    create_control(run.path())?;
    create_folder(&run.attacks())?;
    let last = write_metrics(&run, rows)?;
    let began = origin.began.unwrap_or_else(clock::now);
    let ended = clock::later(began, last.wall).unwrap_or(began);
    write_events(&run, origin, &last, (began, ended))?;
    publish_json(&run.status(), &status(&last, ended))?;
    let exit = Exit {
        outcome: Outcome::Finished,
        time: clock::text(ended),
        step: last.step,
        incarnation: 1,
        why: String::new(),
    };
    publish_json(&run.exit(), &exit)?;
    let manifest = ImportedManifest {
        schema: SCHEMA,
        id: run.id(),
        name: origin.name.clone(),
        created: clock::text(began),
        version: env!("CARGO_PKG_VERSION").into(),
        argv: origin.argv.clone(),
        imported: origin.from.clone(),
    };
    let text = toml::to_string(&manifest).map_err(|e| RunError::damaged(&run.manifest(), e))?;
    publish(&run.manifest(), text.as_bytes())?;
    sync_folder(run.path())?;
    Ok(run)
}

/// Returns the last row.
fn write_metrics(run: &RunDir, rows: impl Iterator<Item = Metric>) -> Result<Metric, RunError> {
    let mut journal = Appender::open(&run.metrics())?;
    let mut last = Metric::default();
    for row in rows {
        journal.append(&row)?;
        last = row;
    }
    journal.sync()?;
    Ok(last)
}

fn write_events(
    run: &RunDir,
    origin: &Origin,
    last: &Metric,
    (began, ended): (Timestamp, Timestamp),
) -> Result<(), RunError> {
    let mut journal = Appender::open(&run.events())?;
    let event = |time, step, wall, what| Event {
        time: clock::text(time),
        step,
        wall,
        what,
    };
    let text = origin.remark.clone();
    journal.append(&event(began, 0, 0.0, Happening::Annotated { text }))?;
    let metrics = last.values.clone();
    journal.append(&event(ended, last.step, last.wall, Happening::Finished { metrics }))?;
    journal.sync()
}

/// What a worker would have said last. There was none, so that no process is named.
fn status(last: &Metric, ended: Timestamp) -> Status {
    Status {
        schema: SCHEMA,
        phase: Phase::Stopping,
        step: last.step,
        total_steps: last.step,
        epoch: last.epoch,
        epochs: last.epoch.ceil() as u64,
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
        coming: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Budget, RunReader, status::RunState, testing};

    #[test]
    fn an_imported_run_is_an_ended_one_with_a_history_and_without_a_specification() {
        let folder = tempfile::tempdir().unwrap();
        let origin = Origin {
            from: "/theirs/run7".into(),
            name: "run7".into(),
            began: clock::parse("2026-11-23T09:45:12Z"),
            remark: "imported".into(),
            argv: vec![],
        };
        let rows = [1, 5, 9].map(|step| testing::metric(step, "train.ce", 1.0 / step as f64));
        let run = write(&folder.path().join("new"), &origin, rows.into_iter()).unwrap();
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
    }
}
