//! The checks that judge what the worker measured beside the cells.

use super::compare::{Limits, grade, percent};
use super::{Check, Verdict};
use crate::run::{
    attack::{AttackLoss, AttackManifest},
    attack_job::{Measured, MeasuredMode},
};
use crate::spec::AttackKind;

const NOT_MEASURED: &str = "not measured yet; the worker does so after the clean images";

/// Images without any gradient, and saturated ones without a margin loss.
const SHARE: Limits = Limits { pass: 0.01, warn: 0.1 };
/// Relative difference of logits between runs: what rounding may do.
const ROUNDING: f64 = 1e-6;

/// The checkpoint with the largest figure.
fn worst(measured: &[Measured], figure: impl Fn(&Measured) -> f64) -> Option<(f64, &Measured)> {
    let all = measured.iter().map(|m| (figure(m), m));
    all.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The smallest and largest over the backward modes.
fn over_modes(m: &Measured, figure: impl Fn(&MeasuredMode) -> f64) -> (f64, f64) {
    let values = || m.modes.iter().map(&figure);
    (values().fold(1.0, f64::min), values().fold(0.0, f64::max))
}

/// Where every pixel may take any value, no more than chance survives.
pub fn unbounded(measured: &[Measured]) -> Check {
    let name = "unbounded-attack-reaches-chance";
    let excess = |m: &Measured| over_modes(m, |mode| mode.unbounded).0 - 1.0 / m.classes.max(1) as f64;
    let Some((excess, m)) = worst(measured, excess) else {
        return Check::skipped(name, NOT_MEASURED);
    };
    let left = over_modes(m, |mode| mode.unbounded).0;
    let chance = 1.0 / m.classes.max(1) as f64;
    let limits = Limits {
        pass: 0.0,
        warn: chance,
    };
    let state = grade(excess, &limits, 2.0 / m.images.max(1) as f64);
    let what = format!("bim:10 with ε = 1 leaves {} of {} images", percent(left), m.images);
    Check {
        check: name,
        state,
        figure: Some(left),
        why: match state {
            Verdict::Pass => what,
            _ => format!(
                "{what}, chance is {}: the gradient does not lead anywhere, so it is masked",
                percent(chance)
            ),
        },
    }
}

/// Few images have no gradient at all.
pub fn zero_gradients(measured: &[Measured]) -> Check {
    let name = "gradients-are-not-zero";
    let least = |m: &Measured| over_modes(m, |mode| mode.zero_gradient).0;
    let Some((least, m)) = worst(measured, least) else {
        return Check::skipped(name, NOT_MEASURED);
    };
    let most = worst(measured, |m| over_modes(m, |mode| mode.zero_gradient).1).map_or(least, |(most, _)| most);
    let mut state = grade(least, &SHARE, 0.0);
    if state == Verdict::Pass && most > SHARE.warn {
        state = Verdict::Warn;
    }
    let what = match m.modes.len() {
        1 => format!("{} of {} images have no input gradient", percent(least), m.images),
        _ => format!(
            "{} of {} images have no input gradient in the best backward mode, {} in the worst",
            percent(least),
            m.images,
            percent(most)
        ),
    };
    Check {
        check: name,
        state,
        figure: Some(least),
        why: match state {
            Verdict::Pass => what,
            _ => {
                format!("{what}: such images cannot be attacked this way; use a wider surrogate, a margin loss, square")
            }
        },
    }
}

/// The same images give the same logits.
pub fn determinism(manifest: &AttackManifest, measured: &[Measured]) -> Check {
    let name = "logits-are-deterministic";
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
        check: name,
        state,
        figure: Some(spread),
        why,
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
    let (state, why) = match (used, grade(share, &SHARE, 0.0)) {
        (true, _) => (Verdict::Pass, format!("{what}; a margin was attacked")),
        (false, Verdict::Pass) => (Verdict::Pass, what),
        (false, state) => (
            state,
            format!("{what}, where cross-entropy has hardly any gradient: add apgd-dlr:100 or --loss margin"),
        ),
    };
    Check {
        check: name,
        state,
        figure: Some(share),
        why,
    }
}
