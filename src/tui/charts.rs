//! Which charts there are, and how a run's history becomes their curves and marks. Pure; draws nothing.

use super::{
    app::{App, SMOOTHING, XKind},
    model::Detail,
    plot::{Axis, Chart, Curve, Mark, MarkKind, Point, Scale},
    wishes,
};
use crate::run::history::{self, History};
use std::rc::Rc;

/// A chart that every run has, or may have.
struct Sort {
    title: &'static str,
    /// Metric, name in the legend, how it is drawn.
    curves: &'static [(&'static str, &'static str, Manner)],
    /// Shown even before there is anything to draw.
    always: bool,
    /// What to say then.
    empty: &'static str,
}

const SORTS: &[Sort] = &[
    Sort {
        title: "Loss",
        curves: &[
            ("train.ce", "CE", Noisy),
            ("train.loss", "CE+λR", Noisy),
            ("val.ce", "val", Dotted),
        ],
        always: true,
        empty: "waiting for the first step",
    },
    Sort {
        title: "Accuracy",
        curves: &[
            ("train.accuracy", "train", Noisy),
            ("val.accuracy", "val", Dotted),
            ("test.accuracy", "test", Dotted),
            ("val.robust_accuracy", "robust", Dotted),
        ],
        always: true,
        empty: "waiting for the first step",
    },
    Sort {
        title: "Gradient ‖∇ₓf‖₁",
        curves: &[("gradient.l1", "ℓ₁", Plain)],
        always: true,
        empty: "no gradient probe yet",
    },
    Sort {
        title: "Gradient ℓ₀",
        curves: &[
            ("gradient.l0", "abs", Plain),
            ("gradient.l0_relative", "rel", Plain),
            ("gradient.zero_share", "zero", Plain),
        ],
        always: true,
        empty: "no gradient probe yet",
    },
    Sort {
        title: "Sparsity term R",
        curves: &[("train.r", "R", Noisy)],
        always: true,
        empty: "none: recipe without R, or λ = 0",
    },
    Sort {
        title: "λ",
        curves: &[("train.lambda", "λ", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Learning rate",
        curves: &[("train.lr", "lr", Plain)],
        always: false,
        empty: "",
    },
    Sort {
        title: "ρ_adv/ρ_rand",
        curves: &[
            ("gradient.ratio", "ratio", Plain),
            ("gradient.ratio_bound", "bound", Plain),
            ("vulnerability.measured", "measured", Plain),
        ],
        always: false,
        empty: "",
    },
    Sort {
        title: "Weight gradient ℓ₂",
        curves: &[("train.gradient_norm", "norm", Noisy)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Images per second",
        curves: &[("train.images_per_second", "rate", Noisy)],
        always: false,
        empty: "",
    },
    Sort {
        title: "Energy, µJ per image",
        curves: &[("energy.microjoule", "estimate", Plain)],
        always: false,
        empty: "",
    },
];

/// How a metric is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Noise from step to step: smoothed, the raw values behind.
    Noisy,
    /// As it is: settings, and what is measured now and then.
    Plain,
    /// A handful of points, each marked.
    Dotted,
}
use Manner::{Dotted, Noisy, Plain};

/// One curve per spiking layer.
const LAYERS: &[(&str, &str)] = &[
    ("Firing rate by layer", "firing_rate"),
    ("Silent neurons by layer", "silent"),
];

/// The most layers drawn in one chart.
const MOST_LAYERS: usize = 8;

/// A chart to be drawn: heading, metrics with names, what to say where there is nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    title: &'static str,
    curves: Vec<(String, String, Manner)>,
    empty: &'static str,
}

/// The charts that the selected run has.
pub fn shown(app: &App) -> Vec<Plan> {
    let empty = History::default();
    let history = app.detail().map_or(&empty, |d| &d.history);
    let has = |name: &str| history.series(name).is_some_and(|s| !s.is_empty());
    let sorts = SORTS
        .iter()
        .filter(|s| s.always || s.curves.iter().any(|c| has(c.0)))
        .map(|s| Plan {
            title: s.title,
            curves: s
                .curves
                .iter()
                .map(|(m, n, manner)| (m.to_string(), n.to_string(), *manner))
                .collect(),
            empty: s.empty,
        });
    let layers = LAYERS.iter().filter_map(|(title, what)| {
        let metrics = (0..MOST_LAYERS)
            .map(|n| (format!("layer.{n}.{what}"), n))
            .filter(|(m, _)| has(m));
        let curves: Vec<_> = metrics.map(|(m, n)| (m, format!("layer {n}"), Plain)).collect();
        (!curves.is_empty()).then_some(Plan {
            title,
            curves,
            empty: "",
        })
    });
    sorts.chain(layers).collect()
}

/// First and last x of the selected run.
pub fn x_range(app: &App) -> (f64, f64) {
    let last = app.charts.frozen.unwrap_or_else(|| last_x(app));
    (0.0, last)
}

/// The last x there is.
pub fn last_x(app: &App) -> f64 {
    let Some(detail) = app.detail() else { return 1.0 };
    let progress = detail.history.progress();
    let last = match app.charts.x {
        XKind::Step => progress.step as f64,
        XKind::Epoch => progress.epoch,
        XKind::Wall => progress.wall,
    };
    if last.is_finite() && last > 0.0 { last } else { 1.0 }
}

/// Builds one chart.
pub fn chart(app: &App, plan: &Plan) -> Chart<'static> {
    let (first, last) = x_range(app);
    // Time is shown in the unit that fits.
    let (unit, x_name) = match app.charts.x {
        XKind::Step => (1.0, "step"),
        XKind::Epoch => (1.0, "epoch"),
        XKind::Wall if last > 3.0 * 3600.0 => (3600.0, "h"),
        XKind::Wall if last > 180.0 => (60.0, "min"),
        XKind::Wall => (1.0, "s"),
    };
    let weight = SMOOTHING[app.charts.smoothing % SMOOTHING.len()];
    let empty = History::default();
    let history = app.detail().map_or(&empty, |d| &d.history);
    let curves = plan
        .curves
        .iter()
        .enumerate()
        .filter_map(|(hue, (metric, name, manner))| {
            let raw = points(history, metric, app.charts.x, unit)?;
            // A handful of points is shown one by one and not smoothed away.
            let dotted = *manner == Dotted && raw.len() <= 60;
            Some(Curve {
                name: name.clone(),
                data: Rc::new(raw),
                smoothing: if *manner == Noisy { weight } else { 0.0 },
                superseded: superseded(history, metric, app.charts.x, unit),
                band: Vec::new(),
                hue,
                sign: hue,
                dotted,
            })
        });
    Chart {
        title: plan.title.into(),
        curves: curves.collect(),
        marks: app.detail().map(|d| marks(d, app.charts.x, unit)).unwrap_or_default(),
        x: Axis::new(Scale::Linear, first / unit, last / unit),
        x_name: x_name.into(),
        x_ticks: None,
        y_scale: if app.charts.log_y { Scale::Log } else { Scale::Linear },
        y_range: None,
        cursor: app.charts.cursor.map(|x| x / unit),
        empty: plan.empty.into(),
    }
}

fn points(history: &History, metric: &str, kind: XKind, unit: f64) -> Option<Vec<Point>> {
    let series = history.series(metric).filter(|s| !s.is_empty())?;
    Some(series.iter().map(|p| placed(&p, kind, unit)).collect())
}

/// Points that a resume left behind.
fn superseded(history: &History, metric: &str, kind: XKind, unit: f64) -> Vec<Vec<Point>> {
    let piece = |piece: &Vec<history::Point>| piece.iter().map(|p| placed(p, kind, unit)).collect();
    history.ghosts(metric).iter().map(piece).collect()
}

fn placed(p: &history::Point, kind: XKind, unit: f64) -> Point {
    let x = match kind {
        XKind::Step => p.step as f64,
        XKind::Epoch => p.epoch,
        XKind::Wall => p.wall,
    };
    Point {
        x: x / unit,
        y: p.value,
    }
}

/// What happened, on the x axis. Epochs are those of the run's own pace.
fn marks(detail: &Detail, kind: XKind, unit: f64) -> Vec<Mark> {
    let progress = detail.history.progress();
    let x = |m: &history::Mark| match kind {
        XKind::Step => m.step as f64,
        XKind::Epoch if progress.steps_per_epoch > 0 => m.step as f64 / progress.steps_per_epoch as f64,
        XKind::Epoch => f64::NAN,
        XKind::Wall => m.wall / unit,
    };
    let mark = |m: &history::Mark| {
        let (kind, text) = match &m.kind {
            history::MarkKind::Tweak { key, old, new, .. } => (MarkKind::Tweak, wishes::change(key, Some(*old), *new)),
            history::MarkKind::Checkpoint { .. } => (MarkKind::Checkpoint, String::new()),
            history::MarkKind::Resumed(_) => (MarkKind::Resume, "resumed".into()),
            history::MarkKind::RolledBack(_) => (MarkKind::Resume, "rolled back".into()),
            history::MarkKind::Alert { kind, .. } => (MarkKind::Alert, crate::run::text::clean(kind).into_owned()),
            _ => return None,
        };
        Some(Mark { x: x(m), kind, text })
    };
    detail
        .history
        .marks()
        .iter()
        .filter(|m| !m.superseded)
        .filter_map(mark)
        .collect()
}
