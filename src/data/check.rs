//! Verifies the files of a data set: there, of the right size, with the right checksum.
//!
//! It reads and never writes; what fixes a fault is [`super::fetch`].

use std::io::Read;
use std::path::{Path, PathBuf};

use super::catalog::{Delivery, Known, KnownFile};
use super::checksum::Checksum;
use super::error::shown_text;
use super::read::{content, not_a_file};

/// How thoroughly to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Presence and size: no file is opened.
    Glance,
    /// Checksums too: every byte is read.
    Verify,
}

/// What one file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// There and, at [`Depth::Verify`], byte for byte the original.
    Valid,
    /// Of the right size; no checksum was ever published for it.
    SizeOnly,
    /// Not there.
    Missing,
    /// There and wrong; the words say how.
    Damaged(String),
}

/// One file and its state.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Its published name.
    pub name: &'static str,
    /// Where it was looked for.
    pub path: PathBuf,
    /// What was found.
    pub state: FileState,
}

/// What a data set as a whole turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetState {
    /// In the program: nothing to look for.
    Embedded,
    /// None of its files is there.
    Absent,
    /// What is there is valid and can be used, and it is not all.
    Partial,
    /// What is there is valid, and is too little to be used.
    Incomplete,
    /// All there and valid.
    Whole,
    /// Some file is damaged.
    Damaged,
}

impl SetState {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Incomplete => "incomplete",
            Self::Whole => "present",
            Self::Damaged => "damaged",
        }
    }

    /// Whether it can be loaded.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Embedded | Self::Partial | Self::Whole)
    }
}

/// Every file of `known` beneath `root`, looked at as thoroughly as `depth` says.
#[must_use]
pub fn check(known: &Known, root: &Path, depth: Depth) -> (SetState, Vec<FileReport>) {
    let folder = root.join(known.folder);
    let files: Vec<_> = known.files().map(|file| file_report(file, &folder, depth)).collect();
    (set_state(known, &files), files)
}

/// One file in `folder`.
#[must_use]
pub fn file_report(file: &KnownFile, folder: &Path, depth: Depth) -> FileReport {
    let (path, is_unpacked) = file.locate(folder);
    let state = match std::fs::metadata(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => FileState::Missing,
        Err(e) => FileState::Damaged(format!("it cannot be read ({e})")),
        Ok(meta) if !meta.is_file() => FileState::Damaged(format!("it is {}", not_a_file(&meta))),
        Ok(meta) => match depth {
            Depth::Glance => glance(file, is_unpacked, meta.len()),
            Depth::Verify => verify(file, is_unpacked, meta.len(), &path)
                .unwrap_or_else(|e| FileState::Damaged(format!("it cannot be read ({e})"))),
        },
    };
    FileReport {
        name: file.name,
        path,
        state,
    }
}

/// Only an empty file is surely wrong at a glance where the format says its own length; else the size must fit.
fn glance(file: &KnownFile, is_unpacked: bool, length: u64) -> FileState {
    let fits = if file.unpacked.is_some() {
        length > 0
    } else {
        length == file.bytes
    };
    match fits || is_unpacked {
        true => FileState::Valid,
        false => FileState::Damaged(format!("it has {length} bytes, expected {}", file.bytes)),
    }
}

fn verify(file: &KnownFile, is_unpacked: bool, length: u64, path: &Path) -> std::io::Result<FileState> {
    let (bytes, sum) = match &file.unpacked {
        Some(unpacked) if is_unpacked => (unpacked.bytes, Some(unpacked.sha256)),
        _ => (file.bytes, file.sha256),
    };
    let fault = if length != bytes {
        format!("it has {length} bytes, expected {bytes}")
    } else {
        let Some(sum) = sum else { return Ok(FileState::SizeOnly) };
        let (holds, found) = Checksum::Sha256(sum).holds_for(path)?;
        if holds {
            return Ok(FileState::Valid);
        }
        format!("its SHA-256 is {found}, expected {sum}")
    };
    // The same content compressed by another hand is as good.
    match &file.unpacked {
        Some(unpacked) if !is_unpacked && same_content(path, unpacked.bytes, unpacked.sha256) => Ok(FileState::Valid),
        _ => Ok(FileState::Damaged(shown_text(&fault))),
    }
}

/// Whether the gzip file unpacks to exactly these bytes; reads no further than one byte past them.
fn same_content(path: &Path, bytes: u64, sha256: &str) -> bool {
    let unpacked = std::fs::File::open(path)
        .and_then(content)
        .map(|reader| reader.take(bytes + 1));
    unpacked
        .and_then(|reader| Checksum::Sha256(sha256).holds(reader))
        .is_ok_and(|(holds, _)| holds)
}

fn set_state(known: &Known, files: &[FileReport]) -> SetState {
    let is_there = |name: &str| files.iter().any(|f| f.name == name && f.state != FileState::Missing);
    let usable = |pieces: &[super::catalog::Piece]| pieces.iter().any(|p| p.files().all(|f| is_there(f.name)));
    if matches!(known.delivery, Delivery::Embedded) {
        SetState::Embedded
    } else if files.iter().any(|f| matches!(f.state, FileState::Damaged(_))) {
        SetState::Damaged
    } else if files.iter().all(|f| f.state == FileState::Missing) {
        SetState::Absent
    } else if files.iter().all(|f| f.state != FileState::Missing) {
        SetState::Whole
    } else if usable(known.train) && usable(known.test) {
        SetState::Partial
    } else {
        SetState::Incomplete
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::data::catalog::{Unpacked, find};

    // SHA-256 of "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const FILE: KnownFile = KnownFile {
        name: "f.gz",
        bytes: 23,
        sha256: Some("00"),
        unpacked: Some(Unpacked {
            name: "f",
            bytes: 3,
            sha256: ABC,
        }),
    };

    fn state(folder: &Path) -> FileState {
        file_report(&FILE, folder, Depth::Verify).state
    }

    fn gzip(path: &Path, content: &[u8]) {
        let mut writer =
            flate2::write::GzEncoder::new(std::fs::File::create(path).unwrap(), flate2::Compression::none());
        writer.write_all(content).unwrap();
        writer.finish().unwrap();
    }

    #[test]
    fn the_content_counts_and_not_who_compressed_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(state(folder.path()), FileState::Missing);
        std::fs::write(folder.path().join("f"), "abc").unwrap();
        assert_eq!(state(folder.path()), FileState::Valid);
        gzip(&folder.path().join("f.gz"), b"abc");
        assert_eq!(state(folder.path()), FileState::Valid);
        gzip(&folder.path().join("f.gz"), b"abd");
        assert!(matches!(state(folder.path()), FileState::Damaged(_)));
        gzip(&folder.path().join("f.gz"), b"abcabc");
        assert!(matches!(state(folder.path()), FileState::Damaged(_)));
    }

    #[test]
    fn a_set_is_absent_incomplete_partial_or_damaged() {
        let root = tempfile::tempdir().unwrap();
        let known = find("cifar-10").unwrap();
        let folder = root.path().join(known.folder);
        let state = || check(known, root.path(), Depth::Glance).0;
        let put = |name: &str, bytes| {
            std::fs::File::create(folder.join(name))
                .unwrap()
                .set_len(bytes)
                .unwrap()
        };
        assert_eq!(state(), SetState::Absent);
        std::fs::create_dir_all(&folder).unwrap();
        put("data_batch_2.bin", 30_730_000);
        assert_eq!(state(), SetState::Incomplete);
        put("test_batch.bin", 30_730_000);
        assert_eq!(state(), SetState::Partial);
        put("data_batch_1.bin", 5);
        assert_eq!(state(), SetState::Damaged);
    }
}
