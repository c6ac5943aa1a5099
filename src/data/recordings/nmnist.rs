//! N-MNIST in its original folders: `Train/0` to `Train/9` and `Test/0` to `Test/9`, a file per image, numbered as in
//! MNIST.

use std::path::Path;

use super::listing::{classes, first_there, natural, recording};
use super::{Recording, Recordings};
use crate::data::error::DataError;
use crate::input::Label;

/// Recordings of the published set.
const PUBLISHED: [usize; 2] = [60_000, 10_000];
const EXPECTED: &str = "the folders Train and Test of N-MNIST, each with folders 0 to 9 of .bin files";

pub(super) fn find(root: &Path) -> Result<Recordings, DataError> {
    let folder = first_there(
        root,
        &["n-mnist", "nmnist", "NMNIST", "N-MNIST", "events/nmnist"],
        EXPECTED,
    )?;
    let train = part(&folder.join("Train"))?;
    let test = part(&folder.join("Test"))?;
    let note = (PUBLISHED != [train.len(), test.len()]).then(|| {
        format!(
            "n-mnist: {} of {} training recordings and {} of {} test recordings",
            train.len(),
            PUBLISHED[0],
            test.len(),
            PUBLISHED[1]
        )
    });
    Ok(Recordings {
        name: "n-mnist".to_owned(),
        class_names: (0..10).map(|digit| digit.to_string()).collect(),
        train,
        test,
        split: "the published division, by its folders",
        sensor: None,
        size: Some([34, 34]),
        note,
    })
}

/// All recordings of one part by their numbers, which are MNIST's.
fn part(folder: &Path) -> Result<Vec<Recording>, DataError> {
    if !folder.is_dir() {
        return Err(DataError::Missing {
            path: folder.to_path_buf(),
            expected: EXPECTED.to_owned(),
            fix: "Unpack Train.zip and Test.zip of N-MNIST side by side".to_owned(),
        });
    }
    let mut all = Vec::new();
    for (class, files) in classes(folder, ".bin")? {
        let digit = class.parse::<Label>().ok().filter(|digit| *digit < 10);
        let label = digit.ok_or_else(|| DataError::Unsupported {
            path: folder.join(&class),
            why: "it is no digit: the folders of N-MNIST are 0 to 9".to_owned(),
        })?;
        all.extend(files.into_iter().map(|path| recording(path, label)));
    }
    if all.is_empty() {
        return Err(DataError::Unsupported {
            path: folder.to_path_buf(),
            why: "it holds no .bin files in folders 0 to 9".to_owned(),
        });
    }
    let name = |r: &Recording| r.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    all.sort_by_cached_key(|r| (Natural(name(r)), r.label));
    Ok(all)
}

/// A name that is compared by the numbers in it.
#[derive(PartialEq, Eq)]
struct Natural(String);

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        natural(&self.0, &other.0)
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
