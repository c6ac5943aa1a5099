//! What can go wrong with a run on disk, each with the file it is about and what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a run, an attack or a checkpoint cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system refused a file operation.
    #[error("{}: cannot {doing}: {source}{}", .path.display(), fix(.source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, as a verb: `read`, `append a line`.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A file that a user asked for could not be written.
    #[error("{}: cannot write: {source}{}", .path.display(), advice(.source))]
    Save {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No `run.toml` (or `attack.toml`) there.
    #[error("{}: holds no {wanted} (there is no {file}); runs are in experiments/NAME/runs, attacks in `attacks` beneath a run or experiments", .path.display())]
    NotA {
        /// The folder asked for.
        path: PathBuf,
        /// `run`, `attack` or `checkpoint`.
        wanted: &'static str,
        /// The file that would make it one.
        file: &'static str,
    },
    /// Written by a newer program; may be looked at, not written to.
    #[error(
        "{}: written by a newer spikedeck (schema {found}; this one knows {known}): it is shown read-only; use that version to change it", .path.display()
    )]
    NewerSchema {
        /// The file that says so.
        path: PathBuf,
        /// The schema found.
        found: u64,
        /// The newest known here.
        known: u32,
    },
    /// The content is not what the layout promises.
    #[error("{}: {why}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
    /// Larger than anything we would write.
    #[error("{}: has {bytes} bytes, more than the {most} that such a file may have; it was not written by spikedeck", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The bound.
        most: u64,
    },
    /// Possible, but not safe or not sensible.
    #[error("{}: {why}", .path.display())]
    Refused {
        /// What it is about.
        path: PathBuf,
        /// Why not, with the fix.
        why: String,
    },
    /// Something that may pass was waited for, and a signal asked for the end meanwhile.
    #[error("ended by {by} while it waited for a fault to pass: {fault}")]
    Ended {
        /// The signal.
        by: String,
        /// What was waited for.
        fault: Box<RunError>,
    },
    /// Another worker holds the run.
    #[error(
        "{}: a worker already has this run ({holder}); `spikedeck send {} stop` ends it", .path.display(), .path.display()
    )]
    Locked {
        /// The run.
        path: PathBuf,
        /// Who, as written in the lock file.
        holder: String,
    },
    /// A checkpoint's file is not the one that was saved.
    #[error("{}: damaged: sha256 is {found}, expected {expected}; {fix}", .file.display())]
    Checksum {
        /// The damaged file.
        file: PathBuf,
        /// The checksum recorded when it was saved.
        expected: String,
        /// The checksum of what is there.
        found: String,
        /// Which other checkpoint to use.
        fix: String,
    },
}

impl RunError {
    /// Wraps a system error with the file and what was tried.
    pub fn io<'a>(path: &'a Path, doing: &'static str) -> impl FnOnce(io::Error) -> RunError + 'a {
        move |source| RunError::Io {
            path: path.to_path_buf(),
            doing,
            source,
        }
    }

    /// The content of `path` is wrong.
    pub fn damaged(path: &Path, why: impl std::fmt::Display) -> RunError {
        RunError::Damaged {
            path: path.to_path_buf(),
            why: why.to_string(),
        }
    }

    /// What is asked of `path` is refused.
    pub fn refused(path: &Path, why: impl std::fmt::Display) -> RunError {
        RunError::Refused {
            path: path.to_path_buf(),
            why: why.to_string(),
        }
    }

    /// Whether the disk (or the quota) is full.
    pub fn is_disk_full(&self) -> bool {
        match self {
            RunError::Io { source, .. } | RunError::Save { source, .. } => is_full(source),
            RunError::Ended { fault, .. } => fault.is_disk_full(),
            _ => false,
        }
    }

    /// Whether it may pass by itself: a full disk or quota, a network file system that hiccups, a folder that is locked
    /// for the moment. A size limit, a link or damage does not.
    pub fn may_pass(&self) -> bool {
        use io::ErrorKind as Kind;
        let RunError::Io { source, .. } = self else {
            return false;
        };
        let kinds = [
            Kind::Interrupted,
            Kind::NotFound,
            Kind::PermissionDenied,
            Kind::ReadOnlyFilesystem,
            Kind::ResourceBusy,
            Kind::StaleNetworkFileHandle,
            Kind::TimedOut,
            Kind::WouldBlock,
        ];
        // EIO has no kind of its own.
        is_full(source) || kinds.contains(&source.kind()) || source.raw_os_error() == Some(5)
    }

    /// Whether a file or folder was simply absent.
    pub fn is_missing(&self) -> bool {
        matches!(self, RunError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

fn is_full(source: &io::Error) -> bool {
    matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What to do about the system errors that people can do something about.
fn fix(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::FileTooLarge => {
            "; the limit on the size of a file is reached: raise it (ulimit -f, or the scheduler's limit) and resume"
        }
        _ if is_full(source) => {
            "; free some space there and continue: `spikedeck train --resume RUN`, or the same attack with --out"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder you can write, with --runs and --checkpoints, or fix its permissions"
        }
        _ => "",
    }
}

/// The same for a file that is no part of a run.
fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        _ if is_full(source) => "; nothing was left there: free some space, or write to another disk, and try again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "; choose a folder that you can write",
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "; its folder is not there: create it, or choose another"
        }
        io::ErrorKind::AlreadyExists => "; something of that name is there by now: choose another name",
        _ => "",
    }
}
