//! A run's manifest, metrics and events from the last position: all that is read of an overlaid run, and most of what
//! is read of the selected one.

use crate::{
    run::{
        Budget, RunDir,
        event::Event,
        journal::{LineReader, Tail},
        manifest::Manifest,
    },
    tui::model::Seen,
};
use std::path::Path;

/// A reader of one run's journals.
pub struct Journals {
    dir: RunDir,
    manifest: Option<Manifest>,
    metrics: LineReader,
    events: Tail<Event>,
    /// Nothing was reported yet.
    fresh: bool,
    /// Everything there was has been read once.
    caught_up: bool,
    more: bool,
}

impl Journals {
    /// A reader at the beginning; nothing is read yet.
    pub fn new(run: &Path) -> Journals {
        let dir = RunDir::at(run);
        Journals {
            metrics: LineReader::new(&dir.metrics()),
            events: Tail::new(&dir.events()),
            manifest: None,
            fresh: true,
            caught_up: false,
            more: false,
            dir,
        }
    }

    /// Whether the last look ran out of budget.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// What the run is, once it was read.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// Looks without any other reader; what is new, if anything.
    pub fn news(&mut self) -> Option<Seen> {
        let mut seen = Seen {
            dir: self.dir.path().to_path_buf(),
            ..Seen::default()
        };
        self.look(&mut seen).then_some(seen)
    }

    /// Adds what is new; returns whether anything is.
    pub fn look(&mut self, seen: &mut Seen) -> bool {
        if self.manifest.is_none()
            && let Ok(manifest) = self.dir.read_manifest()
        {
            seen.manifest = Some(Box::new(manifest.clone()));
            self.manifest = Some(manifest);
            // A history begins with its manifest: where it could be read only now, all lines are reported after it.
            if !self.fresh {
                self.events.rewind();
                self.metrics.rewind();
                (seen.reset, self.caught_up) = (true, false);
            }
        }
        let was_reading = self.more && !self.caught_up;
        self.read(seen);
        // The screen may still have what an earlier reader of this run sent.
        seen.reset |= std::mem::take(&mut self.fresh);
        self.caught_up |= !self.more;
        if !self.caught_up {
            seen.reading = Some((self.metrics.bytes_read(), self.metrics.bytes_there()));
        }
        seen.reset
            || was_reading
            || seen.reading.is_some()
            || seen.manifest.is_some()
            || !seen.metrics.is_empty()
            || !seen.events.is_empty()
    }

    fn read(&mut self, seen: &mut Seen) {
        let budget = match self.caught_up {
            true => Budget::FRAME,
            false => Budget::BULK,
        };
        let mut events = self.events.poll(budget);
        let mut metrics = self.metrics.poll(budget, &mut seen.metrics);
        if events.reset || metrics.reset {
            // A replaced journal is a different history: both are read from the start.
            self.events.rewind();
            self.metrics.rewind();
            seen.metrics = Default::default();
            seen.reset = true;
            self.caught_up = false;
            events = self.events.poll(Budget::BULK);
            metrics = self.metrics.poll(Budget::BULK, &mut seen.metrics);
        }
        self.more = events.more || metrics.more;
        seen.events = events.lines;
        seen.skipped_lines = self.metrics.skipped() + self.events.skipped();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{journal::Appender, testing};

    #[test]
    fn every_reader_starts_again_and_reports_what_is_new_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let mut metrics = Appender::open(&run.metrics()).unwrap();
        metrics.append(&testing::metric(1, "train.ce", 2.0)).unwrap();
        let mut journals = Journals::new(run.path());
        let first = journals.news().unwrap();
        assert!(first.reset && first.manifest.is_some() && first.reading.is_none());
        assert_eq!((first.metrics.len(), first.dir.as_path()), (1, run.path()));
        assert!(journals.news().is_none());
        metrics.append(&testing::metric(2, "train.ce", 3.0)).unwrap();
        let second = journals.news().unwrap();
        assert!(!second.reset && second.manifest.is_none());
        assert_eq!(second.metrics.len(), 1);
        std::fs::write(run.metrics(), "").unwrap();
        let third = journals.news().unwrap();
        assert!(third.reset && third.metrics.is_empty());
    }

    #[test]
    fn a_long_journal_is_reported_part_by_part_with_its_progress() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let line = serde_json::to_string(&testing::metric(1, &"x".repeat(200), 2.0)).unwrap() + "\n";
        let lines = (Budget::BULK.bytes as usize / line.len()) + 5000;
        std::fs::write(run.metrics(), line.repeat(lines)).unwrap();
        let mut journals = Journals::new(run.path());
        let first = journals.news().unwrap();
        let (read, there) = first.reading.unwrap();
        assert!(
            read < there && there == (lines * line.len()) as u64,
            "{read} of {there}"
        );
        let mut reported = first.metrics.len();
        while journals.has_more() {
            let next = journals.news().unwrap();
            reported += next.metrics.len();
            assert_eq!(next.reading.is_some(), journals.has_more());
        }
        assert_eq!(reported, lines);
        assert!(journals.news().is_none());
    }
}
