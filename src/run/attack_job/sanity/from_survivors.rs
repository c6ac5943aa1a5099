//! The checks of a worst-case job that compare cells: there a cell met only what the cells before it had left, so two
//! cells are not judged side by side, but by what each adds to those before it.

use super::Check;
use super::compare::{Finding, judge, percent};
use super::from_cells::{GRADIENT_FREE, STRONGER};
use crate::run::attack_job::{Cell, CellKey, Cells, left};
use crate::spec::AttackKind;

/// The worst case at a larger radius is never better.
pub fn larger_radius(cells: &Cells) -> Check {
    let mut findings = Vec::new();
    for large in lasts(cells) {
        let up_to = |last: &Cell| {
            let mut group = cells.before(&last.key);
            group.extend(cells.get(&last.key));
            group
        };
        // Up to the same attack at both: while a job goes on, the larger radius has met fewer.
        let smaller = |c: &&Cell| {
            let eps = c.key.eps;
            eps < large.key.eps && c.key == CellKey { eps, ..large.key }
        };
        for small in cells.all().iter().filter(smaller) {
            let (few, many) = (up_to(large), up_to(small));
            let both = (0..large.done()).filter_map(|i| Some((left(&few, i)?, left(&many, i)?)));
            let (n, a, b) = both.fold((0, 0, 0), |(n, a, b), (x, y)| {
                (n + 1, a + usize::from(x), b + usize::from(y))
            });
            findings.extend((n > 0).then(|| {
                let (a, b) = (a as f64 / n as f64, b as f64 / n as f64);
                Finding {
                    figure: a - b,
                    n,
                    what: format!(
                        "the worst case leaves {} at {}, {} at {}",
                        percent(a),
                        large.key.eps,
                        percent(b),
                        small.key.eps
                    ),
                }
            }));
        }
    }
    judge(
        "larger-radius-is-stronger",
        findings,
        &STRONGER,
        "needs attacks at two radii",
        "the attacks do not use the room they have: more iterations, restarts or apgd-ce",
    )
}

/// The last cell begun at each checkpoint and radius.
fn lasts(cells: &Cells) -> Vec<&Cell> {
    let mut lasts: Vec<&Cell> = Vec::new();
    let begun = |c: &&Cell| c.done() > 0 && c.key.attack != AttackKind::None;
    for cell in cells.all().iter().filter(begun) {
        let same = |c: &&mut &Cell| c.key.checkpoint == cell.key.checkpoint && c.key.eps == cell.key.eps;
        match lasts.iter_mut().find(same) {
            Some(last) => *last = cell,
            None => lasts.push(cell),
        }
    }
    lasts
}

/// Square breaks hardly any image that the gradients before it left.
pub fn gradient_free(cells: &Cells) -> Check {
    let mut findings = Vec::new();
    for square in cells
        .all()
        .iter()
        .filter(|c| matches!(c.key.attack, AttackKind::Square { .. }))
    {
        let before = cells.before(&square.key);
        if !before.iter().any(|c| c.key.attack.uses_gradient()) {
            continue;
        }
        let known = (0..square.done()).filter_map(|i| left(&before, i).map(|left| (i, left)));
        let (n, more) = known.fold((0, 0), |(n, more), (i, left)| {
            (n + 1, more + usize::from(left && square.image(i) == Some(false)))
        });
        findings.extend((n > 0).then(|| {
            let figure = more as f64 / n as f64;
            Finding {
                figure,
                n,
                what: format!(
                    "{} breaks {} of the images at {} that the attacks before it had left",
                    square.key.attack,
                    percent(figure),
                    square.key.eps
                ),
            }
        }));
    }
    judge(
        "gradient-beats-square",
        findings,
        &GRADIENT_FREE,
        "needs square:Q after a gradient attack at the same radius",
        "an attack without gradients that still finds something means that the gradients are masked",
    )
}
