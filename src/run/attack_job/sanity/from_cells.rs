//! The checks that compare cells with each other.

use super::Check;
use super::compare::{Finding, Limits, judge, pair, percent};
use crate::run::{
    attack::AttackManifest,
    attack_job::{Cell, Cells, Measured},
};
use crate::spec::AttackKind;

/// An attack that ought to be stronger leaves at most this much more, in shares.
pub(super) const STRONGER: Limits = Limits { pass: 0.0, warn: 0.01 };
/// Square may be this much better than gradients.
pub(super) const GRADIENT_FREE: Limits = Limits {
    pass: 0.002,
    warn: 0.01,
};
/// Twice the iterations, or restarts, may change this much. A gain beyond is first a reason to attack for longer; one of
/// several points is more than the interval of a usual number of images, and the figure without it says little.
const CONVERGED: Limits = Limits {
    pass: 0.005,
    warn: 0.02,
};
/// Surrogates may disagree this much; beyond, they only ever warn: the worst case over them is reported anyway.
const SURROGATES: Limits = Limits { pass: 0.05, warn: 1.0 };

/// Cells begun, but the clean ones.
fn attacked(cells: &Cells) -> Vec<&Cell> {
    let begun = |c: &&Cell| c.done() > 0 && c.key.attack != AttackKind::None;
    cells.all().iter().filter(begun).collect()
}

fn same_place(a: &Cell, b: &Cell) -> bool {
    a.key.checkpoint == b.key.checkpoint && a.key.eps == b.key.eps
}

fn name_of(cell: &Cell) -> String {
    match cell.key.attack.uses_gradient() {
        true => format!("{} ({})", cell.key.attack, cell.key.backward),
        false => cell.key.attack.to_string(),
    }
}

/// How much more the cell `strong` leaves than `weak`.
fn excess(strong: &Cell, weak: &Cell) -> Option<Finding> {
    let p = pair(&[strong], &[weak])?;
    Some(Finding {
        figure: p.a - p.b,
        n: p.n,
        what: format!(
            "{} leaves {}, {} leaves {} at {}",
            name_of(strong),
            percent(p.a),
            name_of(weak),
            percent(p.b),
            weak.key.eps
        ),
    })
}

/// Iterated attacks succeed at least as often as one step.
pub fn iterated(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for one in all.iter().filter(|c| c.key.attack == AttackKind::Fgsm) {
        let others = all.iter().filter(|c| {
            c.key.attack.steps().is_some_and(|s| s > 1) && same_place(c, one) && c.key.backward == one.key.backward
        });
        findings.extend(others.filter_map(|c| excess(c, one)));
    }
    judge(
        "iterated-beats-single-step",
        findings,
        &STRONGER,
        "needs fgsm and an iterated attack, such as pgd:10, at the same radius",
        "a single step that beats many points to masked gradients or a step size that is too large",
    )
}

/// A larger radius is never survived more often.
pub fn larger_radius(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for small in all.iter().filter(|c| !c.key.attack.is_noise()) {
        let larger = all.iter().filter(|c| {
            c.key.eps > small.key.eps
                && c.key.checkpoint == small.key.checkpoint
                && c.key.attack == small.key.attack
                && c.key.backward == small.key.backward
        });
        for large in larger {
            findings.extend(pair(&[large], &[small]).map(|p| Finding {
                figure: p.a - p.b,
                n: p.n,
                what: format!(
                    "{} leaves {} at {}, {} at {}",
                    name_of(large),
                    percent(p.a),
                    large.key.eps,
                    percent(p.b),
                    small.key.eps
                ),
            }));
        }
    }
    judge(
        "larger-radius-is-stronger",
        findings,
        &STRONGER,
        "needs an attack at two radii",
        "the attack does not use the room it has: more iterations, restarts or apgd-ce",
    )
}

/// Gradients do at least as well as noise of the same size.
pub fn noise(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for noise in all.iter().filter(|c| c.key.attack.is_noise()) {
        let group: Vec<&Cell> = all
            .iter()
            .filter(|c| c.key.attack.uses_gradient() && same_place(c, noise))
            .copied()
            .collect();
        findings.extend(pair(&group, &[noise]).map(|p| Finding {
            figure: p.a - p.b,
            n: p.n,
            what: format!(
                "gradient attacks leave {}, {} leaves {} at {}",
                percent(p.a),
                noise.key.attack,
                percent(p.b),
                noise.key.eps
            ),
        }));
    }
    judge(
        "gradient-beats-noise",
        findings,
        &STRONGER,
        "needs noise and a gradient attack at the same radius",
        "gradients that do worse than chance are masked: try other backward modes and square",
    )
}

/// White-box attacks do at least as well as transferred ones.
pub fn transfer(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> Check {
    let name = "white-box-beats-transfer";
    if manifest.transfer_from.is_none() && manifest.twin.is_none() {
        return Check::skipped(
            name,
            "nothing was transferred; see also --transfer-from CKPT and --twin ann",
        );
    }
    let finding = |m: &Measured| {
        let white = m.white_box.as_ref()?;
        let cell = attacked(cells).into_iter().find(|c| {
            c.key.checkpoint == m.checkpoint
                && c.key.attack == white.attack
                && c.key.backward == white.backward
                && c.key.eps == white.eps
        })?;
        let n = white.robust.len().min(cell.done());
        let transferred = (0..n).filter(|i| cell.image(*i) == Some(true)).count() as f64 / n.max(1) as f64;
        let own = white.robust.bytes().take(n).filter(|b| *b == b'1').count() as f64 / n.max(1) as f64;
        (n > 0).then(|| Finding {
            figure: own - transferred,
            n,
            what: format!(
                "{} leaves {} of {n} images by the network's own gradients, {} when transferred, at {}",
                name_of(cell),
                percent(own),
                percent(transferred),
                white.eps
            ),
        })
    };
    judge(
        name,
        measured.iter().filter_map(finding).collect(),
        &STRONGER,
        "needs a finished gradient attack",
        "gradients of another network that do better than one's own are a sign of masked gradients",
    )
}

/// Square does not beat the gradients.
pub fn gradient_free(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for square in all.iter().filter(|c| matches!(c.key.attack, AttackKind::Square { .. })) {
        let group: Vec<&Cell> = all
            .iter()
            .filter(|c| c.key.attack.uses_gradient() && same_place(c, square))
            .copied()
            .collect();
        findings.extend(pair(&group, &[square]).map(|p| Finding {
            figure: p.a - p.b,
            n: p.n,
            what: format!(
                "gradient attacks leave {}, {} leaves {} at {}",
                percent(p.a),
                square.key.attack,
                percent(p.b),
                square.key.eps
            ),
        }));
    }
    judge(
        "gradient-beats-square",
        findings,
        &GRADIENT_FREE,
        "needs square:Q and a gradient attack at the same radius",
        "an attack without gradients that does better means that the gradients are masked",
    )
}

/// More iterations of the same attack change little.
pub fn more_iterations(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
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
        findings.extend(half.and_then(|few| excess(few, longest)));
    }
    judge(
        "more-iterations-change-little",
        findings,
        &CONVERGED,
        "needs an attack with K and with at least 2K iterations, such as pgd:10,pgd:20",
        "the attack has not converged: use more iterations",
    )
}

/// Restarts of the same attack change little.
pub fn restarts(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for one in all.iter().filter(|c| c.key.attack.restarts() == 1) {
        let several = all.iter().filter(|c| {
            c.key.attack.restarts() > 1
                && c.key.attack.family() == one.key.attack.family()
                && c.key.attack.steps() == one.key.attack.steps()
                && same_place(c, one)
                && c.key.backward == one.key.backward
        });
        findings.extend(several.filter_map(|several| excess(one, several)));
    }
    judge(
        "restarts-agree",
        findings,
        &CONVERGED,
        "needs pgd:K and pgd:KxR with the same K",
        "the result depends on the start: use more restarts",
    )
}

/// Backward modes agree.
pub fn surrogates(cells: &Cells) -> Check {
    let all = attacked(cells);
    let mut findings = Vec::new();
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            let beside = a.key.attack == b.key.attack && same_place(a, b) && a.key.attack.uses_gradient();
            if let (true, Some(mut f)) = (beside, excess(a, b)) {
                f.figure = f.figure.abs();
                findings.push(f);
            }
        }
    }
    judge(
        "surrogates-agree",
        findings,
        &SURROGATES,
        "needs two backward modes, such as --backward reference",
        "the strength depends on the surrogate, so a better one may exist: adapt it, with --backward wide,adaptive",
    )
}
