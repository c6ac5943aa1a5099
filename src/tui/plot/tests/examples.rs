//! Charts to be portrayed: one of every kind, the same every time.

use crate::tui::plot::*;
use std::rc::Rc;

/// Something to be drawn.
pub enum Sitter {
    /// Lines.
    Chart(Chart<'static>),
    /// A heat-map.
    Heat(Heat<'static>),
}

/// A kind's name, and what makes one.
type Kind = (&'static str, fn() -> Sitter);

/// Every kind, by name.
pub const KINDS: [Kind; 7] = [
    ("lines", lines),
    ("smoothed", smoothed),
    ("log", log),
    ("symlog", symlog),
    ("robustness", robustness),
    ("clock", clock),
    ("heat", heat),
];

/// Steps of the runs portrayed.
const STEPS: usize = 2000;

/// Noise between -1 and 1 from nothing but the place (the finaliser of MurmurHash3, Appleby 2008).
fn noise(at: usize, seed: u64) -> f64 {
    let mut h = (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (h >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// A loss that falls from about `from` to about `to`.
fn falling(from: f64, to: f64, rough: f64, seed: u64) -> Vec<Point> {
    let y = |i: usize| {
        let level = to + (from - to) / (1.0 + i as f64 / 120.0);
        level * (1.0 + rough * noise(i, seed))
    };
    (0..STEPS).map(|i| Point { x: i as f64, y: y(i) }).collect()
}

fn curve(hue: usize, name: &str, data: Vec<Point>) -> Curve<'static> {
    Curve {
        name: name.into(),
        data: Rc::new(data),
        hue,
        sign: hue,
        ..Curve::default()
    }
}

fn chart(title: &str, curves: Vec<Curve<'static>>) -> Chart<'static> {
    Chart {
        title: title.into(),
        curves,
        marks: Vec::new(),
        x: Axis::new(Scale::Linear, 0.0, STEPS as f64),
        x_name: "step".into(),
        x_ticks: None,
        y_scale: Scale::Linear,
        y_range: None,
        cursor: None,
        empty: "waiting for the first step".into(),
    }
}

fn marks() -> Vec<Mark> {
    let mark = |x, kind, text: &str| Mark {
        x,
        kind,
        text: text.into(),
    };
    vec![
        mark(200.0, MarkKind::Checkpoint, "step 200"),
        mark(f64::NAN, MarkKind::Alert, "nowhere"),
        mark(400.0, MarkKind::Checkpoint, "step 400"),
        mark(520.0, MarkKind::Tweak, "λ 1e-4 → 3e-4"),
        mark(560.0, MarkKind::Tweak, "lr 0.1 → 0.05"),
        mark(1000.0, MarkKind::Resume, "resumed at step 900"),
        mark(1220.0, MarkKind::Alert, "not finite"),
        mark(1500.0, MarkKind::Fork, "cifar10-vgg11-fork-lr"),
        mark(1960.0, MarkKind::Tweak, "λ 3e-4 → 0"),
    ]
}

/// Five runs with a group's band, a gap, everything that can happen, and the cursor.
fn lines() -> Sitter {
    let levels = [(2.3, 0.3), (2.3, 0.55), (2.2, 0.8), (2.4, 1.1), (2.3, 1.5)];
    let names = ["sgd", "adam", "sparse λ 1e-4", "sparse λ 1e-3", "mnist-baseline-17"];
    let each = levels.iter().zip(names).enumerate();
    let mut curves: Vec<Curve> = each
        .map(|(hue, ((from, to), name))| {
            let mut data = falling(*from, *to, 0.02, hue as u64);
            for point in data.iter_mut().filter(|p| hue == 1 && (1200.0..1300.0).contains(&p.x)) {
                point.y = f64::NAN;
            }
            curve(hue, name, data)
        })
        .collect();
    let middle = falling(2.4, 1.1, 0.0, 0);
    curves[3].band = middle
        .iter()
        .step_by(50)
        .map(|p| (p.x, p.y * 0.92, p.y * 1.08))
        .collect();
    Sitter::Chart(Chart {
        marks: marks(),
        cursor: Some(1700.0),
        ..chart("Loss: CE", curves)
    })
}

/// Noise behind its moving average, and what a resume left behind.
fn smoothed() -> Sitter {
    let mut noisy = curve(0, "CE", falling(2.3, 0.4, 0.3, 7));
    noisy.smoothing = 0.95;
    let old = falling(2.3, 1.2, 0.1, 3);
    noisy.superseded = vec![old[900..1100].to_vec()];
    let rare = falling(2.3, 0.6, 0.05, 9).into_iter().step_by(200);
    let val = Curve {
        dotted: true,
        best: Some(Best::Least),
        ..curve(2, "val", rare.collect())
    };
    Sitter::Chart(chart("Loss", vec![noisy, val]))
}

/// Three decades, and a value that has no place.
fn log() -> Sitter {
    let mut data = falling(3.0, 0.004, 0.2, 1);
    data[1500].y = 0.0;
    let other = falling(30.0, 0.02, 0.2, 2);
    Sitter::Chart(Chart {
        y_scale: Scale::Log,
        ..chart(
            "Sparsity term R",
            vec![curve(0, "R", data), curve(1, "R, other", other)],
        )
    })
}

/// Decades on both sides of zero.
fn symlog() -> Sitter {
    let data = (0..STEPS).map(|i| {
        let t = i as f64 / 1000.0 - 1.0;
        let y = 800.0 * t * t * t + 0.02 * noise(i, 5);
        Point { x: i as f64, y }
    });
    Sitter::Chart(Chart {
        y_scale: Scale::SymLog,
        ..chart("Margin", vec![curve(4, "margin", data.collect())])
    })
}

/// A few measurements with their intervals, and a reference.
fn robustness() -> Sitter {
    let steps = [0.0, 400.0, 800.0, 1200.0, 1600.0, 2000.0];
    let shares = [0.08, 0.21, 0.35, 0.41, 0.44, 0.43];
    let wide = [0.05, 0.06, 0.09, 0.04, 0.07, 0.05];
    let data: Vec<Point> = steps.iter().zip(shares).map(|(&x, y)| Point { x, y }).collect();
    let band = data.iter().zip(wide).map(|(p, w)| (p.x, (p.y - w).max(0.0), p.y + w));
    let own = Curve {
        dotted: true,
        band: band.collect(),
        ..curve(0, "PGD-20 ε 8/255", data)
    };
    let reference = [0.0, 2000.0].map(|x| Point { x, y: 0.7 });
    Sitter::Chart(Chart {
        y_range: Some((0.0, 1.0)),
        cursor: Some(1200.0),
        ..chart(
            "Robust accuracy over training",
            vec![own, curve(2, "clean", reference.to_vec())],
        )
    })
}

/// Half an hour over midnight, with a pause.
fn clock() -> Sitter {
    /// 24 November 2026, 23:45 UTC.
    const START: f64 = 1_795_563_900.0;
    let data = falling(120.0, 80.0, 0.05, 4);
    let at = |p: Point| Point {
        x: START + p.x + if p.x > 800.0 { 300.0 } else { 0.0 },
        y: p.y,
    };
    let mut data: Vec<Point> = data.into_iter().map(at).collect();
    data[801].y = f64::NAN;
    Sitter::Chart(Chart {
        x: Axis::new(Scale::Clock, START, START + 2400.0),
        x_name: "UTC".into(),
        ..chart("Images per second", vec![curve(0, "rate", data)])
    })
}

/// Six layers, one of them broken for a while, one that began late.
fn heat() -> Sitter {
    let row = |layer: usize| {
        let y = |i: usize| match (layer, i) {
            (2, 8..=9) => f64::NAN,
            _ => 0.05 + 0.12 * layer as f64 / (1.0 + i as f64 / 6.0) + 0.01 * (1.0 + noise(i, layer as u64)),
        };
        let from = if layer == 4 { 6 } else { 0 };
        let data: Vec<Point> = (from..20)
            .map(|i| Point {
                x: i as f64 * 100.0,
                y: y(i),
            })
            .collect();
        HeatRow {
            name: format!("layer {layer}"),
            data: Rc::new(data),
        }
    };
    Sitter::Heat(Heat {
        title: "Firing rate, layer × x".into(),
        rows: (0..6).map(row).collect(),
        marks: marks(),
        x: Axis::new(Scale::Linear, 0.0, STEPS as f64),
        x_name: "step".into(),
        x_ticks: None,
        range: None,
        cursor: Some(850.0),
        empty: String::new(),
    })
}
