//! Opening a file of a data set with what is expected of it at hand, so that every failure can say so.

use std::fs::{File, Metadata};
use std::io::{BufReader, ErrorKind, Read};
#[cfg(unix)]
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::error::{DataError, shown};

/// What a directory is called in a message.
const DIRECTORY: &str = "a directory";
/// And a link that leads nowhere.
const DANGLING: &str = "a link to something that is not there";
/// Of a directory so many entries are looked at to name a file in it.
const MOST_ENTRIES: usize = 1 << 10;

/// A file together with what it should be and what fixes it.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub path: PathBuf,
    pub expected: String,
    pub fix: String,
}

impl Expected {
    pub fn missing(&self) -> DataError {
        DataError::Missing {
            path: self.path.clone(),
            expected: self.expected.clone(),
            fix: self.fix.clone(),
        }
    }

    pub fn damaged(&self, found: impl Into<String>) -> DataError {
        DataError::Damaged {
            path: self.path.clone(),
            found: found.into(),
            expected: self.expected.clone(),
            fix: self.fix.clone(),
        }
    }

    /// Open the file and say how long it is. Only a regular file will do: reading a pipe could wait forever.
    pub fn open(&self) -> Result<(File, u64), DataError> {
        let about = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound if self.path.is_symlink() => self.not_a_file(DANGLING),
            ErrorKind::NotFound => self.missing(),
            _ => DataError::io("read", &self.path, source),
        };
        let check = |meta: &Metadata| kind(meta).map_or(Ok(()), |what| Err(self.not_a_file(what)));
        // Asked before it is opened, for opening alone does things to some devices; and again afterwards, since another
        // may have taken its place. In between, opening does not wait for a pipe's other end.
        check(&std::fs::metadata(&self.path).map_err(about)?)?;
        let mut options = File::options();
        #[cfg(unix)]
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
        let file = options.read(true).open(&self.path).map_err(about)?;
        let meta = file.metadata().map_err(about)?;
        check(&meta)?;
        Ok((file, meta.len()))
    }

    fn not_a_file(&self, what: &'static str) -> DataError {
        let fix = match what {
            DIRECTORY => match first_file(&self.path) {
                Some(file) => format!("Give one of the files in it, such as {}", shown(&file)),
                None => "There is no file in it: give a file".to_owned(),
            },
            DANGLING => "Look where it leads, and whether that was moved".to_owned(),
            _ => "Give a regular file; what comes through a pipe has to be written to one first".to_owned(),
        };
        DataError::NotAFile {
            path: self.path.clone(),
            what,
            fix,
        }
    }

    /// Open the file for reading its content: through gzip where it begins as gzip does, whatever its name.
    pub fn open_content(&self) -> Result<Box<dyn Read>, DataError> {
        let (file, _) = self.open()?;
        content(file).map_err(|e| DataError::io("read", &self.path, e))
    }
}

/// What something is that should be a file: `a directory`.
pub fn not_a_file(meta: &Metadata) -> &'static str {
    kind(meta).unwrap_or("a file")
}

/// What is not a regular file, by its name.
fn kind(meta: &Metadata) -> Option<&'static str> {
    let kind = meta.file_type();
    match () {
        () if kind.is_file() => None,
        () if kind.is_dir() => Some(DIRECTORY),
        #[cfg(unix)]
        () if kind.is_fifo() => Some("a pipe (FIFO)"),
        #[cfg(unix)]
        () if kind.is_socket() => Some("a socket"),
        #[cfg(unix)]
        () if kind.is_char_device() || kind.is_block_device() => Some("a device"),
        () => Some("not a regular file"),
    }
}

/// The first file of a directory by name, or of one right below it.
fn first_file(folder: &Path) -> Option<PathBuf> {
    let listed = |folder: &Path| {
        let entries = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .take(MOST_ENTRIES)
            .flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let paths = listed(folder);
    let below = paths.iter().filter(|path| path.is_dir()).flat_map(|path| listed(path));
    paths.iter().cloned().chain(below).find(|path| path.is_file())
}

/// The bytes of `file`, unpacked where they are gzip.
pub(super) fn content(file: File) -> std::io::Result<Box<dyn Read>> {
    use std::io::BufRead;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    // A BufReader's first fill of a regular file is short only where the file is.
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    })
}
