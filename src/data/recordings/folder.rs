//! One's own recordings: one folder per class, of any format that is read; with folders `train` and `test` above them
//! where the division is given.

use std::path::{Path, PathBuf};

use super::listing::{Kind, NINE_TENTHS, classes, entries, interleaved, nine_tenths};
use super::{Recording, Recordings};
use crate::data::error::DataError;
use crate::data::events::sensor::Sensor;

/// Classes of a folder with their files.
type Classes = Vec<(String, Vec<PathBuf>)>;

pub(super) fn find(name: &str, folder: &Path, sensor: Option<Sensor>) -> Result<Recordings, DataError> {
    let missing = |path: &Path, expected: &str| DataError::Missing {
        path: path.to_path_buf(),
        expected: expected.to_owned(),
        fix: "Name a folder that holds one folder per class after events:, in full or from the data folder".to_owned(),
    };
    if !folder.is_dir() {
        return Err(missing(folder, "a folder with one folder of recordings per class"));
    }
    let (class_names, train, test, split) = match parts(folder)? {
        Some([train, test]) => {
            let (learned, tested) = (classes(&train, "")?, classes(&test, "")?);
            let class_names = names(&learned);
            if names(&tested).iter().any(|name| !class_names.contains(name)) {
                return Err(DataError::Unsupported {
                    path: test,
                    why: format!(
                        "it has the classes {}, and {} has {}",
                        names(&tested).join(", "),
                        train.display(),
                        class_names.join(", ")
                    ),
                });
            }
            let by_class = |found: Classes| sorted(found, &class_names);
            let (train, test) = (by_class(learned), by_class(tested));
            (class_names, train, test, "as its folders train and test divide it")
        }
        None => {
            let found = classes(folder, "")?;
            let class_names = names(&found);
            let (train, test) = nine_tenths(sorted(found, &class_names));
            (class_names, train, test, NINE_TENTHS)
        }
    };
    let refused = |why: String| DataError::Unsupported {
        path: folder.to_path_buf(),
        why,
    };
    if class_names.len() < 2 {
        let found = class_names.len();
        return Err(refused(format!(
            "it has {found} folders of recordings; two or more are needed, one per class"
        )));
    }
    let mut classes = (0..).zip(&class_names);
    if let Some((_, class)) = classes.find(|(label, _)| !train.iter().any(|r| r.label == *label)) {
        return Err(refused(format!(
            "its class {class} has no recording to train on: put files into that folder, or remove it"
        )));
    }
    if test.is_empty() {
        return Err(refused(
            "no recording is left to test on: give every class ten files or more, or folders train and test".to_owned(),
        ));
    }
    Ok(Recordings {
        name: name.to_owned(),
        class_names,
        train,
        test,
        split,
        sensor,
        size: None,
        note: None,
    })
}

/// The folders `train` and `test`, however they are written, where both are there.
fn parts(folder: &Path) -> Result<Option<[PathBuf; 2]>, DataError> {
    let folders = entries(folder, Kind::Folders)?;
    let called = |wanted: &str| {
        let found = folders.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, path)| path.clone())
    };
    Ok(called("train").zip(called("test")).map(|(train, test)| [train, test]))
}

fn names(classes: &Classes) -> Vec<String> {
    classes.iter().map(|(name, _)| name.clone()).collect()
}

/// The recordings, each with its class's number.
fn sorted(mut found: Classes, class_names: &[String]) -> Vec<Recording> {
    let mut take = |name: &String| {
        let at = found.iter().position(|(class, _)| class == name);
        at.map(|at| found.swap_remove(at).1).unwrap_or_default()
    };
    interleaved(class_names.iter().map(&mut take).collect())
}
