//! The fold, and that the order of reading does not change it.

use super::*;
use crate::run::testing::{manifest, metric, status};

fn event(step: u64, wall: f64, what: EventKind) -> Event {
    Event {
        time: format!("2026-11-23T10:00:{:06.3}Z", wall % 60.0),
        step,
        wall,
        what,
    }
}

fn steps(history: &History, name: &str) -> Vec<u64> {
    history
        .series(name)
        .map_or(vec![], |s| s.iter().map(|p| p.step).collect())
}

fn saved(step: u64, best: bool) -> EventKind {
    EventKind::Saved {
        checkpoint: format!("/c/step-{step:09}"),
        metrics: BTreeMap::new(),
        best,
    }
}

fn applied(new: f64) -> EventKind {
    EventKind::Applied {
        command: "c".into(),
        key: "objective.lambda".into(),
        old: 0.0,
        new,
    }
}

#[test]
fn points_gather_by_metric_and_share_their_step() {
    let mut h = History::default();
    for step in 1..=3 {
        h.apply_metric(&metric(step, "train.ce", step as f64));
    }
    h.apply_metric(&metric(3, "val.accuracy", 0.5));
    h.apply_metric(&metric(3, "train.ce", 9.0));
    assert_eq!(steps(&h, "train.ce"), [1, 2, 3]);
    let view = h.series("train.ce").unwrap();
    assert_eq!(
        (view.value(1), view.within(2, 7), view.within(5, 9).len()),
        (2.0, 1..3, 0)
    );
    assert_eq!(
        view.last().unwrap(),
        Point {
            step: 3,
            epoch: 0.3,
            wall: 3.0,
            value: 9.0
        }
    );
    assert_eq!(
        h.latest(),
        [("train.ce".to_string(), 9.0), ("val.accuracy".to_string(), 0.5)].into()
    );
    assert!(h.series("nothing").is_none());
    assert_eq!(h.names().collect::<Vec<_>>(), ["train.ce", "val.accuracy"]);
}

#[test]
fn a_rollback_turns_later_points_into_ghosts() {
    let mut h = History::default();
    for step in 1..=5 {
        h.apply_metric(&metric(step, "train.ce", step as f64));
    }
    let mut again = metric(3, "train.ce", 30.0);
    again.wall = 6.0;
    h.apply_metric(&again);
    assert_eq!(steps(&h, "train.ce"), [1, 2, 3]);
    assert_eq!(
        h.ghosts("train.ce")[0].iter().map(|p| p.value).collect::<Vec<_>>(),
        [3.0, 4.0, 5.0]
    );
    assert_eq!(h.progress().step, 3);
}

#[test]
fn metrics_and_events_may_be_read_in_any_order() {
    let mut metrics: Vec<Metric> = (1..=5).map(|s| metric(s, "train.ce", s as f64)).collect();
    for step in 3..=7 {
        metrics.push(Metric {
            wall: step as f64 + 4.0,
            ..metric(step, "train.ce", 10.0 * step as f64)
        });
    }
    let events = [
        event(2, 2.0, saved(2, true)),
        event(4, 4.0, saved(4, true)),
        event(
            2,
            6.5,
            EventKind::Resumed {
                checkpoint: "/c/step-000000002".into(),
            },
        ),
        event(7, 11.5, saved(7, false)),
    ];
    let mut folds = Vec::new();
    for split in 0..=metrics.len() {
        let mut h = History::default();
        metrics[..split].iter().for_each(|m| h.apply_metric(m));
        events.iter().for_each(|e| h.apply_event(e));
        metrics[split..].iter().for_each(|m| h.apply_metric(m));
        assert_eq!(steps(&h, "train.ce"), [1, 2, 3, 4, 5, 6, 7], "split {split}");
        let ghosts: Vec<Point> = h.ghosts("train.ce").concat();
        folds.push((h.latest(), ghosts, h.checkpoints().to_vec(), h.progress().step));
    }
    assert!(folds.iter().all(|f| *f == folds[0]), "{folds:#?}");
    assert_eq!(folds[0].1.iter().map(|p| p.value).collect::<Vec<_>>(), [3.0, 4.0, 5.0]);
}

#[test]
fn a_resume_that_lost_nothing_leaves_no_ghost() {
    let mut h = History::default();
    for step in 1..=5 {
        h.apply_metric(&metric(step, "train.ce", 0.0));
    }
    h.apply_event(&event(
        3,
        3.5,
        EventKind::Resumed {
            checkpoint: String::new(),
        },
    ));
    assert_eq!(steps(&h, "train.ce"), [1, 2, 3, 4, 5]);
    assert!(h.ghosts("train.ce").is_empty());
}

#[test]
fn the_best_checkpoint_is_the_newest_best_that_still_counts() {
    let mut h = History::default();
    for (step, best) in [(10, true), (20, true), (30, false)] {
        h.apply_event(&event(step, step as f64, saved(step, best)));
    }
    let path = |s: Option<&Saved>| s.map(|s| s.step);
    assert_eq!(
        (path(h.best_checkpoint()), path(h.last_checkpoint())),
        (Some(20), Some(30))
    );
    h.apply_event(&event(
        10,
        31.0,
        EventKind::Resumed {
            checkpoint: String::new(),
        },
    ));
    assert_eq!(
        (path(h.best_checkpoint()), path(h.last_checkpoint())),
        (Some(10), Some(10))
    );
    assert_eq!(h.marks().iter().filter(|m| m.superseded).count(), 2);
    h.apply_event(&event(20, 41.0, saved(20, false)));
    h.apply_event(&event(
        20,
        41.0,
        EventKind::Pruned {
            checkpoints: vec!["/c/step-000000010".into()],
        },
    ));
    assert_eq!((path(h.best_checkpoint()), path(h.last_checkpoint())), (None, Some(20)));
}

#[test]
fn a_tunable_is_what_the_worker_said_last_and_never_what_was_requested() {
    let mut h = History::of(&manifest("x"));
    assert_eq!(h.tunables()["objective.lambda"], 0.0);
    let mut early = status("2026-11-23T10:00:05.000Z", 4);
    early.tunables.insert("objective.lambda".into(), 0.25);
    h.apply_status(&early);
    assert_eq!(h.tunables()["objective.lambda"], 0.25);
    h.apply_event(&event(5, 6.0, applied(0.5)));
    h.apply_status(&early);
    assert_eq!(h.tunables()["objective.lambda"], 0.5);
    let late = status("2026-11-23T10:00:07.000Z", 4);
    h.apply_status(&late);
    assert_eq!(h.tunables()["objective.lambda"], 0.002);
    assert!(matches!(&h.marks()[0].kind, EventKind::Applied { new, .. } if *new == 0.5));
}

#[test]
fn the_closing_measurements_are_the_latest() {
    let mut h = History::default();
    h.apply_metric(&metric(1, "val.accuracy", 0.25));
    let metrics = [("val.accuracy".to_string(), 0.5), ("test.accuracy".to_string(), 0.75)].into();
    h.apply_event(&event(1, 1.0, EventKind::Finished { metrics, tested: None }));
    assert_eq!(h.latest()["test.accuracy"], 0.75);
    assert_eq!(h.latest()["val.accuracy"], 0.5);
}

#[test]
fn a_range_of_a_series_is_summed_up_also_after_a_rollback() {
    let mut h = History::default();
    for step in 1..=1000 {
        h.apply_metric(&metric(step, "train.ce", (step % 300) as f64));
    }
    let extremes = |h: &History, range| h.series("train.ce").unwrap().summary(range);
    assert_eq!(extremes(&h, 0..1000).extremes, Some((299, 298)));
    assert_eq!(extremes(&h, 300..1000).extremes, Some((599, 598)));
    h.apply_metric(&metric(400, "train.ce", f64::NAN));
    h.apply_metric(&metric(401, "train.ce", 1e9));
    let whole = extremes(&h, 0..401);
    assert_eq!((whole.extremes, whole.broken), (Some((299, 400)), true));
    assert!(!extremes(&h, 0..399).broken);
    let view = h.series("train.ce").unwrap();
    assert_eq!((view.len(), view.partition_point(|step, _, _| step < 400)), (401, 399));
}

#[test]
fn one_name_too_many_is_left_out_and_counted() {
    let mut h = History::default();
    let values = |n: usize| (0..n).map(|n| (format!("m{n:05}"), 1.0)).collect();
    let many = Metric {
        step: 1,
        values: values(MOST_NAMES + 3),
        ..Metric::default()
    };
    h.apply_metric(&many);
    assert_eq!((h.names().count(), h.left_out()), (MOST_NAMES, 3));
    let mut lines: History = History::default();
    lines.apply_lines(&[many].into_iter().collect());
    assert_eq!((lines.names().count(), lines.left_out()), (MOST_NAMES, 3));
    let long = Metric {
        step: 1,
        values: [("x".repeat(1000), 1.0)].into(),
        ..Metric::default()
    };
    let mut h = History::default();
    h.apply_metric(&long);
    assert_eq!((h.names().count(), h.left_out()), (0, 1));
}

proptest::proptest! {
    #[test]
    fn many_lines_at_once_are_the_same_as_one_by_one(
        lines in proptest::collection::vec((0u64..40, proptest::collection::vec((0u8..4, -1.0..1.0f64), 0..4)), 0..120),
    ) {
        let lines: Vec<Metric> = lines
            .into_iter()
            .enumerate()
            .map(|(n, (step, values))| Metric {
                step: step + n as u64 / 2,
                epoch: n as f64,
                wall: n as f64,
                values: values.into_iter().map(|(name, value)| (format!("m{name}"), value)).collect(),
            })
            .collect();
        let (mut one_by_one, mut at_once) = (History::default(), History::default());
        lines.iter().for_each(|m| one_by_one.apply_metric(m));
        for part in lines.chunks(50) {
            at_once.apply_lines(&part.iter().cloned().collect());
        }
        proptest::prop_assert_eq!(one_by_one.progress(), at_once.progress());
        proptest::prop_assert!(one_by_one.names().eq(at_once.names()));
        for name in one_by_one.names() {
            let points = |h: &History| h.series(name).unwrap().iter().collect::<Vec<_>>();
            proptest::prop_assert_eq!(points(&one_by_one), points(&at_once));
            proptest::prop_assert_eq!(one_by_one.ghosts(name), at_once.ghosts(name));
        }
    }

    #[test]
    fn no_sequence_of_steps_breaks_the_columns(
        lines in proptest::collection::vec((0u64..20, 0u8..3, proptest::num::f64::ANY, proptest::bool::ANY), 0..80),
    ) {
        let mut h = History::default();
        for (step, name, wall, resume) in lines {
            if resume {
                h.apply_event(&Event { wall, ..event(step, 0.0, EventKind::Resumed { checkpoint: String::new() }) });
            }
            h.apply_metric(&Metric { wall, ..metric(step, &format!("m{name}"), 1.0) });
            for n in 0..3 {
                let s = steps(&h, &format!("m{n}"));
                proptest::prop_assert!(s.is_sorted_by(|a, b| a < b), "{s:?}");
            }
        }
    }
}
