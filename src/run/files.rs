//! Publishing and reading small files whole: a reader sees the old content or the new, never half of one.

use super::error::RunError;
use rustix::{
    fs::{CWD, OFlags, RenameFlags},
    io::Errno,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// The largest `run.toml`, `status.json`, … that is read, in bytes.
pub const SMALL: u64 = 4 << 20;

/// Replaces `path` as one act: writes beside it, syncs, renames, syncs the folder.
///
/// # Errors
/// When the disk is full or the folder cannot be written; nothing is left behind and the old content stands.
pub fn publish(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let beside = beside(path);
    let written = write_synced(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if let Err(source) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(RunError::io(path, "write")(source));
    }
    sync_folder(path)
}

/// Writes a file that somebody asked for, as it comes from `write`, and lets it appear whole: what was there is replaced
/// as one act, or not at all unless `replace`. Where `write` fails with a [`RunError`] inside, that is the error.
///
/// # Errors
/// When something is there that may not be replaced, the disk is full or the folder cannot be written; nothing is left
/// behind and what was there stands.
pub fn save<T>(path: &Path, replace: bool, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T, RunError> {
    let beside = beside(path);
    let written = write_new(&beside, write).and_then(|value| {
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
            Err(source.downcast().unwrap_or_else(|source| RunError::Save {
                path: path.to_path_buf(),
                source,
            }))
        }
    }
}

fn write_new<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
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

/// Reads a regular file of at most `most` bytes; never blocks on a pipe or a device.
///
/// # Errors
/// When it is missing, not a regular file, or larger.
pub fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>, RunError> {
    let file = open_regular(path)?;
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

/// Reads a small JSON file; `None` where there is none.
///
/// # Errors
/// When it is there but cannot be read or is not a `T`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, RunError> {
    let bytes = match read_bounded(path, SMALL) {
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
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits() as i32)
        .open(path)
        .map_err(RunError::io(path, "read"))?;
    match file.metadata().map_err(RunError::io(path, "read"))?.is_file() {
        true => Ok(file),
        false => Err(RunError::damaged(path, "not a regular file")),
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

/// Makes the names in the folder that holds `path` durable.
///
/// # Errors
/// When the folder cannot be opened. File systems that cannot sync a folder are forgiven.
pub fn sync_folder(path: &Path) -> Result<(), RunError> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let open = File::open(folder).map_err(RunError::io(folder, "open"))?;
    let _ = open.sync_all();
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A hidden name in the same folder that no other process or thread uses.
fn beside(path: &Path) -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let n = COUNTER.fetch_add(1, Ordering::Relaxed);
    // The host's boot is not in the name: two machines with one process id meet only on network file systems, and
    // there `create_new` refuses the second.
    path.with_file_name(format!(".{name}.{}.{n}.partial", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_replaces_the_whole_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        publish(&path, b"first, and longer").unwrap();
        publish(&path, b"second").unwrap();
        assert_eq!(read_bounded(&path, 100).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_publication_keeps_the_old_content_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        std::fs::create_dir_all(path.join("inside")).unwrap();
        let said = publish(&path, b"x").unwrap_err().to_string();
        assert!(said.contains("taken"), "{said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_saved_file_is_whole_and_replaces_another_only_where_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let write = |text: &'static str| move |to: &mut dyn Write| to.write_all(text.as_bytes());
        save(&path, false, write("first")).unwrap();
        let said = save(&path, false, write("second")).unwrap_err().to_string();
        assert!(said.contains("table.csv") && said.contains("another name"), "{said}");
        assert_eq!(read_bounded(&path, 100).unwrap(), b"first");
        save(&path, true, write("third")).unwrap();
        assert_eq!(read_bounded(&path, 100).unwrap(), b"third");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_failed_while_it_was_written_leaves_nothing_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let full = |to: &mut dyn Write| -> io::Result<()> {
            to.write_all(&[0; 1 << 20])?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let error = save(&path, false, full).unwrap_err();
        let said = error.to_string();
        assert!(
            error.is_disk_full() && said.contains("free some space") && !said.contains("resume"),
            "{said}"
        );
        let own = |_: &mut dyn Write| -> io::Result<()> {
            Err(io::Error::other(RunError::refused(Path::new("/j"), "changed")))
        };
        assert_eq!(save(&path, false, own).unwrap_err().to_string(), "/j: changed");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big");
        std::fs::write(&path, vec![0; 101]).unwrap();
        assert!(matches!(
            read_bounded(&path, 100),
            Err(RunError::TooLarge { bytes: 101, .. })
        ));
        assert_eq!(read_bounded(&path, 101).unwrap().len(), 101);
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_bounded(folder.path(), 100).is_err());
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert!(read_bounded(&pipe, 100).unwrap_err().to_string().contains("regular"));
    }

    #[test]
    fn a_missing_json_file_is_nothing_and_a_broken_one_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        assert!(read_json::<u32>(&path).unwrap().is_none());
        std::fs::write(&path, "{").unwrap();
        assert!(read_json::<u32>(&path).unwrap_err().to_string().contains("status.json"));
    }
}
