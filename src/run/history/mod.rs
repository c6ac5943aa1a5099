//! The history of a run as one value: a pure fold over its metrics, events and status. No file, no clock.
//!
//! When a run continues from a checkpoint, what it had recorded beyond that step no longer counts: such points leave
//! their series and stay as *ghosts*. The result does not depend on whether the metrics or the events were read first,
//! because a worker's `wall` never goes back, not even over a resume, and the first step after a resume is the
//! checkpoint's next one.

mod chunks;
mod mark;
mod pyramid;
mod row_numbers;
mod series;

pub use chunks::partition;
pub use mark::{Mark, Saved, removed_words};
pub use pyramid::{LARGEST, Summary, is_drawable};
pub use series::{Point, SeriesView};

use super::{
    event::{Event, EventKind, Tested},
    manifest::Manifest,
    metric::{Lines, MOST_NAMES, Metric, is_reasonable_name},
    provenance::{DataRecord, Provenance},
    schedule::ScheduledCommand,
    status::Status,
};
use crate::spec::TUNABLES;
use series::{Columns, Rows};
use std::collections::BTreeMap;

/// Everything known of a run.
#[derive(Debug, Clone, Default)]
pub struct History {
    rows: Rows,
    /// Each metric's place in `columns`.
    places: BTreeMap<String, usize>,
    columns: Vec<Columns>,
    left_out: u64,
    marks: Vec<Mark>,
    saved: Vec<Saved>,
    tunables: BTreeMap<String, f64>,
    /// When each tunable was last said, so that an older status does not undo a newer event.
    said: BTreeMap<String, String>,
    progress: Progress,
    scheduled: Vec<ScheduledCommand>,
    finished: BTreeMap<String, f64>,
    images: Option<DataRecord>,
    provenance: Provenance,
    tested: Option<Tested>,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// Optimiser steps done.
    pub step: u64,
    /// Epochs done, as a fraction.
    pub epoch: f64,
    /// Seconds on the run's own clock.
    pub wall: f64,
    /// Optimiser steps of the whole run; 0 until known.
    pub total_steps: u64,
    /// Optimiser steps per epoch; 0 until known.
    pub steps_per_epoch: u64,
    /// Which incarnation, from 1; 0 until the worker has reported.
    pub incarnation: u32,
    /// The device; empty until known.
    pub device: String,
}

impl History {
    /// Begins with what the specification says of the tunables.
    pub fn of(manifest: &Manifest) -> History {
        let tunables = TUNABLES
            .iter()
            .map(|t| (t.key.to_string(), t.get(&manifest.spec)))
            .collect();
        History {
            tunables,
            ..History::default()
        }
    }

    /// Takes one line of metrics.
    pub fn apply_metric(&mut self, metric: &Metric) {
        let row = self.begin_row(metric.step, metric.epoch, metric.wall);
        for (name, value) in &metric.values {
            match self.place_of(name) {
                Some(place) => self.columns[place].push(row, *value),
                None => self.left_out += 1,
            }
        }
    }

    /// Takes many lines of metrics: the same as one by one, but a name is looked up once.
    pub fn apply_lines(&mut self, lines: &Lines) {
        if lines.is_empty() {
            return;
        }
        self.left_out += lines.left_out();
        let names: Vec<&str> = lines.names().collect();
        // Looked up with the first value: a line that was refused leaves names behind that have none.
        let mut places: Vec<Option<Option<usize>>> = vec![None; names.len()];
        for line in lines.iter() {
            let row = self.begin_row(line.step, line.epoch, line.wall);
            for (name, value) in line.values() {
                match *places[name].get_or_insert_with(|| self.place_of(names[name])) {
                    Some(place) => self.columns[place].push(row, value),
                    None => self.left_out += 1,
                }
            }
        }
    }

    /// The row that a line's values go into. A step below the last one means that the run went back.
    fn begin_row(&mut self, step: u64, epoch: f64, wall: f64) -> usize {
        if self.rows.last_step().is_some_and(|last| step < last) {
            self.supersede(step, |_| true);
        }
        self.progress.step = step;
        self.progress.epoch = epoch;
        self.progress.wall = self.progress.wall.max(wall);
        self.rows.row_of(step, epoch, wall)
    }

    /// Where a metric's columns are, new ones if need be; none for one name too many.
    fn place_of(&mut self, name: &str) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        if self.columns.len() >= MOST_NAMES || !is_reasonable_name(name) {
            return None;
        }
        self.places.insert(name.to_string(), self.columns.len());
        self.columns.push(Columns::default());
        Some(self.columns.len() - 1)
    }

    /// Takes one event.
    pub fn apply_event(&mut self, event: &Event) {
        if event.wall.is_finite() {
            self.progress.wall = self.progress.wall.max(event.wall);
        }
        match &event.what {
            EventKind::Started {
                incarnation,
                device,
                total_steps,
                steps_per_epoch,
                images,
                provenance,
                ..
            } => {
                self.images.clone_from(images);
                self.provenance = Provenance::of_started(provenance.as_ref(), images.as_ref(), device);
                self.progress.incarnation = *incarnation;
                self.progress.device.clone_from(device);
                self.progress.total_steps = *total_steps;
                self.progress.steps_per_epoch = *steps_per_epoch;
            }
            EventKind::Resumed { .. } | EventKind::RolledBack { .. } => self.go_back_to(event),
            EventKind::Applied { key, new, .. } => {
                self.tunables.insert(key.clone(), *new);
                self.said.insert(key.clone(), event.time.clone());
            }
            EventKind::Saved {
                checkpoint,
                metrics,
                best,
            } => {
                let saved = Saved::new(event, checkpoint, metrics, *best);
                Saved::add(&mut self.saved, saved);
            }
            EventKind::Pruned { checkpoints } => {
                for gone in self.saved.iter_mut().filter(|s| checkpoints.contains(&s.checkpoint)) {
                    gone.pruned = true;
                }
            }
            EventKind::Finished { metrics, tested } => {
                self.finished.clone_from(metrics);
                self.tested.clone_from(tested);
            }
            _ => {}
        }
        if let Some(mark) = Mark::of(event) {
            self.marks.push(mark);
        }
    }

    /// Takes what the worker says of itself.
    pub fn apply_status(&mut self, status: &Status) {
        for (key, value) in &status.tunables {
            if self.said.get(key).is_none_or(|time| *time <= status.time) {
                self.tunables.insert(key.clone(), *value);
                self.said.insert(key.clone(), status.time.clone());
            }
        }
        if self.scheduled != status.scheduled {
            self.scheduled.clone_from(&status.scheduled);
        }
        self.progress.step = status.step;
        self.progress.epoch = status.epoch;
        self.progress.total_steps = status.total_steps;
        self.progress.incarnation = status.incarnation;
        self.progress.device.clone_from(&status.device);
    }

    /// What the worker said is still to come; it counts only while the worker lives.
    pub fn scheduled(&self) -> &[ScheduledCommand] {
        &self.scheduled
    }

    /// One metric's points, oldest first, by ascending step.
    pub fn series(&self, name: &str) -> Option<SeriesView<'_>> {
        Some(self.columns_of(name)?.view(&self.rows))
    }

    /// Every metric's name, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Values that were not kept, because their names were too many or too long.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// A metric's superseded points, oldest first, one piece per resume.
    pub fn ghosts(&self, name: &str) -> &[Vec<Point>] {
        self.columns_of(name).map_or(&[], Columns::ghosts)
    }

    /// The newest value of every metric, the worker's closing measurements included.
    pub fn latest(&self) -> BTreeMap<String, f64> {
        let mut latest: BTreeMap<String, f64> = self
            .places
            .iter()
            .filter_map(|(name, place)| Some((name.clone(), self.columns[*place].last()?)))
            .collect();
        latest.extend(self.finished.iter().map(|(k, v)| (k.clone(), *v)));
        latest
    }

    /// The images trained and judged on, where the worker said so: what accuracies are shares of.
    pub fn images(&self) -> Option<&DataRecord> {
        self.images.as_ref()
    }

    /// What the newest worker computes from and by, as far as it said so.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// What the test accuracy is of.
    pub fn tested(&self) -> Option<&Tested> {
        self.tested.as_ref()
    }

    fn columns_of(&self, name: &str) -> Option<&Columns> {
        self.columns.get(*self.places.get(name)?)
    }

    /// Everything to be marked on a chart, in the order it happened.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Checkpoints saved, oldest first, pruned and superseded ones included.
    pub fn checkpoints(&self) -> &[Saved] {
        &self.saved
    }

    /// The newest checkpoint that still counts and is still there.
    pub fn last_checkpoint(&self) -> Option<&Saved> {
        self.saved.iter().rfind(|s| s.is_usable())
    }

    /// The best checkpoint on the validation split that still counts and is still there.
    pub fn best_checkpoint(&self) -> Option<&Saved> {
        self.saved.iter().rfind(|s| s.best && s.is_usable())
    }

    /// Each tunable's value, as far as the worker has said it; before that, the specification's.
    pub fn tunables(&self) -> &BTreeMap<String, f64> {
        &self.tunables
    }

    /// How far the run is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Everything after `event.step` that was recorded before the event is superseded.
    fn go_back_to(&mut self, event: &Event) {
        let (step, wall) = (event.step, event.wall);
        if let Some(next) = step.checked_add(1) {
            self.supersede(next, |w| w <= wall);
        }
        for mark in self.marks.iter_mut().filter(|m| m.step > step && m.wall <= wall) {
            mark.superseded = true;
        }
        for saved in self.saved.iter_mut().filter(|s| s.step > step && s.wall <= wall) {
            saved.superseded = true;
        }
        Saved::find_best(&mut self.saved);
        // What the worker set after that step is taken back with it; its next status says what holds.
        self.said.clear();
        if self.rows.last_step().is_none_or(|last| last <= step) {
            self.progress.step = step;
        }
    }

    /// Turns those rows from `step` on into ghosts that `gone` picks by their time.
    fn supersede(&mut self, step: u64, gone: impl Fn(f64) -> bool) {
        let Some(cut) = self.rows.cut(step, gone) else { return };
        for columns in &mut self.columns {
            columns.supersede(&self.rows, &cut);
        }
        self.rows.keep(&cut);
    }
}

#[cfg(test)]
mod tests;
