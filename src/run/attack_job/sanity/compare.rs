//! Two groups of cells on the images that all of them have done, and the worst of many such comparisons.

use super::{Check, Verdict};
use crate::run::attack_job::Cell;

/// Accuracies of two groups on the same images; a group's is the worst case per image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub a: f64,
    pub b: f64,
    pub n: usize,
}

/// Compares; `None` where no image is done in every cell.
pub fn pair(a: &[&Cell], b: &[&Cell]) -> Option<Pair> {
    let done = a.iter().chain(b).map(|c| c.done()).min()?;
    if done == 0 || a.is_empty() || b.is_empty() {
        return None;
    }
    let share = |group: &[&Cell]| {
        let robust = |i: &usize| group.iter().all(|c| c.image(*i) == Some(true));
        (0..done).filter(robust).count() as f64 / done as f64
    };
    Some(Pair {
        a: share(a),
        b: share(b),
        n: done,
    })
}

/// One comparison: a figure that should be small, on how many images, and in words.
pub struct Finding {
    pub figure: f64,
    pub n: usize,
    pub what: String,
}

/// Up to which figure a check passes or warns. A difference of at most two images only warns, however few there are.
pub struct Limits {
    pub pass: f64,
    pub warn: f64,
}

/// The check that the largest figure gives; skipped without any.
pub fn judge(check: &'static str, findings: Vec<Finding>, limits: &Limits, skipped: &str, advice: &str) -> Check {
    let worst = findings.into_iter().max_by(|a, b| a.figure.total_cmp(&b.figure));
    let Some(worst) = worst else {
        return Check::skipped(check, skipped);
    };
    let state = grade(worst.figure, limits, 2.0 / worst.n.max(1) as f64);
    let why = match state {
        Verdict::Pass => worst.what,
        _ => format!("{}; {advice}", worst.what),
    };
    Check {
        check,
        state,
        figure: Some(worst.figure),
        why,
    }
}

/// Pass, warn or fail; `grain` is what one cannot tell from chance.
pub fn grade(figure: f64, limits: &Limits, grain: f64) -> Verdict {
    // Shares are quotients of whole numbers: what is equal may differ in the last digit.
    const ROUNDING: f64 = 1e-9;
    if figure <= limits.pass + ROUNDING {
        Verdict::Pass
    } else if figure <= limits.warn.max(grain) + ROUNDING {
        Verdict::Warn
    } else {
        Verdict::Fail
    }
}

/// A share in words.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
