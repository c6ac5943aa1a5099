//! What numbers were computed from and by: the network, the images, the program and the device. One value, written into a
//! run's `started` events, its checkpoints and an attack's `subjects.json`, and compared in one place ([`compare()`]). What a
//! record of an earlier version lacks is not recorded, which is never a difference.

mod compare;
mod subjects;

pub use compare::{Difference, Kind, Use, compare};
pub use subjects::Subjects;

use serde::{Deserialize, Serialize};

/// What something was computed from and by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// SHA-256 of the weights (`model.safetensors`), 64 hexadecimal digits; none for those drawn from a seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_sha256: Option<String>,
    /// The images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
    /// What it ran on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceRecord>,
}

impl Provenance {
    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        *self == Provenance::default()
    }

    /// What a `started` event says, where its program recorded no provenance yet: the images and the device's name.
    pub fn of_started(recorded: Option<&Provenance>, images: Option<&DataRecord>, device: &str) -> Provenance {
        let mut all = recorded.cloned().unwrap_or_default();
        all.data = all.data.or_else(|| images.cloned().map(Data::Splits));
        all.device = all.device.or_else(|| DeviceRecord::named(device));
        all
    }

    /// The images, where they are those of a run.
    pub fn splits(&self) -> Option<&DataRecord> {
        match &self.data {
            Some(Data::Splits(splits)) => Some(splits),
            _ => None,
        }
    }
}

/// The program that computed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its version.
    pub version: String,
    /// Git revision of the working folder that it was started in, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl Program {
    /// This one.
    pub fn here() -> Program {
        Program {
            version: env!("CARGO_PKG_VERSION").into(),
            revision: super::revision::of_working_folder(),
        }
    }
}

/// What numbers were computed on. Weights are the same to the bit only on the same device and vector width.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// The device: `flex`, `tch:cuda:0`.
    pub name: String,
    /// Width of the vectors that kernels ran with: `v4`, `v3`, `scalar`, `native`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<String>,
}

impl DeviceRecord {
    /// A device of which only the name is known; none without one.
    fn named(name: &str) -> Option<DeviceRecord> {
        (!name.is_empty()).then(|| DeviceRecord {
            name: name.into(),
            vectors: None,
        })
    }
}

/// Images, as a run or an attack takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    /// All that a run trains and is judged on.
    Splits(DataRecord),
    /// Those that an attack takes its images from.
    Images(ImagesRecord),
}

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

/// The images of one split, which an attack takes its own from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagesRecord {
    /// Whether they are the test images; else those that the run held out for validation.
    pub of_test: bool,
    /// How many there are, before any limit.
    pub images: u64,
    /// SHA-256 of the images and labels of the file that they are of.
    pub sha256: String,
}
