//! Reading a checkpoint: its record at once, its files only with their checksums.

use super::{CheckpointMeta, FileRecord, META, header::Header, hex, is_plain_name, list::older_than};
use crate::run::{
    SCHEMA,
    error::RunError,
    files::{SMALL, not_a_file, open_inside, read_inside},
};
use sha2::{Digest, Sha256};
use std::{
    io::Read,
    path::{Path, PathBuf},
};

/// A checkpoint whose record is valid and whose files have the right sizes. The files' content is checked when it is
/// read, or by [`Checkpoint::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    path: PathBuf,
    /// What was saved.
    pub meta: CheckpointMeta,
}

/// Opens the checkpoint in `folder`.
///
/// # Errors
/// When there is none, it is of a newer schema, or a file is missing or of another size.
pub fn open(folder: &Path) -> Result<Checkpoint, RunError> {
    let path = std::fs::canonicalize(folder).map_err(RunError::io(folder, "open the checkpoint"))?;
    let record = path.join(META);
    let bytes = read_inside(&record, SMALL).map_err(|e| match e.is_missing() {
        true => RunError::NotA {
            path: folder.to_path_buf(),
            wanted: "checkpoint",
            file: META,
        },
        false => e,
    })?;
    let damaged = |e: &dyn std::fmt::Display| RunError::damaged(&record, format!("damaged ({e}); {}", fix(&path)));
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| damaged(&e))?;
    let found = value.get("schema").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if found > u64::from(SCHEMA) {
        return Err(RunError::NewerSchema {
            path: record,
            found,
            known: SCHEMA,
        });
    }
    let meta: CheckpointMeta = serde_json::from_value(value).map_err(|e| damaged(&e))?;
    meta.spec
        .check(&record.display().to_string())
        .map_err(|e| damaged(&e))?;
    let checkpoint = Checkpoint { path, meta };
    for (name, file) in &checkpoint.meta.files {
        checkpoint.check_size(name, file)?;
    }
    Ok(checkpoint)
}

impl Checkpoint {
    /// Its folder, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether every file is the one that was saved.
    ///
    /// # Errors
    /// [`RunError::Checksum`] names the first that is not, and an older checkpoint to use.
    pub fn verify(&self) -> Result<(), RunError> {
        for (name, record) in &self.meta.files {
            let path = self.file(name)?;
            let mut file = open_inside(&path)?.take(record.bytes + 1);
            let mut hash = Sha256::new();
            let mut block = vec![0; 1 << 18];
            loop {
                match file.read(&mut block).map_err(RunError::io(&path, "read"))? {
                    0 => break,
                    n => hash.update(&block[..n]),
                }
            }
            self.compare(&path, record, hex(&hash.finalize()))?;
        }
        Ok(())
    }

    /// A file's content, checked.
    ///
    /// # Errors
    /// When the record does not list it, or it is not the file that was saved.
    pub fn read_file(&self, name: &str) -> Result<Vec<u8>, RunError> {
        let path = self.file(name)?;
        let record = self.record(name)?;
        self.check_size(name, record)?;
        let bytes = read_inside(&path, record.bytes)?;
        self.compare(&path, record, hex(&Sha256::digest(&bytes)))?;
        Ok(bytes)
    }

    /// The tensors in one of its files, by name, type and shape, without loading them.
    ///
    /// # Errors
    /// When the file is not listed or not in the safetensors format.
    pub fn tensors(&self, name: &str) -> Result<Header, RunError> {
        self.record(name)?;
        super::read_header(&self.file(name)?)
    }

    /// The size of all files together.
    pub fn bytes(&self) -> u64 {
        self.meta.files.values().fold(0, |sum, f| sum.saturating_add(f.bytes))
    }

    fn record(&self, name: &str) -> Result<&FileRecord, RunError> {
        let missing = || RunError::damaged(&self.path, format!("has no {name:?}; {}", fix(&self.path)));
        self.meta.files.get(name).ok_or_else(missing)
    }

    fn file(&self, name: &str) -> Result<PathBuf, RunError> {
        match is_plain_name(name) {
            true => Ok(self.path.join(name)),
            false => Err(RunError::damaged(
                &self.path.join(META),
                format!("lists {name:?}, which is not a plain file name"),
            )),
        }
    }

    fn check_size(&self, name: &str, record: &FileRecord) -> Result<(), RunError> {
        let path = self.file(name)?;
        let why = match std::fs::symlink_metadata(&path) {
            Ok(meta) if !meta.is_file() => {
                let why = format!("{}; {}", not_a_file(&meta), fix(&self.path));
                return Err(RunError::damaged(&path, why));
            }
            Ok(meta) if meta.len() == record.bytes => return Ok(()),
            Ok(meta) => format!("has {} bytes, expected {}", meta.len(), record.bytes),
            Err(e) => format!("cannot be read ({e})"),
        };
        Err(RunError::damaged(&path, format!("damaged: {why}; {}", fix(&self.path))))
    }

    fn compare(&self, path: &Path, record: &FileRecord, found: String) -> Result<(), RunError> {
        match found == record.sha256 {
            true => Ok(()),
            false => Err(RunError::Checksum {
                file: path.to_path_buf(),
                expected: record.sha256.chars().take(64).collect(),
                found,
                fix: fix(&self.path),
            }),
        }
    }
}

/// What to do about a damaged checkpoint.
fn fix(folder: &Path) -> String {
    match older_than(folder) {
        Some(older) => format!("use the older {}", older.display()),
        None => "there is no older checkpoint beside it; start the run again".into(),
    }
}
