//! The selected run: its journals from where we stopped, its checkpoints, its attacks, its log, and the answers to
//! commands. Only what changed is passed on.

use crate::{
    run::{
        Budget, RunDir,
        attack_job::{AttackDir, AttackReader},
        checkpoint, clock,
        control::answer_of,
        event::Event,
        journal::Tail,
        manifest::Manifest,
        metric::Metric,
        status::Status,
        text::{clean, clean_lines},
    },
    tui::model::{AttackRow, CellRow, CheckpointRow, LogLine, Seen},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes of each log's end that are shown.
const LOG_END: u64 = 48 << 10;
/// Lines of each log's end that are shown.
const LOG_LINES: usize = 400;

/// A reader of one run.
pub struct Feed {
    dir: RunDir,
    manifest: Option<Manifest>,
    metrics: Tail<Metric>,
    events: Tail<Event>,
    status: Option<Status>,
    checkpoints: Vec<CheckpointRow>,
    attacks: BTreeMap<PathBuf, AttackReader>,
    attack_rows: Vec<AttackRow>,
    logs: Vec<LogLine>,
    answered: BTreeSet<String>,
    more: bool,
}

impl Feed {
    /// A reader at the beginning; nothing is read yet.
    pub fn new(run: &Path) -> Feed {
        let dir = RunDir::at(run);
        Feed {
            metrics: Tail::new(&dir.metrics()),
            events: Tail::new(&dir.events()),
            manifest: None,
            status: None,
            checkpoints: Vec::new(),
            attacks: BTreeMap::new(),
            attack_rows: Vec::new(),
            logs: Vec::new(),
            answered: BTreeSet::new(),
            more: false,
            dir,
        }
    }

    /// Whether the last look ran out of budget.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// What is new, if anything.
    pub fn look(&mut self, logs: bool, open: &[(PathBuf, String)]) -> Option<Seen> {
        let mut seen = Seen {
            dir: self.dir.path().to_path_buf(),
            ..Seen::default()
        };
        if self.manifest.is_none()
            && let Ok(manifest) = self.dir.read_manifest()
        {
            seen.manifest = Some(Box::new(manifest.clone()));
            self.manifest = Some(manifest);
        }
        self.look_at_journals(&mut seen);
        if let Ok(status) = self.dir.read_status()
            && status != self.status
        {
            seen.status.clone_from(&status);
            self.status = status;
        }
        seen.checkpoints = self.new_checkpoints();
        seen.attacks = self.new_attacks();
        if logs {
            let now = read_logs(&self.dir);
            if now != self.logs {
                seen.logs = Some(now.clone());
                self.logs = now;
            }
        }
        for (job, id) in open {
            if self.answered.contains(id) {
                continue;
            }
            if let Some(answer) = answer_of(job, id) {
                if answer.result != crate::run::command::Verdict::Accepted {
                    self.answered.insert(id.clone());
                }
                seen.answers.push(answer);
            }
        }
        let empty = Seen {
            dir: seen.dir.clone(),
            ..Seen::default()
        };
        (!is_same(&seen, &empty)).then_some(seen)
    }

    fn look_at_journals(&mut self, seen: &mut Seen) {
        let mut events = self.events.poll(Budget::FRAME);
        let mut metrics = self.metrics.poll(Budget::FRAME);
        if events.reset || metrics.reset {
            // A replaced journal tells another story: both from the start.
            self.events.rewind();
            self.metrics.rewind();
            seen.reset = true;
            events = self.events.poll(Budget::FRAME);
            metrics = self.metrics.poll(Budget::FRAME);
        }
        self.more = events.more || metrics.more;
        seen.events = events.lines;
        seen.metrics = metrics.lines;
    }

    fn new_checkpoints(&mut self) -> Option<Vec<CheckpointRow>> {
        let root = &self.manifest.as_ref()?.checkpoints;
        let with_pin = |dir: PathBuf| (checkpoint::is_pinned(&dir), dir);
        let folders: Vec<(bool, PathBuf)> = checkpoint::list(root).into_iter().rev().map(with_pin).collect();
        let shown = self.checkpoints.iter().map(|c| (c.pinned, &c.dir));
        let same = folders.iter().map(|(pinned, dir)| (*pinned, dir)).eq(shown);
        if same {
            return None;
        }
        let known = |dir: &Path| self.checkpoints.iter().find(|c| c.dir == dir).cloned();
        let mut rows: Vec<CheckpointRow> = folders
            .into_iter()
            .map(|(pinned, dir)| CheckpointRow {
                pinned,
                ..known(&dir).unwrap_or_else(|| checkpoint_row(dir))
            })
            .collect();
        // Each was the best when saved; of those the newest is the best.
        let mut best_seen = false;
        for row in &mut rows {
            row.best = row.best && !best_seen;
            best_seen |= row.best;
        }
        self.checkpoints.clone_from(&rows);
        Some(rows)
    }

    fn new_attacks(&mut self) -> Option<Vec<AttackRow>> {
        let folders = AttackDir::list(&self.dir.attacks());
        self.attacks.retain(|dir, _| folders.contains(dir));
        for dir in folders {
            if !self.attacks.contains_key(&dir)
                && let Ok(reader) = AttackReader::open(&dir)
            {
                self.attacks.insert(dir, reader);
            }
        }
        let mut rows = Vec::new();
        for (dir, reader) in self.attacks.iter_mut().rev() {
            reader.poll(Budget::FRAME);
            self.more |= reader.has_more();
            rows.push(attack_row(dir, reader));
        }
        if rows == self.attack_rows {
            return None;
        }
        self.attack_rows.clone_from(&rows);
        Some(rows)
    }
}

fn is_same(a: &Seen, b: &Seen) -> bool {
    a.reset == b.reset
        && a.metrics.is_empty()
        && a.events.is_empty()
        && a.manifest.is_none()
        && a.status.is_none()
        && a.checkpoints.is_none()
        && a.attacks.is_none()
        && a.logs.is_none()
        && a.answers.is_empty()
}

fn checkpoint_row(dir: PathBuf) -> CheckpointRow {
    match checkpoint::open(&dir) {
        Ok(found) => CheckpointRow {
            step: found.meta.step,
            saved: clean(&found.meta.created).into_owned(),
            bytes: found.meta.files.values().map(|f| f.bytes).sum(),
            best: found.meta.best,
            pinned: false,
            metrics: found.meta.metrics.clone(),
            problem: String::new(),
            dir,
        },
        Err(e) => CheckpointRow {
            step: 0,
            saved: String::new(),
            bytes: 0,
            best: false,
            pinned: false,
            metrics: BTreeMap::new(),
            problem: clean(&e.to_string()).into_owned(),
            dir,
        },
    }
}

fn attack_row(dir: &Path, reader: &AttackReader) -> AttackRow {
    let (manifest, cells, status) = (reader.manifest(), reader.cells(), reader.status());
    let name = |p: &PathBuf| clean(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let cell = |cell: &crate::run::attack_job::Cell| {
        // Of a worst-case job only the worst case so far is an accuracy of the network.
        let tally = cells.accuracy_so_far(cell);
        CellRow {
            checkpoint: cell.key.checkpoint,
            attack: match cells.adds_to_others(cell) {
                true => format!("+ {}", cell.key.attack),
                false => cell.key.attack.to_string(),
            },
            backward: if cell.key.attack.uses_gradient() {
                cell.key.backward.to_string()
            } else {
                String::new()
            },
            eps: cell.key.eps,
            accuracy: tally.accuracy(),
            interval: tally.interval(),
            n: tally.n,
            seconds: tally.seconds,
        }
    };
    let begun: Vec<CellRow> = cells.all().iter().map(cell).filter(|c| c.n > 0).collect();
    let working = cells
        .all()
        .iter()
        .rev()
        .filter(|c| !cells.is_finished(c))
        .map(|c| c.done());
    let partial = working.into_iter().find(|n| *n > 0).unwrap_or(0);
    AttackRow {
        dir: dir.to_path_buf(),
        id: name(&dir.to_path_buf()),
        state: reader.state(clock::now()),
        why: reader.exit().map(|e| clean(&e.why).into_owned()).unwrap_or_default(),
        cells_done: (cells.finished(), cells.all().len()),
        images_done: partial,
        samples: cells.images(),
        current: status.map(|s| clean(&s.current).into_owned()).unwrap_or_default(),
        eta: status.map_or(0.0, |s| s.eta),
        checkpoints: manifest.checkpoints.iter().map(name).collect(),
        eps: manifest.eps.clone(),
        cells: begun,
    }
}

fn read_logs(dir: &RunDir) -> Vec<LogLine> {
    let mut lines = Vec::new();
    for (error, path) in [(false, dir.stdout_log()), (true, dir.stderr_log())] {
        let text = end_of(&path).unwrap_or_default();
        let text = clean_lines(&String::from_utf8_lossy(&text));
        let all: Vec<&str> = text.lines().collect();
        let last = all.len().saturating_sub(LOG_LINES);
        lines.extend(all[last..].iter().map(|l| LogLine {
            error,
            text: (*l).to_string(),
        }));
    }
    lines
}

/// The last whole lines of a file.
fn end_of(path: &Path) -> Option<Vec<u8>> {
    let mut file = crate::run::files::open_regular(path).ok()?;
    let size = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(LOG_END))).ok()?;
    let mut bytes = Vec::new();
    file.take(LOG_END).read_to_end(&mut bytes).ok()?;
    if size > LOG_END {
        let first = bytes.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1);
        bytes.drain(..first);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{journal::Appender, testing};

    #[test]
    fn what_is_new_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let mut feed = Feed::new(run.path());
        let first = feed.look(true, &[]).unwrap();
        assert!(first.manifest.is_some() && first.metrics.is_empty());
        assert!(feed.look(true, &[]).is_none());
        Appender::open(&run.metrics())
            .unwrap()
            .append(&testing::metric(1, "train.ce", 2.0))
            .unwrap();
        std::fs::write(run.stderr_log(), "one\x1b[2J\ntwo\n").unwrap();
        let second = feed.look(true, &[]).unwrap();
        assert_eq!(second.metrics.len(), 1);
        assert_eq!(
            second.logs.unwrap()[0],
            LogLine {
                error: true,
                text: "one␛[2J".into()
            }
        );
        assert!(feed.look(true, &[]).is_none());
    }
}
