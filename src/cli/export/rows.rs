//! A run's rows as its history would have them, read from the journal as they are needed: twice through the file, and
//! never more than a few lines in memory. The first time shows which metrics there are and where the run went back; the
//! second time each row that still counts is handed over.

use crate::run::{
    RunError,
    journal::{Budget, LineReader, Sink},
    metric::{Lines, Metric},
};
use std::{
    collections::{BTreeSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How much is read before an error of the writing side is looked for.
const AT_ONCE: Budget = Budget {
    bytes: 4 << 20,
    time: Duration::MAX,
};

/// What the first reading found.
#[derive(Debug)]
pub struct Rows {
    path: PathBuf,
    /// Every metric that some line has a value of, sorted; also where all its values were superseded.
    names: Vec<String>,
    /// Where the run went back and to which step, as far as that still matters: both ascend.
    cuts: Vec<Cut>,
    /// Whole lines.
    lines: u64,
    /// Of all lines' steps and times.
    seen: u64,
}

/// At line number `line` the run went back to `step`: earlier lines from that step on are superseded.
#[derive(Debug, Clone, Copy)]
struct Cut {
    line: u64,
    step: u64,
}

/// One step's values.
#[derive(Debug, Default)]
pub struct Row {
    /// Optimiser steps done.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds on the run's clock.
    pub wall: f64,
    /// One per name of [`Rows::names`]; none where the step has no such value.
    pub values: Vec<Option<f64>>,
}

impl Rows {
    /// Reads a journal for the first time.
    pub fn of(journal: &Path) -> Rows {
        let mut survey = Survey::default();
        let mut reader = LineReader::new(journal);
        while reader.poll(AT_ONCE, &mut survey).more {}
        let names = survey.lines.names().zip(&survey.has_value);
        let names: BTreeSet<String> = names
            .filter(|(_, has)| **has)
            .map(|(name, _)| name.to_string())
            .collect();
        Rows {
            path: journal.to_path_buf(),
            names: names.into_iter().collect(),
            cuts: survey.cuts,
            lines: survey.count,
            seen: survey.seen.finish(),
        }
    }

    /// The metrics' names, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Hands over every row that counts, by ascending step; returns how many there were.
    ///
    /// # Errors
    /// As `each`; and when the journal is not the one that was read first, with a [`RunError`] inside.
    pub fn each(&self, each: impl FnMut(&Row) -> io::Result<()>) -> io::Result<u64> {
        let mut reader = LineReader::new(&self.path);
        let mut delivery = Delivery::new(self, each);
        while reader.poll(AT_ONCE, &mut delivery).more && delivery.count < self.lines && delivery.is_well() {}
        delivery.finish()
    }
}

impl Row {
    /// As the journal has it.
    pub fn metric(&self, names: &[String]) -> Metric {
        let said = names.iter().zip(&self.values);
        Metric {
            step: self.step,
            epoch: self.epoch,
            wall: self.wall,
            values: said
                .filter_map(|(name, value)| Some((name.clone(), (*value)?)))
                .collect(),
        }
    }
}

/// The first reading.
#[derive(Default)]
struct Survey {
    lines: Lines,
    has_value: Vec<bool>,
    cuts: Vec<Cut>,
    last: Option<u64>,
    count: u64,
    seen: DefaultHasher,
}

impl Sink for Survey {
    fn take(&mut self, line: &[u8]) -> bool {
        if !self.lines.push_text(line) {
            return false;
        }
        for line in self.lines.iter() {
            if self.last.is_some_and(|last| line.step < last) {
                // An earlier return to this step or a later one no longer matters.
                self.cuts
                    .truncate(self.cuts.partition_point(|cut| cut.step < line.step));
                self.cuts.push(Cut {
                    line: self.count,
                    step: line.step,
                });
            }
            self.last = Some(line.step);
            self.count += 1;
            note(&mut self.seen, line.step, line.epoch, line.wall);
            for (name, _) in line.values() {
                if name >= self.has_value.len() {
                    self.has_value.resize(name + 1, false);
                }
                self.has_value[name] = true;
            }
        }
        self.lines.forget_lines();
        true
    }

    fn forget(&mut self) {
        *self = Survey::default();
    }
}

fn note(seen: &mut DefaultHasher, step: u64, epoch: f64, wall: f64) {
    (step, epoch.to_bits(), wall.to_bits()).hash(seen);
}

/// The second reading.
struct Delivery<'a, F> {
    rows: &'a Rows,
    each: F,
    lines: Lines,
    /// Of each name in `lines` its place in [`Rows::names`].
    places: Vec<Option<usize>>,
    /// The row that lines are being added to.
    row: Option<Row>,
    count: u64,
    delivered: u64,
    seen: DefaultHasher,
    failed: Option<io::Error>,
    replaced: bool,
}

impl<'a, F: FnMut(&Row) -> io::Result<()>> Delivery<'a, F> {
    fn new(rows: &'a Rows, each: F) -> Delivery<'a, F> {
        Delivery {
            rows,
            each,
            lines: Lines::default(),
            places: Vec::new(),
            row: None,
            count: 0,
            delivered: 0,
            seen: DefaultHasher::new(),
            failed: None,
            replaced: false,
        }
    }

    fn is_well(&self) -> bool {
        self.failed.is_none() && !self.replaced
    }

    /// Hands over the row that is whole by now; one without a value is none.
    fn deliver(&mut self) {
        let Some(row) = self.row.take() else { return };
        if row.values.iter().any(Option::is_some) && self.failed.is_none() {
            self.delivered += 1;
            self.failed = (self.each)(&row).err();
        }
    }

    /// Adds the one line in `lines`, if it still counts.
    fn add(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        for name in lines.names().skip(self.places.len()) {
            let place = self.rows.names.binary_search_by(|known| known.as_str().cmp(name));
            self.places.push(place.ok());
        }
        for line in lines.iter() {
            let number = self.count;
            self.count += 1;
            note(&mut self.seen, line.step, line.epoch, line.wall);
            // The first return after this line went to the earliest step of all that follow it.
            let cuts = &self.rows.cuts;
            let next = cuts.get(cuts.partition_point(|cut| cut.line <= number));
            if next.is_some_and(|cut| cut.step <= line.step) {
                continue;
            }
            if self.row.as_ref().is_none_or(|row| row.step != line.step) {
                self.deliver();
                self.row = Some(Row {
                    step: line.step,
                    epoch: line.epoch,
                    wall: line.wall,
                    values: vec![None; self.rows.names.len()],
                });
            }
            let Some(row) = &mut self.row else { continue };
            for (name, value) in line.values() {
                if let Some(place) = self.places.get(name).copied().flatten() {
                    row.values[place] = Some(value);
                }
            }
        }
        self.lines = lines;
        self.lines.forget_lines();
    }

    fn finish(mut self) -> io::Result<u64> {
        self.deliver();
        if let Some(error) = self.failed {
            return Err(error);
        }
        match !self.replaced && self.count == self.rows.lines && self.seen.finish() == self.rows.seen {
            true => Ok(self.delivered),
            false => Err(io::Error::other(RunError::refused(
                &self.rows.path,
                "was replaced while it was read; export the run again",
            ))),
        }
    }
}

impl<F: FnMut(&Row) -> io::Result<()>> Sink for Delivery<'_, F> {
    fn take(&mut self, line: &[u8]) -> bool {
        // What was appended since the first reading is left for the next export.
        if self.count == self.rows.lines || !self.is_well() {
            return true;
        }
        let is_line = self.lines.push_text(line);
        if is_line {
            self.add();
        }
        is_line
    }

    /// The rows handed over were another file's.
    fn forget(&mut self) {
        self.replaced = true;
    }
}

#[cfg(test)]
mod tests;
