//! The best value of each metric over the whole of each run, and of its attacks: for the table and for `best.NAME` in
//! the filter. Read only on request, a little per look, each line once.

use super::rows::Rows;
use crate::tui::model;
use crate::{
    run::{
        Budget,
        attack_job::{AttackDir, AttackReader, Cells},
        journal::LineReader,
        metric::Lines,
        status::RunState,
    },
    spec::AttackKind,
    units::Epsilon,
};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// Time spent at one look; keys and the selected run have their turn after it.
const LOOK: Duration = Duration::from_millis(30);
/// Bytes read of one run before the next has its turn.
const BYTES: u64 = 4 << 20;
/// A run's attacks are searched for only every few looks, because each search lists a folder.
const SPREAD: usize = 8;
/// The most attacks of one run that are read.
const MOST_ATTACKS: usize = 64;

/// Best values by name: metrics' by theirs, attacks' as [`of_attacks`] calls them.
pub type Best = BTreeMap<String, f64>;

/// Readers of all runs.
#[derive(Default)]
pub struct Bests {
    runs: HashMap<PathBuf, Reader>,
    looks: usize,
    more: bool,
}

struct Reader {
    metrics: LineReader,
    best: Best,
    attacks: BTreeMap<PathBuf, AttackReader>,
    attacked: Best,
    /// What the row said when the metrics were read to their end.
    read_at: Option<(u64, RunState)>,
}

impl Bests {
    /// Whether a look ended before everything was read.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Reads on, and puts what is found into the rows; returns whether any changed.
    pub fn look(&mut self, rows: &mut Rows) -> bool {
        self.looks += 1;
        self.more = false;
        let (began, mut changed) = (Instant::now(), false);
        self.runs.retain(|dir, _| rows.has(dir));
        for (n, (dir, row)) in rows.all_mut().enumerate() {
            let reader = self.runs.entry(dir.clone()).or_insert_with(|| Reader::new(dir));
            let now = (row.step, row.state);
            let is_first = reader.read_at.is_none();
            let due = reader.read_at != Some(now);
            let attacks = is_first || (self.looks + n).is_multiple_of(SPREAD);
            if !due && !attacks {
                continue;
            }
            if began.elapsed() > LOOK {
                self.more |= due;
                continue;
            }
            let mut found = false;
            if due {
                let (news, more) = reader.read_metrics();
                found |= news;
                self.more |= more;
                reader.read_at = (!more).then_some(now);
            }
            if attacks {
                found |= reader.read_attacks(dir);
            }
            if found {
                let mut best = reader.best.clone();
                best.extend(reader.attacked.clone());
                changed |= *row.best != best;
                row.best = Arc::new(best);
            }
        }
        changed
    }
}

impl Reader {
    fn new(dir: &Path) -> Reader {
        Reader {
            metrics: LineReader::new(&crate::run::RunDir::at(dir).metrics()),
            best: Best::new(),
            attacks: BTreeMap::new(),
            attacked: Best::new(),
            read_at: None,
        }
    }

    /// Whether anything was found, and whether there is more.
    fn read_metrics(&mut self) -> (bool, bool) {
        let mut lines = Lines::default();
        let budget = Budget {
            bytes: BYTES,
            time: LOOK,
        };
        let look = self.metrics.poll(budget, &mut lines);
        if look.reset {
            self.best.clear();
        }
        take(&mut self.best, &lines);
        (look.reset || !lines.is_empty(), look.more)
    }

    fn read_attacks(&mut self, dir: &Path) -> bool {
        let there = AttackDir::list(&crate::run::RunDir::at(dir).attacks());
        let before = self.attacks.len();
        self.attacks.retain(|job, _| there.contains(job));
        let mut changed = self.attacks.len() != before;
        for job in there.into_iter().rev().take(MOST_ATTACKS) {
            if !self.attacks.contains_key(&job)
                && let Ok(reader) = AttackReader::open(&job)
            {
                self.attacks.insert(job, reader);
            }
        }
        for reader in self.attacks.values_mut() {
            changed |= reader.poll(Budget::FRAME);
        }
        if changed {
            self.attacked = of_attacks(self.attacks.values().map(AttackReader::cells));
        }
        changed
    }
}

/// Folds lines of metrics into the best: the maximum of accuracies, the minimum of everything else.
fn take(best: &mut Best, lines: &Lines) {
    let names: Vec<(&str, bool)> = lines
        .names()
        .map(|n| (n, model::charts::kinds::is_better_greater(n)))
        .collect();
    let mut found: Vec<Option<f64>> = vec![None; names.len()];
    for line in lines.iter() {
        for (name, value) in line.values().filter(|(_, v)| v.is_finite()) {
            let (Some((_, greater)), Some(found)) = (names.get(name), found.get_mut(name)) else {
                continue;
            };
            *found = Some(better(*found, value, *greater));
        }
    }
    for ((name, greater), value) in names.into_iter().zip(found) {
        if let Some(value) = value {
            let before = best.get(name).copied();
            best.insert(name.to_lowercase(), better(before, value, greater));
        }
    }
}

fn better(before: Option<f64>, value: f64, greater: bool) -> f64 {
    match before {
        None => value,
        Some(before) if greater => before.max(value),
        Some(before) => before.min(value),
    }
}

/// What finished cells say of a run: per family of attacks (`pgd`, `fgsm`, …; `worst` over all, `clean`) and radius
/// (`pgd@8/255`) the lowest accuracy that any of the family left, the highest over checkpoints; and without a radius
/// (`pgd`) the one at the largest.
fn of_attacks<'a>(jobs: impl Iterator<Item = &'a Cells>) -> Best {
    // A radius is not negative: its bits are in its order.
    let mut best: BTreeMap<(String, u64), (Epsilon, f64)> = BTreeMap::new();
    for cells in jobs {
        let mut lowest: BTreeMap<(String, u64, usize), (Epsilon, f64)> = BTreeMap::new();
        let summaries = cells.summaries();
        for summary in summaries.iter().filter(|s| !s.open && !s.of_survivors && s.tally.n > 0) {
            let key = (
                family(summary.attack),
                summary.eps.value().to_bits(),
                summary.checkpoint,
            );
            let (_, left) = lowest.entry(key).or_insert((summary.eps, f64::INFINITY));
            *left = left.min(summary.tally.accuracy());
        }
        for ((family, bits, _), (eps, accuracy)) in lowest {
            let (_, highest) = best.entry((family, bits)).or_insert((eps, 0.0));
            *highest = highest.max(accuracy);
        }
    }
    let mut named = Best::new();
    // In the order of the radii: what is said last, at the largest, stands without one.
    for ((family, _), (eps, accuracy)) in best {
        named.insert(format!("{family}@{eps}"), accuracy);
        named.insert(family, accuracy);
    }
    named
}

fn family(attack: Option<AttackKind>) -> String {
    match attack {
        None => "worst".into(),
        Some(AttackKind::None) => "clean".into(),
        Some(attack) => attack.to_string().split(':').next().unwrap_or_default().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{RunDir, attack::AttackManifest, testing};

    #[test]
    fn every_line_counts_once_and_a_metric_is_best_at_its_good_end() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let line = |step: u64, accuracy: &str, l1: f64| {
            format!(
                "{{\"step\":{step},\"epoch\":1.0,\"wall\":1.0,\"values\":{{\"val.accuracy\":{accuracy},\"gradient.l1\":{l1}}}}}\n"
            )
        };
        let text = line(1, "0.5", 3.0) + &line(2, "0.75", 2.0) + &line(3, "\"NaN\"", 4.0);
        std::fs::write(run.metrics(), text).unwrap();
        let (mut rows, mut bests) = (Rows::default(), Bests::default());
        let found = [run.path().to_path_buf()];
        rows.look(&found);
        assert!(bests.look(&mut rows) && !bests.has_more());
        let best = rows.newest_first()[0].best.clone();
        assert_eq!((best["val.accuracy"], best["gradient.l1"]), (0.75, 2.0));
        assert!(!bests.look(&mut rows), "nothing is new");
        rows.look(&found);
        assert_eq!(rows.newest_first()[0].best, best);
    }

    #[test]
    fn an_attack_says_its_lowest_accuracy_by_family_and_radius_and_at_the_largest() {
        let radius = |n: f64| Epsilon::new(n / 255.0).unwrap();
        let manifest = AttackManifest {
            eps: vec![radius(2.0), radius(8.0)],
            ..crate::run::attack_job::tests::manifest("fgsm,pgd:10,pgd:20", "rate")
        };
        let mut cells = Cells::of(&manifest);
        let mut say = |attack: &str, eps: f64, robust: &str| {
            let mut line = crate::run::attack_job::tests::line(attack, "rate", eps, 0, robust);
            line.ended = Some(crate::run::attack::CellEnd::Precision);
            cells.apply(&line);
        };
        say("none", 0.0, "1111");
        say("pgd:10", 2.0, "1110");
        say("pgd:20", 2.0, "1100");
        say("pgd:10", 8.0, "1000");
        let best = of_attacks([&cells].into_iter());
        assert_eq!(best["clean"], 1.0);
        assert_eq!(best["pgd@2/255"], 0.5);
        assert_eq!(best["pgd"], 0.25);
        assert!(!best.contains_key("fgsm"), "{best:?}");
    }
}
