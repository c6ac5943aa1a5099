//! A launcher for tests: its workers are lines of a file beside the job. Nothing outside this folder knows of it.

use super::super::{Alive, Handle, How, Launcher, Task, Who, Worker};
use crate::run::error::RunError;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Workers as lines of a file: one lives as long as its line is there.
#[derive(Debug)]
pub struct Lines;

impl Launcher for Lines {
    fn kind(&self) -> &'static str {
        "lines"
    }

    fn start(&self, task: &Task) -> Result<Handle, RunError> {
        let file = task.job.join("workers");
        let mut text = std::fs::read_to_string(&file).unwrap_or_default();
        let line = format!("w{}", text.len());
        text.push_str(&line);
        text.push('\n');
        std::fs::write(&file, text).map_err(RunError::io(&file, "write"))?;
        Ok(Handle::new(self.kind(), &json!({ "file": file, "line": line })))
    }

    fn accepts(&self, handle: &Handle) -> bool {
        handle.fields.contains_key("line")
    }

    fn alive(&self, worker: &Worker) -> Alive {
        match std::fs::read_to_string(file(worker)) {
            Ok(text) if text.lines().any(|l| l == line(worker)) => Alive::Yes,
            Ok(_) => Alive::No,
            Err(_) => Alive::Unknown,
        }
    }

    fn is_reachable(&self, worker: &Worker) -> bool {
        file(worker).exists()
    }

    fn end(&self, _job: &Path, worker: &Worker, _how: How) -> Result<(), RunError> {
        let text = std::fs::read_to_string(file(worker)).unwrap_or_default();
        let left = text.lines().filter(|l| *l != line(worker)).map(|l| format!("{l}\n"));
        std::fs::write(file(worker), left.collect::<String>()).map_err(RunError::io(&file(worker), "write"))
    }

    fn describe(&self, worker: &Worker) -> Who {
        Who {
            name: format!("line {}", line(worker)),
            host: worker.reported.as_ref().map(|r| r.host.clone()).unwrap_or_default(),
        }
    }
}

fn file(worker: &Worker) -> PathBuf {
    PathBuf::from(field(worker, "file"))
}

fn line(worker: &Worker) -> &str {
    field(worker, "line")
}

fn field<'a>(worker: &'a Worker, name: &str) -> &'a str {
    worker
        .handle
        .fields
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
