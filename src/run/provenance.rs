//! What numbers were computed from: the images and the networks, by count and digest, so that a resumed job never continues
//! with others.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The images that a run trains and is judged on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRecord {
    /// Images trained on.
    pub train: u64,
    /// Images of the validation split.
    pub validation: u64,
    /// Test images.
    pub test: u64,
    /// SHA-256 of the training file's images and labels, the validation split among them.
    pub train_sha256: String,
    /// SHA-256 of the test images and labels.
    pub test_sha256: String,
}

impl DataRecord {
    /// In what these data differ from those recorded before; `None` where they are the same.
    pub fn difference(&self, before: &DataRecord) -> Option<String> {
        let count = |r: &DataRecord| {
            format!(
                "{} to train, {} to validate and {} to test on",
                r.train, r.validation, r.test
            )
        };
        match self {
            _ if self == before => None,
            _ if count(self) != count(before) => Some(format!("{} now, {} before", count(self), count(before))),
            _ => Some(format!("as many images as before ({}), but other ones", count(self))),
        }
    }
}

/// What an attack job attacks, `subjects.json` of its folder: written by its worker when it first loads each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subjects {
    /// Version of the program that started it.
    pub version: String,
    /// Which table of random numbers' codes it was started with (`random::TABLE`); 0 before there were two.
    #[serde(default)]
    pub random_table: u32,
    /// SHA-256 of the weights, by the checkpoint's number in the job; the transfer source is under the number of checkpoints.
    pub weights: BTreeMap<usize, String>,
    /// SHA-256 of the images and labels attacked, with their number before any limit.
    pub images: BTreeMap<usize, (u64, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_in_images() {
        let before = DataRecord {
            train: 90,
            validation: 10,
            test: 20,
            train_sha256: "a".into(),
            test_sha256: "b".into(),
        };
        assert_eq!(before.difference(&before), None);
        let more = DataRecord {
            train: 180,
            ..before.clone()
        };
        assert!(more.difference(&before).unwrap().contains("180 to train"));
        let others = DataRecord {
            test_sha256: "c".into(),
            ..before.clone()
        };
        assert!(others.difference(&before).unwrap().contains("other ones"));
    }
}
