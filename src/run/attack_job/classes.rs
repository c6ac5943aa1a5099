//! Results by true class: which classes an attack takes and which it leaves. Pure.

use super::{Cell, Cells, Summary, left};
use crate::input::Label;
use crate::spec::AttackKind;

impl Cells {
    /// The cells that a line of the result table was counted over.
    pub fn members(&self, summary: &Summary) -> Vec<&Cell> {
        let is_member = |c: &&Cell| {
            let key = &c.key;
            let of_attack = match summary.attack {
                Some(attack) => key.attack == attack && key.eps == summary.eps,
                None => key.eps == summary.eps || key.attack == AttackKind::None,
            };
            let of_mode = summary.backward.is_none_or(|mode| key.backward == mode);
            key.checkpoint == summary.checkpoint && of_attack && of_mode && c.tally().n > 0
        };
        self.all().iter().filter(is_member).collect()
    }
}

/// Images of one true class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClassTally {
    /// Images counted.
    pub n: usize,
    /// Of these, classified rightly before the attack.
    pub clean: usize,
    /// … and after it.
    pub robust: usize,
}

/// Per true class: images that all these cells have done, those of them that the clean cell has right, and those that
/// every one of these cells left so. Up to the largest label.
pub fn by_class(cells: &[&Cell], clean: Option<&Cell>, labels: &[Label]) -> Vec<ClassTally> {
    let classes = labels.iter().max().map_or(0, |most| usize::from(*most) + 1);
    let mut tallies = vec![ClassTally::default(); classes];
    for (index, label) in labels.iter().enumerate() {
        let Some(robust) = left(cells, index).filter(|_| !cells.is_empty()) else {
            continue;
        };
        let tally = &mut tallies[usize::from(*label)];
        tally.n += 1;
        tally.clean += usize::from(clean.and_then(|c| c.image(index)) == Some(true));
        tally.robust += usize::from(robust);
    }
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        attack::AttackManifest,
        attack_job::{
            plan,
            tests::{line_of, manifest},
        },
    };

    #[test]
    fn the_classes_of_a_line_add_up_to_that_line() {
        let manifest = manifest("fgsm,pgd:10", "bptt:triangle:1,rate");
        let mut cells = Cells::of(&manifest);
        for (at, key) in plan(&manifest).into_iter().enumerate() {
            cells.apply(&line_of(&key, ["1110", "1100", "1010", "0100"][at % 4]));
        }
        for summary in cells.summaries() {
            let tallies = by_class(&cells.members(&summary), Some(&cells.all()[0]), &[2, 0, 2, 1]);
            let sum = |of: fn(&ClassTally) -> usize| tallies.iter().map(of).sum::<usize>();
            assert_eq!(
                (sum(|t| t.n), sum(|t| t.robust)),
                (summary.tally.n, summary.tally.robust),
                "{summary:?}"
            );
        }
        let clean = by_class(&[&cells.all()[0]], Some(&cells.all()[0]), &[2, 0, 2, 1]);
        let counted: Vec<(usize, usize)> = clean.iter().map(|t| (t.n, t.robust)).collect();
        assert_eq!(counted, [(1, 1), (1, 0), (2, 2)]);
        assert!(clean.iter().all(|t| t.clean == t.robust));
    }

    #[test]
    fn clean_images_are_counted_where_the_attack_was() {
        let manifest = AttackManifest {
            worst_case: true,
            ..manifest("fgsm", "rate")
        };
        let mut cells = Cells::of(&manifest);
        for (key, robust) in plan(&manifest).into_iter().zip(["1110", "10"]) {
            cells.apply(&line_of(&key, robust));
        }
        let found = by_class(&[&cells.all()[1]], cells.clean(0), &[0, 0, 0, 0]);
        let (n, clean, robust) = (2, 2, 1);
        assert_eq!(found, [ClassTally { n, clean, robust }]);
    }

    #[test]
    fn images_without_a_label_or_not_yet_attacked_count_nowhere() {
        let cells = Cells::of(&manifest("fgsm", "rate"));
        assert_eq!(by_class(&[&cells.all()[0]], None, &[1, 1]), [ClassTally::default(); 2]);
        assert!(by_class(&[], None, &[]).is_empty());
    }
}
