//! Results by true class: which classes an attack takes and which it leaves. Pure.

use super::{Cell, Cells, Summary, Tally, left};
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

/// Per true class: images that all these cells have done, and those that every one of them left classified rightly.
/// Up to the largest label; seconds are not divided.
pub fn by_class(cells: &[&Cell], labels: &[u8]) -> Vec<Tally> {
    let classes = labels.iter().max().map_or(0, |most| usize::from(*most) + 1);
    let mut tallies = vec![Tally::default(); classes];
    for (index, label) in labels.iter().enumerate() {
        let Some(robust) = left(cells, index).filter(|_| !cells.is_empty()) else {
            continue;
        };
        let tally = &mut tallies[usize::from(*label)];
        tally.n += 1;
        tally.robust += usize::from(robust);
    }
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        attack::AttackLine,
        attack_job::{plan, tests::manifest},
    };

    #[test]
    fn the_classes_of_a_line_add_up_to_that_line() {
        let manifest = manifest("fgsm,pgd:10", "bptt:triangle:1,rate");
        let mut cells = Cells::of(&manifest);
        for (at, key) in plan(&manifest).into_iter().enumerate() {
            cells.apply(&AttackLine {
                checkpoint: key.checkpoint,
                attack: key.attack,
                backward: key.backward,
                eps: key.eps,
                first: 0,
                robust: ["1110", "1100", "1010", "0100"][at % 4].into(),
                seconds: 1.0,
                ended: None,
            });
        }
        for summary in cells.summaries() {
            let tallies = by_class(&cells.members(&summary), &[2, 0, 2, 1]);
            let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
            assert_eq!(
                (sum(|t| t.n), sum(|t| t.robust)),
                (summary.tally.n, summary.tally.robust),
                "{summary:?}"
            );
        }
        let clean = by_class(&[&cells.all()[0]], &[2, 0, 2, 1]);
        let counted: Vec<(usize, usize)> = clean.iter().map(|t| (t.n, t.robust)).collect();
        assert_eq!(counted, [(1, 1), (1, 0), (2, 2)]);
    }

    #[test]
    fn images_without_a_label_or_not_yet_attacked_count_nowhere() {
        let cells = Cells::of(&manifest("fgsm", "rate"));
        assert_eq!(by_class(&[&cells.all()[0]], &[1, 1]), [Tally::default(); 2]);
        assert!(by_class(&[], &[]).is_empty());
    }
}
