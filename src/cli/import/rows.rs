//! Scalars of event files as rows of metrics: one per step, in order, whatever the order in which they were written.

use super::tags::Names;
use crate::{
    exchange::events::{Events, Scalar},
    run::metric::{MOST_NAMES, Metric},
};
use std::collections::{BTreeMap, HashMap};

/// What is gathered of one or several files of a run.
#[derive(Debug, Default)]
pub struct Rows {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    given: Names,
    steps: BTreeMap<u64, Row>,
    /// When the first event was written, in seconds since 1970.
    pub began: Option<f64>,
    /// How many values there are, without those that a later one replaced.
    pub values: usize,
    /// How many values belong to metrics beyond those that a run keeps.
    pub left_out: u64,
}

#[derive(Debug, Default)]
struct Row {
    time: f64,
    values: BTreeMap<u32, f64>,
}

impl Rows {
    /// Adds a file's, which is newer than those before: its values replace theirs at the same step.
    pub fn add(&mut self, events: &Events) {
        self.began = match (self.began, events.began) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let numbers: Vec<Option<u32>> = events.tags.iter().map(|tag| self.number(tag)).collect();
        for scalar in &events.scalars {
            match numbers.get(scalar.tag).copied().flatten() {
                Some(number) => self.put(number, scalar),
                None => self.left_out += 1,
            }
        }
    }

    /// Names of all metrics.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many tags got another name than their own, which another tag has.
    pub fn renamed(&self) -> usize {
        self.given.shared
    }

    /// How many steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Lines of a journal, by step. The epoch is the metric of that name, where there is one, and 0 before and without it.
    pub fn metrics(&self) -> impl Iterator<Item = Metric> {
        let began = self.began.unwrap_or_default();
        let mut epoch = 0.0;
        self.steps.iter().map(move |(step, row)| {
            let named = |(number, value): (&u32, &f64)| {
                let name = self.names.get(*number as usize);
                name.map(|name| (name.clone(), *value))
            };
            let values: BTreeMap<String, f64> = row.values.iter().filter_map(named).collect();
            if let Some(said) = values.get("epoch").filter(|e| e.is_finite() && **e >= 0.0) {
                epoch = *said;
            }
            Metric {
                step: *step,
                epoch,
                wall: (row.time - began).max(0.0),
                values,
            }
        })
    }

    fn number(&mut self, tag: &str) -> Option<u32> {
        if self.names.len() >= MOST_NAMES && !self.numbers.contains_key(tag) {
            return None;
        }
        if let Some(number) = self.numbers.get(tag) {
            return Some(*number);
        }
        let number = self.names.len() as u32;
        self.names.push(self.given.of(tag).to_string());
        self.numbers.insert(tag.to_string(), number);
        Some(number)
    }

    fn put(&mut self, number: u32, scalar: &Scalar) {
        let row = self.steps.entry(scalar.step).or_default();
        if scalar.time.is_finite() {
            row.time = row.time.max(scalar.time);
        }
        self.values += usize::from(row.values.insert(number, scalar.value).is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::export::tensorboard, exchange::events, run::testing};
    use proptest::prelude::*;

    fn scalar(tag: usize, step: u64, time: f64, value: f64) -> Scalar {
        Scalar { tag, step, time, value }
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one_and_steps_are_in_order() {
        let file = |began: f64, scalars: Vec<Scalar>| Events {
            tags: vec!["train/ce".into(), "epoch".into()],
            began: Some(began),
            scalars,
            ..Events::default()
        };
        let mut rows = Rows::default();
        rows.add(&file(
            100.0,
            vec![
                scalar(0, 2, 101.0, 1.0),
                scalar(0, 1, 100.5, 2.0),
                scalar(1, 1, 100.75, 3.0),
            ],
        ));
        rows.add(&file(
            200.0,
            vec![scalar(0, 2, 201.0, 0.5), scalar(0, 3, f64::NAN, f64::NAN)],
        ));
        let metrics: Vec<Metric> = rows.metrics().collect();
        let told: Vec<_> = metrics.iter().map(|m| (m.step, m.epoch, m.wall)).collect();
        assert_eq!(told, [(1, 3.0, 0.75), (2, 3.0, 101.0), (3, 3.0, 0.0)]);
        assert_eq!(metrics[1].values["train.ce"], 0.5);
        assert_eq!((rows.values, rows.len(), rows.names().len()), (4, 3, 2));
        assert!(metrics[2].values["train.ce"].is_nan());
    }

    #[test]
    fn metrics_beyond_what_a_run_keeps_are_counted() {
        let events = Events {
            tags: (0..MOST_NAMES + 3).map(|n| format!("t{n}")).collect(),
            scalars: (0..MOST_NAMES + 3).map(|n| scalar(n, 1, 0.0, 0.0)).collect(),
            ..Events::default()
        };
        let mut rows = Rows::default();
        rows.add(&events);
        assert_eq!((rows.names().len(), rows.left_out), (MOST_NAMES, 3));
    }

    #[test]
    fn what_was_exported_comes_back_at_single_precision() {
        let began = 1_795_427_112.5;
        let mut written: Vec<Metric> = (0..50)
            .map(|n| testing::metric(n * 7, "train.ce", 1.0 / (n + 3) as f64))
            .collect();
        written[3].values.extend([
            ("layer.0.firing_rate".to_string(), f64::INFINITY),
            ("val.accuracy".to_string(), 0.1),
        ]);
        written[4].values.insert("val.ce".into(), f64::NAN);
        let events = events::read(&tensorboard::whole(&written, began)).unwrap();
        let mut rows = Rows::default();
        rows.add(&events);
        assert_eq!((rows.began, rows.renamed()), (Some(began), 0));
        let read: Vec<Metric> = rows.metrics().collect();
        assert_eq!(read.len(), written.len());
        let single = |m: &Metric| -> Vec<(String, u32)> {
            m.values
                .iter()
                .map(|(k, v)| (k.clone(), (*v as f32).to_bits()))
                .collect()
        };
        for (read, written) in read.iter().zip(&written) {
            assert_eq!((read.step, single(read)), (written.step, single(written)));
            assert!((read.wall - written.wall).abs() < 1e-5);
        }
    }

    proptest! {
        #[test]
        fn any_rows_come_back(
            rows in proptest::collection::btree_map(
                any::<u32>(),
                proptest::collection::btree_map("[a-z]{1,4}(\\.[a-z0-9_]{1,4}){0,3}", any::<f32>(), 1..5),
                0..20,
            ),
        ) {
            let written: Vec<Metric> = rows
                .into_iter()
                .map(|(step, values)| Metric {
                    step: u64::from(step),
                    values: values.into_iter().map(|(k, v)| (k, f64::from(v))).collect(),
                    ..Metric::default()
                })
                .collect();
            let mut rows = Rows::default();
            rows.add(&events::read(&tensorboard::whole(&written, 0.0)).unwrap());
            let read: Vec<String> = rows.metrics().map(|m| format!("{} {:?}", m.step, m.values)).collect();
            let wanted: Vec<String> = written.iter().map(|m| format!("{} {:?}", m.step, m.values)).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
