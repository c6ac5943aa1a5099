//! Pins: an empty file `pinned` in a checkpoint's folder, which pruning leaves alone. Written by people's commands,
//! never by the worker, and no part of what was saved: the record does not list it.

use super::open::open;
use crate::run::{error::RunError, files::sync_folder};
use std::{fs::OpenOptions, io::ErrorKind, path::Path};

/// The marker's name.
pub(super) const PIN: &str = "pinned";

/// Pins the checkpoint in `folder`, or takes its pin away. Doing it twice is fine.
///
/// # Errors
/// When there is no checkpoint, or its folder cannot be written.
pub fn pin(folder: &Path, pinned: bool) -> Result<(), RunError> {
    let marker = open(folder)?.path().join(PIN);
    let done = match pinned {
        true => OpenOptions::new().write(true).create_new(true).open(&marker).map(drop),
        false => std::fs::remove_file(&marker),
    };
    let (fine, doing) = match pinned {
        true => (ErrorKind::AlreadyExists, "write"),
        false => (ErrorKind::NotFound, "remove"),
    };
    match done {
        Err(e) if e.kind() != fine => Err(RunError::io(&marker, doing)(e)),
        _ => sync_folder(&marker),
    }
}

/// Whether the checkpoint in `folder` is pinned.
pub fn is_pinned(folder: &Path) -> bool {
    std::fs::symlink_metadata(folder.join(PIN)).is_ok()
}
