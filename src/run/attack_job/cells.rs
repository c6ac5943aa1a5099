//! The fold of `results.jsonl` into cells. Pure: no file, no clock.

use super::{CellKey, plan};
use crate::{
    run::{
        attack::{AttackLine, AttackManifest},
        wilson,
    },
    spec::{AttackKind, BackwardMode},
    units::Epsilon,
};

/// What is known of one image in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    /// Not attacked yet.
    Open,
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
    images: Vec<Image>,
    seconds: f64,
}

/// Images counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Images attacked.
    pub n: usize,
    /// Of these, still classified rightly.
    pub robust: usize,
    /// Seconds spent.
    pub seconds: f64,
}

/// A line of the result table: a cell, or the worst over several.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Index into [`AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// The attack; `None` is the worst over all attacks.
    pub attack: Option<AttackKind>,
    /// The backward mode; `None` is the worst over the modes per image.
    pub backward: Option<BackwardMode>,
    /// The radius.
    pub eps: Epsilon,
    /// What was counted.
    pub tally: Tally,
}

/// Every cell of a job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cells {
    cells: Vec<Cell>,
    samples: usize,
    /// Images a cell really has, where the split holds fewer than were asked for.
    there: usize,
    strange: u64,
}

impl Tally {
    /// The share still classified rightly; NaN before the first image.
    pub fn accuracy(&self) -> f64 {
        self.robust as f64 / self.n as f64
    }

    /// Its 95 % interval.
    pub fn interval(&self) -> (f64, f64) {
        wilson::interval(self.robust, self.n)
    }
}

impl Cell {
    /// How many of its first images are done without a gap: a restarted worker goes on there.
    pub fn done(&self) -> usize {
        self.images.iter().take_while(|i| **i != Image::Open).count()
    }

    /// What was counted so far.
    pub fn tally(&self) -> Tally {
        Cells::worst(&[self])
    }

    /// Whether image `index` is done, and then whether it is still classified rightly.
    pub fn image(&self, index: usize) -> Option<bool> {
        match self.images.get(index)? {
            Image::Open => None,
            image => Some(*image == Image::Robust),
        }
    }
}

impl Cells {
    /// The job's empty cells, in the order of [`plan`].
    pub fn of(manifest: &AttackManifest) -> Cells {
        let empty = |key| Cell {
            key,
            images: Vec::new(),
            seconds: 0.0,
        };
        Cells {
            cells: plan(manifest).into_iter().map(empty).collect(),
            samples: manifest.samples,
            there: manifest.samples,
            strange: 0,
        }
    }

    /// Takes one line; one that belongs to no cell, or to images beyond the job's, is counted as strange.
    pub fn apply(&mut self, line: &AttackLine) {
        let end = line.first.checked_add(line.robust.len());
        let fits = end.is_some_and(|end| end <= self.samples) && line.robust.bytes().all(|b| matches!(b, b'0' | b'1'));
        let cell = self.cells.iter_mut().find(|c| c.key.is_of(line));
        let (true, Some(cell), Some(end)) = (fits, cell, end) else {
            self.strange += 1;
            return;
        };
        if cell.images.len() < end {
            cell.images.resize(end, Image::Open);
        }
        for (image, mark) in cell.images[line.first..end].iter_mut().zip(line.robust.bytes()) {
            *image = if mark == b'1' { Image::Robust } else { Image::Broken };
        }
        if line.seconds.is_finite() && line.seconds >= 0.0 {
            cell.seconds += line.seconds;
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

    /// Says how many images a cell really has.
    pub fn limit(&mut self, there: usize) {
        self.there = there.min(self.samples);
    }

    /// Images of a cell: those asked for, or all that the split holds.
    pub fn images(&self) -> usize {
        self.there
    }

    /// Cells whose every image is done.
    pub fn finished(&self) -> usize {
        self.cells.iter().filter(|c| c.done() >= self.there).count()
    }

    /// Lines that belonged nowhere.
    pub fn strange(&self) -> u64 {
        self.strange
    }

    /// The result table: every cell begun, then per (checkpoint, attack, radius) the worst over the backward modes,
    /// then per (checkpoint, radius) the worst over all attacks. *Worst* is per image: robust only where every cell
    /// begun at that radius left it so, counted over the images that all of them have done. The clean prediction
    /// counts at every radius, because no attack has to move an image at all.
    pub fn summaries(&self) -> Vec<Summary> {
        let begun: Vec<&Cell> = self.cells.iter().filter(|c| !c.images.is_empty()).collect();
        let mut table: Vec<Summary> = begun
            .iter()
            .map(|c| Summary {
                checkpoint: c.key.checkpoint,
                attack: Some(c.key.attack),
                backward: Some(c.key.backward).filter(|_| c.key.attack.uses_gradient()),
                eps: c.key.eps,
                tally: c.tally(),
            })
            .collect();
        let mut worst: Vec<Summary> = Vec::new();
        let mut overall: Vec<Summary> = Vec::new();
        for cell in &begun {
            let CellKey {
                checkpoint,
                attack,
                eps,
                ..
            } = cell.key;
            let same = |s: &&Summary| s.checkpoint == checkpoint && s.eps == eps && s.attack == Some(attack);
            if attack.uses_gradient() && !worst.iter().any(|s| same(&s)) {
                let group: Vec<&Cell> = begun.iter().filter(|c| c.key.is_beside(&cell.key)).copied().collect();
                let tally = Cells::worst(&group);
                worst.push(Summary {
                    checkpoint,
                    attack: Some(attack),
                    backward: None,
                    eps,
                    tally,
                });
            }
            let seen = overall.iter().any(|s| s.checkpoint == checkpoint && s.eps == eps);
            if attack != AttackKind::None && !seen {
                let at = |c: &&&Cell| {
                    c.key.checkpoint == checkpoint && (c.key.eps == eps || c.key.attack == AttackKind::None)
                };
                let group: Vec<&Cell> = begun.iter().filter(at).copied().collect();
                let tally = Cells::worst(&group);
                overall.push(Summary {
                    checkpoint,
                    attack: None,
                    backward: None,
                    eps,
                    tally,
                });
            }
        }
        table.extend(worst);
        table.extend(overall);
        table
    }

    /// Counts images over several cells: done where all have done it, robust where all left it so.
    fn worst(cells: &[&Cell]) -> Tally {
        let common = cells.iter().map(|c| c.images.len()).min().unwrap_or(0);
        let mut tally = Tally {
            seconds: cells.iter().map(|c| c.seconds).sum(),
            ..Tally::default()
        };
        for index in 0..common {
            let mut images = cells.iter().map(|c| c.images[index]);
            if images.clone().any(|i| i == Image::Open) {
                continue;
            }
            tally.n += 1;
            tally.robust += usize::from(images.all(|i| i == Image::Robust));
        }
        tally
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
    fn is_beside(&self, other: &CellKey) -> bool {
        self.checkpoint == other.checkpoint && self.attack == other.attack && self.eps == other.eps
    }
}
