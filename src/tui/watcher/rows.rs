//! One row per run, from its small files alone.

use super::row_facts;
use crate::{
    run::{
        RunDir, SCHEMA,
        checkpoint::step_of,
        clock,
        dir::Header,
        ending::Ending,
        imported,
        labels::Labels,
        launcher::{Launch, Worker},
        names,
        process::Identity,
        settled,
        status::RunState,
        text::clean,
        watch::state_by,
    },
    tui::model::{Imported, Parent, RunRow},
};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// An ended run whose folders did not change is read again only every few looks, in case the times are wrong.
const SELDOM: usize = 128;

/// Runs that have ended are asked in turns, each at every so many looks: two questions each, a thousand runs long.
const SPREAD: usize = 3;

/// How long facts are read at one look, before keys and the selected run have their turn.
const FACTS_PER_LOOK: Duration = Duration::from_millis(40);

/// Facts of a live run are read again every few looks.
const FACTS_EVERY: usize = 8;

/// Rows by directory, as last seen.
#[derive(Default)]
pub struct Rows {
    rows: HashMap<PathBuf, Known>,
    looks: usize,
    /// Facts are due that were not read for want of time.
    more: bool,
}

struct Known {
    header: Header,
    row: RunRow,
    stamp: Option<Stamp>,
    /// What the row said when its facts were read.
    facts_of: Option<(u64, RunState)>,
}

/// When a run's folders were last changed: `status.json` and `exit.json` are published by rename, which changes the
/// first; `control/launch.json` and `control/labels.json` change the second.
type Stamp = (SystemTime, Option<SystemTime>);

fn stamp(dir: &Path) -> Option<Stamp> {
    let changed = settled(dir)?;
    let control = dir.join(names::CONTROL);
    let launched = settled(&control);
    (launched.is_some() || !control.exists()).then_some((changed, launched))
}

impl Rows {
    /// Looks at each of the runs found; returns whether anything changed.
    pub fn look(&mut self, found: &[PathBuf]) -> bool {
        self.looks += 1;
        let mut changed = false;
        for (n, dir) in found.iter().enumerate() {
            let known = self.rows.get(dir);
            let resting = known.filter(|k| !k.row.state.is_live() && !(self.looks + n).is_multiple_of(SELDOM));
            // A third of the ended runs at each look: one that is resumed is seen within three.
            if resting.is_some() && !(self.looks + n).is_multiple_of(SPREAD) {
                continue;
            }
            // Taken before the files are read: what changes while we read is read again.
            let now = stamp(dir);
            if resting.is_some_and(|k| k.stamp.is_some() && k.stamp == now) {
                continue;
            }
            // One that could not be read is asked again.
            let header = match known.filter(|k| !k.header.id.is_empty()) {
                Some(known) => known.header.clone(),
                None => header(dir),
            };
            let mut row = row(dir, &header);
            // Those read before stay until the run has made progress.
            row.facts = known.map(|k| k.row.facts.clone()).unwrap_or_default();
            row.best = known.map(|k| k.row.best.clone()).unwrap_or_default();
            row.health = known.map(|k| k.row.health.clone()).unwrap_or_default();
            let facts_of = known.and_then(|k| k.facts_of);
            changed |= known.is_none_or(|k| k.row != row);
            self.rows.insert(
                dir.clone(),
                Known {
                    header,
                    row,
                    stamp: now,
                    facts_of,
                },
            );
        }
        if self.rows.len() > found.len() {
            let found: HashSet<&PathBuf> = found.iter().collect();
            self.rows.retain(|dir, _| found.contains(dir));
            changed = true;
        }
        self.read_facts() || changed
    }

    /// Whether facts are due that were not read for want of time.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Reads some of the facts that are due; the list does not wait for those of a thousand runs.
    pub fn read_facts(&mut self) -> bool {
        let (mut changed, began) = (false, Instant::now());
        self.more = false;
        let looks = self.looks;
        let due = |k: &&mut Known| match k.facts_of {
            None => true,
            Some((_, state)) if state != k.row.state => true,
            Some((step, _)) => step != k.row.step && looks.is_multiple_of(FACTS_EVERY),
        };
        for known in self.rows.values_mut().filter(due) {
            if began.elapsed() > FACTS_PER_LOOK {
                self.more = true;
                break;
            }
            let (facts, health) = row_facts::read(&known.row.dir);
            changed |= *known.row.facts != facts || *known.row.health != health;
            known.row.facts = facts.into();
            known.row.health = health.into();
            known.facts_of = Some((known.row.step, known.row.state));
        }
        changed
    }

    /// Whether there is a row of this directory.
    pub fn has(&self, dir: &Path) -> bool {
        self.rows.contains_key(dir)
    }

    /// Every row, for what is read beside the small files.
    pub fn all_mut(&mut self) -> impl Iterator<Item = (&PathBuf, &mut RunRow)> {
        self.rows.iter_mut().map(|(dir, known)| (dir, &mut known.row))
    }

    /// Sorted by id, which begins with the time of the start.
    pub fn newest_first(&self) -> Vec<RunRow> {
        let mut rows: Vec<RunRow> = self.rows.values().map(|k| k.row.clone()).collect();
        // Whatever a run is called, it stands where its time puts it.
        rows.sort_by_cached_key(|r| std::cmp::Reverse((r.listed_at(), r.id.clone(), std::cmp::Reverse(r.dir.clone()))));
        rows
    }
}

fn header(dir: &Path) -> Header {
    RunDir::at(dir).header().unwrap_or_else(|e| Header {
        schema: u64::from(SCHEMA),
        id: String::new(),
        name: format!("(unreadable: {e})"),
        created: String::new(),
        parent: None,
        checkpoints: None,
        fork: false,
        imported: None,
    })
}

fn row(dir: &Path, header: &Header) -> RunRow {
    let run = RunDir::at(dir);
    let status = run.read_status().ok().flatten();
    let launch = Launch::read(dir);
    let ending = Ending::read(&run, status.as_ref(), launch.as_ref(), || header.checkpoints.clone());
    let exit = &ending.exit;
    let state = state_by(exit.as_ref(), status.as_ref(), launch.as_ref(), clock::now());
    let newer = header.schema > u64::from(SCHEMA);
    let why = match newer {
        true => format!("schema {} is newer than this program", header.schema),
        // What a live worker waits for, or cannot do.
        false if state.is_live() => status.as_ref().map(|s| s.problem.clone()).unwrap_or_default(),
        false => ending.reason(&run, state).unwrap_or_default(),
    };
    let step = status
        .as_ref()
        .map_or(0, |s| s.step)
        .max(exit.as_ref().map_or(0, |e| e.step));
    let named = status.as_ref();
    let reported = named.map(|s| (s.time.as_str(), Identity::from(s)));
    let worker = Worker::newest(launch.as_ref(), reported);
    let who = worker.as_ref().map(Worker::describe).unwrap_or_default();
    RunRow {
        dir: dir.to_path_buf(),
        id: clean(&run.id()).into_owned(),
        name: clean(if header.name.is_empty() {
            &header.id
        } else {
            &header.name
        })
        .into_owned(),
        created: clean(&header.created).into_owned(),
        state,
        why: clean(&why).into_owned(),
        step,
        total: named.map_or(0, |s| s.total_steps),
        epoch: named.map_or(0.0, |s| s.epoch),
        epochs: named.map_or(0, |s| s.epochs),
        rate: named.map_or(0.0, |s| s.rate),
        eta: named.map_or(0.0, |s| s.eta),
        device: named.map(|s| clean(&s.device).into_owned()).unwrap_or_default(),
        host: clean(&who.host).into_owned(),
        worker: clean(&who.name).into_owned(),
        reachable: worker.is_none_or(|w| w.is_reachable()),
        newer,
        imported: header.imported.as_deref().map(|from| Imported {
            from: clean(&from.display().to_string()).into_owned(),
            created: header.created.clone(),
            last_written: exit.as_ref().map(|e| e.time.clone()).unwrap_or_default(),
            record: Arc::new(imported::record(dir)),
        }),
        parent: header.parent.as_deref().and_then(|path| parent(path, header.fork)),
        tunables: Arc::new(named.map(|s| s.tunables.clone()).unwrap_or_default()),
        labels: Arc::new(Labels::read(&run)),
        health: Default::default(),
        best: Default::default(),
        facts: Default::default(),
    }
}

/// What a checkpoint's path says of it: `…/<run id>/step-000001234`.
fn parent(path: &Path, fork: bool) -> Option<Parent> {
    let run = path.parent()?.file_name()?.to_str()?;
    Some(Parent {
        run: clean(run).into_owned(),
        step: step_of(path)?,
        fork,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{
        files::publish_json,
        labels,
        status::{Exit, Outcome},
        testing,
    };

    /// Long enough ago to be reliable.
    fn age(run: &RunDir) {
        let then = SystemTime::now() - std::time::Duration::from_secs(60);
        for folder in [run.path().to_path_buf(), run.path().join("control")] {
            std::fs::File::open(folder).unwrap().set_modified(then).unwrap();
        }
    }

    #[test]
    fn a_run_that_ended_is_looked_at_again_when_its_folder_changes() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let exit = |outcome, step| Exit {
            outcome,
            time: clock::now_text(),
            step,
            incarnation: 1,
            why: String::new(),
        };
        publish_json(&run.exit(), &exit(Outcome::Stopped, 1)).unwrap();
        age(&run);
        let found = [run.path().to_path_buf()];
        let mut rows = Rows::default();
        assert!(rows.look(&found) && !rows.look(&found));
        assert_eq!(rows.newest_first()[0].state, RunState::Stopped);
        publish_json(&run.exit(), &exit(Outcome::Finished, 2)).unwrap();
        assert!((0..SPREAD).any(|_| rows.look(&found)));
        assert_eq!(rows.newest_first()[0].state, RunState::Finished);
        age(&run);
        for _ in 0..SPREAD {
            rows.look(&found);
        }
        labels::write(run.path(), &Labels::typed("paper", "").unwrap()).unwrap();
        assert!(
            (0..SPREAD).any(|_| rows.look(&found)),
            "tags are news of a run that has ended"
        );
        assert!(rows.newest_first()[0].labels.tags.contains("paper"));
        assert!(rows.look(&[]) && rows.newest_first().is_empty());
    }
}
