//! Which images are trained on, and how they are varied.

use super::error::Checker;
use serde::{Deserialize, Serialize};

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// Images: `glyphs` (embedded), `fashion-mnist`, `mnist`, `cifar-10` or `cifar-100`. Recordings of events: `n-mnist`,
    /// `cifar10-dvs`, `dvs-gesture` or `events:FOLDER`.
    pub name: String,
    /// Random changes to training images.
    #[serde(default)]
    pub augment: AugmentKind,
    /// Share of the training images held out for validation.
    #[serde(default = "tenth")]
    pub validation: f64,
    /// Use only the first so many training images (before the validation share is taken); 0 means all.
    #[serde(default)]
    pub limit: usize,
    /// From which the validation split is drawn: 0 where a specification does not say, so that runs of different
    /// `train.seed` share their data. None in runs recorded before there was this key: their split follows `train.seed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
    /// What the T frames of a recording have the same of; only for recordings, as the three keys below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<FramesBy>,
    /// Whose rule decides what becomes of events that are left over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convention: Option<FrameConvention>,
    /// How frames get the size of `network.image`, where it is not the sensor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<FrameResize>,
    /// How the addresses of AEDAT 2.0 files are read, in place of what their headers say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensor: Option<String>,
}

/// What frames have the same of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FramesBy {
    /// The number of events.
    #[default]
    Number,
    /// The time.
    Time,
}

/// Whose rule decides what becomes of events that are left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FrameConvention {
    /// The last frame takes them, as in the paper's code.
    #[default]
    SpikingJelly,
    /// They are dropped.
    Tonic,
}

/// How frames get another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameResize {
    /// Each pixel from the one at its place; the others are left out.
    #[default]
    Nearest,
    /// Each pixel is the sum of all that it covers.
    Sum,
}

/// Random changes to training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AugmentKind {
    /// Images as they are.
    #[default]
    None,
    /// Random crop after padding by 4.
    Crop,
    /// Random crop after padding by 4, and horizontal flip.
    CropFlip,
    /// For recordings: horizontal flip, then a roll, a rotation or a cut-out, the same for all frames.
    Event,
}

fn tenth() -> f64 {
    0.1
}

/// The data sets a specification may name.
pub const DATA_SETS: [&str; 5] = ["glyphs", "fashion-mnist", "mnist", "cifar-10", "cifar-100"];
/// Those of recordings of events, beside `events:FOLDER`.
pub const EVENT_SETS: [&str; 3] = ["n-mnist", "cifar10-dvs", "dvs-gesture"];
/// What stands before the folder of one's own recordings.
pub const FOLDER_PREFIX: &str = "events:";

/// Whether a name is that of a data set of recordings.
#[must_use]
pub fn is_recordings(name: &str) -> bool {
    EVENT_SETS.contains(&name)
        || name
            .strip_prefix(FOLDER_PREFIX)
            .is_some_and(|folder| !folder.is_empty())
}

/// Training images of a data set in its original files, the validation share included; none where it is not known.
pub fn training_images(name: &str) -> Option<usize> {
    match name {
        "glyphs" => Some(2000),
        "fashion-mnist" | "mnist" => Some(60_000),
        "cifar-10" | "cifar-100" => Some(50_000),
        "n-mnist" => Some(60_000),
        "cifar10-dvs" => Some(9_000),
        _ => None,
    }
}

impl DataSpec {
    pub(super) fn check(&self, c: &mut Checker) {
        c.require(
            DATA_SETS.contains(&self.name.as_str()) || is_recordings(&self.name),
            "data.name",
            format!("{:?}", self.name),
            &format!(
                "one of {}, {}, or events:FOLDER",
                DATA_SETS.join(", "),
                EVENT_SETS.join(", ")
            ),
            "write for example data.name = \"fashion-mnist\"",
        );
        c.range("data.validation", self.validation, 0.01, 0.5, "0.1");
        c.require(
            self.limit == 0 || self.limit >= 20,
            "data.limit",
            self.limit,
            "0 (all) or at least 20",
            "write for example data.limit = 10000",
        );
        self.check_kind(c);
    }

    /// That what is said of images is not said of recordings, and the other way round.
    fn check_kind(&self, c: &mut Checker) {
        let recordings = is_recordings(&self.name);
        let fits = match self.augment {
            AugmentKind::None => true,
            AugmentKind::Crop | AugmentKind::CropFlip => !recordings,
            AugmentKind::Event => recordings,
        };
        c.require(
            fits,
            "data.augment",
            format!("{:?} on {}", self.augment, self.name),
            "none, crop and crop-flip for images, none and event for recordings",
            "write data.augment = \"none\"",
        );
        let keys = [
            ("data.frames", self.frames.is_some()),
            ("data.convention", self.convention.is_some()),
            ("data.resize", self.resize.is_some()),
            ("data.sensor", self.sensor.is_some()),
        ];
        for (key, _) in keys.iter().filter(|(_, said)| *said && !recordings) {
            c.require(
                false,
                key,
                format!("said of {}", self.name),
                "for recordings of events alone",
                "leave it out",
            );
        }
    }
}
