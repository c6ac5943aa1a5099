//! Writing a checkpoint: everything into a hidden folder beside it, then one rename.

use super::{CheckpointMeta, FileRecord, META, hex, is_pinned, is_plain_name, pin::PIN, step_of};
use crate::run::{
    error::RunError,
    files::{create_owned_folder, sync_folder},
};
#[cfg(target_os = "linux")]
use rustix::fs::{CWD, RenameFlags, renameat_with};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

/// A checkpoint being written. Dropped before [`Draft::publish`], it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    partial: PathBuf,
    files: BTreeMap<String, FileRecord>,
    pinned: bool,
    published: bool,
}

/// Begins a checkpoint that will be `folder`; what an earlier attempt left there half-written is removed.
///
/// # Errors
/// When the folder's parent cannot be written.
pub fn begin(folder: &Path) -> Result<Draft, RunError> {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if name.is_empty() {
        return Err(RunError::refused(folder, "is not a name for a checkpoint"));
    }
    let parent = folder.parent().unwrap_or(Path::new("."));
    if !parent.is_dir() {
        create_owned_folder(parent)?;
        sync_folder(parent)?;
    }
    let partial = parent.join(format!(".{name}.partial"));
    remove(&partial)?;
    std::fs::create_dir(&partial).map_err(RunError::io(&partial, "create the folder"))?;
    Ok(Draft {
        target: folder.to_path_buf(),
        partial,
        files: BTreeMap::new(),
        pinned: false,
        published: false,
    })
}

impl Draft {
    /// Adds a file and waits until it is on the disk.
    ///
    /// # Errors
    /// When the name is not a plain one, is taken, or the disk is full.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.partial.join(name);
        if !is_plain_name(name) {
            return Err(RunError::refused(
                &self.target,
                format!("{name:?} is not a plain file name"),
            ));
        }
        let record = FileRecord {
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        };
        self.write_synced(&path, bytes)?;
        self.files.insert(name.to_string(), record);
        Ok(())
    }

    /// Pins it from the moment it appears.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn pin(&mut self) -> Result<(), RunError> {
        self.pinned = true;
        self.write_synced(&self.partial.join(PIN), b"")
    }

    /// Adds the record and makes the checkpoint appear whole; one saved there before (by an incarnation that the run
    /// went back behind) gives way. Returns its folder.
    ///
    /// # Errors
    /// When the disk is full or the folder cannot be renamed; no checkpoint appears then.
    pub fn publish(mut self, meta: CheckpointMeta) -> Result<PathBuf, RunError> {
        let meta = CheckpointMeta {
            files: std::mem::take(&mut self.files),
            ..meta
        };
        let text = serde_json::to_vec_pretty(&meta).map_err(|e| RunError::damaged(&self.target, e))?;
        self.write_synced(&self.partial.join(META), &text)?;
        sync_folder(&self.partial.join(META))?;
        let old = self.partial.with_extension("old");
        remove(&old)?;
        if self.target.exists() {
            // The pin is on the step, whichever incarnation saved it.
            if is_pinned(&self.target) && !self.pinned {
                self.write_synced(&self.partial.join(PIN), b"")?;
            }
        }
        put_in_place(&self.partial, &self.target, &old).map_err(RunError::io(&self.target, "publish"))?;
        self.published = true;
        sync_folder(&self.target)?;
        remove(&old)?;
        Ok(std::mem::take(&mut self.target))
    }

    fn write_synced(&self, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            });
        // The name that people know, not the hidden one.
        let shown = self.target.join(path.file_name().unwrap_or_default());
        written.map_err(RunError::io(&shown, "write"))
    }
}

/// Renames `new` to `target`; what was there goes to `old`. Where the file system can, both names are exchanged as one act,
/// so that there is a checkpoint at every instant.
fn put_in_place(new: &Path, target: &Path, old: &Path) -> std::io::Result<()> {
    if !target.exists() {
        return std::fs::rename(new, target);
    }
    #[cfg(target_os = "linux")]
    if renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE).is_ok() {
        return std::fs::rename(new, old);
    }
    std::fs::rename(target, old)?;
    std::fs::rename(new, target)
}

/// Removes what killed workers left in the folder of a run's checkpoints: drafts, and what was on its way out. One that was
/// set aside for another that never came is restored. The caller holds the run's lock. Returns how many were removed.
pub fn sweep(root: &Path) -> usize {
    let entries = std::fs::read_dir(root).into_iter().flatten().take(100_000).flatten();
    let mut removed = 0;
    for path in entries.map(|e| e.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((stem, kind)) = name.strip_prefix('.').and_then(|n| n.rsplit_once('.')) else {
            continue;
        };
        let target = root.join(stem);
        if step_of(&target).is_none() || !["partial", "old", "pruned"].contains(&kind) {
            continue;
        }
        let was_whole = kind == "old" || (kind == "pruned" && is_pinned(&path));
        let back = was_whole && path.join(META).is_file() && !target.exists();
        if back && std::fs::rename(&path, &target).is_ok() {
            continue;
        }
        removed += usize::from(remove(&path).is_ok());
    }
    removed
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            let _ = remove(&self.partial);
        }
    }
}

/// Removes a folder, or a link without following it; one that is not there is fine.
pub(super) fn remove(folder: &Path) -> Result<(), RunError> {
    let gone = match std::fs::symlink_metadata(folder) {
        Err(_) => return Ok(()),
        Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(folder),
        Ok(_) => std::fs::remove_file(folder),
    };
    gone.map_err(RunError::io(folder, "remove"))
}
