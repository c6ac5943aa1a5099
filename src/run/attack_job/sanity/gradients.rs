//! Whether there is a gradient to follow: not zero, not smaller than the arithmetic of the network can express, and
//! pointing to where the margin really falls. Each of a backward mode, on the few images that the worker measures on.

use super::compare::{LEVEL, percent, probability};
use super::from_measured::{NOT_MEASURED, SHARE, grade, over_modes, worst};
use super::{Check, Verdict};
use crate::run::{
    attack_job::{Measured, MeasuredMode},
    binomial,
};

const NAME: &str = "gradients-are-not-zero";
const ADVICE: &str = "the surrogate may be too narrow, or the loss saturated: try a wider surrogate (--backward wide), a \
                      margin loss, square";
/// A gradient that moves no logit by so many of its own float steps is no better than none: the surrogate claims that
/// the network is flat.
const STEPS: (f64, f64) = (1.0, 16.0);
/// Where a step along the gradient is right on fewer of the images, it is looked at more closely.
const LEADS: f64 = 0.75;

/// Few images have no gradient at all; what there is leads somewhere.
pub fn zero_gradients(measured: &[Measured]) -> Check {
    let least = |m: &Measured| over_modes(m, |mode| mode.zero_gradient).0;
    let Some((least, m)) = worst(measured, least) else {
        return Check::skipped(NAME, NOT_MEASURED);
    };
    let most = worst(measured, |m| over_modes(m, |mode| mode.zero_gradient).1).map_or(least, |(most, _)| most);
    let mut state = grade(least, &SHARE);
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
    let mut said = vec![what];
    for (verdict, words) in [small(measured), astray(measured)].into_iter().flatten() {
        state = state.and(verdict);
        said.push(words);
    }
    if !matches!(state, Verdict::Pass) {
        said.push(ADVICE.into());
    }
    Check {
        n: Some(m.images),
        ..Check::new(NAME, state, Some(least), said.join("; "))
    }
}

/// The mode of a checkpoint in which a figure is best, and of all checkpoints the one where that is worst.
fn best_and_worst<T>(
    measured: &[Measured],
    find: impl Fn(&MeasuredMode) -> Option<T>,
    figure: impl Fn(&T) -> f64,
) -> Option<(&MeasuredMode, T)> {
    let best = |m: &'_ Measured| {
        let all = m.modes.iter().filter_map(|mode| Some((mode, find(mode)?)));
        all.max_by(|a, b| figure(&a.1).total_cmp(&figure(&b.1)))
            .map(|(mode, found)| (mode.backward, found))
    };
    let all = measured.iter().filter_map(|m| Some((m, best(m)?)));
    let (m, (backward, found)) = all.min_by(|a, b| figure(&a.1.1).total_cmp(&figure(&b.1.1)))?;
    let mode = m.modes.iter().find(|mode| mode.backward == backward)?;
    Some((mode, found))
}

/// How far a pixel moves the logits by what the gradient says, in the logits' own float steps.
fn small(measured: &[Measured]) -> Option<(Verdict, String)> {
    let (mode, steps) = best_and_worst(measured, |mode| mode.float_steps, |steps| steps.median)?;
    let verdict = match steps.median {
        few if few <= STEPS.0 => Verdict::Fail,
        few if few <= STEPS.1 => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let words = format!(
        "by {} a change of one pixel by {} moves the logits by {} of their own float steps (median; least {})",
        mode.backward,
        steps.eps,
        rounded(steps.median),
        rounded(steps.smallest)
    );
    Some((verdict, words))
}

/// Whether a step along the gradient brings the margin further down than the step against it.
fn astray(measured: &[Measured]) -> Option<(Verdict, String)> {
    let (mode, leads) = best_and_worst(
        measured,
        |mode| mode.leads.filter(|l| l.along.saturating_add(l.against) > 0),
        |l| l.along as f64 / (l.along as f64 + l.against as f64),
    )?;
    let n = leads.along.saturating_add(leads.against);
    let share = leads.along as f64 / n as f64;
    let p = binomial::at_least(leads.along, n, 0.5);
    // With a handful of images even a perfect gradient could be a coin's work.
    let tells = binomial::at_least(n, n, 0.5) < LEVEL;
    let verdict = match (share >= LEADS, p < LEVEL) {
        _ if !tells => Verdict::Pass,
        (true, _) => Verdict::Pass,
        (false, true) => Verdict::Warn,
        (false, false) => Verdict::Fail,
    };
    let words = format!(
        "by {} a step of {} along the gradient lowers the margin more than one against it on {} of {n} images ({})",
        mode.backward,
        leads.eps,
        leads.along,
        probability(p)
    );
    Some((verdict, words))
}

/// A count of float steps, which may be fractions or millions.
fn rounded(steps: f64) -> String {
    match steps {
        few if few < 10.0 => format!("{few:.2}"),
        some if some < 1e6 => format!("{some:.0}"),
        many => format!("{many:.0e}"),
    }
}
