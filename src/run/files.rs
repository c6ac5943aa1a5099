//! Publishing and reading small files whole: a reader sees the old content or the new, never half of one.
//!
//! Also the one way to open a file of a run's folder, which may be hostile: never through a link, be it the file
//! or a folder of the run ([`linked_folder`]), and only a regular file. What a user names on the command line may be a link ([`read_bounded`], [`open_regular`]).

use super::error::RunError;
use super::names;
use rustix::{
    fs::{CWD, OFlags, RenameFlags},
    io::Errno,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The largest `run.toml`, `status.json`, … that is read, in bytes.
pub const SMALL: u64 = 4 << 20;

/// Replaces `path` as one act: writes beside it, syncs, renames, syncs the folder.
///
/// # Errors
/// When the disk is full or the folder cannot be written; nothing is left behind and the old content stands.
pub fn publish(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    refuse_linked_folder(path)?;
    // Removed on failure only if it is ours: another process may have a temporary file there too.
    let (beside, mut file) = create_beside(path).map_err(RunError::io(path, "write"))?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&beside, path));
    if let Err(source) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(RunError::io(path, "write")(source));
    }
    sync_folder(path)
}

/// Writes a file that a user asked for, as it comes from `write`, and lets it appear whole: what was there is replaced
/// as one act, or not at all unless `replace`. Where `write` fails with a [`RunError`] inside, that is the error.
///
/// # Errors
/// When something is there that may not be replaced, the disk is full or the folder cannot be written; nothing is left
/// behind and what was there stands.
pub fn save<T>(path: &Path, replace: bool, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T, RunError> {
    let save_error = |source| RunError::Save {
        path: path.to_path_buf(),
        source,
    };
    let (beside, file) = create_beside(path).map_err(save_error)?;
    let written = write_synced(file, write).and_then(|value| {
        match replace {
            true => std::fs::rename(&beside, path),
            false => rename_to_new(&beside, path),
        }
        .map(|()| value)
    });
    match written {
        Ok(value) => {
            let _ = sync_folder(path);
            Ok(value)
        }
        Err(source) => {
            let _ = std::fs::remove_file(&beside);
            Err(source.downcast().unwrap_or_else(save_error))
        }
    }
}

fn write_synced<T>(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let mut buffer = io::BufWriter::with_capacity(1 << 16, file);
    let value = write(&mut buffer)?;
    let file = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(value)
}

/// Renames where nothing of the new name is there, as one act.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some network file systems have no such renaming; a second name can nowhere replace a first.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            std::fs::hard_link(from, to)?;
            std::fs::remove_file(from)
        }
        other => Ok(other?),
    }
}

/// [`publish`] of a value as one line of JSON.
///
/// # Errors
/// As [`publish`].
pub fn publish_json<T: Serialize>(path: &Path, value: &T) -> Result<(), RunError> {
    let mut bytes = serde_json::to_vec(value).map_err(|e| RunError::damaged(path, e))?;
    bytes.push(b'\n');
    publish(path, &bytes)
}

/// Reads a regular file of at most `most` bytes that a user named; never blocks on a pipe or a device.
///
/// # Errors
/// When it is missing, not a regular file, or larger.
pub fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>, RunError> {
    read_all(open_regular(path)?, path, most)
}

/// [`read_bounded`] for a file in a run's folder: never through a link.
///
/// # Errors
/// As [`read_bounded`], and when it is a link.
pub fn read_inside(path: &Path, most: u64) -> Result<Vec<u8>, RunError> {
    read_all(open_inside(path)?, path, most)
}

fn read_all(file: File, path: &Path, most: u64) -> Result<Vec<u8>, RunError> {
    let size = file.metadata().map_err(RunError::io(path, "read"))?.len();
    let too_large = |bytes| RunError::TooLarge {
        path: path.to_path_buf(),
        bytes,
        most,
    };
    if size > most {
        return Err(too_large(size));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(RunError::io(path, "read"))?;
    match bytes.len() as u64 > most {
        true => Err(too_large(bytes.len() as u64)),
        false => Ok(bytes),
    }
}

/// Reads a small JSON file of a run's folder; `None` where there is none.
///
/// # Errors
/// When it is there but cannot be read or is not a `T`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, RunError> {
    let bytes = match read_inside(path, SMALL) {
        Ok(bytes) => bytes,
        Err(e) if e.is_missing() => return Ok(None),
        Err(e) => return Err(e),
    };
    let value = serde_json::from_slice(&bytes).map_err(|e| RunError::damaged(path, format!("not readable: {e}")))?;
    Ok(Some(value))
}

/// Opens a regular file for reading, without waiting for the other end of a pipe.
///
/// # Errors
/// When it is missing or not a regular file.
pub fn open_regular(path: &Path) -> Result<File, RunError> {
    open(path, OpenOptions::new().read(true), OFlags::NONBLOCK, "read")
}

/// Opens a regular file of a run's folder for reading: never through a link.
///
/// # Errors
/// When it is missing, a link, or not a regular file.
pub fn open_inside(path: &Path) -> Result<File, RunError> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    open(path, OpenOptions::new().read(true), flags, "read")
}

/// Opens or creates a regular file of a run's folder to append to, and to read: never through a link.
///
/// # Errors
/// When it is a link, not a regular file, or the system refuses.
pub fn append_inside(path: &Path) -> Result<File, RunError> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    open(path, options.read(true).append(true).create(true), flags, "append to")
}

/// Opens or creates a regular file of a run's folder for reading and writing, its content kept: never through a link.
///
/// # Errors
/// As [`append_inside`].
pub fn write_inside(path: &Path) -> Result<File, RunError> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    open(path, options.read(true).write(true).create(true), flags, "open")
}

fn open(path: &Path, options: &mut OpenOptions, flags: OFlags, doing: &'static str) -> Result<File, RunError> {
    if flags.contains(OFlags::NOFOLLOW) {
        refuse_linked_folder(path)?;
    }
    let opened = options.custom_flags(flags.bits() as i32).open(path);
    let file = opened.map_err(|e| match e.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
        true => RunError::refused(
            path,
            "is a link; files of a run are never read or written through a link: put the file itself there",
        ),
        false => RunError::io(path, doing)(e),
    })?;
    let meta = file.metadata().map_err(RunError::io(path, doing))?;
    match meta.is_file() {
        true => Ok(file),
        false => Err(RunError::damaged(path, not_a_file(&meta))),
    }
}

/// What something is that should be a file.
pub(super) fn not_a_file(meta: &std::fs::Metadata) -> &'static str {
    match meta.is_dir() {
        true => "is a directory",
        false => "is not a regular file",
    }
}

/// The folder of a run or an attack through which `path` leads and which is a link: `control` and what is in it, `attacks`
/// of a run, a job in it, and its `examples`. A run's own folder and those around it may be links.
pub fn linked_folder(path: &Path) -> Option<&Path> {
    let mut folder = path.parent()?;
    while let Some(name) = folder.file_name() {
        let around = folder.parent()?;
        let has = |folder: &Path, file: &str| folder.join(file).symlink_metadata().is_ok();
        let lies_in = |name: &str| around.file_name().is_some_and(|n| n == name);
        let is_inside = match name.to_str() {
            Some(names::CONTROL) => has(around, names::RUN) || has(around, names::ATTACK),
            Some("inbox" | "done" | "bad") => lies_in(names::CONTROL),
            Some(names::EXAMPLES) => has(around, names::ATTACK),
            Some(names::ATTACKS) => has(around, names::RUN),
            _ => lies_in(names::ATTACKS) && !has(folder, names::RUN),
        };
        if !is_inside {
            return None;
        }
        if folder.is_symlink() {
            return Some(folder);
        }
        folder = around;
    }
    None
}

fn refuse_linked_folder(path: &Path) -> Result<(), RunError> {
    match linked_folder(path) {
        None => Ok(()),
        Some(folder) => Err(RunError::refused(
            folder,
            "is a link; folders of a run are never read or written through a link: put the folder itself there",
        )),
    }
}

/// Creates a folder with its parents; one that is there already is fine.
///
/// # Errors
/// When the system refuses.
pub fn create_folder(path: &Path) -> Result<(), RunError> {
    std::fs::create_dir_all(path).map_err(RunError::io(path, "create the folder"))
}

/// Creates a folder that only its owner can enter or write.
///
/// # Errors
/// When it exists or the system refuses.
pub fn create_private_folder(path: &Path) -> Result<(), RunError> {
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(path)
        .map_err(RunError::io(path, "create the folder"))
}

/// The environment variable that decides who may read new runs, whatever the folder they are made in: `1` their group too,
/// `0` only their owner.
pub const GROUP: &str = "SPIKEDECK_GROUP";

/// Creates the folder of a run, or of its checkpoints: for its owner alone, or, in a folder whose group new files inherit
/// (`chmod g+s`, the mark of a shared folder) or where [`GROUP`] says so, for its group to read too. The folders it lies in
/// are created as the umask says.
///
/// # Errors
/// When it exists or the system refuses.
pub fn create_owned_folder(path: &Path) -> Result<(), RunError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    create_folder(parent)?;
    let shared = std::fs::metadata(parent).is_ok_and(|m| m.mode() & 0o2000 != 0);
    let asked = std::env::var(GROUP).unwrap_or_default();
    let mode = owned_mode(shared, &asked).ok_or_else(|| {
        RunError::refused(
            path,
            format!("{GROUP}={asked} must be 1 (its group may read it) or 0 (it may not)"),
        )
    })?;
    let created = std::fs::DirBuilder::new().mode(mode).create(path);
    created.map_err(RunError::io(path, "create the folder"))
}

fn owned_mode(shared: bool, asked: &str) -> Option<u32> {
    match asked {
        "1" => Some(0o750),
        "0" => Some(0o700),
        "" if shared => Some(0o750),
        "" => Some(0o700),
        _ => None,
    }
}

/// Makes the names in the folder that holds `path` durable.
///
/// # Errors
/// When the folder cannot be opened, or the disk reports a fault. File systems that cannot sync a folder are forgiven.
pub fn sync_folder(path: &Path) -> Result<(), RunError> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let open = File::open(folder).map_err(RunError::io(folder, "open"))?;
    match open.sync_all() {
        Err(e) if !cannot_sync_folders(&e) => Err(RunError::io(folder, "sync")(e)),
        _ => Ok(()),
    }
}

fn cannot_sync_folders(error: &io::Error) -> bool {
    let codes = [Errno::INVAL, Errno::NOTSUP, Errno::NOSYS, Errno::BADF, Errno::ROFS];
    codes.iter().any(|c| error.raw_os_error() == Some(c.raw_os_error()))
}

/// Removes what a killed process left half-written in `folder` under a temporary name of [`publish`]; returns how many.
/// To be called under the lock that makes the caller the folder's only writer.
pub fn sweep_partial(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().take(100_000).flatten();
    let partial = entries.filter(|e| {
        let name = e.file_name();
        let name = name.to_string_lossy();
        name.starts_with('.') && name.ends_with(PARTIAL) && e.file_type().is_ok_and(|t| t.is_file())
    });
    partial.filter(|e| std::fs::remove_file(e.path()).is_ok()).count()
}

/// How the temporary names of [`publish`] end.
const PARTIAL: &str = ".partial";

/// Creates a file under a hidden, random name in the same folder as `path`.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..16 {
        let beside = path.with_file_name(format!(".{name}.{}{PARTIAL}", ulid::Ulid::generate()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => taken = e,
            Err(e) => return Err(e),
        }
    }
    Err(taken)
}

#[cfg(test)]
mod tests;
