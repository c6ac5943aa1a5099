//! An attack job, its cells, and its kept images. Plain data.

use crate::{
    run::{
        attack::Norm,
        attack_job::{AttackTable, Check, ClassTally, Example, VulnerabilityRecord},
        provenance::Provenance,
        status::RunState,
    },
    units::Epsilon,
};
use std::path::PathBuf;

/// One attack job.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackRow {
    /// Its directory.
    pub dir: PathBuf,
    /// Its id.
    pub id: String,
    /// Derived as a run's.
    pub state: RunState,
    /// Why it failed or was stopped.
    pub why: String,
    /// Cells finished and cells in all.
    pub cells_done: (usize, usize),
    /// Images finished in the current cell.
    pub images_done: usize,
    /// Images per cell.
    pub samples: usize,
    /// The cell worked on, in words.
    pub current: String,
    /// Seconds left.
    pub eta: f64,
    /// Names of the checkpoints attacked.
    pub checkpoints: Vec<String>,
    /// The folder that each lies in: its run's id.
    pub origins: Vec<String>,
    /// The norm of the radii.
    pub norm: Norm,
    /// The grid's radii.
    pub eps: Vec<Epsilon>,
    /// Whether attacked images are kept.
    pub keeps: bool,
    /// Results so far.
    pub cells: Vec<CellRow>,
    /// The worst over all attacks, by checkpoint and radius.
    pub worst: Vec<CellRow>,
    /// Cells, and the worst over several, by true class; empty where no labels are recorded.
    pub groups: Vec<GroupRow>,
    /// Whether the numbers are reliable.
    pub checks: Vec<Check>,
    /// Why they may not be, where nothing looked for masked gradients.
    pub unlooked: Option<String>,
    /// Adversarial against random perturbations, by index of the checkpoint.
    pub vulnerability: Vec<(usize, VulnerabilityRecord)>,
    /// The results as they are copied.
    pub table: AttackTable,
    /// What each checkpoint's results were computed from and by, as far as it is recorded.
    pub provenance: Vec<Provenance>,
}

/// A cell of an attack, or the worst over several of them, by true class.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Index of the checkpoint.
    pub checkpoint: usize,
    /// The attack, or `worst`.
    pub attack: String,
    /// The backward mode, or `worst`; empty where there is none.
    pub backward: String,
    /// The radius.
    pub eps: Epsilon,
    /// By true class.
    pub classes: Vec<ClassTally>,
}

/// Which image of an attack is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleKey {
    /// The job's directory.
    pub job: PathBuf,
    /// The cell's number in the job's order of work.
    pub cell: usize,
    /// The image's position in the job's order.
    pub image: usize,
}

/// An image that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSeen {
    /// Which.
    pub key: SampleKey,
    /// What was found; `None` where it was not kept; or why it cannot be read.
    pub found: Result<Option<Sample>, String>,
}

/// One image, clean and attacked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Pixels, label and logits.
    pub example: Example,
    /// Whether it was classified correctly when clean, if recorded.
    pub right_before: Option<bool>,
    /// … and when attacked.
    pub right_after: Option<bool>,
}

/// One cell of an attack's results.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRow {
    /// Its number in the job's order of work; none for the worst over several.
    pub number: Option<usize>,
    /// Index of the checkpoint.
    pub checkpoint: usize,
    /// The attack.
    pub attack: String,
    /// The backward mode.
    pub backward: String,
    /// The radius.
    pub eps: Epsilon,
    /// Share of the images so far that are still classified correctly.
    pub accuracy: f64,
    /// Wilson interval, 95 %.
    pub interval: (f64, f64),
    /// Images seen so far.
    pub n: usize,
    /// Seconds spent.
    pub seconds: f64,
    /// Images gone through without a gap, those that were not tried included.
    pub done: usize,
    /// Whether images are still to be attacked.
    pub open: bool,
    /// Positions of the images that were classified rightly when clean and no longer when attacked, ascending.
    pub fooled: Vec<usize>,
}

impl CellRow {
    /// Whether its attack moves images at all.
    pub fn moves(&self) -> bool {
        self.attack != "none"
    }
}
