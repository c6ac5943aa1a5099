//! Is the evaluation believable? The checks of the method's section 6 on what an attack found: each passes, warns,
//! fails or is skipped, with its figure and the reason. Pure: cells and measured numbers in, checks out.
//!
//! Robustness that is only an attack's failure shows in such contradictions: noise that beats a gradient, one step that
//! beats ten, an image that survives although every pixel may change (Athalye et al. 2018; Carlini et al. 2019). What
//! two attacks leave is compared image by image, and what is called a failure is more than chance (`compare`).

mod chance;
mod compare;
mod from_cells;
mod from_measured;
mod from_square;
mod from_survivors;
mod gradients;
mod masking;
mod plain;

use super::{Cells, Measured};
use crate::run::attack::AttackManifest;
use compare::{Compared, correct};
use serde::Serialize;

pub use masking::{Masking, masking};
pub use plain::asks;

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

impl Verdict {
    /// How bad it is; what was skipped says nothing.
    fn rank(self) -> u8 {
        match self {
            Verdict::Skipped => 0,
            Verdict::Pass => 1,
            Verdict::Warn => 2,
            Verdict::Fail => 3,
        }
    }

    /// The worse of two.
    fn and(self, other: Verdict) -> Verdict {
        if other.rank() > self.rank() { other } else { self }
    }
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
    /// Images that the figure was counted on, where images were counted.
    pub n: Option<usize>,
    /// How probable such a figure is by chance, where that was tested: corrected for all comparisons of the job.
    pub p: Option<f64>,
    /// What the check asks, in one sentence that needs no knowledge of attacks.
    pub asks: &'static str,
    /// What was compared, and what to do where it did not pass.
    pub why: String,
}

impl Check {
    /// A check that was judged by other than a test.
    pub(super) fn new(check: &'static str, state: Verdict, figure: Option<f64>, why: String) -> Check {
        Check {
            check,
            state,
            figure,
            n: None,
            p: None,
            asks: asks(check),
            why,
        }
    }

    fn skipped(check: &'static str, why: impl Into<String>) -> Check {
        Check::new(check, Verdict::Skipped, None, why.into())
    }
}

/// Every check, in a fixed order; the one that all others stand on first.
pub fn panel(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> Vec<Check> {
    let unasked = Unasked::of(manifest);
    let attacked = |name, check: &dyn Fn() -> Check| unasked.attack.map_or_else(check, |w| Check::skipped(name, w));
    let mut compared = compared(manifest, cells, measured, &unasked);
    let (clean, at_chance) = chance::clean_accuracy(manifest, cells, measured);
    let measured = vec![
        attacked("unbounded-attack-reaches-chance", &|| {
            from_measured::unbounded(cells, measured)
        }),
        attacked("gradients-are-not-zero", &|| gradients::zero_gradients(measured)),
        from_measured::determinism(manifest, measured),
        attacked("loss-is-a-margin-too", &|| from_measured::margin(manifest, measured)),
    ];
    let mut found: Vec<Check> = measured.into_iter().chain(compared.drain(..)).collect();
    found.sort_by_key(|check| plain::ORDER.iter().position(|(name, _)| *name == check.check));
    for check in found.iter_mut().filter(|c| c.state != Verdict::Skipped) {
        check.why = format!("{}{}", chance::warning(&at_chance, manifest), check.why);
    }
    std::iter::once(clean).chain(found).collect()
}

/// The checks that compare what two attacks leave, judged together.
fn compared(manifest: &AttackManifest, cells: &Cells, measured: &[Measured], unasked: &Unasked) -> Vec<Check> {
    // Two comparisons have a form of their own where a cell met only what the earlier ones had left.
    let survivors = manifest.worst_case && manifest.target.is_none() && manifest.replay.is_none();
    let mut checks: Vec<Compared> = Vec::new();
    let mut skipped: Vec<Check> = Vec::new();
    if survivors {
        checks.push(from_survivors::larger_radius(cells));
        checks.push(from_survivors::gradient_free(cells));
    }
    let of_cells: [(&'static str, &dyn Fn() -> Compared); 8] = [
        ("iterated-beats-single-step", &|| from_cells::iterated(cells)),
        ("larger-radius-is-stronger", &|| from_cells::larger_radius(cells)),
        ("gradient-beats-noise", &|| from_cells::noise(cells)),
        ("white-box-beats-transfer", &|| {
            from_cells::transfer(manifest, cells, measured)
        }),
        ("gradient-beats-square", &|| from_square::gradient_free(cells)),
        ("more-iterations-change-little", &|| from_cells::more_iterations(cells)),
        ("restarts-agree", &|| from_cells::restarts(cells)),
        ("surrogates-agree", &|| from_cells::surrogates(cells)),
    ];
    for (name, check) in of_cells {
        match unasked.comparison {
            _ if checks.iter().any(|c| c.check == name) => {}
            Some(why) => skipped.push(Check::skipped(name, why)),
            None => checks.push(check()),
        }
    }
    correct(&mut checks);
    checks.into_iter().map(Compared::judge).chain(skipped).collect()
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
