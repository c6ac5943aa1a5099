//! Counting: a cell, and the worst case over several, as rows of the result table.

use super::{Cell, CellKey, Cells, cells::Image};
use crate::{
    run::{attack::CellEnd, wilson},
    spec::{AttackKind, BackwardMode},
    units::Epsilon,
};

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
    /// Index into [`crate::run::attack::AttackManifest::checkpoints`].
    pub checkpoint: usize,
    /// The attack; `None` is the worst over all attacks.
    pub attack: Option<AttackKind>,
    /// The backward mode; `None` is the worst over the modes per image.
    pub backward: Option<BackwardMode>,
    /// The radius.
    pub eps: Epsilon,
    /// What was counted.
    pub tally: Tally,
    /// Whether only images were counted that the earlier cells had left: then it is no accuracy of the network.
    pub of_survivors: bool,
    /// Why it ended before its last image, if it did.
    pub ended: Option<CellEnd>,
    /// Whether images are still to be attacked.
    pub open: bool,
    /// Whether it is counted over cells that went through different numbers of images, hence over those that all have
    /// done.
    pub unequal: bool,
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

    /// Half of the interval's width.
    pub fn half_width(&self) -> f64 {
        let (low, high) = self.interval();
        (high - low) / 2.0
    }

    /// With a batch of such characters counted too.
    pub fn and(mut self, robust: &str) -> Tally {
        let count = |mark: u8| robust.bytes().filter(|b| *b == mark).count();
        self.robust += count(b'1');
        self.n += count(b'1') + count(b'0');
        self
    }
}

impl Cell {
    /// What was counted so far.
    pub fn tally(&self) -> Tally {
        worst(&[self])
    }
}

impl Cells {
    /// The result table: every cell started, then per (checkpoint, attack, radius) the worst over the backward modes,
    /// then per (checkpoint, radius) the worst over all attacks. *Worst* is per image: robust only where every cell
    /// started at that radius left it so, counted over the images that all of them have done. A worst-case job has no
    /// rows per attack, because its attacks met different images.
    pub fn summaries(&self) -> Vec<Summary> {
        let started: Vec<&Cell> = self.cells.iter().filter(|c| !c.images.is_empty()).collect();
        let mut table: Vec<Summary> = started.iter().map(|c| self.summary(c)).collect();
        let mut per_attack: Vec<Summary> = Vec::new();
        let mut overall: Vec<Summary> = Vec::new();
        for cell in &started {
            let CellKey {
                checkpoint,
                attack,
                eps,
                ..
            } = cell.key;
            let row = |attack: Option<AttackKind>, group: &[&Cell]| Summary {
                checkpoint,
                attack,
                backward: None,
                eps,
                tally: worst(group),
                of_survivors: false,
                ended: None,
                open: group.iter().any(|c| !self.is_finished(c)),
                unequal: group.windows(2).any(|two| two[0].images.len() != two[1].images.len()),
            };
            let same = |s: &Summary| s.checkpoint == checkpoint && s.eps == eps;
            let seen = per_attack.iter().any(|s| same(s) && s.attack == Some(attack));
            if attack.uses_gradient() && !seen && !self.worst_case {
                let group: Vec<&Cell> = started.iter().filter(|c| c.key.is_beside(&cell.key)).copied().collect();
                per_attack.push(row(Some(attack), &group));
            }
            if attack != AttackKind::None && !overall.iter().any(same) {
                let group: Vec<&Cell> = started.iter().filter(|c| c.key.bears_on(&cell.key)).copied().collect();
                overall.push(row(None, &group));
            }
        }
        table.extend(per_attack);
        table.extend(overall);
        table
    }

    /// A cell as a row.
    pub fn summary(&self, cell: &Cell) -> Summary {
        Summary {
            checkpoint: cell.key.checkpoint,
            attack: Some(cell.key.attack),
            backward: Some(cell.key.backward).filter(|_| cell.key.attack.uses_gradient()),
            eps: cell.key.eps,
            tally: cell.tally(),
            of_survivors: self.worst_case && cell.key.attack != AttackKind::None,
            ended: cell.ended(),
            open: !self.is_finished(cell),
            unequal: false,
        }
    }

    /// What a cell may be shown by as an accuracy of the network: its own count, or in a worst-case job the worst case
    /// over the cells at its radius up to it.
    pub fn accuracy_so_far(&self, cell: &Cell) -> Tally {
        if !self.worst_case {
            return cell.tally();
        }
        let mut group = self.before(&cell.key);
        group.push(cell);
        Tally {
            seconds: cell.seconds,
            ..worst(&group)
        }
    }

    /// Whether [`Cells::accuracy_so_far`] of this cell counts other attacks too.
    pub fn adds_to_others(&self, cell: &Cell) -> bool {
        let attacks = |c: &&Cell| c.key.attack != AttackKind::None;
        self.worst_case && self.before(&cell.key).iter().any(attacks)
    }

    /// The cells that bear on this one and come before it.
    pub(super) fn before(&self, key: &CellKey) -> Vec<&Cell> {
        let earlier = self.cells.iter().take_while(|c| c.key != *key);
        earlier.filter(|c| c.key.bears_on(key)).collect()
    }
}

/// Counts images over several cells: done where all have done it, robust where all left it so. One that some have not
/// tried counts only if another has broken it.
pub(super) fn worst(cells: &[&Cell]) -> Tally {
    let common = cells.iter().map(|c| c.images.len()).min().unwrap_or(0);
    let mut tally = Tally {
        seconds: cells.iter().map(|c| c.seconds).sum(),
        ..Tally::default()
    };
    for index in 0..common {
        if let Some(left) = left(cells, index) {
            tally.n += 1;
            tally.robust += usize::from(left);
        }
    }
    tally
}

/// Whether every cell left the image right; `None` where that is not known.
pub(super) fn left(cells: &[&Cell], index: usize) -> Option<bool> {
    let (mut broken, mut untried) = (false, false);
    for cell in cells {
        match cell.state(index) {
            Image::Open => return None,
            Image::Broken => broken = true,
            Image::Untried => untried = true,
            Image::Robust => {}
        }
    }
    (broken || !untried).then_some(!broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::attack_job::tests::{job, line};

    const MODE: &str = "bptt:triangle:1";

    #[test]
    fn the_worst_case_row_is_the_same_whether_survivors_or_all_were_attacked() {
        let all = job(4, false, &[("none", "1110"), ("fgsm", "1010"), ("pgd:10", "0010")]);
        let survivors = job(4, true, &[("none", "1110"), ("fgsm", "101-"), ("pgd:10", "0-1-")]);
        let overall = |cells: &Cells| cells.summaries().last().cloned().unwrap();
        assert_eq!(overall(&all), overall(&survivors));
        assert_eq!((overall(&all).tally.n, overall(&all).tally.robust), (4, 1));
    }

    #[test]
    fn a_cell_of_survivors_counts_what_it_tried_and_says_so() {
        let cells = job(4, true, &[("none", "1110"), ("fgsm", "101-"), ("pgd:10", "0-1-")]);
        assert_eq!((cells.strange(), cells.finished()), (0, 3));
        let pgd = &cells.all()[2];
        assert_eq!((pgd.done(), pgd.image(0), pgd.image(1)), (4, Some(false), None));
        let rows = cells.summaries();
        let said: Vec<(usize, usize, bool)> = rows
            .iter()
            .map(|s| (s.tally.n, s.tally.robust, s.of_survivors))
            .collect();
        assert_eq!(said, [(4, 3, false), (3, 2, true), (2, 1, true), (4, 1, false)]);
        assert_eq!(cells.accuracy_so_far(&cells.all()[1]).robust, 2);
        assert_eq!(
            (cells.accuracy_so_far(pgd).n, cells.accuracy_so_far(pgd).robust),
            (4, 1)
        );
        assert!(cells.adds_to_others(pgd) && !cells.adds_to_others(&cells.all()[1]));
    }

    #[test]
    fn an_image_can_only_be_passed_over_in_a_worst_case_job() {
        let cells = job(4, false, &[("none", "1110"), ("fgsm", "101-")]);
        assert_eq!((cells.strange(), cells.all()[1].done()), (1, 0));
    }

    #[test]
    fn a_cell_that_ended_early_is_finished_and_limits_the_worst_case() {
        let mut cells = job(4, false, &[("none", "1110")]);
        let mut early = line("fgsm", MODE, 8.0, 0, "10");
        early.ended = Some(CellEnd::Precision);
        cells.apply(&line("pgd:10", MODE, 8.0, 0, "1010"));
        cells.apply(&early);
        assert_eq!(cells.finished(), 3);
        let rows = cells.summaries();
        assert_eq!(rows.iter().find(|s| s.ended.is_some()).map(|s| s.tally.n), Some(2));
        assert_eq!(rows.last().map(|s| (s.tally.n, s.tally.robust)), Some((2, 1)));
        let unequal: Vec<(bool, bool)> = rows.iter().map(|s| (s.attack.is_none(), s.unequal)).collect();
        assert_eq!(unequal.last(), Some(&(true, true)));
        assert!(
            unequal.iter().all(|(overall, unequal)| overall == unequal),
            "one cell is equal to itself"
        );
    }

    #[test]
    fn half_of_the_interval_falls_as_images_are_counted() {
        let few = Tally {
            n: 50,
            robust: 25,
            seconds: 0.0,
        };
        assert!((few.half_width() - 0.1338).abs() < 1e-3, "{}", few.half_width());
        let more = few.and("1010-10");
        assert_eq!((more.n, more.robust), (56, 28));
        assert!(more.half_width() < few.half_width());
    }
}
