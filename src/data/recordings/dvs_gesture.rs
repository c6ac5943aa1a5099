//! DVS128 Gesture in its original folder: AEDAT 3.1 files that each hold one person's gestures one after another, a table
//! of times beside each, and two lists that divide the files.

use std::path::Path;

use super::listing::first_there;
use super::{Recording, Recordings};
use crate::data::error::{DataError, shown_text};
use crate::data::read::Expected;
use std::io::Read;

const CLASSES: [&str; 11] = [
    "hand clapping",
    "right hand wave",
    "left hand wave",
    "right arm clockwise",
    "right arm counter clockwise",
    "left arm clockwise",
    "left arm counter clockwise",
    "arm roll",
    "air drums",
    "air guitar",
    "other gestures",
];
const EXPECTED: &str =
    "trials_to_train.txt, trials_to_test.txt and the userNN_*.aedat of DVS128 Gesture with their _labels.csv";
/// A list or table longer than this is no list of trials.
const MOST_BYTES: u64 = 1 << 20;

pub(super) fn find(root: &Path) -> Result<Recordings, DataError> {
    let names = [
        "dvs-gesture",
        "DvsGesture",
        "DVSGesture",
        "dvs128-gesture",
        "events/dvs-gesture",
    ];
    let folder = first_there(root, &names, EXPECTED)?;
    let (train, lost) = part(&folder, "trials_to_train.txt")?;
    let (test, lost_too) = part(&folder, "trials_to_test.txt")?;
    let lost = lost + lost_too;
    Ok(Recordings {
        name: "dvs-gesture".to_owned(),
        class_names: CLASSES.map(str::to_owned).to_vec(),
        train,
        test,
        split: "the published division by persons, from its two lists",
        sensor: None,
        size: Some([128, 128]),
        note: (lost > 0).then(|| format!("dvs-gesture: {lost} of the listed files are not there")),
    })
}

/// The gestures of one list's files in its order, and how many of the files are not there.
fn part(folder: &Path, list: &str) -> Result<(Vec<Recording>, usize), DataError> {
    let path = folder.join(list);
    let (mut all, mut lost) = (Vec::new(), 0);
    for name in text(&path)?.lines().map(str::trim).filter(|name| !name.is_empty()) {
        // A name, not a path: the list may not lead out of its folder.
        let stem = name.strip_suffix(".aedat").filter(|stem| !stem.contains(['/', '\\']));
        let stem = stem.ok_or_else(|| DataError::Unsupported {
            path: path.clone(),
            why: format!("its line `{}` names no .aedat file of this folder", shown_text(name)),
        })?;
        let recording = folder.join(name);
        match recording.exists() {
            true => all.extend(gestures(&recording, &folder.join(format!("{stem}_labels.csv")))?),
            false => lost += 1,
        }
    }
    match all.is_empty() {
        true => Err(DataError::Missing {
            path: folder.to_path_buf(),
            expected: EXPECTED.to_owned(),
            fix: "Unpack DvsGesture.tar.gz".to_owned(),
        }),
        false => Ok((all, lost)),
    }
}

/// The rows of one table: class from 1, first and last microsecond.
fn gestures(recording: &Path, table: &Path) -> Result<Vec<Recording>, DataError> {
    let mut all = Vec::new();
    for (number, line) in (1..).zip(text(table)?.lines()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        if number == 1 && fields.first().is_some_and(|field| field.parse::<u64>().is_err()) || line.trim().is_empty() {
            continue;
        }
        let row = match fields[..] {
            [class, from, to] => class.parse().ok().zip(from.parse().ok().zip(to.parse().ok())),
            _ => None,
        };
        let row = row.filter(|(class, (from, to)): &(u16, (u64, u64))| (1..=11).contains(class) && from < to);
        let (class, (from, to)) = row.ok_or_else(|| DataError::Damaged {
            path: table.to_path_buf(),
            found: format!("line {number} is `{}`", shown_text(line)),
            expected: "lines of class (1 to 11), first and last microsecond, separated by commas".to_owned(),
            fix: "Unpack the table from DvsGesture.tar.gz once more".to_owned(),
        })?;
        all.push(Recording {
            path: recording.to_path_buf(),
            label: class - 1,
            between: Some(from..to),
        });
    }
    Ok(all)
}

/// A short text file.
fn text(path: &Path) -> Result<String, DataError> {
    let file = Expected {
        path: path.to_path_buf(),
        expected: EXPECTED.to_owned(),
        fix: "Unpack DvsGesture.tar.gz".to_owned(),
    };
    let (handle, length) = file.open()?;
    if length > MOST_BYTES {
        return Err(file.damaged(format!("it has {length} bytes")));
    }
    let mut bytes = Vec::new();
    let read = handle.take(MOST_BYTES).read_to_end(&mut bytes);
    read.map_err(|e| DataError::io("read", path, e))?;
    String::from_utf8(bytes).map_err(|_| file.damaged("it is no text"))
}
