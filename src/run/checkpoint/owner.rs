//! Which run a folder of checkpoints belongs to: `.owner` in it, written by the run's worker. A copy of a run's folder names
//! the same checkpoints as the run itself; its worker would write into them and prune them.

use crate::run::{
    RunDir,
    error::RunError,
    files::{create_owned_folder, publish, read_inside},
};
use std::{os::unix::fs::MetadataExt, path::Path};

const OWNER: &str = ".owner";

/// Claims the folder `root` for `run`; a run that was renamed or moved keeps what is its own.
///
/// # Errors
/// When another run of the same id, that is still there, has it; or the folder cannot be written.
pub fn claim(root: &Path, run: &RunDir) -> Result<(), RunError> {
    let path = root.join(OWNER);
    let mine = run.path().display().to_string();
    if let Some(other) = other_owner(root, run) {
        return Err(RunError::refused(
            root,
            format!(
                "these checkpoints belong to {other}, of which {mine} seems to be a copy: both would write here. Go on with \
                 that one, or start another run from it: spikedeck send {other} fork latest"
            ),
        ));
    }
    if known(root).as_deref() == Some(mine.as_str()) {
        return Ok(());
    }
    if !root.is_dir() {
        create_owned_folder(root)?;
    }
    publish(&path, format!("{mine}\n").as_bytes())
}

/// The other run of the same id that is still there and has the folder `root`: `run` is a copy of it.
pub fn other_owner(root: &Path, run: &RunDir) -> Option<String> {
    let mine = run.path().display().to_string();
    known(root).filter(|other| *other != mine && is_another(Path::new(other), run))
}

fn known(root: &Path) -> Option<String> {
    let bytes = read_inside(&root.join(OWNER), 1 << 16).ok()?;
    Some(String::from_utf8(bytes).ok()?.trim_end().to_string())
}

/// Whether a run of the same id is there, in another folder than this one.
fn is_another(path: &Path, run: &RunDir) -> bool {
    let id = |run: &RunDir| run.header().ok().map(|h| h.id);
    let inode = |path: &Path| std::fs::metadata(path).ok().map(|m| (m.dev(), m.ino()));
    let other = RunDir::at(path);
    RunDir::is_run(path) && id(&other) == id(run) && inode(path) != inode(run.path())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    #[test]
    fn a_copy_of_a_run_does_not_get_its_checkpoints_and_a_renamed_one_keeps_them() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("checkpoints/r");
        let run = RunDir::create(
            &folder.path().join("runs"),
            &testing::manifest("20261123-094512-here-0abc"),
        )
        .unwrap();
        claim(&root, &run).unwrap();
        claim(&root, &run).unwrap();
        let renamed = RunDir::at(run.path().with_file_name("renamed"));
        std::fs::rename(run.path(), renamed.path()).unwrap();
        claim(&root, &renamed).unwrap();
        let copy = RunDir::at(run.path().with_file_name("copy"));
        std::fs::create_dir(copy.path()).unwrap();
        std::fs::copy(renamed.manifest(), copy.manifest()).unwrap();
        assert_eq!(other_owner(&root, &copy), Some(renamed.path().display().to_string()));
        assert_eq!(other_owner(&root, &renamed), None);
        let said = claim(&root, &copy).unwrap_err().to_string();
        assert!(said.contains("renamed") && said.contains("fork"), "{said}");
        std::fs::remove_dir_all(renamed.path()).unwrap();
        claim(&root, &copy).unwrap();
    }
}
