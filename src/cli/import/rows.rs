//! Scalars of event files as rows of metrics: one per step, in order, whatever the order in which they were written.

use super::{
    folders::Role,
    part::{Part, earlier},
    tags::Names,
};
use crate::run::{
    imported::Series,
    metric::{MOST_NAMES, Metric},
};
use std::collections::BTreeMap;

/// The most letters of a tag that are kept.
const LONGEST: usize = 500;

/// What is gathered of the folders of a run.
#[derive(Debug, Default)]
pub struct Rows {
    names: Vec<String>,
    given: Names,
    steps: BTreeMap<u64, Row>,
    /// Where each metric comes from, by its name.
    pub series: BTreeMap<String, Series>,
    /// Metrics with a number behind their names, because another tag has theirs.
    pub shared: Vec<String>,
    /// When the first event was written, in seconds since 1970.
    pub started: Option<f64>,
    /// How many values there are, without those that a later one replaced.
    pub values: usize,
    /// How many values belong to metrics beyond those that a run keeps.
    pub left_out: u64,
    /// How many values a restart made void.
    pub voided: u64,
    /// How many values of a file a later one replaced.
    pub replaced: u64,
}

#[derive(Debug, Default)]
struct Row {
    time: f64,
    values: BTreeMap<u32, f64>,
}

impl Rows {
    /// Adds a folder's; `below` is its path below the run's.
    pub fn join(&mut self, part: Part, below: &str, role: &Role) {
        self.started = earlier(self.started, part.started);
        self.left_out += part.left_out;
        self.voided += part.voided;
        self.replaced += part.replaced;
        let measured = part.measured();
        let tags = part.tags.iter().zip(0u32..);
        let numbers: Vec<Option<u32>> = tags
            .map(|(tag, at)| measured.contains(&at).then(|| self.number(tag, below, role)).flatten())
            .collect();
        for (step, points) in &part.steps {
            for (tag, point) in points {
                match numbers.get(*tag as usize).copied().flatten() {
                    Some(number) => self.put(*step, number, point.time, point.value),
                    None => self.left_out += 1,
                }
            }
        }
    }

    /// Names of all metrics.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Lines of a journal, by step. The epoch is the metric of that name, where there is one, and 0 before and without it.
    pub fn metrics(&self) -> impl Iterator<Item = Metric> {
        let started = self.started.unwrap_or_default();
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
                wall: (row.time - started).max(0.0),
                values,
            }
        })
    }

    /// When the last value was written, in seconds since 1970.
    pub fn last(&self) -> f64 {
        self.steps
            .values()
            .fold(self.started.unwrap_or_default(), |last, row| last.max(row.time))
    }

    fn number(&mut self, tag: &str, below: &str, role: &Role) -> Option<u32> {
        if self.names.len() >= MOST_NAMES {
            return None;
        }
        let (name, is_shared) = self.given.give(&spelled(tag, below, role));
        if is_shared {
            self.shared.push(name.clone());
        }
        let series = Series {
            tag: shortened(tag),
            folder: shortened(below),
        };
        self.series.insert(name.clone(), series);
        self.names.push(name);
        Some(self.names.len() as u32 - 1)
    }

    fn put(&mut self, step: u64, number: u32, time: f64, value: f64) {
        let row = self.steps.entry(step).or_default();
        if time.is_finite() {
            row.time = row.time.max(time);
        }
        self.values += usize::from(row.values.insert(number, value).is_none());
    }
}

/// What a series is to be called, with slashes.
fn spelled(tag: &str, below: &str, role: &Role) -> String {
    match role {
        Role::Own | Role::Session => tag.to_string(),
        Role::Curve(name) => format!("{tag}/{name}"),
        Role::Side(side) => format!("{side}/{tag}"),
        Role::Apart => format!("{below}/{tag}"),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::export::tensorboard,
        exchange::events::{self, Events, Scalar},
        run::testing,
    };
    use proptest::prelude::*;

    fn rows(files: &[Events]) -> Rows {
        let (mut part, mut rows) = (Part::default(), Rows::default());
        files.iter().for_each(|f| part.add(f).unwrap());
        rows.join(part, "", &Role::Own);
        rows
    }

    fn scalar(tag: usize, step: u64, time: f64, value: f64) -> Scalar {
        Scalar { tag, step, time, value }
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one_and_steps_are_in_order() {
        let file = |started: f64, scalars: Vec<Scalar>| Events {
            tags: vec!["train/ce".into(), "epoch".into()],
            started: Some(started),
            scalars,
            ..Events::default()
        };
        let first = file(
            100.0,
            vec![
                scalar(0, 2, 101.0, 1.0),
                scalar(0, 1, 100.5, 2.0),
                scalar(1, 1, 100.75, 3.0),
            ],
        );
        let second = vec![scalar(0, 2, 201.0, 0.5), scalar(0, 3, f64::NAN, f64::NAN)];
        let rows = rows(&[first, file(200.0, second)]);
        let metrics: Vec<Metric> = rows.metrics().collect();
        let described: Vec<_> = metrics.iter().map(|m| (m.step, m.epoch, m.wall)).collect();
        assert_eq!(described, [(1, 3.0, 0.75), (2, 3.0, 101.0), (3, 3.0, 0.0)]);
        assert_eq!(metrics[1].values["train.ce"], 0.5);
        assert_eq!((rows.values, rows.len(), rows.names().len()), (4, 3, 2));
        assert!(metrics[2].values["train.ce"].is_nan());
    }

    #[test]
    fn folders_of_one_run_have_readable_names_and_distinct_ones() {
        let file = |tag: &str, value: f64| Events {
            tags: vec![tag.into()],
            scalars: vec![scalar(0, 1, 0.0, value)],
            ..Events::default()
        };
        let mut rows = Rows::default();
        for (tag, below, role) in [
            ("loss/train", "", Role::Own),
            ("loss", "loss_train", Role::Curve("train".into())),
            ("epoch_loss", "validation", Role::Side("validation".into())),
            ("hparam/test accuracy", "1796073940.7", Role::Session),
        ] {
            let mut part = Part::default();
            part.add(&file(tag, 1.0)).unwrap();
            rows.join(part, below, &role);
        }
        let wanted = [
            "loss.train",
            "loss.train_2",
            "validation.epoch_loss",
            "hparam.test_accuracy",
        ];
        assert_eq!(rows.names(), wanted);
        assert_eq!(rows.shared, ["loss.train_2"]);
        let series = &rows.series["loss.train_2"];
        assert_eq!((series.tag.as_str(), series.folder.as_str()), ("loss", "loss_train"));
    }

    #[test]
    fn metrics_beyond_what_a_run_keeps_are_counted() {
        let events = Events {
            tags: (0..MOST_NAMES + 3).map(|n| format!("t{n}")).collect(),
            scalars: (0..MOST_NAMES + 3).map(|n| scalar(n, 1, 0.0, 0.0)).collect(),
            ..Events::default()
        };
        let rows = rows(&[events]);
        assert_eq!((rows.names().len(), rows.left_out), (MOST_NAMES, 3));
    }

    #[test]
    fn what_was_exported_comes_back_at_single_precision() {
        let started = 1_795_427_112.5;
        let mut written: Vec<Metric> = (0..50)
            .map(|n| testing::metric(n * 7, "train.ce", 1.0 / (n + 3) as f64))
            .collect();
        written[3].values.extend([
            ("layer.0.firing_rate".to_string(), f64::INFINITY),
            ("val.accuracy".to_string(), 0.1),
        ]);
        written[4].values.insert("val.ce".into(), f64::NAN);
        let events = events::read(&tensorboard::whole(&written, started)).unwrap();
        let rows = rows(&[events]);
        assert_eq!((rows.started, rows.shared.len()), (Some(started), 0));
        assert_eq!(rows.series["train.ce"].tag, "train/ce");
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
            written in proptest::collection::btree_map(
                any::<u32>(),
                proptest::collection::btree_map("[a-z]{1,4}(\\.[a-z0-9_]{1,4}){0,3}", any::<f32>(), 1..5),
                0..20,
            ),
        ) {
            let written: Vec<Metric> = written
                .into_iter()
                .map(|(step, values)| Metric {
                    step: u64::from(step),
                    values: values.into_iter().map(|(k, v)| (k, f64::from(v))).collect(),
                    ..Metric::default()
                })
                .collect();
            let rows = rows(&[events::read(&tensorboard::whole(&written, 0.0)).unwrap()]);
            let read: Vec<String> = rows.metrics().map(|m| format!("{} {:?}", m.step, m.values)).collect();
            let wanted: Vec<String> = written.iter().map(|m| format!("{} {:?}", m.step, m.values)).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
