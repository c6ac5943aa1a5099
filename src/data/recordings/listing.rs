//! Folders of files in an order that does not depend on the file system, and the division into training and test.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use super::Recording;
use crate::data::error::{DataError, shown_text};
use crate::input::{Label, MOST_CLASSES};
use crate::random::{Purpose, stream};

/// More entries than this in one folder are refused.
const MOST_ENTRIES: usize = 1 << 20;
/// The seed of the division into training and test: fixed, so that everybody has the same.
const SEED: u64 = 0;

/// What a folder holds: its files, or its folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Files,
    Folders,
}

/// The entries of a folder by their names, numbers in them by value; names that begin with a dot are left out.
pub(super) fn entries(folder: &Path, kind: Kind) -> Result<Vec<(String, PathBuf)>, DataError> {
    let io = |e| DataError::io("list", folder, e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let fits = match kind {
            Kind::Files => path.is_file(),
            Kind::Folders => path.is_dir(),
        };
        if name.starts_with('.') || !fits {
            continue;
        }
        if found.len() == MOST_ENTRIES {
            return Err(DataError::Unsupported {
                path: folder.to_path_buf(),
                why: format!("it has more than {MOST_ENTRIES} entries"),
            });
        }
        found.push((name, path));
    }
    found.sort_by(|(a, _), (b, _)| natural(a, b));
    Ok(found)
}

/// Compares names, runs of digits by the number that they are: `2.bin` comes before `10.bin`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(&l), Some(&r)) = (left.first(), right.first()) else {
            // Equal but for leading zeros: by the letters, so that the order is total.
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = match l.is_ascii_digit() && r.is_ascii_digit() {
            true => {
                let (number, rest) = digits(left);
                let (other, other_rest) = digits(right);
                (left, right) = (rest, other_rest);
                number.len().cmp(&other.len()).then_with(|| number.cmp(other))
            }
            false => {
                (left, right) = (&left[1..], &right[1..]);
                l.cmp(&r)
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits at the beginning without leading zeros, and what follows them.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let zeros = number.iter().take_while(|c| **c == b'0').count();
    (&number[zeros..], rest)
}

/// The first of these folders that is there, else an error that says what was looked for.
pub(super) fn first_there(root: &Path, names: &[&str], expected: &str) -> Result<PathBuf, DataError> {
    let there = names.iter().map(|name| root.join(name)).find(|path| path.is_dir());
    there.ok_or_else(|| DataError::Missing {
        path: root.join(names[0]),
        expected: expected.to_owned(),
        fix: format!(
            "Unpack the original files there (also looked for as {}), or name another folder with --data",
            names[1..].join(", ")
        ),
    })
}

/// The folders of classes in `folder` and each one's files whose names end with `ending` (any, where that is empty).
pub(super) fn classes(folder: &Path, ending: &str) -> Result<Vec<(String, Vec<PathBuf>)>, DataError> {
    let mut classes = Vec::new();
    for (class, path) in entries(folder, Kind::Folders)? {
        let files = entries(&path, Kind::Files)?.into_iter();
        let files = files.filter(|(name, _)| name.to_ascii_lowercase().ends_with(ending));
        classes.push((shown_text(&class), files.map(|(_, path)| path).collect()));
    }
    if classes.len() > usize::from(MOST_CLASSES) {
        return Err(DataError::Unsupported {
            path: folder.to_path_buf(),
            why: format!("it has {} folders; {MOST_CLASSES} classes are the most", classes.len()),
        });
    }
    Ok(classes)
}

/// The files of all classes: the first of each class, then the second of each, so that the beginning of the list
/// already has every class.
pub(super) fn interleaved(classes: Vec<Vec<PathBuf>>) -> Vec<Recording> {
    let most = classes.iter().map(Vec::len).max().unwrap_or(0);
    let mut classes: Vec<_> = classes.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::new();
    for _ in 0..most {
        for (label, files) in (0..).zip(&mut classes) {
            all.extend(files.next().map(|path| recording(path, label)));
        }
    }
    all
}

/// A whole file of one class.
pub(super) fn recording(path: PathBuf, label: Label) -> Recording {
    Recording {
        path,
        label,
        between: None,
    }
}

/// Divides recordings into training and test: of every class a tenth, rounded, is drawn for the test; the order stays.
pub(super) fn nine_tenths(all: Vec<Recording>) -> (Vec<Recording>, Vec<Recording>) {
    let classes = all.iter().map(|r| usize::from(r.label) + 1).max().unwrap_or(0);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); classes];
    for (at, recording) in all.iter().enumerate() {
        members[usize::from(recording.label)].push(at);
    }
    let mut tested = vec![false; all.len()];
    for (class, mut members) in members.into_iter().enumerate() {
        // The second index keeps this draw apart from that of the validation part.
        stream(SEED, Purpose::HoldOut, class as u64, 1).shuffle(&mut members);
        let held = (members.len() as f64 / 10.0).round() as usize;
        members.iter().take(held).for_each(|at| tested[*at] = true);
    }
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (recording, is_test) in all.into_iter().zip(tested) {
        match is_test {
            true => test.push(recording),
            false => train.push(recording),
        }
    }
    (train, test)
}

/// How [`nine_tenths`] divides, in words.
pub(super) const NINE_TENTHS: &str = "of each class 90 % to train on and 10 % to test on, drawn with seed 0";
