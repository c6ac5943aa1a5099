//! Which git revision the working folder is at, read from its files; git itself is not run.

use super::files::read_bounded;
use std::path::{Path, PathBuf};

/// The commit that the working folder has checked out, if it lies in a git repository.
pub fn of_working_folder() -> Option<String> {
    of(&std::env::current_dir().ok()?)
}

fn of(folder: &Path) -> Option<String> {
    let dot_git = folder.ancestors().map(|a| a.join(".git")).find(|p| p.exists())?;
    let git = git_folder(&dot_git)?;
    let head = text(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref: ") else {
        return commit(&head);
    };
    // A worktree keeps its HEAD to itself and shares the branches.
    let common = text(&git.join("commondir")).map_or_else(|| git.clone(), |c| git.join(c));
    let loose = text(&common.join(name)).and_then(|t| commit(&t));
    loose.or_else(|| {
        let packed = text(&common.join("packed-refs"))?;
        packed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(_, n)| *n == name)
            .and_then(|(c, _)| commit(c))
    })
}

/// `.git` itself, or where a worktree's `.git` file points.
fn git_folder(dot_git: &Path) -> Option<PathBuf> {
    if dot_git.is_dir() {
        return Some(dot_git.to_path_buf());
    }
    let target = text(dot_git)?.strip_prefix("gitdir: ")?.to_string();
    Some(dot_git.parent()?.join(target))
}

fn text(file: &Path) -> Option<String> {
    let bytes = read_bounded(file, 1 << 20).ok()?;
    Some(String::from_utf8(bytes).ok()?.trim().to_string())
}

fn commit(text: &str) -> Option<String> {
    ((40..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn loose_packed_and_detached_heads_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        std::fs::create_dir_all(git.join("refs/heads")).unwrap();
        std::fs::create_dir_all(folder.path().join("deep/er")).unwrap();
        std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(of(folder.path()), None);
        std::fs::write(git.join("packed-refs"), format!("# pack\n{COMMIT} refs/heads/main\n")).unwrap();
        assert_eq!(of(&folder.path().join("deep/er")).as_deref(), Some(COMMIT));
        std::fs::write(git.join("refs/heads/main"), COMMIT.replace('0', "f")).unwrap();
        assert!(of(folder.path()).unwrap().starts_with("f1"));
        std::fs::write(git.join("HEAD"), COMMIT).unwrap();
        assert_eq!(of(folder.path()).as_deref(), Some(COMMIT));
        std::fs::write(git.join("HEAD"), "\x1b[31m").unwrap();
        assert_eq!(of(folder.path()), None);
    }
}
