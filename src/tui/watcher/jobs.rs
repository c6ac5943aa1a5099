//! The attack jobs on a run's checkpoints: those in its own folder, and those on checkpoints of several runs, whose
//! folder is next to all runs. A row is rebuilt only if its files changed.

use super::job_row::{find, row};
use crate::{
    run::{
        Budget,
        attack::AttackManifest,
        attack_job::{AttackDir, AttackReader, Measured},
        clock, names,
    },
    tui::model::{AttackRow, SampleKey, SampleSeen},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The most jobs beside all runs that are looked into.
const MOST_SHARED: usize = 1000;

/// Readers of a run's attack jobs.
pub struct Jobs {
    /// The run's own.
    own: PathBuf,
    /// Those of several runs.
    shared: Option<PathBuf>,
    watched: BTreeMap<PathBuf, Watched>,
    /// Jobs that do not concern this run.
    others: BTreeSet<PathBuf>,
    sample: Option<SampleSeen>,
    more: bool,
}

struct Watched {
    reader: AttackReader,
    /// Size and time of `measured.json` when it was read.
    stamp: Option<(u64, SystemTime)>,
    measured: Vec<Measured>,
    row: AttackRow,
}

impl Jobs {
    /// Of the run at `run`; nothing is read yet.
    pub fn new(run: &Path) -> Jobs {
        Jobs {
            own: run.join(names::ATTACKS),
            // experiments/NAME/runs/ID and experiments/attacks.
            shared: run
                .ancestors()
                .nth(3)
                .map(|experiments| experiments.join(names::ATTACKS)),
            watched: BTreeMap::new(),
            others: BTreeSet::new(),
            sample: None,
            more: false,
        }
    }

    /// Whether the last look ran out of budget.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// The whole list, newest first, if anything changed. `checkpoints` is where the run's checkpoints lie.
    pub fn look(&mut self, checkpoints: Option<&Path>) -> Option<Vec<AttackRow>> {
        let own = AttackDir::list(&self.own);
        let shared = match (&self.shared, checkpoints) {
            (Some(folder), Some(_)) => AttackDir::list(folder),
            _ => Vec::new(),
        };
        let there: BTreeSet<&PathBuf> = own.iter().chain(&shared).collect();
        let before = self.watched.len();
        self.watched.retain(|dir, _| there.contains(dir));
        let mut changed = self.watched.len() != before;
        for dir in own {
            changed |= self.open(dir, |_| true);
        }
        for dir in shared.into_iter().rev().take(MOST_SHARED) {
            changed |= self.open(dir, |m| m.checkpoints.iter().any(|c| c.parent() == checkpoints));
        }
        self.more = false;
        for (dir, job) in &mut self.watched {
            changed |= job.look(dir);
            self.more |= job.reader.has_more();
        }
        // Rows are large and seldom change: they are copied only when sent.
        changed.then(|| self.newest_first())
    }

    fn newest_first(&self) -> Vec<AttackRow> {
        let mut rows: Vec<AttackRow> = self.watched.values().map(|w| w.row.clone()).collect();
        // A job is called by its ULID, which begins with the time.
        rows.sort_by(|a, b| b.id.cmp(&a.id).then_with(|| b.dir.cmp(&a.dir)));
        rows
    }

    /// Returns whether a job was added.
    fn open(&mut self, dir: PathBuf, wanted: impl Fn(&AttackManifest) -> bool) -> bool {
        if self.watched.contains_key(&dir) || self.others.contains(&dir) {
            return false;
        }
        let Ok(reader) = AttackReader::open(&dir) else {
            return false;
        };
        if !wanted(reader.manifest()) {
            self.others.insert(dir);
            return false;
        }
        let row = row(&dir, &reader, &[]);
        let watched = Watched {
            reader,
            stamp: None,
            measured: Vec::new(),
            row,
        };
        self.watched.insert(dir, watched).is_none()
    }

    /// The image asked for, if it is not the one reported last. One that was not there is looked for again.
    pub fn sample(&mut self, wanted: Option<&SampleKey>) -> Option<SampleSeen> {
        let key = wanted?;
        let reported = self.sample.as_ref().filter(|s| s.key == *key);
        if reported.is_some_and(|s| matches!(s.found, Ok(Some(_)))) {
            return None;
        }
        let reader = &self.watched.get(&key.job)?.reader;
        let now = SampleSeen {
            key: key.clone(),
            found: find(reader, key),
        };
        if reported == Some(&now) {
            return None;
        }
        self.sample = Some(now.clone());
        Some(now)
    }
}

impl Watched {
    /// Returns whether the row changed.
    fn look(&mut self, dir: &Path) -> bool {
        let mut changed = self.reader.poll(Budget::FRAME);
        let stamp = std::fs::metadata(self.reader.dir().measured()).ok();
        let stamp = stamp.and_then(|m| Some((m.len(), m.modified().ok()?)));
        if stamp != self.stamp {
            self.stamp = stamp;
            self.measured = self.reader.measured();
            changed = true;
        }
        if !changed {
            // Silence changes the state too.
            let state = self.reader.state(clock::now());
            return std::mem::replace(&mut self.row.state, state) != state;
        }
        let row = row(dir, &self.reader, &self.measured);
        let differs = row != self.row;
        self.row = row;
        differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        attack_job::{
            ClassTally, plan,
            tests::{line_of, manifest},
        },
        files::publish_json,
        journal::Appender,
    };

    /// A job in `folder` on one checkpoint of the run `id`, with a clean cell of two images.
    fn job(folder: &Path, id: &str) -> AttackDir {
        let mut manifest = manifest("fgsm", "rate");
        manifest.checkpoints = vec![format!("/w/checkpoints/{id}/step-000000001").into()];
        let dir = AttackDir::create(folder, &manifest).unwrap();
        let key = plan(&manifest)[0];
        let line = line_of(&key, "10");
        Appender::open(&dir.results()).unwrap().append(&line).unwrap();
        dir
    }

    #[test]
    fn jobs_beside_all_runs_are_shown_where_they_attack_this_runs_checkpoints() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("experiments/e/runs/mine");
        job(&run.join("attacks/01A"), "mine");
        job(&folder.path().join("experiments/attacks/01C"), "mine");
        job(&folder.path().join("experiments/attacks/01B"), "other");
        let mut jobs = Jobs::new(&run);
        let rows = jobs.look(Some(Path::new("/w/checkpoints/mine"))).unwrap();
        let ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids, ["01C", "01A"]);
        assert!(rows[0].cells[0].fooled.is_empty(), "clean images fool nobody");
        assert_eq!((rows[0].origins[0].as_str(), rows[0].cells[0].n), ("mine", 2));
        assert_eq!(
            jobs.look(Some(Path::new("/w/checkpoints/mine"))),
            None,
            "nothing changed"
        );
    }

    #[test]
    fn checks_and_classes_follow_what_was_measured() {
        let folder = tempfile::tempdir().unwrap();
        let dir = job(&folder.path().join("attacks/01A"), "mine");
        let mut jobs = Jobs::new(folder.path());
        let before = jobs.look(None).unwrap();
        assert!(before[0].groups.is_empty() && before[0].checks.len() == 13);
        let measured = serde_json::json!([{
            "checkpoint": 0, "images": 2, "classes": 10, "random_coding": false, "logit_spread": 0.0,
            "saturated": 0.0, "modes": [], "labels": [1, 0],
        }]);
        publish_json(&dir.measured(), &measured).unwrap();
        let after = jobs.look(None).unwrap();
        let tally = |clean, robust| ClassTally { n: 1, clean, robust };
        assert_eq!(after[0].groups[0].classes, [tally(0, 0), tally(1, 1)]);
        assert_ne!(after[0].checks, before[0].checks);
    }

    #[test]
    fn a_worst_case_jobs_cells_are_shown_as_the_worst_case_so_far() {
        let folder = tempfile::tempdir().unwrap();
        let mut manifest = manifest("fgsm,pgd:10", "rate");
        manifest.worst_case = true;
        let dir = AttackDir::create(&folder.path().join("attacks/01A"), &manifest).unwrap();
        let mut lines = Appender::open(&dir.results()).unwrap();
        for (key, robust) in plan(&manifest).into_iter().zip(["1110", "101-", "0-1-"]) {
            lines.append(&line_of(&key, robust)).unwrap();
        }
        let rows = Jobs::new(folder.path()).look(None).unwrap();
        let described: Vec<(&str, f64, usize)> = rows[0]
            .cells
            .iter()
            .map(|c| (c.attack.as_str(), c.accuracy, c.n))
            .collect();
        assert_eq!(described, [("none", 0.75, 4), ("fgsm", 0.5, 4), ("+ pgd:10", 0.25, 4)]);
        assert_eq!((&rows[0].cells[2].fooled, rows[0].cells[2].done), (&vec![0], 4));
    }

    #[test]
    fn an_image_that_is_not_there_is_reported_once_and_looked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        let dir = job(&folder.path().join("attacks/01A"), "mine");
        let mut jobs = Jobs::new(folder.path());
        jobs.look(None);
        let key = SampleKey {
            job: folder.path().join("attacks/01A"),
            cell: 0,
            image: 0,
        };
        assert_eq!(jobs.sample(Some(&key)).unwrap().found, Ok(None));
        assert_eq!(jobs.sample(Some(&key)), None);
        std::fs::create_dir(dir.examples()).unwrap();
        std::fs::write(dir.examples().join("0000-0000000.safetensors"), "no").unwrap();
        assert!(jobs.sample(Some(&key)).unwrap().found.is_err());
        assert_eq!(jobs.sample(None), None);
    }
}
