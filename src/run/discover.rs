//! Finding the runs below a folder. Bounded in depth and number, and at peace with links, loops and folders that
//! cannot be read.

use super::dir::RunDir;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The most entries of one folder that are looked at.
const ENTRIES: usize = 20_000;

/// Every run among `roots`: a root that is a run itself, runs directly in it, and those in `runs/`, `*/runs/` and
/// `experiments/*/runs/` below it. Absolute, sorted by id (so by start), each once. What cannot be read is left out.
pub fn discover(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for root in roots {
        if RunDir::is_run(root) {
            found.insert(root.clone());
            continue;
        }
        collect(root, &mut found);
        collect(&root.join("runs"), &mut found);
        for folder in folders(root).into_iter().chain(folders(&root.join("experiments"))) {
            collect(&folder.join("runs"), &mut found);
        }
    }
    let mut runs: Vec<PathBuf> = found
        .into_iter()
        .filter_map(|p| std::fs::canonicalize(p).ok())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    runs.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    runs
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    found.extend(folders(folder).into_iter().filter(|p| RunDir::is_run(p)));
}

/// The folders in `folder`, links to folders included; nothing where it cannot be read.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .take(ENTRIES)
        .flatten()
        .filter(|e| !e.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(at: PathBuf) -> PathBuf {
        std::fs::create_dir_all(&at).unwrap();
        std::fs::write(at.join("run.toml"), "schema = 1").unwrap();
        std::fs::canonicalize(at).unwrap()
    }

    #[test]
    fn runs_are_found_where_they_are_made_and_sorted_by_start() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let b = run(root.join("experiments/one/runs/20261123-100000-b-0000"));
        let a = run(root.join("two/runs/20261123-090000-a-0000"));
        let c = run(root.join("runs/20261123-110000-c-0000"));
        run(root.join("far/too/deep/runs/20261123-120000-d-0000"));
        assert_eq!(discover(std::slice::from_ref(&root)), [a.clone(), b.clone(), c]);
        assert_eq!(
            discover(&[root.join("experiments/one"), b.clone(), a.clone()]),
            [a.clone(), b]
        );
        assert_eq!(discover(&[root.join("two/runs")]), [a]);
    }

    #[test]
    fn loops_and_missing_folders_do_not_disturb() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        let only = run(root.join("runs/20261123-100000-b-0000"));
        std::os::unix::fs::symlink(&root, root.join("loop")).unwrap();
        std::os::unix::fs::symlink(root.join("nowhere"), root.join("dangling")).unwrap();
        assert_eq!(
            discover(&[root.clone(), root.join("loop"), root.join("absent")]),
            [only]
        );
    }
}
