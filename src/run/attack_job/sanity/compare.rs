//! Two attacks, or two groups of them, on the same images: how many each leaves, on which images they differ, and
//! whether that is more than chance. All comparisons of a job are judged together, so that a job of many attacks is not
//! called out by one of its many coincidences.

use super::{Check, Verdict};
use crate::run::{attack_job::Cell, binomial};

/// The chance, for a whole job, that a check fails although every pair of attacks is equally strong.
pub const LEVEL: f64 = 0.05;

/// Two groups of attacks on the images that all of them have done; a group leaves an image where each of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pair {
    /// Images compared.
    pub n: usize,
    /// Left by both.
    pub both: usize,
    /// Left by the first alone.
    pub first: usize,
    /// Left by the second alone.
    pub second: usize,
}

impl Pair {
    /// Counts one more image.
    pub fn and(mut self, first: bool, second: bool) -> Pair {
        self.n += 1;
        self.both += usize::from(first && second);
        self.first += usize::from(first && !second);
        self.second += usize::from(second && !first);
        self
    }

    fn share(&self, images: usize) -> f64 {
        images as f64 / self.n.max(1) as f64
    }

    /// The share that the first leaves.
    pub fn a(&self) -> f64 {
        self.share(self.both + self.first)
    }

    /// The share that the second leaves.
    pub fn b(&self) -> f64 {
        self.share(self.both + self.second)
    }

    /// How much more the first leaves, as a share; exact where it is zero.
    pub fn excess(&self) -> f64 {
        (self.first as f64 - self.second as f64) / self.n.max(1) as f64
    }
}

/// Compares; `None` where no image is done in every cell.
pub fn pair(a: &[&Cell], b: &[&Cell]) -> Option<Pair> {
    let done = a.iter().chain(b).map(|c| c.done()).min()?;
    if done == 0 || a.is_empty() || b.is_empty() {
        return None;
    }
    let left = |group: &[&Cell], i: usize| group.iter().all(|c| c.image(i) == Some(true));
    Some((0..done).fold(Pair::default(), |pair, i| pair.and(left(a, i), left(b, i))))
}

/// One comparison: a figure that should be small, how probable it is by chance, and in words.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// By how much that which should be the stronger leaves more, as a share.
    pub figure: f64,
    /// Images compared.
    pub n: usize,
    /// How probable so large a figure is where there is nothing to it.
    pub p: f64,
    /// What was compared.
    pub what: String,
    /// What to do where it does not pass; empty is the check's own advice.
    pub advice: String,
}

impl Comparison {
    /// By McNemar's exact test: of the images on which the two differ, no more than half should be left by the first.
    pub fn of(pair: &Pair, what: String) -> Comparison {
        Comparison {
            figure: pair.excess(),
            n: pair.n,
            p: binomial::mcnemar(pair.first, pair.second),
            what,
            advice: String::new(),
        }
    }

    /// The same for two of which neither has to be the stronger.
    pub fn either_way(pair: &Pair, what: String) -> Comparison {
        Comparison {
            figure: pair.excess().abs(),
            p: binomial::mcnemar_two_sided(pair.first, pair.second),
            ..Comparison::of(pair, what)
        }
    }
}

/// What a check takes for a difference.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Up to this figure it passes, whatever chance says: so small a difference is of no consequence.
    pub floor: f64,
    /// From this figure on a difference matters in practice.
    pub margin: f64,
    /// Whether it may fail; else it only warns, and is no part of the job's family of tests.
    pub fails: bool,
}

/// The comparisons of one check.
#[derive(Debug)]
pub struct Compared {
    /// The check's name.
    pub check: &'static str,
    /// What it takes for a difference.
    pub rule: Rule,
    /// Everything it compared; where that is nothing it is skipped.
    pub comparisons: Vec<Comparison>,
    /// Why it is skipped then.
    pub skipped: &'static str,
    /// What to do where it does not pass.
    pub advice: &'static str,
}

/// Holds the p-values of a job's comparisons against one level: those that may fail among themselves, and those that
/// only warn likewise.
pub fn correct(all: &mut [Compared]) {
    for fails in [true, false] {
        let mut family: Vec<&mut f64> = all
            .iter_mut()
            .filter(|c| c.rule.fails == fails)
            .flat_map(|c| c.comparisons.iter_mut().map(|one| &mut one.p))
            .collect();
        let plain: Vec<f64> = family.iter().map(|p| **p).collect();
        for (p, corrected) in family.iter_mut().zip(binomial::holm(&plain)) {
            **p = corrected;
        }
    }
}

impl Compared {
    /// The check that the worst comparison gives; skipped without any.
    pub fn judge(self) -> Check {
        let graded = self.comparisons.iter().map(|c| (self.grade(c), c));
        let worst = graded.max_by(|(s, a), (t, b)| s.rank().cmp(&t.rank()).then(a.figure.total_cmp(&b.figure)));
        let Some((state, worst)) = worst else {
            return Check::skipped(self.check, self.skipped);
        };
        let counted = format!("{} (n = {}, {})", worst.what, worst.n, probability(worst.p));
        let chance = match (state, worst.p < LEVEL) {
            (Verdict::Warn, true) if worst.figure <= self.rule.margin => "; little, but no chance",
            (Verdict::Warn, false) => "; it may be chance: more images (--samples) tell",
            _ => "",
        };
        let advice = match worst.advice.as_str() {
            "" => self.advice,
            own => own,
        };
        Check {
            n: Some(worst.n),
            p: Some(worst.p),
            ..Check::new(
                self.check,
                state,
                Some(worst.figure),
                match state {
                    Verdict::Pass => counted,
                    _ => format!("{counted}{chance}; {advice}"),
                },
            )
        }
    }

    /// Fails where a difference both matters and is no chance; warns where it is one of the two.
    fn grade(&self, c: &Comparison) -> Verdict {
        // Shares are quotients of whole numbers: what is equal may differ in the last digit.
        const ROUNDING: f64 = 1e-9;
        let matters = c.figure > self.rule.margin + ROUNDING;
        let certain = c.p < LEVEL;
        if c.figure <= self.rule.floor + ROUNDING || !(matters || certain) {
            Verdict::Pass
        } else if matters && certain && self.rule.fails {
            Verdict::Fail
        } else {
            Verdict::Warn
        }
    }
}

/// A share in words.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A difference of shares in words, without a sign.
pub fn points(share: f64) -> String {
    format!("{:.1} points", 100.0 * share.abs())
}

/// A probability in words.
pub fn probability(p: f64) -> String {
    match p {
        p if p < 0.0001 => "p < 0.0001".into(),
        p if p < 0.01 => format!("p = {p:.4}"),
        p => format!("p = {p:.2}"),
    }
}
