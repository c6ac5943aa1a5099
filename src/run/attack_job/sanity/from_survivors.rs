//! The checks of a worst-case job that compare cells: there a cell met only what the cells before it had left, so two
//! cells are not judged side by side, but by what each adds to those before it.

use super::compare::{Compared, Comparison, Pair, Rule, percent};
use super::from_cells::STRONGER;
use super::from_square::how_to_go_on;
use crate::run::{
    attack_job::{Cell, CellKey, Cells, left},
    binomial,
};
use crate::spec::AttackKind;

/// Square may break this much of the images that the gradients before it left. What it would have made of the images
/// that they had broken is not known, and two attacks that are equally strong break different images: so more is
/// allowed than side by side, and the test is against this share and not against none.
const ADDS: Rule = Rule {
    floor: 0.002,
    margin: 0.02,
    fails: true,
};

/// The worst case at a larger radius is never better.
pub fn larger_radius(cells: &Cells) -> Compared {
    let mut comparisons = Vec::new();
    for large in lasts(cells) {
        let up_to = |last: &Cell| {
            let mut group = cells.before(&last.key);
            group.extend(cells.get(&last.key));
            group
        };
        // Up to the same attack at both: while a job continues, the larger radius has met fewer.
        let smaller = |c: &&Cell| {
            let eps = c.key.eps;
            eps < large.key.eps && c.key == CellKey { eps, ..large.key }
        };
        for small in cells.all().iter().filter(smaller) {
            let (few, many) = (up_to(large), up_to(small));
            let both = (0..large.done()).filter_map(|i| Some((left(&few, i)?, left(&many, i)?)));
            let p = both.fold(Pair::default(), |pair, (x, y)| pair.and(x, y));
            let what = format!(
                "the worst case leaves {} at {}, {} at {}",
                percent(p.a()),
                large.key.eps,
                percent(p.b()),
                small.key.eps
            );
            comparisons.extend((p.n > 0).then(|| Comparison::of(&p, what)));
        }
    }
    Compared {
        check: "larger-radius-is-stronger",
        rule: STRONGER,
        comparisons,
        skipped: "needs attacks at two radii",
        advice: "the attacks do not use the room they have: more iterations, restarts or apgd-ce",
    }
}

/// The last cell started at each checkpoint and radius.
fn lasts(cells: &Cells) -> Vec<&Cell> {
    let mut lasts: Vec<&Cell> = Vec::new();
    let started = |c: &&Cell| c.done() > 0 && c.key.attack != AttackKind::None;
    for cell in cells.all().iter().filter(started) {
        let same = |c: &&mut &Cell| c.key.checkpoint == cell.key.checkpoint && c.key.eps == cell.key.eps;
        match lasts.iter_mut().find(same) {
            Some(last) => *last = cell,
            None => lasts.push(cell),
        }
    }
    lasts
}

/// Square breaks hardly any image that the gradients before it left.
pub fn gradient_free(cells: &Cells) -> Compared {
    let mut comparisons = Vec::new();
    for square in cells.all() {
        let AttackKind::Square { queries } = square.key.attack else {
            continue;
        };
        let before = cells.before(&square.key);
        let gradients: Vec<&Cell> = before
            .iter()
            .filter(|c| c.key.attack.uses_gradient())
            .copied()
            .collect();
        if gradients.is_empty() {
            continue;
        }
        let known = (0..square.done()).filter_map(|i| left(&before, i).map(|left| (i, left)));
        let (n, more) = known.fold((0, 0), |(n, more), (i, left)| {
            (n + 1, more + usize::from(left && square.image(i) == Some(false)))
        });
        let figure = more as f64 / n.max(1) as f64;
        let what = format!(
            "{} breaks {} of the images at {} that the attacks before it had left, tested against {}",
            square.key.attack,
            percent(figure),
            square.key.eps,
            percent(ADDS.margin)
        );
        comparisons.extend((n > 0).then(|| Comparison {
            figure,
            n,
            p: binomial::at_least(more, n, ADDS.margin),
            what,
            advice: how_to_go_on(&gradients, queries, ""),
        }));
    }
    Compared {
        check: "gradient-beats-square",
        rule: ADDS,
        comparisons,
        skipped: "needs square:Q after a gradient attack at the same radius",
        advice: "masked gradients or a weak attack",
    }
}
