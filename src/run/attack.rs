//! `attacks/<ulid>/`: an attack sweep as a detached, resumable job with its own record.
//!
//! ```text
//! attack.toml     AttackManifest  written once
//! status.json     AttackStatus    attack worker only, replaced by rename
//! results.jsonl   AttackLine      attack worker only, one line per batch of images
//! exit.json       super::status::Exit
//! control/        as a run's: Stop cancels, Pause and Resume
//! ```

use crate::{
    spec::{AttackKind, BackwardMode},
    units::Epsilon,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `attack.toml`: what is attacked, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackManifest {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// The job's ULID.
    pub id: String,
    /// When it was created, RFC 3339 UTC.
    pub created: String,
    /// The command line.
    pub argv: Vec<String>,
    /// Absolute checkpoint directories.
    pub checkpoints: Vec<PathBuf>,
    /// Absolute folder of data sets.
    pub data: PathBuf,
    /// Attacks, in order.
    pub attacks: Vec<AttackKind>,
    /// Radii.
    pub eps: Vec<Epsilon>,
    /// The attacker's backward modes.
    pub backward: Vec<BackwardMode>,
    /// Images attacked.
    pub samples: usize,
    /// Which images.
    pub split: Split,
    /// In which order.
    pub order: Order,
    /// From which all randomness is drawn.
    pub seed: u64,
    /// Images per batch.
    pub batch: usize,
    /// Step size; `None` is (2.55/8)·ε.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<Epsilon>,
    /// The loss ascended.
    pub loss: AttackLoss,
    /// Seconds after which the job stops, saying so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<f64>,
    /// The device.
    pub device: String,
}

/// Which images are attacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// The test set.
    #[default]
    Test,
    /// The validation images that the checkpoint's run held out.
    Validation,
}

/// In which order images are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The first N, as the file has them.
    #[default]
    File,
    /// A shuffle by the seed.
    Shuffled,
}

/// The loss an attack ascends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttackLoss {
    /// Cross-entropy.
    #[default]
    Ce,
    /// max_{k≠y} z_k − z_y.
    Margin,
    /// Difference of logits ratio.
    Dlr,
}

/// `status.json` of an attack job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackStatus {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// Cells finished.
    pub cells_done: usize,
    /// Cells in all.
    pub cells: usize,
    /// Images finished in the current cell.
    pub images_done: usize,
    /// The cell worked on, in words.
    pub current: String,
    /// Seconds left at the recent rate.
    pub eta: f64,
    /// When it was written, RFC 3339 UTC.
    pub time: String,
    /// The machine.
    pub host: String,
    /// That machine's boot.
    pub boot: String,
    /// The worker's process id.
    pub pid: u32,
    /// The process's start in clock ticks since boot.
    pub process_start: u64,
    /// Seconds until the next sign of life at the latest.
    pub next_report_s: f64,
}

/// One line of `results.jsonl`: one batch of one cell. A cell is (checkpoint, attack, backward, ε).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttackLine {
    /// Index into [`AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// The attack.
    pub attack: AttackKind,
    /// The attacker's backward mode.
    pub backward: BackwardMode,
    /// The radius; `none` writes ε = 0.
    pub eps: Epsilon,
    /// Position of the batch's first image in the job's order.
    pub first: usize,
    /// One character per image: `1` still classified rightly, `0` not (an image wrong when clean is `0`).
    pub robust: String,
    /// Seconds the batch took.
    pub seconds: f64,
}
