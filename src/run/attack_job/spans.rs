//! What a cell has to do next: the same question for a new worker and for one that continues after a kill. Pure.

use super::{Cells, cells::Image};
use crate::spec::AttackKind;

/// The next batch of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Position of its first image in the job's order.
    pub first: usize,
    /// One past the position of its last.
    pub end: usize,
    /// Positions of the images that are to be attacked, counted from `first`; in the clean cell those to be classified.
    pub tried: Vec<usize>,
    /// The character of the others.
    pub others: char,
}

impl Cells {
    /// The next batch of cell `number`; `None` where nothing is left to do.
    ///
    /// A batch is `batch` positions, and of these only the images that are right when clean are attacked. In a
    /// worst-case job it is as many positions as hold `batch` images that every earlier cell left, so that batches stay
    /// full while the survivors grow few.
    pub fn next(&self, number: usize, batch: usize) -> Option<Span> {
        let cell = self.cells.get(number).filter(|c| !self.is_finished(c))?;
        let attacks = cell.key.attack != AttackKind::None;
        let selects = self.worst_case && attacks;
        let earlier = self.before(&cell.key);
        // Without the option only the clean cell has a say.
        let judges = earlier.iter().filter(|c| selects || c.key.attack == AttackKind::None);
        let broken = |at: usize| {
            let mut judges = judges.clone();
            judges.any(|c| matches!(c.state(at), Image::Broken | Image::Untried))
        };
        let first = cell.done();
        let mut span = Span {
            first,
            end: first,
            tried: Vec::new(),
            others: if selects { '-' } else { '0' },
        };
        while span.end < self.images(cell.key.checkpoint) && cell.state(span.end) == Image::Open {
            let taken = if selects { span.tried.len() } else { span.end - first };
            if taken >= batch.max(1) {
                break;
            }
            if !attacks || !broken(span.end) {
                span.tried.push(span.end - first);
            }
            span.end += 1;
        }
        Some(span)
    }
}

impl Span {
    /// The batch's line: one character per image, from those of the images that were tried.
    pub fn line(&self, right: &[bool]) -> String {
        let mut line = vec![self.others; self.end - self.first];
        for (at, right) in self.tried.iter().zip(right) {
            line[*at] = if *right { '1' } else { '0' };
        }
        line.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        attack::CellEnd,
        attack_job::tests::{job, line},
    };

    const MODE: &str = "bptt:triangle:1";

    fn next(cells: &Cells, number: usize) -> Option<(usize, usize, Vec<usize>)> {
        cells.next(number, 2).map(|s| (s.first, s.end, s.tried))
    }

    #[test]
    fn batches_are_positions_and_what_is_wrong_when_clean_is_not_attacked() {
        let cells = job(6, false, &[("none", "110111"), ("pgd:10", "00")]);
        assert_eq!(next(&cells, 0), None);
        assert_eq!(next(&cells, 1), Some((2, 4, vec![1])));
        assert_eq!(next(&cells, 2), Some((0, 2, vec![0, 1])));
        assert_eq!(cells.next(1, 2).unwrap().line(&[true]), "01");
        assert_eq!(cells.next(9, 2), None);
    }

    #[test]
    fn in_a_worst_case_job_a_batch_is_filled_with_what_all_earlier_cells_left() {
        // Cheap first: fgsm is worked off before pgd:10.
        let cells = job(6, true, &[("none", "110111"), ("fgsm", "01-101")]);
        assert_eq!(next(&cells, 2), Some((0, 4, vec![1, 3])));
        assert_eq!(cells.next(2, 2).unwrap().line(&[false, true]), "-0-1");
        let on = job(6, true, &[("none", "110111"), ("fgsm", "01-101"), ("pgd:10", "-0-1")]);
        assert_eq!(next(&on, 2), Some((4, 6, vec![1])));
        let last = job(6, true, &[("none", "110111"), ("fgsm", "01-100"), ("pgd:10", "-0-1")]);
        assert_eq!(next(&last, 2), Some((4, 6, vec![])));
        assert_eq!(last.next(2, 2).unwrap().line(&[]), "--");
    }

    #[test]
    fn a_cell_that_ended_early_has_nothing_left_to_do() {
        let mut cells = job(6, false, &[("none", "110111")]);
        let mut early = line("pgd:10", MODE, 8.0, 0, "00");
        early.ended = Some(CellEnd::Precision);
        cells.apply(&early);
        assert_eq!(next(&cells, 1), None);
    }
}
