//! Made-up runs for the tests of the screens: the same every time, without a worker.

mod attacks;
mod events;

pub use events::{event, received};

pub use attacks::{attack, sample};

use crate::{
    run::{
        checkpoint::{Distance, Stats, TensorApart, TensorNumbers},
        event::{Event, EventKind},
        labels::Labels,
        manifest::Manifest,
        metric::Metric,
        status::{RunState, Status},
        testing,
    },
    spec::Recipe,
    tui::{
        model::{CheckpointRow, LogLine, RunRow, Seen, SpecRow, facts::Facts},
        state::{
            app::{App, Effect, Message},
            inspection::{Asked, Found},
        },
        terminal::key::{Key, parse_keys},
        theme::{Depth, Theme, glyphs::Glyphs},
        update::update,
    },
    units::Epsilon,
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Steps that the fixture's running run has done.
pub const STEP: u64 = 1240;

/// The screen with nothing on it.
pub fn empty(width: u16, height: u16, ascii: bool) -> App {
    let theme = Theme::named("dark", Depth::True).unwrap();
    let mut app = App::new(theme, Glyphs::of(ascii), (width, height));
    app.roots = vec!["/home/ada/spikes".into()];
    app
}

/// Five runs; the newest is training, selected and fully read.
pub fn app(width: u16, height: u16, ascii: bool) -> App {
    let mut app = empty(width, height, ascii);
    update(&mut app, Message::Runs(rows()));
    update(&mut app, Message::Seen(Box::new(seen())));
    update(&mut app, Message::Specs(specs()));
    app
}

/// As [`app`], with a tenth of the measurements, for tests that draw very often.
pub fn small(width: u16, height: u16) -> App {
    let mut app = empty(width, height, false);
    update(&mut app, Message::Runs(rows()));
    let mut seen = seen();
    seen.metrics = (1..=STEP).filter(|step| step.is_multiple_of(10)).map(metric).collect();
    update(&mut app, Message::Seen(Box::new(seen)));
    update(&mut app, Message::Specs(specs()));
    app
}

/// News of the selected run.
pub fn tell(app: &mut App, seen: Seen) {
    let seen = Seen { dir: dir(), ..seen };
    update(app, Message::Seen(Box::new(seen)));
}

/// Presses keys; returns the effects of the last one.
pub fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let keys = parse_keys(keys).unwrap();
    keys.into_iter()
        .map(|key| update(app, Message::Key(key)))
        .last()
        .unwrap_or_default()
}

/// Types a command after `:`; returns the effects of entering it.
pub fn enter_command(app: &mut App, text: &str) -> Vec<Effect> {
    press(app, ":");
    for c in text.chars() {
        crate::tui::update::press(app, Key::char(c));
    }
    press(app, "enter")
}

/// The directory of the selected run.
pub fn dir() -> PathBuf {
    rows()[0].dir.clone()
}

/// The list of runs, newest first.
pub fn rows() -> Vec<RunRow> {
    vec![
        row(
            "20261123-094512-glyphs-sr-7f3a",
            "glyphs-sr",
            RunState::Running,
            (STEP, 2000),
            "",
        ),
        row(
            "20261123-091004-cifar10-small-sr-11c9",
            "cifar10-small-sr",
            RunState::Paused,
            (310, 4000),
            "",
        ),
        row(
            "20261122-220731-fashion-mnist-sr-a04e",
            "fashion-mnist-sr",
            RunState::Finished,
            (1560, 1560),
            "",
        ),
        row(
            "20261122-213015-fashion-mnist-plain-90bb",
            "fashion-mnist-plain",
            RunState::Failed,
            (77, 1560),
            "the loss is NaN since step 71; try a smaller train.lr",
        ),
        row(
            "20261121-180000-glyphs-plain-0d11",
            "glyphs-plain",
            RunState::Lost,
            (600, 2000),
            "",
        ),
    ]
}

fn row(id: &str, name: &str, state: RunState, (step, total): (u64, u64), why: &str) -> RunRow {
    RunRow {
        created: String::new(),
        dir: format!("/home/ada/spikes/experiments/{name}/runs/{id}").into(),
        id: id.into(),
        name: name.into(),
        state,
        why: why.into(),
        step,
        total,
        epoch: step as f64 / 400.0,
        epochs: total / 400,
        rate: 812.4,
        eta: 221.0,
        device: "cpu".into(),
        host: "meitner".into(),
        worker: "process 4711".into(),
        reachable: true,
        newer: false,
        imported: None,
        parent: None,
        tunables: match name {
            "glyphs-sr" => Arc::new([("objective.lambda".to_string(), 0.005)].into()),
            _ => Default::default(),
        },
        labels: labels(name).into(),
        health: Default::default(),
        best: best(step).into(),
        facts: facts(name, step).into(),
    }
}

/// What the table knows of a made-up run beside its state.
fn facts(name: &str, step: u64) -> Facts {
    let mut spec = testing::experiment();
    spec.objective.lambda = if name.ends_with("plain") { 0.0 } else { 0.002 };
    spec.train.seed = u64::from(step == 310);
    let spec = serde_json::to_value(spec).unwrap();
    let mut facts = Facts::of_spec(&spec);
    facts.say("val.accuracy", step as f64 / 4000.0);
    facts.say("gradient.l1", 9.5 - step as f64 / 250.0);
    facts
}

/// Best values of a made-up run.
fn best(step: u64) -> BTreeMap<String, f64> {
    let t = step as f64;
    let values = [
        ("val.accuracy", 0.1 + t / 2000.0),
        ("gradient.l1", 9.0 - t / 250.0),
        ("pgd", t / 4000.0),
        ("pgd@8/255", t / 4000.0),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

/// What people called the made-up runs.
fn labels(name: &str) -> Labels {
    let (tags, note) = match name {
        "glyphs-sr" => ("baseline", "λ raised by hand at step 640"),
        "fashion-mnist-sr" => ("baseline, paper", ""),
        _ => ("", ""),
    };
    Labels::typed(tags, note).unwrap()
}

/// Everything that the watcher would say of the selected run.
pub fn seen() -> Seen {
    Seen {
        dir: dir(),
        manifest: Some(Box::new(manifest())),
        metrics: (1..=STEP).map(metric).collect(),
        events: events(),
        status: Some(status()),
        checkpoints: Some(checkpoints()),
        attacks: Some(vec![attack()]),
        logs: Some(logs()),
        sample: Some(sample()),
        ..Seen::default()
    }
}

/// The selected run's manifest: SR on the glyphs.
pub fn manifest() -> Manifest {
    let mut manifest = testing::manifest("20261123-094512-glyphs-sr-7f3a");
    manifest.name = "glyphs-sr".into();
    manifest.checkpoints = "/home/ada/spikes/checkpoints/20261123-094512-glyphs-sr-7f3a".into();
    manifest.data = "/home/ada/data".into();
    manifest.spec.name = "glyphs-sr".into();
    manifest.spec.train.recipe = Recipe::Sr;
    manifest.spec.objective.lambda = 0.002;
    manifest
}

/// The running run's newest status.
pub fn status() -> Status {
    let mut status = testing::status("2026-11-23T09:50:00.000Z", STEP);
    (status.total_steps, status.epoch, status.epochs) = (2000, STEP as f64 / 400.0, 5);
    status.tunables = [("objective.lambda".to_string(), 0.005), ("train.lr".to_string(), 0.1)].into();
    status
}

/// A repeatable number in [-1, 1) without any pattern to the eye.
fn noise(step: u64, salt: u64) -> f64 {
    let mixed = (step.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// What a step of the selected run measured.
pub fn metric(step: u64) -> Metric {
    let t = step as f64;
    let fall = (-t / 420.0).exp();
    let lambda = if step < 640 { 0.002 } else { 0.005 };
    let r = (0.9 * fall + 0.06) * (1.0 + 0.25 * noise(step, 3)) * if step < 640 { 1.0 } else { 0.55 };
    let mut ce = 2.1 * fall + 0.32 + 0.16 * noise(step, 1) * (0.4 + fall);
    if step == 505 {
        ce = 3.4;
    }
    let ce = if (760..772).contains(&step) { f64::NAN } else { ce };
    let lr = 0.05 * (1.0 + (std::f64::consts::PI * t / 2000.0).cos());
    let mut values = vec![
        ("train.ce", ce),
        ("train.r", r),
        ("train.loss", ce + 40.0 * lambda * r),
        (
            "train.accuracy",
            (0.93 - 0.8 * fall + 0.07 * noise(step, 2)).clamp(0.0, 1.0),
        ),
        ("train.lr", lr),
        ("train.lambda", lambda),
        ("train.gradient_norm", 1.4 + fall + 0.5 * noise(step, 4).abs()),
        ("train.images_per_second", 812.0 + 30.0 * noise(step, 5)),
    ];
    if step.is_multiple_of(20) {
        values.extend([
            ("gradient.l1", 14.0 * fall + 3.0 + 0.6 * noise(step, 6)),
            ("gradient.l2", 1.2 * fall + 0.3),
            ("gradient.l0", 0.82 * fall + 0.11 + 0.02 * noise(step, 7)),
            ("gradient.l0_relative", 0.6 * fall + 0.08 + 0.02 * noise(step, 8)),
            ("gradient.zero_share", 0.05 * (1.0 - fall)),
            ("gradient.ratio", 210.0 * fall + 60.0),
            ("gradient.ratio_bound", 540.0 * fall + 130.0),
            ("layer.0.firing_rate", 0.21 - 0.1 * (1.0 - fall)),
            ("layer.1.firing_rate", 0.14 - 0.05 * (1.0 - fall)),
        ]);
    }
    if step.is_multiple_of(400) {
        values.push(("val.accuracy", 0.9 - 0.7 * fall));
        values.push(("val.ce", 2.0 * fall + 0.41));
    }
    Metric {
        step,
        epoch: t / 400.0,
        wall: t * 0.21,
        values: values.into_iter().map(|(k, v)| (k.to_string(), v)).collect(),
    }
}

fn events() -> Vec<Event> {
    let event = |step: u64, what| Event {
        time: "2026-11-23T09:48:00.000Z".into(),
        step,
        wall: step as f64 * 0.21,
        what,
    };
    let saved = |step: u64, best| {
        let checkpoint = format!("/home/ada/spikes/checkpoints/20261123-094512-glyphs-sr-7f3a/step-{step:09}");
        event(
            step,
            EventKind::Saved {
                checkpoint,
                metrics: Default::default(),
                best,
            },
        )
    };
    vec![
        event(
            0,
            EventKind::Started {
                incarnation: 1,
                device: "cpu".into(),
                total_steps: 2000,
                steps_per_epoch: 400,
                data: None,
                images: None,
                provenance: None,
            },
        ),
        saved(400, true),
        event(
            640,
            EventKind::Applied {
                command: "01A".into(),
                key: "objective.lambda".into(),
                old: 0.002,
                new: 0.005,
            },
        ),
        event(
            760,
            EventKind::Alert {
                kind: "nan".into(),
                why: "12 losses were NaN and skipped".into(),
            },
        ),
        saved(800, true),
        saved(1200, false),
    ]
}

fn checkpoints() -> Vec<CheckpointRow> {
    let row = |step: u64, best, val: f64| CheckpointRow {
        dir: format!("/home/ada/spikes/checkpoints/20261123-094512-glyphs-sr-7f3a/step-{step:09}").into(),
        step,
        epoch: step as f64 / 400.0,
        saved: format!("2026-11-23T09:{}:07.000Z", 45 + step / 280),
        bytes: 412_344,
        best,
        pinned: step == 400,
        metrics: [
            ("val.accuracy", val),
            ("val.ce", 2.0 - val),
            ("train.ce", 1.9 - val),
            ("train.r", 0.05),
            ("gradient.l1", 4.2),
            ("gradient.l0", 0.18),
        ]
        .into_iter()
        .map(|(k, v)| (k.to_string(), v))
        .collect(),
        tunables: [("objective.lambda", 0.002), ("train.lr", 0.1)]
            .into_iter()
            .map(|(k, v)| (k.to_string(), v))
            .collect(),
        problem: String::new(),
    };
    vec![row(1200, false, 0.861), row(800, true, 0.864), row(400, false, 0.642)]
}

/// What `effects` would say of the checkpoints that are asked about.
pub fn answer(app: &mut App) {
    let Some(asked) = app.inspection.as_ref().map(|i| i.asked.clone()) else {
        return;
    };
    let layers: [(&str, &[u64], f64); 5] = [
        ("convs.0.weight", &[8, 3, 3, 3], 0.031),
        ("convs.0.bias", &[8], 0.004),
        ("convs.1.weight", &[16, 8, 3, 3], 0.212),
        ("classifier.weight", &[10, 784], 0.118),
        ("classifier.bias", &[10], 0.0),
    ];
    let count = |shape: &[u64]| shape.iter().product::<u64>();
    let inside = |(name, shape, x): &(&str, &[u64], f64)| TensorNumbers {
        name: name.to_string(),
        dtype: "F32".into(),
        shape: shape.to_vec(),
        stats: Stats {
            count: count(shape),
            zeros: (x * 0.5 * count(shape) as f64) as u64,
            not_finite: u64::from(*x == 0.004),
            l2: 10.0 * x,
            max: *x,
        },
    };
    let apart = |(name, shape, x): &(&str, &[u64], f64)| TensorApart {
        name: name.to_string(),
        dtype: "F32".into(),
        shape: shape.to_vec(),
        distance: Distance::Apart {
            relative: *x,
            max: x / 7.0,
            not_finite: 0,
        },
    };
    let found = match &asked {
        Asked::Inside { .. } => Found::Inside(layers.iter().map(inside).collect()),
        Asked::Apart { .. } => Found::Apart(layers.iter().map(apart).collect()),
    };
    update(app, Message::Inspected(asked, Ok(found)));
}

/// A radius in 1/255.
pub fn eps(n: f64) -> Epsilon {
    Epsilon::new(n / 255.0).unwrap()
}

fn logs() -> Vec<LogLine> {
    let line = |error, text: &str| LogLine {
        error,
        at: 0,
        text: text.into(),
    };
    let lines = vec![
        line(
            false,
            "glyphs-sr: 12 800 training images, 1 280 held out, 400 steps per epoch",
        ),
        line(false, "epoch 1  CE 1.204  R 0.412  val 64.2 %"),
        line(false, "epoch 2  CE 0.618  R 0.171  val 86.4 %"),
        line(true, "step 760: 12 losses were NaN and skipped"),
        line(true, "a name with ␛[2J in it is shown and not obeyed"),
    ];
    let placed = |(at, line): (usize, LogLine)| LogLine { at: at as u64, ..line };
    lines.into_iter().enumerate().map(placed).collect()
}

fn specs() -> Vec<SpecRow> {
    let path = |name: &str| PathBuf::from(format!("/home/ada/spikes/experiments/{name}/experiment.toml"));
    vec![
        SpecRow {
            path: path("cifar10-small-sr"),
            name: "cifar10-small-sr".into(),
            summary: Err("experiments/cifar10-small-sr/experiment.toml: train.lr = -1: must be between 0 and 100; write for example train.lr = 0.1".into()),
            missing: None,
            text: "[train]\nlr = -1\n".into(),
        },
        SpecRow {
            path: path("glyphs-sr"),
            name: "glyphs-sr".into(),
            summary: Ok(crate::tui::watcher::summary(&manifest().spec)),
            missing: None,
            text: toml::to_string(&manifest().spec).unwrap(),
        },
    ]
}
