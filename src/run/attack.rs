//! `attacks/<ulid>/`: an attack sweep as a detached, resumable job with its own record.
//!
//! ```text
//! attack.toml     AttackManifest  written once
//! status.json     AttackStatus    attack worker only, replaced by rename
//! results.jsonl   AttackLine      attack worker only, one line per batch of images
//! exit.json       super::status::Exit
//! measured.json   Vec<Measured>   attack worker only: what was measured beside the cells, per checkpoint
//! examples/       adversarial images as safetensors, where they were asked for
//! control/        as a run's: Stop cancels, Pause and Resume
//! ```

use crate::input::{Element, Range};
use crate::{
    spec::{Aim, AttackKind, BackwardMode},
    units::Epsilon,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use crate::spec::{AttackLoss, Norm};

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
    /// The norm of the radii.
    #[serde(default)]
    pub norm: Norm,
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
    /// The class aimed at; `None` is any but the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Aim>,
    /// The checkpoint whose network is differentiated, if not the attacked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_from: Option<PathBuf>,
    /// The twin whose gradients are followed instead of the network's own, or the other checkpoint's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Twin>,
    /// Time steps T of the attacked network, if not its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// Draws of a random coding that every gradient and every prediction is averaged over.
    #[serde(default = "one")]
    pub eot: u32,
    /// Whether adversarial images are kept, in `examples/`.
    #[serde(default)]
    pub keep: bool,
    /// Seconds after which the job stops, saying so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<f64>,
    /// The device.
    pub device: String,
    /// Whether a cell attacks only the images that every earlier cell of its checkpoint and radius left.
    #[serde(default)]
    pub worst_case: bool,
    /// Half of the width of its 95 % interval, as a share, at which a cell ends before its last image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// The job whose kept images are counted again; nothing is attacked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

/// A finished job's kept images, to be counted on other checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// The job's absolute directory.
    pub attack: PathBuf,
    /// Its id.
    pub id: String,
    /// Which of its checkpoints the images were made on, from 0.
    pub checkpoint: usize,
    /// The directory that this checkpoint had.
    pub made_on: PathBuf,
    /// Images that this checkpoint got wrong when clean: they were kept as they are, since nothing had to attack them.
    pub unattacked: usize,
}

fn one() -> u32 {
    1
}

/// Most draws that a random coding is averaged over.
pub const MOST_DRAWS: u32 = 1000;
/// Most cells of a job: checkpoints × attacks × backward modes × radii.
pub const MOST_CELLS: usize = 10_000;
/// Images of all cells together that a job may have; each takes a byte of whoever reads it.
pub const MOST_IMAGES: usize = 200_000_000;
/// Most images of a batch.
pub const MOST_BATCH: usize = 8192;
/// Most time steps of an attacked network.
pub const MOST_STEPS: usize = 256;
/// The half-widths of an interval that may be asked for, as shares: below, no data set has enough images; above, a
/// handful would do.
pub const PRECISIONS: std::ops::RangeInclusive<f64> = 0.001..=0.25;

impl AttackManifest {
    /// Whether what is asked for goes together.
    ///
    /// # Errors
    /// What does not, and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        self.is_bounded()?;
        if let Some(kind) = self.attacks.iter().find(|a| !a.is_defined_for(self.norm)) {
            return Err(format!(
                "{kind} is defined for linf only; with norm l2 use noise, gaussian, fgsm, bim:K, pgd:K, apgd-ce:K, apgd-dlr:K, apgd-t:K or square:Q"
            ));
        }
        if !(1..=MOST_DRAWS).contains(&self.eot) {
            return Err(format!(
                "eot = {} must be an integer between 1 and {MOST_DRAWS}",
                self.eot
            ));
        }
        if let Some(steps) = self.steps.filter(|s| !(1..=MOST_STEPS).contains(s)) {
            return Err(format!("steps = {steps} must be an integer between 1 and {MOST_STEPS}"));
        }
        if let Some(precision) = self.precision.filter(|p| !PRECISIONS.contains(p)) {
            return Err(format!(
                "precision = {precision} must be a share between {} and {}, such as 0.02 for an interval of ± 2 points",
                PRECISIONS.start(),
                PRECISIONS.end()
            ));
        }
        if self.precision.is_some() && self.worst_case {
            return Err(
                "precision and worst-case cannot be asked for together: a cell that ends early leaves nothing to judge \
                 the later ones' survivors by; choose one"
                    .into(),
            );
        }
        Ok(())
    }
}

impl AttackManifest {
    /// Whether every loss of the job has a gradient on a network of so many classes: a difference of logits ratio compares
    /// the true class and its rival with the third largest logit (towards a class with the third and fourth), and is
    /// constant where there is none.
    ///
    /// # Errors
    /// The attack that has none, and what to use instead.
    pub fn check_classes(&self, classes: usize) -> Result<(), String> {
        let by_ratio = |kind: &&AttackKind| match kind {
            AttackKind::ApgdDlr { .. } | AttackKind::ApgdT { .. } => true,
            AttackKind::ApgdCe { .. } | AttackKind::Square { .. } => false,
            other => self.loss == AttackLoss::Dlr && other.uses_gradient(),
        };
        let needs = |kind: &AttackKind| match (kind, self.target) {
            (AttackKind::ApgdT { .. }, _) | (_, Some(_)) => 4,
            _ => 3,
        };
        let few = self.attacks.iter().filter(by_ratio).find(|k| classes < needs(k));
        few.map_or(Ok(()), |kind| {
            Err(format!(
                "{kind}: the difference of logits ratio needs {} classes to have a gradient, and the network has {classes}; \
                 use apgd-ce:K, or --loss ce or margin",
                needs(kind)
            ))
        })
    }

    /// Counts change by whole events: a smaller radius would leave every sample as it is, and look like robustness.
    fn check_counts(&self, range: Range) -> Result<(), String> {
        if !self.norm.is_cube() {
            return Err(
                "norm l2 is for pixels; frames of events are attacked with norm linf, radii in events per cell".into(),
            );
        }
        match self.eps.iter().find(|e| !range.is_radius(e.value())) {
            Some(eps) => Err(format!(
                "eps = {eps} must be a whole number of events per cell: samples are counts, and a cell changes by whole events; \
                 write for example --eps 1,2"
            )),
            None => Ok(()),
        }
    }

    /// Whether every radius is one of samples whose values may be these.
    ///
    /// # Errors
    /// The radius that is not, with those that are.
    pub fn check_radii(&self, range: Range) -> Result<(), String> {
        if range.element == Element::Whole {
            return self.check_counts(range);
        }
        let far = self.eps.iter().find(|e| e.value() > f64::from(range.high - range.low));
        match far.filter(|_| self.norm.is_cube()) {
            Some(eps) => Err(format!(
                "eps = {eps} must be between 0/255 and 255/255: pixels lie in [0, 1]; only with norm l2 a radius may be larger"
            )),
            None => Ok(()),
        }
    }

    /// Whether the grid has a size that can be worked with, whoever wrote it.
    ///
    /// # Errors
    /// What is too large.
    pub fn is_bounded(&self) -> Result<(), String> {
        let lists = [self.attacks.len(), self.backward.len(), self.eps.len()];
        let grid = lists.iter().fold(self.checkpoints.len(), |n, l| n.saturating_mul(*l));
        // Each checkpoint has a clean cell too.
        let cells = grid.saturating_add(self.checkpoints.len());
        let images = cells.saturating_mul(self.samples);
        match (cells <= MOST_CELLS, images <= MOST_IMAGES) {
            (true, true) => Ok(()),
            (false, _) => Err(format!(
                "{cells} cells (checkpoints × (1 + attacks × backward modes × radii)) are too many for one job: at most \
                 {MOST_CELLS}; attack the checkpoints one by one"
            )),
            (true, false) => Err(format!(
                "{cells} cells of {} images are too many for one job: at most {MOST_IMAGES} images in all; attack the \
                 checkpoints one by one, or fewer samples",
                self.samples
            )),
        }
    }

    /// Whether what the job kept can be counted on other checkpoints.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub fn can_be_replayed(&self) -> Result<(), &'static str> {
        if self.replay.is_some() {
            return Err("counted another attack's images itself; replay that one");
        }
        if !self.keep {
            return Err("kept no images; run the attack again with --keep");
        }
        if self.worst_case {
            return Err(
                "attacked only what its earlier cells had left, so its cells hold different images; run it again with --keep and without --worst-case",
            );
        }
        Ok(())
    }
}

/// A network derived from another, whose gradients an attacker may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Twin {
    /// Without a time axis: every neuron replaced by its rate curve.
    Ann,
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
    /// Images of each cell: those asked for, or all that the split has; 0 while that is not known.
    #[serde(default)]
    pub images: usize,
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
    /// Seconds until the next status at the latest.
    pub next_report_s: f64,
    /// Why the job stopped before its end, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// Why a job stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// Its seconds were spent.
    Budget,
    /// Someone asked for it: a command or a signal.
    Asked,
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
    /// One character per image: `1` still classified rightly, `0` not (an image wrong when clean is `0`), `-` not tried,
    /// because an earlier cell of a worst-case job had already broken it.
    pub robust: String,
    /// Seconds the batch took.
    pub seconds: f64,
    /// Why the cell ends with this batch, where images are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<CellEnd>,
}

/// Why a cell ends before its last image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellEnd {
    /// Its interval is as narrow as was asked for.
    Precision,
    /// The replayed job kept no more images of it.
    Kept,
}
