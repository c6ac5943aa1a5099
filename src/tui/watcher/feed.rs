//! The selected run: its journals from the last position, its checkpoints, attacks, log, and answers to commands. Only
//! changes are passed on.

use super::{Interest, jobs::Jobs, journals::Journals};
use crate::{
    run::{
        RunDir, checkpoint,
        control::answer_of,
        status::Status,
        text::{clean, clean_lines},
    },
    tui::model::{CheckpointRow, LogLine, Seen},
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
    journals: Journals,
    status: Option<Status>,
    checkpoints: Vec<CheckpointRow>,
    jobs: Jobs,
    logs: Vec<LogLine>,
    answered: BTreeSet<String>,
}

impl Feed {
    /// A reader at the beginning; nothing is read yet.
    pub fn new(run: &Path) -> Feed {
        let dir = RunDir::at(run);
        Feed {
            journals: Journals::new(run),
            status: None,
            checkpoints: Vec::new(),
            jobs: Jobs::new(run),
            logs: Vec::new(),
            answered: BTreeSet::new(),
            dir,
        }
    }

    /// Whether the last look ran out of budget.
    pub fn has_more(&self) -> bool {
        self.journals.has_more() || self.jobs.has_more()
    }

    /// What is new, if anything.
    pub fn look(&mut self, wanted: &Interest) -> Option<Seen> {
        let mut seen = Seen {
            dir: self.dir.path().to_path_buf(),
            ..Seen::default()
        };
        let mut news = self.journals.look(&mut seen);
        if let Ok(status) = self.dir.read_status()
            && status != self.status
        {
            seen.status.clone_from(&status);
            self.status = status;
        }
        seen.checkpoints = self.new_checkpoints();
        let checkpoints = self.journals.manifest().map(|m| m.checkpoints.as_path());
        seen.attacks = self.jobs.look(checkpoints);
        seen.sample = self.jobs.sample(wanted.sample.as_ref());
        if wanted.logs {
            let now = read_logs(&self.dir);
            if now != self.logs {
                seen.logs = Some(now.clone());
                self.logs = now;
            }
        }
        for (job, id) in &wanted.open {
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
        news |= seen.status.is_some()
            || seen.checkpoints.is_some()
            || seen.attacks.is_some()
            || seen.logs.is_some()
            || seen.sample.is_some()
            || !seen.answers.is_empty();
        news.then_some(seen)
    }

    fn new_checkpoints(&mut self) -> Option<Vec<CheckpointRow>> {
        let root = &self.journals.manifest()?.checkpoints;
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
        // Each was the best when saved, so the newest of them is the best.
        let mut best_seen = false;
        for row in &mut rows {
            row.best = row.best && !best_seen;
            best_seen |= row.best;
        }
        self.checkpoints.clone_from(&rows);
        Some(rows)
    }
}

fn checkpoint_row(dir: PathBuf) -> CheckpointRow {
    match checkpoint::open(&dir) {
        Ok(found) => CheckpointRow {
            step: found.meta.step,
            epoch: found.meta.epoch,
            saved: clean(&found.meta.created).into_owned(),
            bytes: found.meta.files.values().map(|f| f.bytes).sum(),
            best: found.meta.best,
            pinned: false,
            metrics: found.meta.own_metrics(),
            tunables: found.meta.tunables.clone(),
            problem: String::new(),
            dir,
        },
        Err(e) => CheckpointRow {
            step: checkpoint::step_of(&dir).unwrap_or(0),
            epoch: 0.0,
            saved: String::new(),
            bytes: 0,
            best: false,
            pinned: false,
            metrics: BTreeMap::new(),
            tunables: BTreeMap::new(),
            problem: clean(&e.to_string()).into_owned(),
            dir,
        },
    }
}

fn read_logs(dir: &RunDir) -> Vec<LogLine> {
    let outputs = [(false, dir.stdout_log()), (true, dir.stderr_log())];
    let ends = outputs.iter().filter_map(|(error, path)| {
        let (from, bytes) = end_of(path)?;
        Some(lines_of(*error, from, &bytes))
    });
    ends.flatten().collect()
}

/// The last lines of what lies behind the first `from` bytes of an output.
fn lines_of(error: bool, from: u64, bytes: &[u8]) -> Vec<LogLine> {
    let mut at = from;
    let mut lines: Vec<LogLine> = Vec::new();
    for raw in bytes.split_inclusive(|b| *b == b'\n') {
        let text = clean_lines(&String::from_utf8_lossy(raw));
        lines.push(LogLine { error, at, text });
        at += raw.len() as u64;
    }
    lines.split_off(lines.len().saturating_sub(LOG_LINES))
}

/// The last whole lines of a file, and how many bytes come before them.
fn end_of(path: &Path) -> Option<(u64, Vec<u8>)> {
    let mut file = crate::run::files::open_inside(path).ok()?;
    let from = file.metadata().ok()?.len().saturating_sub(LOG_END);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(LOG_END).read_to_end(&mut bytes).ok()?;
    let start = match from {
        0 => 0,
        _ => bytes.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1),
    };
    bytes.drain(..start);
    Some((from + start as u64, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{journal::Appender, testing};

    #[test]
    fn what_is_new_is_reported_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let mut feed = Feed::new(run.path());
        let everything = Interest {
            logs: true,
            ..Interest::default()
        };
        let first = feed.look(&everything).unwrap();
        assert!(first.manifest.is_some() && first.metrics.is_empty());
        assert!(feed.look(&everything).is_none());
        Appender::open(&run.metrics())
            .unwrap()
            .append(&testing::metric(1, "train.ce", 2.0))
            .unwrap();
        std::fs::write(run.stderr_log(), "one\x1b[2J\n\ntwo\n").unwrap();
        let second = feed.look(&everything).unwrap();
        assert_eq!(second.metrics.len(), 1);
        let line = |at, text: &str| LogLine {
            error: true,
            at,
            text: text.into(),
        };
        assert_eq!(second.logs.unwrap(), [line(0, "one␛[2J"), line(8, ""), line(9, "two")]);
        assert!(feed.look(&everything).is_none());
    }

    #[test]
    fn a_line_is_known_by_its_place_however_much_came_before_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text: String = (0..20_000).map(|_| "again\n").collect();
        std::fs::write(file.path(), &text).unwrap();
        let (from, bytes) = end_of(file.path()).unwrap();
        let lines = lines_of(false, from, &bytes);
        assert_eq!((lines.len(), lines[0].at), (LOG_LINES, (20_000 - LOG_LINES as u64) * 6));
        assert!(lines.iter().all(|l| l.text == "again"));
    }
}
