//! The checks that compare cells with each other.

use super::compare::{Compared, Comparison, Pair, Rule, pair, percent, points};
use crate::run::{
    attack::AttackManifest,
    attack_job::{Cell, Cells, Measured},
};
use crate::spec::AttackKind;

/// An attack that ought to be at least as strong may leave this much more.
pub(super) const STRONGER: Rule = Rule {
    floor: 0.0,
    margin: 0.01,
    fails: true,
};
/// Twice the iterations, or restarts, may change this much. A gain beyond is first a reason to attack for longer; one of
/// several points is more than the interval of a usual number of images, and the figure without it says little.
const CONVERGED: Rule = Rule {
    floor: 0.005,
    margin: 0.02,
    fails: true,
};
/// Surrogates may disagree this much; beyond, they only ever warn: the worst case over them is reported anyway.
const SURROGATES: Rule = Rule {
    floor: 0.05,
    margin: 0.05,
    fails: false,
};

/// Cells started, but the clean ones.
pub(super) fn attacked(cells: &Cells) -> Vec<&Cell> {
    let started = |c: &&Cell| c.done() > 0 && c.key.attack != AttackKind::None;
    cells.all().iter().filter(started).collect()
}

pub(super) fn same_place(a: &Cell, b: &Cell) -> bool {
    a.key.checkpoint == b.key.checkpoint && a.key.eps == b.key.eps
}

/// The gradient attacks at another cell's checkpoint and radius.
pub(super) fn gradients_beside<'a>(all: &[&'a Cell], cell: &Cell) -> Vec<&'a Cell> {
    let beside = all
        .iter()
        .filter(|c| c.key.attack.uses_gradient() && same_place(c, cell));
    beside.copied().collect()
}

/// Of some attacks the one that leaves the smallest share of the images that it has in common with another cell, and
/// that comparison. The strongest, and not the worst case over all: that gets better with every further attack, also
/// where each of them finds its images by luck alone.
pub(super) fn strongest<'a>(group: &[&'a Cell], other: &Cell) -> Option<(&'a Cell, Pair)> {
    let pairs = group.iter().filter_map(|cell| Some((*cell, pair(&[cell], &[other])?)));
    pairs.min_by(|(_, a), (_, b)| a.a().total_cmp(&b.a()))
}

/// Whether it looks at the gradient once.
pub(super) fn is_single_step(attack: AttackKind) -> bool {
    attack.uses_gradient() && attack.steps().is_none_or(|steps| steps <= 1)
}

pub(super) fn name_of(cell: &Cell) -> String {
    match cell.key.attack.uses_gradient() {
        true => format!("{} ({})", cell.key.attack, cell.key.backward),
        false => cell.key.attack.to_string(),
    }
}

/// What the two cells leave, at the radius of the second.
pub(super) fn leave(p: &Pair, strong: &Cell, weak: &Cell) -> String {
    format!(
        "{} leaves {}, {} leaves {} at {}",
        name_of(strong),
        percent(p.a()),
        name_of(weak),
        percent(p.b()),
        weak.key.eps
    )
}

/// How much more the cell `strong` leaves than `weak`.
fn excess(strong: &Cell, weak: &Cell) -> Option<Comparison> {
    let p = pair(&[strong], &[weak])?;
    Some(Comparison::of(&p, leave(&p, strong, weak)))
}

/// Iterated attacks succeed at least as often as one step.
pub fn iterated(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for one in all.iter().filter(|c| c.key.attack == AttackKind::Fgsm) {
        let others = all.iter().filter(|c| {
            c.key.attack.steps().is_some_and(|s| s > 1) && same_place(c, one) && c.key.backward == one.key.backward
        });
        comparisons.extend(others.filter_map(|c| excess(c, one)));
    }
    Compared {
        check: "iterated-beats-single-step",
        rule: STRONGER,
        comparisons,
        skipped: "needs fgsm and an iterated attack, such as pgd:10, at the same radius",
        advice: "a single step that beats many points to masked gradients or a step size that is too large",
    }
}

/// A larger radius is never survived more often.
pub fn larger_radius(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for small in all.iter().filter(|c| !c.key.attack.is_noise()) {
        let larger = all.iter().filter(|c| {
            c.key.eps > small.key.eps
                && c.key.checkpoint == small.key.checkpoint
                && c.key.attack == small.key.attack
                && c.key.backward == small.key.backward
        });
        for large in larger {
            comparisons.extend(pair(&[large], &[small]).map(|p| {
                let what = format!(
                    "{} leaves {} at {}, {} at {}",
                    name_of(large),
                    percent(p.a()),
                    large.key.eps,
                    percent(p.b()),
                    small.key.eps
                );
                Comparison::of(&p, what)
            }));
        }
    }
    Compared {
        check: "larger-radius-is-stronger",
        rule: STRONGER,
        comparisons,
        skipped: "needs an attack at two radii",
        advice: "the attack does not use the room it has: more iterations, restarts or apgd-ce",
    }
}

/// Gradients do at least as well as noise of the same size.
pub fn noise(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for noise in all.iter().filter(|c| c.key.attack.is_noise()) {
        let found = strongest(&gradients_beside(&all, noise), noise);
        comparisons.extend(found.map(|(cell, p)| Comparison::of(&p, leave(&p, cell, noise))));
    }
    Compared {
        check: "gradient-beats-noise",
        rule: STRONGER,
        comparisons,
        skipped: "needs noise and a gradient attack at the same radius",
        advice: "gradients that do worse than chance are masked: try other backward modes and square",
    }
}

/// White-box attacks do at least as well as transferred ones.
pub fn transfer(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> Compared {
    let transfers = manifest.transfer_from.is_some() || manifest.twin.is_some();
    let compare = |m: &Measured| {
        let white = m.white_box.as_ref().filter(|_| transfers)?;
        let cell = attacked(cells).into_iter().find(|c| {
            c.key.checkpoint == m.checkpoint
                && c.key.attack == white.attack
                && c.key.backward == white.backward
                && c.key.eps == white.eps
        })?;
        let own = white.robust.bytes().take(cell.done()).enumerate();
        let p = own.fold(Pair::default(), |pair, (i, own)| {
            pair.and(own == b'1', cell.image(i) == Some(true))
        });
        let what = format!(
            "{} leaves {} by the network's own gradients, {} when transferred, at {}",
            name_of(cell),
            percent(p.a()),
            percent(p.b()),
            white.eps
        );
        (p.n > 0).then(|| Comparison::of(&p, what))
    };
    Compared {
        check: "white-box-beats-transfer",
        rule: STRONGER,
        comparisons: measured.iter().filter_map(compare).collect(),
        skipped: match transfers {
            true => "needs a finished gradient attack",
            false => "nothing was transferred; see also --transfer-from CKPT and --twin ann",
        },
        advice: "gradients of another network that do better than one's own are a sign of masked gradients",
    }
}

/// More iterations of the same attack change little.
pub fn more_iterations(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    let steps = |c: &Cell| c.key.attack.steps().unwrap_or(0);
    let akin = |a: &Cell, b: &Cell| {
        a.key.attack.family() == b.key.attack.family()
            && a.key.attack.restarts() == b.key.attack.restarts()
            && same_place(a, b)
            && a.key.backward == b.key.backward
    };
    for longest in all.iter().filter(|c| c.key.attack.steps().is_some()) {
        let family = || all.iter().filter(|c| akin(c, longest));
        if family().any(|c| steps(c) > steps(longest)) {
            continue;
        }
        // The longest run of an attack against the next one of at most half its length.
        let half = family()
            .filter(|c| 2 * steps(c) <= steps(longest))
            .max_by_key(|c| steps(c));
        comparisons.extend(half.and_then(|few| excess(few, longest)));
    }
    Compared {
        check: "more-iterations-change-little",
        rule: CONVERGED,
        comparisons,
        skipped: "needs an attack with K and with at least 2K iterations, such as pgd:10,pgd:20",
        advice: "the attack has not converged: use more iterations",
    }
}

/// Restarts of the same attack change little.
pub fn restarts(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for one in all.iter().filter(|c| c.key.attack.restarts() == 1) {
        let several = all.iter().filter(|c| {
            c.key.attack.restarts() > 1
                && c.key.attack.family() == one.key.attack.family()
                && c.key.attack.steps() == one.key.attack.steps()
                && same_place(c, one)
                && c.key.backward == one.key.backward
        });
        comparisons.extend(several.filter_map(|several| excess(one, several)));
    }
    Compared {
        check: "restarts-agree",
        rule: CONVERGED,
        comparisons,
        skipped: "needs pgd:K and pgd:KxR with the same K",
        advice: "the result depends on the start: use more restarts",
    }
}

/// Backward modes agree.
pub fn surrogates(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            if a.key.attack != b.key.attack || !same_place(a, b) || !a.key.attack.uses_gradient() {
                continue;
            }
            comparisons.extend(pair(&[a], &[b]).map(|p| {
                let what = format!("{}, {} apart", leave(&p, a, b), points(p.excess()));
                Comparison::either_way(&p, what)
            }));
        }
    }
    Compared {
        check: "surrogates-agree",
        rule: SURROGATES,
        comparisons,
        skipped: "needs two backward modes, such as --backward reference",
        advice: "the strength depends on the surrogate, so a better one may exist: adapt it, with --backward wide,adaptive",
    }
}
