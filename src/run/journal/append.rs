//! The writer's end of a journal. Does not read lines and does not know what they mean.

use super::rotated;
use crate::run::{
    error::RunError,
    files::{append_inside, sync_folder},
};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Bytes after which a journal is set aside and a new file started.
const ROTATE_AT: u64 = 64 << 20;

/// Appends whole lines. The only writer of its file: the caller holds the run's lock.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    file: File,
    size: u64,
    rotate_at: u64,
    next_number: u64,
}

impl Appender {
    /// Opens or creates a journal. Half a line left by a kill is cut off, so that the next line stands alone.
    ///
    /// # Errors
    /// When the file cannot be opened or fixed.
    pub fn open(path: &Path) -> Result<Appender, RunError> {
        let mut file = append_inside(path)?;
        let size = cut_torn_tail(&mut file).map_err(RunError::io(path, "repair the end"))?;
        let next_number = (1..).find(|n| !rotated(path, *n).exists()).unwrap_or(1);
        Ok(Appender {
            path: path.to_path_buf(),
            file,
            size,
            rotate_at: ROTATE_AT,
            next_number,
        })
    }

    /// Sets the size, in bytes, after which a new file is started.
    #[must_use]
    pub fn rotate_at(mut self, bytes: u64) -> Appender {
        self.rotate_at = bytes;
        self
    }

    /// Appends one line with one write. It is in the page cache afterwards, on the disk after [`Appender::sync`].
    ///
    /// # Errors
    /// When the disk is full or the file gone; nothing of the line is left in the file.
    pub fn append<T: Serialize>(&mut self, line: &T) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec(line).map_err(|e| RunError::damaged(&self.path, e))?;
        bytes.push(b'\n');
        if self.size > 0 && self.size + bytes.len() as u64 > self.rotate_at {
            // A journal that cannot be set aside just now continues growing: no line is lost for it.
            if self.rotate().is_err() {
                self.rotate_at = self.rotate_at.saturating_add(ROTATE_AT);
            }
        }
        if let Err(source) = self.file.write_all(&bytes) {
            // A line that did not fit is taken back whole.
            let _ = self.file.set_len(self.size);
            return Err(RunError::io(&self.path, "append a line")(source));
        }
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Waits until every appended line is on the disk.
    ///
    /// # Errors
    /// When the disk reports a fault.
    pub fn sync(&mut self) -> Result<(), RunError> {
        self.file.sync_data().map_err(RunError::io(&self.path, "sync"))
    }

    /// Goes by another path from now on: the folder that holds the journal was renamed.
    pub fn relocate(&mut self, path: &Path) {
        self.path = path.to_path_buf();
    }

    fn rotate(&mut self) -> Result<(), RunError> {
        self.sync()?;
        let aside = rotated(&self.path, self.next_number);
        std::fs::rename(&self.path, &aside).map_err(RunError::io(&aside, "rotate to"))?;
        match append_inside(&self.path) {
            Ok(file) => self.file = file,
            Err(e) => {
                let _ = std::fs::rename(&aside, &self.path);
                return Err(e);
            }
        }
        self.next_number += 1;
        self.size = 0;
        sync_folder(&self.path)
    }
}

/// Cuts the file after its last line end; returns the size left.
fn cut_torn_tail(file: &mut File) -> io::Result<u64> {
    let size = file.metadata()?.len();
    let keep = last_line_end(file, size)?;
    if keep < size {
        file.set_len(keep)?;
    }
    Ok(keep)
}

/// The offset just after the last `\n`, searched backwards by blocks.
fn last_line_end(file: &mut File, size: u64) -> io::Result<u64> {
    const BLOCK: u64 = 64 << 10;
    let mut end = size;
    let mut block = vec![0; BLOCK as usize];
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let part = &mut block[..(end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|b| *b == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
