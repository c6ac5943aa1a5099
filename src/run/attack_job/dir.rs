//! An attack's directory: where each of its files lies, how one is created and opened.

use crate::run::{
    SCHEMA,
    attack::{AttackManifest, AttackStatus},
    checkpoint::Checkpoint,
    dir::{RunDir, archive_exit, create_control},
    error::RunError,
    files::{SMALL, create_folder, linked_folder, publish, read_inside, read_json, sync_folder},
    names,
    status::Exit,
};
use std::path::{Path, PathBuf};

/// The path of an attack job, with the names of what lies in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttackDir {
    path: PathBuf,
}

impl AttackDir {
    /// The attack at `path`, unchecked.
    pub fn at(path: impl Into<PathBuf>) -> AttackDir {
        AttackDir { path: path.into() }
    }

    /// Where the job `id` on these checkpoints goes: beside the run that wrote its one checkpoint, where that run is
    /// still there; else to `experiments/attacks` in the working folder.
    pub fn place(checkpoints: &[Checkpoint], id: &str) -> PathBuf {
        match checkpoints {
            [one] if RunDir::is_run(&one.meta.run_dir) => one.meta.run_dir.join(names::ATTACKS).join(id),
            _ => Path::new("experiments/attacks").join(id),
        }
    }

    /// Creates the directory with everything a worker needs to begin. An empty folder may be there already.
    ///
    /// # Errors
    /// When something is in the folder (nothing is ever overwritten) or it cannot be written.
    pub fn create(path: &Path, manifest: &AttackManifest) -> Result<AttackDir, RunError> {
        create_folder(path)?;
        let path = std::fs::canonicalize(path).map_err(RunError::io(path, "find"))?;
        let mut inside = std::fs::read_dir(&path).map_err(RunError::io(&path, "list"))?;
        if inside.next().is_some() {
            return Err(RunError::refused(
                &path,
                "is not empty; choose another folder with --out",
            ));
        }
        let dir = AttackDir { path };
        create_control(&dir.path)?;
        dir.write_manifest(manifest)?;
        sync_folder(&dir.path)?;
        Ok(dir)
    }

    /// Writes what is attacked, and how; while a worker holds the job, that is settled.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_manifest(&self, manifest: &AttackManifest) -> Result<(), RunError> {
        let text = toml::to_string(manifest).map_err(|e| RunError::damaged(&self.manifest(), e))?;
        publish(&self.manifest(), text.as_bytes())
    }

    /// Opens an attack that this program may write to.
    ///
    /// # Errors
    /// When there is none, or it is of a newer schema.
    pub fn open(path: &Path) -> Result<AttackDir, RunError> {
        let dir = AttackDir::at(std::fs::canonicalize(path).map_err(RunError::io(path, "open the attack"))?);
        if !dir.manifest().is_file() {
            return Err(RunError::NotA {
                path: path.to_path_buf(),
                wanted: "attack",
                file: names::ATTACK,
            });
        }
        dir.read_manifest().map(|_| dir)
    }

    /// Whether `path` looks like an attack; reads nothing.
    pub fn is_attack(path: &Path) -> bool {
        path.join(names::ATTACK).is_file()
    }

    /// The attacks of a run, or of `experiments/attacks`, oldest first; none through a link.
    pub fn list(attacks: &Path) -> Vec<PathBuf> {
        if linked_folder(&attacks.join("job")).is_some() {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir(attacks) else {
            return Vec::new();
        };
        let mut found: Vec<PathBuf> = entries
            .take(20_000)
            .flatten()
            .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
            .map(|e| e.path())
            .filter(|p| AttackDir::is_attack(p))
            .collect();
        found.sort();
        found
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `attack.toml`.
    pub fn manifest(&self) -> PathBuf {
        self.path.join(names::ATTACK)
    }

    /// `status.json`.
    pub fn status(&self) -> PathBuf {
        self.path.join(names::STATUS)
    }

    /// `results.jsonl`.
    pub fn results(&self) -> PathBuf {
        self.path.join(names::RESULTS)
    }

    /// `exit.json`.
    pub fn exit(&self) -> PathBuf {
        self.path.join(names::EXIT)
    }

    /// `measured.json`: what was measured beside the cells, per checkpoint.
    pub fn measured(&self) -> PathBuf {
        self.path.join(names::MEASURED)
    }

    /// `examples/`: adversarial images, where they were asked for.
    pub fn examples(&self) -> PathBuf {
        self.path.join(names::EXAMPLES)
    }

    /// … those of cell number `cell` from position `first` on.
    pub fn example(&self, cell: usize, first: usize) -> PathBuf {
        self.examples().join(super::examples::name(cell, first))
    }

    /// `stderr.log`.
    pub fn stderr_log(&self) -> PathBuf {
        self.path.join(names::STDERR)
    }

    /// Reads `attack.toml`.
    ///
    /// # Errors
    /// When it cannot be read, is of a newer schema, or is not what this program writes.
    pub fn read_manifest(&self) -> Result<AttackManifest, RunError> {
        let path = self.manifest();
        let text = String::from_utf8(read_inside(&path, SMALL)?).map_err(|e| RunError::damaged(&path, e))?;
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| RunError::damaged(&path, e))?;
        let found = table
            .get("schema")
            .and_then(toml::Value::as_integer)
            .and_then(|n| u64::try_from(n).ok());
        match found {
            Some(found) if found > u64::from(SCHEMA) => {
                return Err(RunError::NewerSchema {
                    path,
                    found,
                    known: SCHEMA,
                });
            }
            Some(_) => {}
            None => return Err(RunError::damaged(&path, "has no schema number")),
        }
        let manifest: AttackManifest = toml::from_str(&text).map_err(|e| RunError::damaged(&path, e))?;
        manifest.is_bounded().map_err(|why| RunError::damaged(&path, why))?;
        match (1..=1_000_000).contains(&manifest.samples) {
            true => Ok(manifest),
            false => Err(RunError::damaged(&path, "samples must be between 1 and 1000000")),
        }
    }

    /// Reads `status.json`; `None` before the worker has written one.
    ///
    /// # Errors
    /// When it is there but not readable.
    pub fn read_status(&self) -> Result<Option<AttackStatus>, RunError> {
        read_json(&self.status())
    }

    /// Reads `exit.json`; `None` while there is no exit record.
    ///
    /// # Errors
    /// When it is there but not readable.
    pub fn read_exit(&self) -> Result<Option<Exit>, RunError> {
        read_json(&self.exit())
    }

    /// Sets an earlier worker's exit record aside, before the job continues.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    pub fn archive_exit(&self) -> Result<(), RunError> {
        archive_exit(&self.path)
    }
}
