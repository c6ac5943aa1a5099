//! `subjects.json` of an attack job: what it attacks, by what program and on which device. Written by its worker when it
//! first loads each checkpoint, and kept: a job that continues otherwise says so in `notes`.

use super::{Data, DeviceRecord, ImagesRecord, Program, Provenance, Use, compare};
use crate::run::{files::read_json, names};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// What an attack job attacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subjects {
    /// Version of the program that started it.
    pub version: String,
    /// Git revision of the folder that it was started in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Which table of random numbers' codes it was started with (`random::TABLE`); 0 before there were two.
    #[serde(default, skip_serializing_if = "is_first_table")]
    pub random_table: u32,
    /// What it was started on; none in records of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceRecord>,
    /// SHA-256 of the weights, by the checkpoint's number in the job; the transfer source is under the number of checkpoints.
    pub weights: BTreeMap<usize, String>,
    /// SHA-256 of the images and labels attacked, with their number before any limit.
    pub images: BTreeMap<usize, (u64, String)>,
    /// What was otherwise when it continued: sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

fn is_first_table(table: &u32) -> bool {
    *table == 0
}

impl Subjects {
    /// The record of a job; empty where there is none yet, or it cannot be read.
    pub fn of_job(job: &Path) -> Subjects {
        read_json(&job.join(names::SUBJECTS)).ok().flatten().unwrap_or_default()
    }

    /// What the results of the checkpoint of this number were computed from; `of_test` says which images the job takes.
    pub fn provenance(&self, number: usize, of_test: bool) -> Provenance {
        let images = self.images.get(&number).map(|(images, sha256)| ImagesRecord {
            of_test,
            images: *images,
            sha256: sha256.clone(),
        });
        Provenance {
            model_sha256: self.weights.get(&number).cloned(),
            data: images.map(Data::Images),
            program: (!self.version.is_empty()).then(|| Program {
                version: self.version.clone(),
                revision: self.revision.clone(),
            }),
            device: self.device.clone(),
        }
    }

    /// What must be said beside a table of all its checkpoints: where they are not of the same images, and what was
    /// otherwise when the job continued.
    pub fn remarks(&self, of_test: bool) -> Vec<String> {
        let first = self.provenance(0, of_test);
        let others = self.images.keys().filter(|number| **number > 0);
        let apart = others.flat_map(|number| {
            let differences = compare(&self.provenance(*number, of_test), &first, Use::SideBySide);
            differences
                .into_iter()
                .map(move |d| format!("checkpoint {} beside checkpoint 1: {d}", number + 1))
        });
        apart.chain(self.notes.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_an_earlier_version_is_read_and_lacks_a_device() {
        let old = r#"{"version":"0.8.0","weights":{"0":"aa"},"images":{"0":[20,"bb"],"1":[30,"cc"]}}"#;
        let subjects: Subjects = serde_json::from_str(old).unwrap();
        let of = subjects.provenance(0, true);
        assert_eq!((of.model_sha256.as_deref(), of.device), (Some("aa"), None));
        let remarks = subjects.remarks(true);
        assert!(
            remarks.len() == 1 && remarks[0].contains("30 images here, 20 there"),
            "{remarks:?}"
        );
        let back: serde_json::Value = serde_json::to_value(&subjects).unwrap();
        assert_eq!(back, serde_json::from_str::<serde_json::Value>(old).unwrap());
    }
}
