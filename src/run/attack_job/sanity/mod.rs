//! Is the evaluation believable? The checks of the method's section 6 on what an attack found: each passes, warns,
//! fails or is skipped, with its figure and the reason. Pure: cells and measured numbers in, checks out.
//!
//! Robustness that is only an attack's failure shows in such contradictions: noise that beats a gradient, one step that
//! beats ten, an image that survives although every pixel may change (Athalye et al. 2018; Carlini et al. 2019).

mod compare;
mod from_cells;
mod from_measured;
mod from_survivors;

use super::{Cells, Measured};
use crate::run::attack::AttackManifest;
use serde::Serialize;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Look closer before this number is believed.
    Warn,
    /// The number is not believable.
    Fail,
    /// The job holds nothing to check it by.
    Skipped,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Its name, which scripts may rely on.
    pub check: &'static str,
    /// How it came out.
    pub state: Verdict,
    /// The number it was judged by: a share or a difference of shares, unless `why` says otherwise.
    pub figure: Option<f64>,
    /// What was compared, and what to do where it did not pass.
    pub why: String,
}

impl Check {
    fn skipped(check: &'static str, why: impl Into<String>) -> Check {
        Check {
            check,
            state: Verdict::Skipped,
            figure: None,
            why: why.into(),
        }
    }
}

/// Checks that compare how many images two attacks leave.
const COMPARISONS: [&str; 8] = [
    "iterated-beats-single-step",
    "larger-radius-is-stronger",
    "gradient-beats-noise",
    "white-box-beats-transfer",
    "gradient-beats-square",
    "more-iterations-change-little",
    "restarts-agree",
    "surrogates-agree",
];

/// … and those that judge the gradients or the loss of an attack.
const OF_ATTACKS: [&str; 3] = [
    "unbounded-attack-reaches-chance",
    "gradients-are-not-zero",
    "loss-is-a-margin-too",
];

/// Every check, in a fixed order.
pub fn panel(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> Vec<Check> {
    let mut checks = vec![
        from_cells::iterated(cells),
        from_cells::larger_radius(cells),
        from_measured::unbounded(measured),
        from_cells::noise(cells),
        from_cells::transfer(manifest, cells, measured),
        from_cells::gradient_free(cells),
        from_cells::more_iterations(cells),
        from_cells::restarts(cells),
        from_measured::zero_gradients(measured),
        from_cells::surrogates(cells),
        from_measured::determinism(manifest, measured),
        from_measured::margin(manifest, measured),
    ];
    if manifest.worst_case {
        skip(
            &mut checks,
            &COMPARISONS,
            "a cell met only what the earlier ones had left (worst-case), so cells are not comparable",
        );
        for check in [
            from_survivors::larger_radius(cells),
            from_survivors::gradient_free(cells),
        ] {
            checks
                .iter_mut()
                .filter(|c| c.check == check.check)
                .for_each(|c| *c = check.clone());
        }
    }
    if manifest.target.is_some() {
        skip(
            &mut checks,
            &COMPARISONS,
            "a targeted attack is not judged by how many images it leaves",
        );
    }
    if manifest.replay.is_some() {
        let why = "another job's images were counted; nothing was attacked here, so see that job's checks";
        skip(&mut checks, &COMPARISONS, why);
        skip(&mut checks, &OF_ATTACKS, why);
    }
    checks
}

fn skip(checks: &mut [Check], names: &[&str], why: &str) {
    for check in checks.iter_mut().filter(|c| names.contains(&c.check)) {
        *check = Check::skipped(check.check, why);
    }
}

#[cfg(test)]
mod tests;
