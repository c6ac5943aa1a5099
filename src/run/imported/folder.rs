//! The folder of an imported run while it is made: beside its place until it is whole, so that what fails leaves nothing
//! and what is replaced stays until then.

use crate::run::{
    RunDir,
    error::RunError,
    files::{SMALL, create_folder, publish, read_inside, sync_folder},
    names,
};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What an import makes, and what people may have added to it through this program.
const OURS: [&str; 7] = [
    names::RUN,
    names::IMPORTED,
    names::STATUS,
    names::EXIT,
    names::CONTROL,
    names::ATTACKS,
    names::LOCK,
];

/// A folder that is not yet a run. Unless it is published, it goes with everything in it.
#[derive(Debug)]
pub struct Draft {
    /// Where the run is to be.
    target: PathBuf,
    /// Where it is made: the target itself where that was an empty folder.
    path: PathBuf,
    replaces: bool,
    published: bool,
}

impl Draft {
    /// Begins the folder of a run; `replacing` names what the run there, if there is one, must have been imported from.
    ///
    /// # Errors
    /// When something else is there, or the folder cannot be made.
    pub fn begin(target: &Path, replacing: Option<&Path>) -> Result<Draft, RunError> {
        let target = place(target)?;
        let inside = fs::read_dir(&target).map(|mut inside| inside.next().is_some());
        match (&inside, replacing) {
            (Ok(true), Some(from)) => check(&target, from)?,
            (Ok(true), None) => return Err(RunError::refused(&target, "is not empty; choose another folder")),
            (Err(_), _) if fs::symlink_metadata(&target).is_ok() => {
                return Err(RunError::refused(&target, "is no folder; choose another"));
            }
            _ => {}
        }
        let name = target.file_name().map(|n| n.to_string_lossy().into_owned());
        let name = format!(".{}.importing-{}", name.unwrap_or_default(), std::process::id());
        let path = match inside {
            Ok(false) => target.clone(),
            _ => target.with_file_name(name),
        };
        if path != target {
            fs::create_dir(&path).map_err(RunError::io(&path, "create the folder"))?;
        }
        Ok(Draft {
            target,
            path,
            replaces: matches!(inside, Ok(true)),
            published: false,
        })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the run will be called.
    pub fn id(&self) -> String {
        let name = self.target.file_name();
        name.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Puts the folder in its place, and what it replaces out of the way; returns where it is.
    ///
    /// # Errors
    /// When it cannot be put there; what was there stays.
    pub fn publish(mut self) -> Result<PathBuf, RunError> {
        if self.replaces {
            keep_labels(&self.target, &self.path)?;
            exchange(&self.path, &self.target)?;
            self.published = true;
            sync_folder(&self.target)?;
            // What is there now is the old one.
            fs::remove_dir_all(&self.path).map_err(RunError::io(&self.path, "remove the earlier import in"))?;
        } else if self.path != self.target {
            fs::rename(&self.path, &self.target).map_err(RunError::io(&self.target, "make the folder"))?;
            self.published = true;
            sync_folder(&self.target)?;
        }
        self.published = true;
        Ok(self.target.clone())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        if self.path != self.target {
            let _ = fs::remove_dir_all(&self.path);
            return;
        }
        // The user's own folder, empty before: only what was made in it is removed.
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let _ = match entry.file_type().is_ok_and(|t| t.is_dir()) {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
    }
}

/// The place itself, whatever links lead there; its parents are made.
fn place(target: &Path) -> Result<PathBuf, RunError> {
    if let Ok(found) = fs::canonicalize(target) {
        return Ok(found);
    }
    let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(RunError::refused(target, "is no name for a folder; choose another"));
    };
    create_folder(parent)?;
    let parent = fs::canonicalize(parent).map_err(RunError::io(parent, "find"))?;
    Ok(parent.join(name))
}

/// Whether what is there is an import of the same files, and nothing else is in it.
fn check(target: &Path, from: &Path) -> Result<(), RunError> {
    let refused = |why: String| {
        Err(RunError::refused(
            target,
            format!("{why}: nothing was replaced; choose another --out"),
        ))
    };
    let imported = match RunDir::is_run(target) {
        true => RunDir::at(target).header()?.imported,
        false => return refused("is not empty and no run".into()),
    };
    match imported {
        None => return refused("is a run of its own, no import".into()),
        Some(other) if other != from => return refused(format!("is an import of {}", other.display())),
        Some(_) => {}
    }
    let entries = fs::read_dir(target).map_err(RunError::io(target, "read"))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_journal = name.ends_with(".jsonl") && (name.starts_with("metrics") || name.starts_with("events"));
        let is_ours = is_journal || OURS.contains(&name.as_str());
        let is_full =
            name == names::ATTACKS && fs::read_dir(entry.path()).is_ok_and(|mut inside| inside.next().is_some());
        if !is_ours || is_full {
            return refused(format!("holds {name}, which no import made"));
        }
    }
    Ok(())
}

/// Tags and note that people gave the old one.
fn keep_labels(old: &Path, new: &Path) -> Result<(), RunError> {
    let from = RunDir::at(old).labels();
    match from.is_file() {
        true => {
            let to = RunDir::at(new).labels();
            publish(&to, &read_inside(&from, SMALL)?)
        }
        false => Ok(()),
    }
}

/// Two folders change places, as one act where the file system can.
fn exchange(new: &Path, old: &Path) -> Result<(), RunError> {
    if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
        return Ok(());
    }
    let aside = new.with_extension("old");
    fs::rename(old, &aside).map_err(RunError::io(old, "replace"))?;
    if let Err(source) = fs::rename(new, old) {
        let _ = fs::rename(&aside, old);
        return Err(RunError::io(old, "replace")(source));
    }
    fs::rename(&aside, new).map_err(RunError::io(&aside, "move"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        imported::{tests::origin, write},
        status::Outcome,
        testing,
    };

    fn import(target: &Path, from: &str, step: u64, replace: bool) -> Result<RunDir, RunError> {
        let rows = std::iter::once(testing::metric(step, "a", 1.0));
        write(target, &origin(from, Outcome::NoEnd), rows, replace)
    }

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn an_import_replaces_an_earlier_one_of_the_same_files_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("run");
        let run = import(&target, "/theirs", 1, false).unwrap();
        fs::write(run.labels(), r#"{"tags":["kept"]}"#).unwrap();
        assert!(
            import(&target, "/theirs", 2, false)
                .unwrap_err()
                .to_string()
                .contains("not empty")
        );
        let run = import(&target, "/theirs", 2, true).unwrap();
        assert_eq!(run.read_exit().unwrap().unwrap().step, 2);
        assert!(fs::read_to_string(run.labels()).unwrap().contains("kept"));
        assert_eq!(entries(folder.path()), ["run"]);
        let refused = |why: &str| {
            let said = import(&target, "/theirs", 3, true).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
            assert_eq!(entries(folder.path()), ["run"]);
        };
        let said = import(&target, "/others", 3, true).unwrap_err().to_string();
        assert!(said.contains("import of /theirs"), "{said}");
        fs::write(target.join("mine.txt"), "x").unwrap();
        refused("mine.txt");
        fs::remove_file(target.join("mine.txt")).unwrap();
        fs::create_dir(target.join("attacks/one")).unwrap();
        refused("attacks");
        fs::remove_dir_all(&target).unwrap();
        RunDir::create(folder.path(), &testing::manifest("run")).unwrap();
        refused("no import");
        fs::remove_dir_all(&target).unwrap();
        fs::create_dir_all(target.join("photos")).unwrap();
        refused("no run");
    }

    #[test]
    fn what_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        for (name, exists) in [("new", false), ("empty", true)] {
            let target = folder.path().join(name);
            if exists {
                fs::create_dir(&target).unwrap();
            }
            let draft = Draft::begin(&target, None).unwrap();
            fs::create_dir(draft.path().join("control")).unwrap();
            fs::write(draft.path().join("metrics.jsonl"), "half").unwrap();
            drop(draft);
            assert_eq!(target.exists(), exists);
            assert!(import(&target, "/theirs", 1, false).is_ok(), "it can be tried again");
        }
        assert_eq!(entries(folder.path()), ["empty", "new"]);
        fs::write(folder.path().join("file"), "x").unwrap();
        assert!(import(&folder.path().join("file"), "/theirs", 1, true).is_err());
        assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "x");
    }
}
