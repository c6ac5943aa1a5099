//! A file that keeps room free in the run's folder, so that a worker whose disk is full can still write its status and exit
//! record.

use crate::run::{RunError, files::publish_json, names};
use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

/// Room for a status, an exit record and the names of both.
const BYTES: usize = 64 << 10;

/// The room, while it is held.
#[derive(Debug)]
pub struct DiskReserve {
    path: PathBuf,
    held: bool,
}

impl DiskReserve {
    /// Takes the room in this folder, if there is any: a worker does without it otherwise.
    pub fn take(folder: &Path) -> DiskReserve {
        let mut reserve = DiskReserve {
            path: folder.join(names::RESERVE),
            held: false,
        };
        reserve.refill();
        reserve
    }

    /// Gives the room up to whatever is written next; returns whether there was any.
    pub fn release(&mut self) -> bool {
        std::mem::take(&mut self.held) && std::fs::remove_file(&self.path).is_ok()
    }

    /// Takes the room again.
    pub fn refill(&mut self) {
        if self.held {
            return;
        }
        // One that an earlier worker left is replaced.
        let _ = std::fs::remove_file(&self.path);
        let created = OpenOptions::new().write(true).create_new(true).open(&self.path);
        // Bytes that differ, since some file systems keep no room for zeros.
        let bytes: Vec<u8> = (0..BYTES).map(|i| (i % 251) as u8).collect();
        let written = created.and_then(|mut file: File| file.write_all(&bytes));
        self.held = written.is_ok();
        if !self.held {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Publishes a small file, from the reserved room where there is no other: what it replaces gives as much back.
    pub fn publish<T: serde::Serialize>(&mut self, path: &Path, value: &T) -> Result<(), RunError> {
        match publish_json(path, value) {
            Err(fault) if fault.is_disk_full() && self.release() => {
                let published = publish_json(path, value);
                self.refill();
                published
            }
            published => published,
        }
    }

    /// The folder was renamed.
    pub fn relocate(&mut self, folder: &Path) {
        self.path = folder.join(names::RESERVE);
    }
}

impl Drop for DiskReserve {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_held_given_up_and_taken_again() {
        let folder = tempfile::tempdir().unwrap();
        let size = || std::fs::metadata(folder.path().join(".reserve")).map_or(0, |m| m.len());
        let mut reserve = DiskReserve::take(folder.path());
        assert_eq!(size(), BYTES as u64);
        assert!(reserve.release() && !reserve.release());
        assert_eq!(size(), 0);
        reserve.refill();
        assert_eq!(size(), BYTES as u64);
        drop(reserve);
        assert_eq!(size(), 0);
    }
}
