//! Many lines of metrics by column: no map and no string per line, so that a run of millions of points is read in
//! seconds. What a line means is defined by [`Metric`] alone: see [`scan`].

mod scan;

use super::{LONGEST_NAME, MOST_NAMES, Metric};
use crate::run::journal::Sink;
use std::collections::{BTreeMap, HashMap};

/// Whether a metric of this name is kept.
pub fn is_reasonable_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
}

/// Lines of `metrics.jsonl`, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    names: Names,
    heads: Vec<Head>,
    /// Of every value of every line its name's number, and the value.
    name: Vec<u16>,
    value: Vec<f64>,
    left_out: u64,
}

/// What the values of one line share.
#[derive(Debug, Clone, Copy)]
struct Head {
    step: u64,
    epoch: f64,
    wall: f64,
    /// Where its values begin; they end where the next line's begin.
    first: usize,
}

/// One line, borrowed from many.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Optimiser steps done.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds on the run's clock.
    pub wall: f64,
    name: &'a [u16],
    value: &'a [f64],
}

impl Line<'_> {
    /// Its values, each with its name's place in [`Lines::names`]; of the same name the last one counts.
    pub fn values(&self) -> impl Iterator<Item = (usize, f64)> {
        self.name
            .iter()
            .zip(self.value)
            .map(|(name, value)| (usize::from(*name), *value))
    }
}

impl Lines {
    /// How many lines.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The names of the metrics, in the order in which they were first met.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.known.iter().map(Name::text)
    }

    /// Values that were not taken, because their names were too many or too long.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Every line, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        let ends = self.heads.iter().skip(1).map(|h| h.first).chain([self.value.len()]);
        self.heads.iter().zip(ends).map(|(head, end)| Line {
            step: head.step,
            epoch: head.epoch,
            wall: head.wall,
            name: &self.name[head.first..end],
            value: &self.value[head.first..end],
        })
    }

    /// Adds a line.
    pub fn push(&mut self, metric: &Metric) {
        let mark = self.mark();
        let mut before = None;
        for (name, value) in &metric.values {
            before = self.push_value(before, name, *value);
        }
        self.end_line(mark, metric.step, metric.epoch, metric.wall);
    }

    /// Adds a line as it stands in the file; returns whether it is one. The usual form is read in place, any other
    /// as [`Metric`] reads it.
    pub fn push_text(&mut self, line: &[u8]) -> bool {
        if scan::line(line, self) {
            return true;
        }
        let Ok(metric) = serde_json::from_slice::<Metric>(line) else {
            return false;
        };
        self.push(&metric);
        true
    }

    /// Forgets every line, but not the names: so that lines without end are read in the memory of a few.
    pub fn forget_lines(&mut self) {
        self.heads.clear();
        self.name.clear();
        self.value.clear();
    }

    /// Where the line being added begins.
    fn mark(&self) -> (usize, u64) {
        (self.value.len(), self.left_out)
    }

    /// The name expected after `before`, quoted and with its colon, and its number.
    fn expected(&self, before: Option<u16>) -> Option<(u16, &[u8])> {
        let number = match before {
            Some(before) => self.names.known.get(usize::from(before))?.next,
            None => 0,
        };
        let name = self.names.known.get(usize::from(number))?;
        name.is_plain.then_some((number, name.quoted.as_bytes()))
    }

    /// Adds a value to the line; returns its name's number.
    fn push_value(&mut self, before: Option<u16>, name: &str, value: f64) -> Option<u16> {
        let number = self.names.number(before, name);
        match number {
            Some(number) => self.push_known(number, value),
            None => self.left_out += 1,
        }
        number.or(before)
    }

    /// Adds a value whose name's number is known.
    fn push_known(&mut self, number: u16, value: f64) {
        self.name.push(number);
        self.value.push(value);
    }

    /// The line was whole: what was added since the mark is its values.
    fn end_line(&mut self, (first, _): (usize, u64), step: u64, epoch: f64, wall: f64) {
        self.heads.push(Head {
            step,
            epoch,
            wall,
            first,
        });
    }

    /// The line was not what it seemed to be: what was added since the mark goes.
    fn take_back(&mut self, (first, left_out): (usize, u64)) {
        self.name.truncate(first);
        self.value.truncate(first);
        self.left_out = left_out;
    }
}

impl Sink for Lines {
    fn take(&mut self, line: &[u8]) -> bool {
        self.push_text(line)
    }

    fn forget(&mut self) {
        *self = Lines::default();
    }
}

impl FromIterator<Metric> for Lines {
    fn from_iter<I: IntoIterator<Item = Metric>>(metrics: I) -> Self {
        let mut lines = Lines::default();
        metrics.into_iter().for_each(|m| lines.push(&m));
        lines
    }
}

impl From<&Lines> for Vec<Metric> {
    fn from(lines: &Lines) -> Self {
        let names: Vec<&str> = lines.names().collect();
        let values = |line: &Line| -> BTreeMap<String, f64> {
            line.values()
                .map(|(name, value)| (names[name].to_string(), value))
                .collect()
        };
        lines
            .iter()
            .map(|line| Metric {
                step: line.step,
                epoch: line.epoch,
                wall: line.wall,
                values: values(&line),
            })
            .collect()
    }
}

/// Names and their numbers. Lines repeat: the name after each is guessed, and the guess compared with the text.
#[derive(Debug, Clone, Default)]
struct Names {
    known: Vec<Name>,
    numbers: HashMap<String, u16>,
}

#[derive(Debug, Clone)]
struct Name {
    /// `"train.ce":`, as it stands in the file.
    quoted: String,
    /// Whether it can stand in the file as it is, without an escape.
    is_plain: bool,
    /// The number of the name that came after it last time.
    next: u16,
}

impl Name {
    fn text(&self) -> &str {
        &self.quoted[1..self.quoted.len() - 2]
    }
}

impl Names {
    /// The number of a name that came after `before`; none for one too many.
    fn number(&mut self, before: Option<u16>, name: &str) -> Option<u16> {
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => {
                let number = u16::try_from(self.known.len()).ok()?;
                if self.known.len() >= MOST_NAMES || !is_reasonable_name(name) {
                    return None;
                }
                self.numbers.insert(name.to_string(), number);
                self.known.push(Name {
                    quoted: format!("\"{name}\":"),
                    is_plain: !name.bytes().any(|b| matches!(b, b'"' | b'\\' | 0..0x20)),
                    next: number.saturating_add(1),
                });
                number
            }
        };
        if let Some(before) = before {
            self.known[usize::from(before)].next = number;
        }
        Some(number)
    }
}
