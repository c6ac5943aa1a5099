//! A run's directory: where each of its files lies, how one is created, opened and recognised.

use super::{
    SCHEMA,
    error::RunError,
    files::{SMALL, create_folder, create_owned_folder, create_private_folder, publish, read_inside, read_json},
    lock::RunLock,
    manifest::Manifest,
    names,
    status::{Exit, Status},
};
use std::path::{Path, PathBuf};

/// The path of a run, with the names of what lies in it. Holds nothing open and remembers nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunDir {
    path: PathBuf,
}

/// What even a newer program's `run.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The layout's version.
    pub schema: u64,
    /// The run's id.
    pub id: String,
    /// The experiment's name.
    pub name: String,
    /// When it was created, RFC 3339 UTC; may be empty.
    pub created: String,
    /// The checkpoint that it continued from.
    pub parent: Option<PathBuf>,
    /// Whether with its step and optimiser, and not with its weights alone.
    pub fork: bool,
    /// The folder of its checkpoints.
    pub checkpoints: Option<PathBuf>,
    /// What it was imported from, where another program recorded it: it has no specification then.
    pub imported: Option<PathBuf>,
}

impl RunDir {
    /// The run at `path`, unchecked.
    pub fn at(path: impl Into<PathBuf>) -> RunDir {
        RunDir { path: path.into() }
    }

    /// Creates `parent/<manifest.id>` with everything a worker needs to begin; durable when it returns.
    ///
    /// # Errors
    /// When something of that name exists (nothing is ever overwritten) or the folder cannot be written.
    pub fn create(parent: &Path, manifest: &Manifest) -> Result<RunDir, RunError> {
        create_folder(parent)?;
        let parent = std::fs::canonicalize(parent).map_err(RunError::io(parent, "find"))?;
        let run = RunDir::at(parent.join(&manifest.id));
        let text = toml::to_string(manifest).map_err(|e| RunError::damaged(&run.manifest(), e))?;
        let made = create_owned_folder(&run.path);
        if made.is_err() && !run.is_half_made() {
            made?;
        }
        // Held while the folder is filled: a run that another process is creating is not taken over.
        let lock = RunLock::take(&run.path)?;
        if RunDir::is_run(&run.path) {
            return Err(RunError::refused(
                &run.path,
                "is a run already; resume it, or choose another name",
            ));
        }
        run.unfurnish();
        // Nothing half-made is left behind that a second attempt would stumble over.
        run.furnish(&text).map_err(|error| {
            let _ = std::fs::remove_dir_all(&run.path);
            match error.is_disk_full() {
                true => RunError::refused(
                    &run.path,
                    "the disk is full, and no run was made; free some space there, or choose another folder with --runs, and \
                     give the same command again",
                ),
                false => error,
            }
        })?;
        drop(lock);
        Ok(run)
    }

    /// Whether the folder is what a killed process left of a run that it was making: nothing in it but what a run begins
    /// with.
    fn is_half_made(&self) -> bool {
        let ours = |name: &str| {
            [names::CONTROL, names::ATTACKS, names::LOCK].contains(&name)
                || (name.starts_with(".run.toml.") && name.ends_with(".partial"))
        };
        let Ok(entries) = std::fs::read_dir(&self.path) else {
            return false;
        };
        let mut names = entries.flatten().map(|e| e.file_name());
        names.all(|name| name.to_str().is_some_and(ours))
    }

    /// Removes what a killed process left half-made.
    fn unfurnish(&self) {
        for folder in [names::CONTROL, names::ATTACKS] {
            let _ = std::fs::remove_dir_all(self.path.join(folder));
        }
        super::files::sweep_partial(&self.path);
    }

    fn furnish(&self, manifest: &str) -> Result<(), RunError> {
        create_control(&self.path)?;
        create_folder(&self.attacks())?;
        // Last, because this file is what makes the folder a run.
        publish(&self.manifest(), manifest.as_bytes())?;
        super::files::sync_folder(&self.path)
    }

    /// Opens a run that this program may write to.
    ///
    /// # Errors
    /// [`RunError::NotA`] where there is no run; [`RunError::NewerSchema`] where it may only be looked at.
    pub fn open(path: &Path) -> Result<RunDir, RunError> {
        let run = RunDir::open_to_view(path)?;
        let found = run.header()?.schema;
        match found > u64::from(SCHEMA) {
            true => Err(RunError::NewerSchema {
                path: run.manifest(),
                found,
                known: SCHEMA,
            }),
            false => Ok(run),
        }
    }

    /// Opens a run to look at it, whatever its schema.
    ///
    /// # Errors
    /// [`RunError::NotA`] where there is no run.
    pub fn open_to_view(path: &Path) -> Result<RunDir, RunError> {
        let run = RunDir::at(std::fs::canonicalize(path).map_err(RunError::io(path, "open the run"))?);
        match run.manifest().is_file() {
            true => Ok(run),
            false => Err(RunError::NotA {
                path: path.to_path_buf(),
                wanted: "run",
                file: names::RUN,
            }),
        }
    }

    /// Whether `path` looks like a run; reads nothing.
    pub fn is_run(path: &Path) -> bool {
        path.join(names::RUN).is_file()
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last component: the run's id.
    pub fn id(&self) -> String {
        self.path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// `run.toml`.
    pub fn manifest(&self) -> PathBuf {
        self.path.join(names::RUN)
    }

    /// `status.json`.
    pub fn status(&self) -> PathBuf {
        self.path.join(names::STATUS)
    }

    /// `metrics.jsonl`.
    pub fn metrics(&self) -> PathBuf {
        self.path.join(names::METRICS)
    }

    /// `events.jsonl`.
    pub fn events(&self) -> PathBuf {
        self.path.join(names::EVENTS)
    }

    /// `control/inbox`.
    pub fn inbox(&self) -> PathBuf {
        self.path.join("control/inbox")
    }

    /// `control/done`.
    pub fn done(&self) -> PathBuf {
        self.path.join("control/done")
    }

    /// `control/labels.json`.
    pub fn labels(&self) -> PathBuf {
        self.path.join(names::CONTROL).join(names::LABELS)
    }

    /// `exit.json`.
    pub fn exit(&self) -> PathBuf {
        self.path.join(names::EXIT)
    }

    /// `attacks`.
    pub fn attacks(&self) -> PathBuf {
        self.path.join(names::ATTACKS)
    }

    /// `stdout.log`.
    pub fn stdout_log(&self) -> PathBuf {
        self.path.join(names::STDOUT)
    }

    /// `stderr.log`.
    pub fn stderr_log(&self) -> PathBuf {
        self.path.join(names::STDERR)
    }

    /// Reads `run.toml`.
    ///
    /// # Errors
    /// When it cannot be read, is of a newer schema, is not what this program writes, or was imported and has none.
    pub fn read_manifest(&self) -> Result<Manifest, RunError> {
        let text = self.manifest_text()?;
        let header = self.header_of(&text)?;
        self.manifest_of(&text, header)
    }

    /// [`RunDir::header`] and [`RunDir::read_manifest`], the file read once.
    ///
    /// # Errors
    /// As either.
    pub fn read_both(&self) -> (Result<Header, RunError>, Result<Manifest, RunError>) {
        let text = match self.manifest_text() {
            Ok(text) => text,
            Err(e) => return (Err(e), self.read_manifest()),
        };
        match self.header_of(&text) {
            Ok(header) => (Ok(header.clone()), self.manifest_of(&text, header)),
            Err(e) => (Err(e), self.read_manifest()),
        }
    }

    fn manifest_of(&self, text: &str, header: Header) -> Result<Manifest, RunError> {
        let path = self.manifest();
        if header.schema > u64::from(SCHEMA) {
            return Err(RunError::NewerSchema {
                path,
                found: header.schema,
                known: SCHEMA,
            });
        }
        if let Some(from) = header.imported {
            let why = format!(
                "was imported from {} and has no specification: it is looked at, never trained further",
                from.display()
            );
            return Err(RunError::Refused { path, why });
        }
        let manifest: Manifest = toml::from_str(text).map_err(|e| RunError::damaged(&path, e))?;
        manifest
            .spec
            .check(&path.display().to_string())
            .map_err(|e| RunError::Damaged {
                path,
                why: e.to_string(),
            })?;
        Ok(manifest)
    }

    /// Reads what any version's `run.toml` says.
    ///
    /// # Errors
    /// When it cannot be read or is not TOML.
    pub fn header(&self) -> Result<Header, RunError> {
        self.header_of(&self.manifest_text()?)
    }

    fn header_of(&self, text: &str) -> Result<Header, RunError> {
        let table: toml::Table = text
            .parse()
            .map_err(|e: toml::de::Error| RunError::damaged(&self.manifest(), e))?;
        let text = |key: &str| table.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_string();
        let schema = table
            .get("schema")
            .and_then(|v| v.as_integer())
            .and_then(|n| u64::try_from(n).ok());
        let schema = schema.ok_or_else(|| RunError::damaged(&self.manifest(), "has no schema number"))?;
        let folder = |key: &str| Some(text(key)).filter(|p| !p.is_empty()).map(PathBuf::from);
        Ok(Header {
            schema,
            id: text("id"),
            name: text("name"),
            created: text("created"),
            parent: folder("parent"),
            checkpoints: folder("checkpoints"),
            imported: folder("imported"),
            fork: table.get("fork").and_then(|v| v.as_bool()).unwrap_or(false),
        })
    }

    /// Reads `status.json`; `None` before the worker has written one.
    ///
    /// # Errors
    /// When it is there but not readable.
    pub fn read_status(&self) -> Result<Option<Status>, RunError> {
        read_json(&self.status())
    }

    /// Reads `exit.json`; `None` while there is no exit record.
    ///
    /// # Errors
    /// When it is there but not readable.
    pub fn read_exit(&self) -> Result<Option<Exit>, RunError> {
        read_json(&self.exit())
    }

    /// Sets an earlier incarnation's exit record aside (`exit.json` → `exit.N.json`), before a resume.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    pub fn archive_exit(&self) -> Result<(), RunError> {
        archive_exit(&self.path)
    }

    fn manifest_text(&self) -> Result<String, RunError> {
        let path = self.manifest();
        String::from_utf8(read_inside(&path, SMALL)?).map_err(|e| RunError::damaged(&path, e))
    }
}

/// `exit.json` → the first free of `exit.1.json`, `exit.2.json`, … in a run or attack directory.
pub(super) fn archive_exit(job: &Path) -> Result<(), RunError> {
    let exit = job.join(names::EXIT);
    if !exit.exists() {
        return Ok(());
    }
    let free = (1..100_000u32)
        .map(|n| job.join(format!("exit.{n}.json")))
        .find(|p| !p.exists());
    let free = free.ok_or_else(|| RunError::refused(job, "has been resumed too often"))?;
    std::fs::rename(&exit, free).map_err(RunError::io(&exit, "archive"))?;
    super::files::sync_folder(&exit)
}

/// `control/`, `control/inbox/` and `control/done/`, which only their owner may write.
pub(super) fn create_control(job: &Path) -> Result<(), RunError> {
    for folder in [names::CONTROL, "control/inbox", "control/done"] {
        create_private_folder(&job.join(folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
