//! Rollback: which checkpoint is meant, and where the newer ones go. Nothing is deleted: they are moved to
//! `superseded-<command id>/` beside the others, where no resume takes them for the newest.

use super::{META, list, open, step_folder, step_of};
use crate::run::{
    error::RunError,
    files::{create_private_folder, sync_folder},
};
use std::path::{Path, PathBuf};
use ulid::Ulid;

/// The most steps named in an error.
const NAMED: usize = 8;

/// The checkpoint in `root`, a run's folder of them, that is meant by its step, its folder's name or its path, or that is
/// the `latest` (also `last`) or the `best`.
///
/// # Errors
/// When there is none, with those that there are; or when the path leads elsewhere.
pub fn find(root: &Path, words: &str) -> Result<PathBuf, RunError> {
    let path = Path::new(words);
    let is_best = |p: &&PathBuf| open(p).is_ok_and(|c| c.meta.best);
    let by_name = match words {
        "latest" | "last" => list(root).pop(),
        "best" => list(root).iter().rfind(is_best).cloned(),
        _ => None,
    };
    if let Some(folder) = by_name {
        return Ok(folder);
    }
    let step = words.parse().ok().or_else(|| step_of(path));
    let step = step.ok_or_else(|| {
        RunError::refused(
            root,
            format!(
                "{words:?} is no checkpoint: write its step, such as 120, its folder, latest, or best where one is; {}",
                known(root)
            ),
        )
    })?;
    let folder = step_folder(root, step);
    let elsewhere = || std::fs::canonicalize(path).ok() != std::fs::canonicalize(&folder).ok();
    if path.components().count() > 1 && elsewhere() {
        let why = format!("{words} is not one of this run's checkpoints; {}", known(root));
        return Err(RunError::refused(root, why));
    }
    match folder.join(META).is_file() {
        true => Ok(folder),
        false => Err(RunError::refused(
            root,
            format!("has no checkpoint of step {step}; {}", known(root)),
        )),
    }
}

/// The newest few, in words.
fn known(root: &Path) -> String {
    let steps: Vec<u64> = list(root).iter().filter_map(|p| step_of(p)).collect();
    let newest: Vec<String> = steps.iter().rev().take(NAMED).map(u64::to_string).collect();
    match (newest.is_empty(), steps.len() > NAMED) {
        (true, _) => "there are none yet: send RUN checkpoint saves one".into(),
        (false, more) => format!("there are steps {}{}", newest.join(", "), if more { ", …" } else { "" }),
    }
}

/// Moves the checkpoints in `root` that are newer than `step` out of the way, the newest first; returns how many. To be
/// called again, with the same id, after it was interrupted.
///
/// # Errors
/// When the id is none, or one cannot be moved; those before it are.
pub fn set_aside_newer(root: &Path, step: u64, id: &str) -> Result<usize, RunError> {
    let id = Ulid::from_string(id).map_err(|_| RunError::refused(root, format!("{id:?} is not a command's id")))?;
    let newer = list(root).into_iter().rev();
    set_aside(
        root,
        newer.filter(|p| step_of(p).is_some_and(|s| s > step)).collect(),
        id,
    )
}

/// [`set_aside_newer`] for all of them, that of step 0 included.
///
/// # Errors
/// As [`set_aside_newer`].
pub fn set_all_aside(root: &Path, id: &str) -> Result<usize, RunError> {
    let id = Ulid::from_string(id).map_err(|_| RunError::refused(root, format!("{id:?} is not a command's id")))?;
    set_aside(root, list(root).into_iter().rev().collect(), id)
}

fn set_aside(root: &Path, newer: Vec<PathBuf>, id: Ulid) -> Result<usize, RunError> {
    if newer.is_empty() {
        return Ok(0);
    }
    let aside = root.join(format!("superseded-{id}"));
    if !aside.is_dir() {
        create_private_folder(&aside)?;
    }
    for folder in &newer {
        let to = free(&aside.join(folder.file_name().unwrap_or_default()));
        std::fs::rename(folder, &to).map_err(RunError::io(folder, "set aside"))?;
        sync_folder(&to)?;
        sync_folder(folder)?;
    }
    Ok(newer.len())
}

/// This path, or with a number where a worker killed on the way has left one of its name.
fn free(path: &Path) -> PathBuf {
    let numbered = (1..1000).map(|n| path.with_extension(n.to_string()));
    let mut all = std::iter::once(path.to_path_buf()).chain(numbered);
    all.find(|p| std::fs::symlink_metadata(p).is_err())
        .unwrap_or_else(|| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(steps: &[u64]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for step in steps {
            let folder = step_folder(root.path(), *step);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join(META), "{}").unwrap();
        }
        root
    }

    #[test]
    fn a_checkpoint_is_found_by_its_step_its_name_and_its_path_and_nowhere_else() {
        let (root, other) = (folder(&[7, 14]), folder(&[7]));
        let seven = step_folder(root.path(), 7);
        for words in ["7", "step-000000007", seven.to_str().unwrap()] {
            assert_eq!(find(root.path(), words).unwrap(), seven, "{words}");
        }
        let elsewhere = step_folder(other.path(), 7);
        for words in [elsewhere.to_str().unwrap(), "../step-000000007", "8", "best", "", "-7"] {
            let said = find(root.path(), words).unwrap_err().to_string();
            assert!(said.contains("14, 7"), "{words}: {said}");
        }
    }

    #[test]
    fn newer_ones_are_set_aside_whole_and_an_interrupted_move_is_completed() {
        let root = folder(&[7, 14, 21, 28]);
        let id = Ulid(5).to_string();
        let aside = root.path().join(format!("superseded-{id}"));
        // A worker that was killed after the first of three.
        std::fs::create_dir(&aside).unwrap();
        std::fs::rename(step_folder(root.path(), 28), aside.join("step-000000028")).unwrap();
        assert_eq!(set_aside_newer(root.path(), 7, &id).unwrap(), 2);
        assert_eq!(list(root.path()), [step_folder(root.path(), 7)]);
        assert_eq!(list(&aside).len(), 3);
        assert_eq!(set_aside_newer(root.path(), 7, &id).unwrap(), 0);
        let again = step_folder(root.path(), 14);
        std::fs::create_dir(&again).unwrap();
        std::fs::write(again.join(META), "{}").unwrap();
        assert_eq!(set_aside_newer(root.path(), 7, &id).unwrap(), 1);
        assert!(aside.join("step-000000014.1").is_dir(), "nothing is overwritten");
        assert!(set_aside_newer(root.path(), 0, "../../x").is_err());
    }
}
