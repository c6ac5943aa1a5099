//! What a list says of a run: its history's newest values, what is wrong with it, and what of its record could not be
//! used. Of a long record only the end of the metrics is read, unless all of it is asked for.

use super::{
    Budget, RunDir,
    event::Event,
    health::{Chance, Health, Problem},
    history::History,
    journal::{LineReader, Tail, last_lines_into},
    manifest::Manifest,
    metric::Lines,
    status::Status,
};
use std::time::Duration;

/// Metrics of up to so many bytes are read whole.
const WHOLE: u64 = 256 << 10;
/// Else so many of their newest: some hundred steps.
const END: u64 = 64 << 10;
/// Bytes of metrics that are held at once.
const PART: u64 = 32 << 20;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The end of long metrics is enough.
    Newest,
    /// Everything.
    All,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Digest {
    /// The fold over what was read; its newest values are the run's.
    pub history: History,
    /// What is wrong, the worst first.
    pub health: Vec<Problem>,
    /// Lines of both journals that were not what they should be.
    pub skipped_lines: u64,
    /// Values of metrics that were not kept, because their names were too many or too long.
    pub dropped_metrics: u64,
    /// Whether that was counted over all of the record, and not over the events and the newest metrics alone.
    pub whole: bool,
}

/// Reads it. What cannot be read says nothing.
pub fn read(dir: &RunDir, manifest: Option<&Manifest>, status: Option<&Status>, depth: Depth) -> Digest {
    let mut events: Tail<Event> = Tail::new(&dir.events());
    let mut fold = Fold {
        history: manifest.map_or_else(History::default, History::of),
        health: Health::new(manifest.map(Chance::of)),
        events: events.poll(Budget::ALL).lines,
        folded: 0,
    };
    let mut metrics = LineReader::new(&dir.metrics());
    let mut whole = depth == Depth::All || metrics.bytes_there() <= WHOLE;
    let mut skipped = events.skipped();
    if !whole {
        let mut lines = Lines::default();
        skipped += last_lines_into(&dir.metrics(), END, &mut lines);
        // The file is empty where it was set aside just now.
        whole = lines.is_empty();
        fold.lines(&lines);
    }
    if whole {
        let budget = Budget {
            bytes: PART,
            time: Duration::MAX,
        };
        let mut more = true;
        while more {
            let mut lines = Lines::default();
            more = metrics.poll(budget, &mut lines).more;
            fold.lines(&lines);
        }
        skipped += metrics.skipped();
    }
    fold.rest();
    if let Some(status) = status {
        fold.history.apply_status(status);
    }
    Digest {
        health: fold.health.problems(),
        skipped_lines: skipped,
        dropped_metrics: fold.history.left_out(),
        history: fold.history,
        whole,
    }
}

/// Metrics and events put together by the run's own clock, which never goes back.
struct Fold {
    history: History,
    health: Health,
    events: Vec<Event>,
    folded: usize,
}

impl Fold {
    fn lines(&mut self, lines: &Lines) {
        let names: Vec<&str> = lines.names().collect();
        for line in lines.iter() {
            while self.events.get(self.folded).is_some_and(|e| e.wall < line.wall) {
                self.event();
            }
            let values = line.values().filter_map(|(n, value)| Some((*names.get(n)?, value)));
            self.health.values(line.step, values);
        }
        self.history.apply_lines(lines);
    }

    fn event(&mut self) {
        if let Some(event) = self.events.get(self.folded) {
            self.health.event(event);
        }
        self.folded += 1;
    }

    /// Events after the last line; and all of them for the history, which does not mind the order.
    fn rest(&mut self) {
        while self.folded < self.events.len() {
            self.event();
        }
        self.events.iter().for_each(|e| self.history.apply_event(e));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{event::EventKind, health::Kind, testing};

    fn line(step: u64, name: &str, value: f64) -> String {
        serde_json::to_string(&testing::metric(step, name, value)).unwrap() + "\n"
    }

    #[test]
    fn bad_lines_and_dropped_names_are_counted_and_problems_found() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = testing::manifest("20261123-094512-here-0abc");
        let run = RunDir::create(folder.path(), &manifest).unwrap();
        let text = line(1, "train.ce", 2.0)
            + "nonsense\n"
            + &line(2, &"x".repeat(300), 1.0)
            + &line(3, "train.gradient_norm", 0.0);
        std::fs::write(run.metrics(), &text).unwrap();
        let alert = Event {
            time: String::new(),
            step: 2,
            wall: 2.0,
            what: EventKind::Alert {
                kind: "nan".into(),
                why: "it is".into(),
            },
        };
        let events = serde_json::to_string(&alert).unwrap() + "\n{\n";
        std::fs::write(run.events(), events).unwrap();
        let digest = read(&run, Some(&manifest), None, Depth::Newest);
        assert_eq!(
            (digest.skipped_lines, digest.dropped_metrics, digest.whole),
            (2, 1, true)
        );
        let kinds: Vec<(Kind, u64)> = digest.health.iter().map(|p| (p.kind, p.since_step)).collect();
        assert_eq!(kinds, [(Kind::Nan, 2), (Kind::ZeroGradients, 3)]);
        assert_eq!(digest.history.latest()["train.ce"], 2.0);
    }

    #[test]
    fn of_long_metrics_the_end_is_read_unless_all_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = testing::manifest("20261123-094512-here-0abc");
        let run = RunDir::create(folder.path(), &manifest).unwrap();
        let long: String = (1..=6000).map(|step| line(step, "train.ce", step as f64)).collect();
        std::fs::write(run.metrics(), "bad\n".to_string() + &long + "bad too\n").unwrap();
        let newest = read(&run, Some(&manifest), None, Depth::Newest);
        assert_eq!((newest.skipped_lines, newest.whole), (1, false));
        let all = read(&run, Some(&manifest), None, Depth::All);
        assert_eq!((all.skipped_lines, all.whole), (2, true));
        for digest in [newest, all] {
            assert_eq!(digest.history.latest()["train.ce"], 6000.0);
        }
    }
}
