//! Whether the network recognises anything at all: without that, no other check says much.

use super::compare::{LEVEL, percent, probability};
use super::{Check, Verdict};
use crate::run::{
    attack::AttackManifest,
    attack_job::{Cell, Cells, Measured, Tally},
    binomial,
};

const NAME: &str = "clean-accuracy-above-chance";
const LOOK_AT: &str = "the network as it is loaded here does no better than guessing, so look at its normalisation (mean, \
                       std), T, tau, reset and threshold, at its classes and their order, and at the data set";

/// A checkpoint's clean images, held against guessing.
struct Guess {
    checkpoint: usize,
    classes: usize,
    tally: Tally,
    p: f64,
}

/// The check, judged by the checkpoint that is nearest to chance, and which checkpoints are no better than chance.
pub fn clean_accuracy(manifest: &AttackManifest, cells: &Cells, measured: &[Measured]) -> (Check, Vec<usize>) {
    let guess = |m: &Measured| {
        let clean: &Cell = cells.clean(m.checkpoint).filter(|c| cells.is_finished(c))?;
        let (tally, chance) = (clean.tally(), 1.0 / m.classes.max(1) as f64);
        // Where even a network without an error could have guessed, nothing is said of it.
        let tells = binomial::at_least(tally.n, tally.n, chance) < LEVEL;
        tells.then(|| Guess {
            checkpoint: m.checkpoint,
            classes: m.classes,
            p: binomial::at_least(tally.robust, tally.n, chance),
            tally,
        })
    };
    let guesses: Vec<Guess> = measured.iter().filter_map(guess).collect();
    let at_chance: Vec<usize> = guesses.iter().filter(|g| g.p >= LEVEL).map(|g| g.checkpoint).collect();
    let Some(worst) = guesses.iter().max_by(|a, b| a.p.total_cmp(&b.p)) else {
        return (Check::skipped(NAME, nothing(cells, measured)), at_chance);
    };
    let what = format!(
        "{}{} of the clean images are right, guessing among {} classes gives {} (n = {}, {})",
        of_checkpoint(worst.checkpoint, manifest),
        percent(worst.tally.accuracy()),
        worst.classes,
        percent(1.0 / worst.classes.max(1) as f64),
        worst.tally.n,
        probability(worst.p)
    );
    let (state, why) = match at_chance.is_empty() {
        true => (Verdict::Pass, what),
        false => (Verdict::Fail, format!("{what}: {LOOK_AT}")),
    };
    let check = Check {
        n: Some(worst.tally.n),
        p: Some(worst.p),
        ..Check::new(NAME, state, Some(worst.tally.accuracy()), why)
    };
    (check, at_chance)
}

/// Why there is nothing to judge by.
fn nothing(cells: &Cells, measured: &[Measured]) -> String {
    let counted = measured
        .iter()
        .filter_map(|m| cells.clean(m.checkpoint))
        .find(|c| cells.is_finished(c));
    match counted {
        Some(clean) => format!(
            "{} clean images are too few to tell from guessing; attack more with --samples",
            clean.tally().n
        ),
        None => "needs all clean images and the number of classes, which the worker records after them".into(),
    }
}

fn of_checkpoint(checkpoint: usize, manifest: &AttackManifest) -> String {
    match manifest.checkpoints.len() {
        0 | 1 => String::new(),
        _ => format!("checkpoint {}: ", checkpoint + 1),
    }
}

/// What every other check begins with where a network does no better than guessing; else nothing.
pub fn warning(at_chance: &[usize], manifest: &AttackManifest) -> String {
    let many = manifest.checkpoints.len();
    match at_chance.len() {
        0 => String::new(),
        few if few < many => {
            format!("means little for {few} of {many} checkpoints, whose clean accuracy is at chance: ")
        }
        _ => "means little, clean accuracy is at chance: ".into(),
    }
}
