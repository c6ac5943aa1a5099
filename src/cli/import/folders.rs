//! Which of the folders below a run's belong to it: `add_scalars` writes every curve into a folder of its own, Keras
//! training and validation, and hyper-parameters come in a folder named by the time. Every other one is another run.

use crate::exchange::events::Session;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// How deep folders are looked into, and the most entries that are looked at.
const DEEP: usize = 6;
const ENTRIES: usize = 100_000;

/// Folders that hold one side of a run.
const SIDES: [&str; 11] = [
    "train",
    "training",
    "validation",
    "valid",
    "val",
    "test",
    "testing",
    "eval",
    "evaluation",
    "evaluate",
    "dev",
];

/// A folder with event files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path below the one that is imported, with `/`; empty for that itself.
    pub below: String,
    /// Its event files, by name, which begins with the time.
    pub files: Vec<PathBuf>,
}

/// What a folder is to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The run's own.
    Own,
    /// One curve of several of the same tag; this one's name.
    Curve(String),
    /// One side of it, such as `train`.
    Side(String),
    /// Hyper-parameters, and what they led to.
    Session,
    /// Another run's.
    Apart,
}

/// As TensorBoard finds its files.
pub fn is_named_so(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|n| n.to_string_lossy().contains("tfevents"))
}

/// The folder and those below it, as far as event files lie in them, by name. Links to folders are not followed.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn find(root: &Path) -> Result<Vec<Folder>> {
    let mut found = Vec::new();
    let mut left = vec![(root.to_path_buf(), String::new(), 0)];
    let mut looked_at = 0;
    while let Some((path, below, depth)) = left.pop() {
        let inside = match std::fs::read_dir(&path) {
            Ok(inside) => inside,
            Err(e) if depth == 0 => return Err(e).with_context(|| path.display().to_string()),
            Err(_) => continue,
        };
        let mut files = Vec::new();
        for entry in inside.flatten().take(ENTRIES - looked_at) {
            looked_at += 1;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|t| t.is_dir());
            if is_folder && depth < DEEP {
                let below = if below.is_empty() {
                    name
                } else {
                    format!("{below}/{name}")
                };
                left.push((entry.path(), below, depth + 1));
            } else if is_named_so(&entry.path()) && entry.path().is_file() {
                files.push(entry.path());
            }
        }
        files.sort();
        if !files.is_empty() {
            found.push(Folder { below, files });
        }
    }
    found.sort_by(|a, b| a.below.cmp(&b.below));
    Ok(found)
}

/// Whether a folder of that name holds one side of a run, as Keras and TensorFlow's estimators call them.
pub fn is_side(below: &str) -> bool {
    let name = below.to_lowercase();
    SIDES.contains(&name.as_str()) || name.starts_with("eval_")
}

/// What a folder is, by its name and what is in it; `several` where the run's own files speak of several sessions with
/// different hyper-parameters, which have a folder each.
pub fn role(below: &str, tags: &[String], sessions: &[Session], several: bool) -> Role {
    if below.is_empty() {
        return Role::Own;
    }
    if let Some(curve) = tags
        .first()
        .filter(|_| tags.len() == 1)
        .and_then(|tag| curve(below, tag))
    {
        return Role::Curve(curve);
    }
    if is_side(below) {
        return Role::Side(below.to_string());
    }
    let is_time = below.contains('.') && below.parse::<f64>().is_ok_and(|t| t > 1e9);
    let has_session = sessions.iter().any(|s| matches!(s, Session::Started(_)));
    match !several && (is_time || has_session) {
        true => Role::Session,
        false => Role::Apart,
    }
}

/// The curve's name in `TAG_NAME` (PyTorch) or `TAG/NAME` (tensorboardX).
fn curve(below: &str, tag: &str) -> Option<String> {
    let plain = |c: char| {
        if c.is_alphanumeric() || "-./".contains(c) {
            c
        } else {
            '_'
        }
    };
    let (tag, folder): (Vec<char>, Vec<char>) = (tag.chars().map(plain).collect(), below.chars().map(plain).collect());
    let begins = |with: &[char]| folder.starts_with(with) && folder.len() > with.len();
    let with = |last: char, slashes: char| -> Vec<char> {
        let tag = tag.iter().map(|c| if *c == '/' { slashes } else { *c });
        tag.chain([last]).collect()
    };
    let before = [with('_', '_'), with('/', '/')].into_iter().find(|b| begins(b))?;
    Some(below.chars().skip(before.len()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_a_run_are_told_from_other_runs() {
        let one = |tag: &str| vec![tag.to_string()];
        let session = [Session::Started(vec![])];
        let curve = |name: &str| Role::Curve(name.into());
        for (below, tags, sessions, wanted) in [
            ("", one("loss"), &[][..], Role::Own),
            ("loss_train", one("loss"), &[], curve("train")),
            ("acc_both_train", one("acc/both"), &[], curve("train")),
            ("acc/both/train", one("acc/both"), &[], curve("train")),
            ("a b/x y", one("a_b"), &[], curve("x y")),
            ("train", vec!["a".into(), "b".into()], &[], Role::Side("train".into())),
            ("eval_test", one("loss"), &[], Role::Side("eval_test".into())),
            ("1796074343.2148254", one("hparam/acc"), &[], Role::Session),
            ("named", one("hparam/acc"), &session, Role::Session),
            ("run2", one("loss"), &[], Role::Apart),
            ("loss_", one("loss"), &[], Role::Apart),
            ("7", one("loss"), &[], Role::Apart),
        ] {
            assert_eq!(role(below, &tags, sessions, false), wanted, "{below}");
        }
        assert_eq!(role("run-0", &one("accuracy"), &session, true), Role::Apart);
    }

    #[test]
    fn folders_below_are_found_and_links_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let file = |path: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"").unwrap();
        };
        file("events.out.tfevents.2.h");
        file("events.out.tfevents.1.h");
        file("acc/both/train/events.out.tfevents.1.h");
        file("plugins/profile.txt");
        std::os::unix::fs::symlink(root.path(), root.path().join("again")).unwrap();
        let found = find(root.path()).unwrap();
        let described: Vec<_> = found.iter().map(|f| (f.below.as_str(), f.files.len())).collect();
        assert_eq!(described, [("", 2), ("acc/both/train", 1)]);
        assert!(found[0].files[0].ends_with("events.out.tfevents.1.h"));
    }
}
