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

/// Every check, in a fixed order.
pub fn panel(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> Vec<Check> {
    let unasked = Unasked::of(manifest);
    let compared = |name, check: &dyn Fn() -> Check| unasked.comparison.map_or_else(check, |w| Check::skipped(name, w));
    let attacked = |name, check: &dyn Fn() -> Check| unasked.attack.map_or_else(check, |w| Check::skipped(name, w));
    // Two comparisons have a form of their own where a cell met only what the earlier ones had left.
    let survivors = manifest.worst_case && manifest.target.is_none() && manifest.replay.is_none();
    let either = |name, of_survivors: fn(&Cells) -> Check, of_cells: fn(&Cells) -> Check| match survivors {
        true => of_survivors(cells),
        false => compared(name, &|| of_cells(cells)),
    };
    vec![
        compared("iterated-beats-single-step", &|| from_cells::iterated(cells)),
        either(
            "larger-radius-is-stronger",
            from_survivors::larger_radius,
            from_cells::larger_radius,
        ),
        attacked("unbounded-attack-reaches-chance", &|| {
            from_measured::unbounded(measured)
        }),
        compared("gradient-beats-noise", &|| from_cells::noise(cells)),
        compared("white-box-beats-transfer", &|| {
            from_cells::transfer(manifest, cells, measured)
        }),
        either(
            "gradient-beats-square",
            from_survivors::gradient_free,
            from_cells::gradient_free,
        ),
        compared("more-iterations-change-little", &|| from_cells::more_iterations(cells)),
        compared("restarts-agree", &|| from_cells::restarts(cells)),
        attacked("gradients-are-not-zero", &|| from_measured::zero_gradients(measured)),
        compared("surrogates-agree", &|| from_cells::surrogates(cells)),
        from_measured::determinism(manifest, measured),
        attacked("loss-is-a-margin-too", &|| from_measured::margin(manifest, measured)),
    ]
}

/// Why some checks have no place in a job.
struct Unasked {
    /// Those that compare how many images two attacks leave.
    comparison: Option<&'static str>,
    /// Those that judge the gradients or the loss of an attack.
    attack: Option<&'static str>,
}

impl Unasked {
    fn of(manifest: &AttackManifest) -> Unasked {
        let replayed = manifest
            .replay
            .as_ref()
            .map(|_| "another job's images were counted; nothing was attacked here, so see that job's checks");
        let targeted = manifest
            .target
            .map(|_| "a targeted attack is not judged by how many images it leaves");
        let survivors = "a cell met only what the earlier ones had left (worst-case), so cells are not comparable";
        Unasked {
            comparison: replayed.or(targeted).or(manifest.worst_case.then_some(survivors)),
            attack: replayed,
        }
    }
}

#[cfg(test)]
mod tests;
