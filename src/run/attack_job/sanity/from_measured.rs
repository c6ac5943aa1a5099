//! The checks that judge what the worker measured beside the cells.

use super::compare::percent;
use super::{Check, Verdict};
use crate::run::{
    attack::{AttackLoss, AttackManifest},
    attack_job::{Cells, Measured, MeasuredMode},
};
use crate::spec::AttackKind;

pub(super) const NOT_MEASURED: &str = "not measured yet; the worker does so after the clean images";

/// Up to which share a check passes, and up to which it warns.
pub(super) struct Limits {
    pub pass: f64,
    pub warn: f64,
}

/// Images without any gradient, and saturated ones without a margin loss.
pub(super) const SHARE: Limits = Limits { pass: 0.01, warn: 0.1 };
/// Relative difference of logits between runs: what rounding may do.
const ROUNDING: f64 = 1e-6;
/// Images that an attack may leave that may change everything; with more it fails. Whatever the number of classes: an
/// attack that is only to get away from the true class has no chance to miss.
const UNBOUNDED: (usize, usize) = (1, 2);

/// Pass, warn or fail.
pub(super) fn grade(figure: f64, limits: &Limits) -> Verdict {
    // Shares are quotients of whole numbers: what is equal may differ in the last digit.
    const EQUAL: f64 = 1e-9;
    if figure <= limits.pass + EQUAL {
        Verdict::Pass
    } else if figure <= limits.warn + EQUAL {
        Verdict::Warn
    } else {
        Verdict::Fail
    }
}

/// The checkpoint with the largest figure.
pub(super) fn worst(measured: &[Measured], figure: impl Fn(&Measured) -> f64) -> Option<(f64, &Measured)> {
    let all = measured.iter().map(|m| (figure(m), m));
    all.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The smallest and largest over the backward modes.
pub(super) fn over_modes(m: &Measured, figure: impl Fn(&MeasuredMode) -> f64) -> (f64, f64) {
    let values = || m.modes.iter().map(&figure);
    (values().fold(1.0, f64::min), values().fold(0.0, f64::max))
}

/// Where every pixel may take any value, nothing survives.
pub fn unbounded(cells: &Cells, measured: &[Measured]) -> Check {
    let name = "unbounded-attack-reaches-chance";
    // Images that are wrong when clean are not attacked, so they say nothing.
    let right = |m: &Measured| {
        let clean = cells.clean(m.checkpoint).filter(|c| c.done() >= m.images);
        clean.map_or(m.images, |c| {
            (0..m.images).filter(|i| c.image(*i) == Some(true)).count()
        })
    };
    let Some((share, m)) = worst(measured, |m| over_modes(m, |mode| mode.unbounded).0) else {
        return Check::skipped(name, NOT_MEASURED);
    };
    let left = (share * m.images as f64).round() as usize;
    let (attacked, (pass, warn)) = (right(m), UNBOUNDED);
    if measured.iter().all(|m| right(m) <= warn) {
        let why = format!(
            "only {attacked} of {} images are right when clean, so hardly anything could be left",
            m.images
        );
        return Check::skipped(name, why);
    }
    let state = match left {
        few if few <= pass => Verdict::Pass,
        few if few <= warn => Verdict::Warn,
        _ => Verdict::Fail,
    };
    let what = format!(
        "bim:10 with no bound but the range of values leaves {left} of {} images ({attacked} right when clean)",
        m.images
    );
    let why = match state {
        Verdict::Pass => what,
        _ => format!(
            "{what}, where at most {pass} may be left: the gradient does not lead anywhere, so it is masked, or ten steps \
             along it are too few"
        ),
    };
    Check {
        n: Some(m.images),
        ..Check::new(name, state, Some(share), why)
    }
}

/// The same images give the same logits, and these are numbers.
pub fn determinism(manifest: &AttackManifest, measured: &[Measured]) -> Check {
    let name = "logits-are-deterministic";
    if let Some(m) = measured
        .iter()
        .filter(|m| m.not_finite > 0)
        .max_by_key(|m| m.not_finite)
    {
        let why = format!(
            "{} of {} images have logits that are no numbers (NaN or infinite) in one of five runs; they count as wrong: \
             look at the weights, which may have diverged, at mean and std, and at the data",
            m.not_finite, m.images
        );
        let share = m.not_finite as f64 / m.images.max(1) as f64;
        return Check {
            n: Some(m.images),
            ..Check::new(name, Verdict::Fail, Some(share), why)
        };
    }
    let Some((spread, m)) = worst(measured, |m| m.logit_spread) else {
        return Check::skipped(name, NOT_MEASURED);
    };
    let apart = format!("logits differ by {} between five runs", percent(spread));
    let (state, why) = match (spread <= ROUNDING, m.random_coding, manifest.eot) {
        (true, _, _) => (Verdict::Pass, "five runs give the same logits".to_string()),
        (false, true, 1) => (
            Verdict::Fail,
            format!("{apart}, because the coding is random: average over draws with --eot 10 or more"),
        ),
        (false, true, draws) => (
            Verdict::Warn,
            format!("{apart}; gradients and predictions are averaged over {draws} draws of a random coding"),
        ),
        (false, false, _) => (
            Verdict::Fail,
            format!("{apart}, although nothing in the network is random"),
        ),
    };
    Check {
        n: Some(m.images),
        ..Check::new(name, state, Some(spread), why)
    }
}

/// Whether the attack follows the gradient of a margin. Square looks at margins too, but its search says nothing of
/// what gradients would have found.
fn follows_a_margin(attack: AttackKind, loss: AttackLoss) -> bool {
    match attack {
        AttackKind::ApgdCe { .. } => false,
        other if other.ascends_margin() => other.uses_gradient(),
        other => other.uses_gradient() && loss != AttackLoss::Ce,
    }
}

/// Where confidences are saturated, a loss on the margin was used too.
pub fn margin(manifest: &AttackManifest, measured: &[Measured]) -> Check {
    let name = "loss-is-a-margin-too";
    let Some((share, m)) = worst(measured, |m| m.saturated) else {
        return Check::skipped(name, NOT_MEASURED);
    };
    let used = manifest.attacks.iter().any(|a| follows_a_margin(*a, manifest.loss));
    let what = format!("{} of {} confidences are saturated", percent(share), m.images);
    let (state, why) = match (used, grade(share, &SHARE)) {
        (true, _) => (Verdict::Pass, format!("{what}; a margin was attacked")),
        (false, Verdict::Pass) => (Verdict::Pass, what),
        (false, state) => (
            state,
            format!("{what}, where cross-entropy has hardly any gradient: add apgd-dlr:100 or --loss margin"),
        ),
    };
    Check {
        n: Some(m.images),
        ..Check::new(name, state, Some(share), why)
    }
}
