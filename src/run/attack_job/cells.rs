//! The fold of `results.jsonl` into cells. Pure: no file, no clock.

use super::{CellKey, plan};
use crate::{
    run::attack::{AttackLine, AttackManifest, CellEnd},
    spec::AttackKind,
};

/// What is known of one image in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// Not reached yet.
    Open,
    /// Passed over: an earlier cell of a worst-case job had already broken it.
    Untried,
    /// Wrongly classified, clean or attacked.
    Broken,
    /// Still classified rightly.
    Robust,
}

/// One cell of the grid and what was measured in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which.
    pub key: CellKey,
    pub(super) images: Vec<Image>,
    pub(super) seconds: f64,
    ended: Option<CellEnd>,
}

/// Every cell of a job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cells {
    pub(super) cells: Vec<Cell>,
    samples: usize,
    /// Images that the cells of a checkpoint really have, where its split holds fewer than were asked for.
    there: Vec<usize>,
    /// Whether a cell attacks only what the earlier ones left.
    pub(super) worst_case: bool,
    strange: u64,
}

impl Cell {
    /// How many of its first images are done without a gap, those passed over included: a restarted worker continues
    /// there.
    pub fn done(&self) -> usize {
        self.images.iter().take_while(|i| **i != Image::Open).count()
    }

    /// Whether image `index` was attacked, and then whether it is still classified rightly.
    pub fn image(&self, index: usize) -> Option<bool> {
        match self.images.get(index)? {
            Image::Open | Image::Untried => None,
            image => Some(*image == Image::Robust),
        }
    }

    /// Why it ended before its last image, if it did.
    pub fn ended(&self) -> Option<CellEnd> {
        self.ended
    }

    pub(super) fn state(&self, index: usize) -> Image {
        self.images.get(index).copied().unwrap_or(Image::Open)
    }
}

impl Cells {
    /// The job's empty cells, in the order of [`plan`].
    pub fn of(manifest: &AttackManifest) -> Cells {
        let empty = |key| Cell {
            key,
            images: Vec::new(),
            seconds: 0.0,
            ended: None,
        };
        Cells {
            cells: plan(manifest).into_iter().map(empty).collect(),
            samples: manifest.samples,
            there: vec![manifest.samples; manifest.checkpoints.len()],
            worst_case: manifest.worst_case,
            strange: 0,
        }
    }

    /// Takes one line; one that belongs to no cell, or to images beyond the job's, is counted as strange.
    pub fn apply(&mut self, line: &AttackLine) {
        let worst_case = self.worst_case;
        let end = line.first.checked_add(line.robust.len());
        let fits = end.is_some_and(|end| end <= self.samples);
        let images: Option<Vec<Image>> = line.robust.bytes().map(|b| read(b, worst_case)).collect();
        let cell = self.cells.iter_mut().find(|c| c.key.is_of(line));
        let (true, Some(images), Some(cell), Some(end)) = (fits, images, cell, end) else {
            self.strange += 1;
            return;
        };
        if cell.images.len() < end {
            cell.images.resize(end, Image::Open);
        }
        cell.images[line.first..end].copy_from_slice(&images);
        cell.ended = line.ended.or(cell.ended);
        let is_clean = cell.key.attack == AttackKind::None;
        if line.seconds.is_finite() && line.seconds >= 0.0 {
            cell.seconds += line.seconds;
        }
        // A clean cell is gone through before anything else of its checkpoint, and that before the next checkpoint.
        match is_clean {
            false => self.settle(line.checkpoint),
            true => (0..line.checkpoint)
                .next_back()
                .into_iter()
                .for_each(|c| self.settle(c)),
        }
    }

    /// Takes the length of a checkpoint's finished clean cell for that of its others.
    fn settle(&mut self, checkpoint: usize) {
        if let Some(all) = self.clean(checkpoint).map(|c| c.images.len()).filter(|all| *all > 0) {
            self.limit(checkpoint, all);
        }
    }

    /// Every cell, in the order worked through.
    pub fn all(&self) -> &[Cell] {
        &self.cells
    }

    /// The cell of that key.
    pub fn get(&self, key: &CellKey) -> Option<&Cell> {
        self.cells.iter().find(|c| c.key == *key)
    }

    /// A checkpoint's clean cell.
    pub fn clean(&self, checkpoint: usize) -> Option<&Cell> {
        let mut cells = self.cells.iter();
        cells.find(|c| c.key.checkpoint == checkpoint && c.key.attack == AttackKind::None)
    }

    /// Says how many images a checkpoint's split really has.
    pub fn limit(&mut self, checkpoint: usize, there: usize) {
        if let Some(known) = self.there.get_mut(checkpoint) {
            *known = there.min(self.samples);
        }
    }

    /// Images of a checkpoint's cells: those asked for, or all that its split holds.
    pub fn images(&self, checkpoint: usize) -> usize {
        self.there.get(checkpoint).copied().unwrap_or(self.samples)
    }

    /// Whether nothing is left to do in a cell.
    pub fn is_finished(&self, cell: &Cell) -> bool {
        cell.ended.is_some() || cell.done() >= self.images(cell.key.checkpoint)
    }

    /// Cells in which nothing is left to do.
    pub fn finished(&self) -> usize {
        self.cells.iter().filter(|c| self.is_finished(c)).count()
    }

    /// Seconds that the open cells will take, by what is recorded: the mean per image of all cells of the same attack and
    /// backward mode, and where there is none yet the mean per pass of everything. One slow batch counts no more than any
    /// other, pauses do not, and a job that was resumed knows what it knew. 0 where nothing was measured.
    pub fn seconds_left(&self) -> f64 {
        // A backward pass takes about as long as two forward ones.
        let passes = |key: &CellKey| {
            let (forward, backward) = key.attack.passes();
            forward as f64 + 2.0 * backward as f64
        };
        let mean = |same: &dyn Fn(&CellKey) -> bool, unit: &dyn Fn(&CellKey) -> f64| {
            let cells = self.cells.iter().filter(|c| same(&c.key));
            let sum = |(s, n): (f64, f64), c: &Cell| (s + c.seconds, n + c.done() as f64 * unit(&c.key));
            let (seconds, units) = cells.fold((0.0, 0.0), sum);
            (units > 0.0).then(|| seconds / units)
        };
        let left = |cell: &Cell| {
            let images = self.images(cell.key.checkpoint).saturating_sub(cell.done()) as f64;
            let alike = |k: &CellKey| (k.attack, k.backward) == (cell.key.attack, cell.key.backward);
            let each = mean(&alike, &|_| 1.0).or_else(|| Some(mean(&|_| true, &passes)? * passes(&cell.key)));
            images * each.unwrap_or(0.0)
        };
        let open = self.cells.iter().filter(|c| !self.is_finished(c));
        open.map(left).sum()
    }

    /// Lines that belonged nowhere.
    pub fn strange(&self) -> u64 {
        self.strange
    }
}

/// What a character of a line says of an image.
fn read(mark: u8, worst_case: bool) -> Option<Image> {
    match mark {
        b'0' => Some(Image::Broken),
        b'1' => Some(Image::Robust),
        b'-' if worst_case => Some(Image::Untried),
        _ => None,
    }
}

impl CellKey {
    /// Whether the line belongs to this cell.
    fn is_of(&self, line: &AttackLine) -> bool {
        self.checkpoint == line.checkpoint
            && self.attack == line.attack
            && (self.backward == line.backward || !self.attack.uses_gradient())
            && (self.eps == line.eps || self.attack == AttackKind::None)
    }

    /// Whether only the backward mode differs.
    pub(super) fn is_beside(&self, other: &CellKey) -> bool {
        self.checkpoint == other.checkpoint && self.attack == other.attack && self.eps == other.eps
    }

    /// Whether it says something of the other's images at the other's radius: a cell of the same checkpoint and radius,
    /// or the checkpoint's clean cell, because no attack has to move an image at all.
    pub(super) fn bears_on(&self, other: &CellKey) -> bool {
        self.checkpoint == other.checkpoint && (self.eps == other.eps || self.attack == AttackKind::None)
    }
}
