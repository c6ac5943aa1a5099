//! The scalars of one folder's event files: files in the order of their names, restarts applied as TensorBoard does, and two
//! trainings told from one that continued.

use crate::{
    exchange::events::{Events, Restart},
    run::metric::MOST_NAMES,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most restarts of a run that are looked for in its sub-folders.
const MOST_RESTARTS: usize = 1000;

/// A number that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since 1970.
    pub time: f64,
    /// The number.
    pub value: f64,
    file: u32,
}

/// What is gathered of a folder's files.
#[derive(Debug, Default)]
pub struct Part {
    /// Its tags, in the order in which they first came.
    pub tags: Vec<String>,
    numbers: HashMap<String, u32>,
    spans: Vec<Option<Span>>,
    /// By step, by the tag's place.
    pub steps: BTreeMap<u64, BTreeMap<u32, Point>>,
    /// Where it went back.
    pub restarts: Vec<Restart>,
    /// When the first event was written, in seconds since 1970.
    pub started: Option<f64>,
    /// How many values a restart made void.
    pub voided: u64,
    /// How many values of a file a later one replaced.
    pub replaced: u64,
    /// How many values belong to tags beyond those that a run keeps.
    pub left_out: u64,
    files: u32,
}

/// What a tag covers.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: u64,
    last: u64,
    started: f64,
    ended: f64,
}

impl Span {
    fn of(step: u64, time: f64) -> Span {
        Span {
            first: step,
            last: step,
            started: time,
            ended: time,
        }
    }

    fn join(a: Option<Span>, b: Span) -> Span {
        a.map_or(b, |a| Span {
            first: a.first.min(b.first),
            last: a.last.max(b.last),
            started: a.started.min(b.started),
            ended: a.ended.max(b.ended),
        })
    }
}

/// A file of another training than the one that the files before it recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Another {
    /// Steps of the files before.
    pub before: (u64, u64),
    /// Steps of the file.
    pub file: (u64, u64),
    /// Whether both wrote at the same time.
    pub at_once: bool,
}

impl Part {
    /// Adds a file's, which is later than those before: its values replace theirs at the same step.
    ///
    /// # Errors
    /// Where it is another training's: steps of theirs again from their beginning on, or at the same time, and no word of a
    /// restart.
    pub fn add(&mut self, events: &Events) -> Result<(), Another> {
        let numbers: Vec<Option<u32>> = events.tags.iter().map(|tag| self.number(tag)).collect();
        let spans = self.spans_of(events, &numbers);
        if let Some(another) = self.another(&spans) {
            return Err(another);
        }
        let mut restarts = events.restarts.iter().peekable();
        for (at, scalar) in events.scalars.iter().enumerate() {
            while let Some(restart) = restarts.next_if(|r| r.before <= at) {
                self.void(restart.step);
            }
            match numbers.get(scalar.tag).copied().flatten() {
                Some(number) => self.put(scalar.step, number, (scalar.time, scalar.value)),
                None => self.left_out += 1,
            }
        }
        restarts.for_each(|r| self.void(r.step));
        self.restarts.extend(&events.restarts);
        self.started = earlier(self.started, events.started);
        self.files += 1;
        self.span();
        Ok(())
    }

    /// Makes void what was written before these restarts and is of their steps or later ones.
    pub fn void_before(&mut self, restarts: &[Restart]) {
        for restart in restarts.iter().take(MOST_RESTARTS) {
            for points in self.steps.range_mut(restart.step..).map(|(_, points)| points) {
                let before = points.len();
                points.retain(|_, point| point.time >= restart.time);
                self.voided += (before - points.len()) as u64;
            }
        }
        self.steps.retain(|_, points| !points.is_empty());
    }

    /// How many values there are.
    pub fn values(&self) -> usize {
        self.steps.values().map(BTreeMap::len).sum()
    }

    fn number(&mut self, tag: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(tag) {
            return Some(*number);
        }
        if self.tags.len() >= MOST_NAMES {
            return None;
        }
        let number = self.tags.len() as u32;
        self.tags.push(tag.to_string());
        self.spans.push(None);
        self.numbers.insert(tag.to_string(), number);
        Some(number)
    }

    /// What the file's tags cover until it says that it went back.
    fn spans_of(&self, events: &Events, numbers: &[Option<u32>]) -> Vec<Option<Span>> {
        let mut spans = vec![None; self.tags.len()];
        let until = events.restarts.first().map_or(events.scalars.len(), |r| r.before);
        for scalar in events.scalars.iter().take(until) {
            let number = numbers.get(scalar.tag).copied().flatten();
            if let Some(span) = number.and_then(|n| spans.get_mut(n as usize)) {
                *span = Some(Span::join(*span, Span::of(scalar.step, scalar.time)));
            }
        }
        spans
    }

    /// Whether a file that covers this is another training's. A run that continued begins later than it first started; what
    /// was measured once says nothing.
    fn another(&self, spans: &[Option<Span>]) -> Option<Another> {
        let both = self.spans.iter().zip(spans).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
        let several = both.filter(|(a, b)| a.last > a.first && b.last > b.first);
        let (mut before, mut file, mut overlap) = (None, None, false);
        for (a, b) in several {
            overlap |= b.first <= a.last && a.first <= b.last;
            (before, file) = (Some(Span::join(before, a)), Some(Span::join(file, b)));
        }
        let (before, file) = (before?, file?);
        let at_once = file.started < before.ended;
        (overlap && (file.first <= before.first || at_once)).then_some(Another {
            before: (before.first, before.last),
            file: (file.first, file.last),
            at_once,
        })
    }

    fn put(&mut self, step: u64, number: u32, (time, value): (f64, f64)) {
        let file = self.files;
        let point = Point { time, value, file };
        let old = self.steps.entry(step).or_default().insert(number, point);
        self.replaced += u64::from(old.is_some_and(|p| p.file != file));
    }

    fn void(&mut self, step: u64) {
        while let Some(last) = self.steps.last_entry().filter(|e| *e.key() >= step) {
            self.voided += last.remove().len() as u64;
        }
    }

    /// Renews what the tags cover.
    fn span(&mut self) {
        self.spans.iter_mut().for_each(|s| *s = None);
        for (step, points) in &self.steps {
            for (number, point) in points {
                if let Some(span) = self.spans.get_mut(*number as usize) {
                    *span = Some(Span::join(*span, Span::of(*step, point.time)));
                }
            }
        }
    }

    /// The tags that have values.
    pub fn measured(&self) -> BTreeSet<u32> {
        self.steps.values().flat_map(|points| points.keys().copied()).collect()
    }
}

/// The earlier of two times.
pub fn earlier(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::events::Scalar;

    fn file(range: std::ops::RangeInclusive<u64>, time: f64, restart: Option<u64>) -> Events {
        let scalar = |step| Scalar {
            tag: 0,
            step,
            time: time + step as f64,
            value: time,
        };
        let restarted = |step| Restart { before: 0, step, time };
        Events {
            tags: vec!["loss".into()],
            scalars: range.map(scalar).collect(),
            restarts: Vec::from_iter(restart.map(restarted)),
            ..Events::default()
        }
    }

    fn steps(files: &[Events]) -> (usize, u64, u64) {
        let mut part = Part::default();
        files.iter().for_each(|f| part.add(f).unwrap());
        (part.steps.len(), part.voided, part.replaced)
    }

    #[test]
    fn a_restart_voids_what_was_written_before_and_nothing_else_does() {
        let first = file(0..=100, 0.0, None);
        assert_eq!(steps(&[first.clone(), file(60..=80, 1e3, Some(60))]), (81, 41, 0));
        let twice = [
            first.clone(),
            file(60..=80, 1e3, Some(60)),
            file(20..=30, 2e3, Some(20)),
        ];
        assert_eq!(steps(&twice), (31, 41 + 61, 0));
        assert_eq!(steps(&[file(0..=10, 0.0, None), file(0..=4, 1e3, Some(0))]), (5, 11, 0));
        assert_eq!(steps(&[first.clone(), file(60..=80, 1e3, None)]), (101, 0, 21));
        // Within one file, and behind its last value.
        let mut one = file(0..=100, 0.0, None);
        one.restarts.push(Restart {
            before: 101,
            step: 60,
            time: 200.0,
        });
        assert_eq!(steps(std::slice::from_ref(&one)), (60, 41, 0));
        one.restarts[0].before = 90;
        assert_eq!(steps(&[one]), (71, 30, 0));
    }

    #[test]
    fn two_trainings_are_told_from_one_that_continued() {
        let add = |second: &Events| {
            let mut part = Part::default();
            part.add(&file(0..=100, 0.0, None)).unwrap();
            part.add(second)
        };
        let again = add(&file(0..=50, 1e3, None)).unwrap_err();
        assert_eq!((again.before, again.file, again.at_once), ((0, 100), (0, 50), false));
        assert!(add(&file(20..=90, 1.0, None)).unwrap_err().at_once);
        assert!(add(&file(0..=50, 1e3, Some(0))).is_ok());
        assert!(add(&file(101..=150, 1e3, None)).is_ok());
        assert!(
            add(&file(0..=0, 1e3, None)).is_ok(),
            "what is measured once says nothing"
        );
        let mut other = file(0..=50, 1e3, None);
        other.tags = vec!["accuracy".into()];
        assert!(add(&other).is_ok(), "another tag");
    }

    #[test]
    fn a_restart_of_the_run_voids_what_its_sub_folders_had_before() {
        let mut part = Part::default();
        part.add(&file(0..=100, 0.0, None)).unwrap();
        part.add(&file(60..=80, 1e3, None)).unwrap();
        let restart = Restart {
            before: 0,
            step: 60,
            time: 500.0,
        };
        part.void_before(&[restart]);
        assert_eq!((part.steps.len(), part.voided, part.values()), (81, 20, 81));
    }
}
