//! How much more an adversarial perturbation changes the true class's confidence than random noise of the same size,
//! against ε; next to the first-order prediction and the bound from the gradient's sparsity.

use super::{above_and_below, draw_columns, histogram};
use crate::{
    run::attack_job::{VulnerabilityAt, VulnerabilityRecord},
    tui::{
        model::AttackRow,
        plot::{Axis, Chart, Curve, Look, Point, Scale, Tick},
        screens::painter::{Painter, Word, word},
        state::app::attack_subjects::{Subject, subjects},
        theme::Ink,
    },
    units::{Epsilon, significant},
};
use ratatui::layout::Rect;
use std::rc::Rc;

/// Columns of the table.
const COLUMNS: [(&str, u16); 6] = [
    ("ε", 8),
    ("ρ_adv", 10),
    ("ρ_rand", 10),
    ("ratio", 8),
    ("adv 1st", 10),
    ("rand 1st", 10),
];
/// Bins of a histogram.
const BINS: usize = 20;
/// Columns of the whole table.
const TABLE: u16 = 56;

/// What was measured of one checkpoint.
struct Known<'a> {
    name: String,
    record: &'a VulnerabilityRecord,
}

impl Known<'_> {
    /// Rows that its numbers take, with one to keep distance.
    fn rows(&self) -> usize {
        let histograms = if self.record.gradients.is_empty() { 0 } else { 2 };
        // Beyond any screen it is all the same.
        self.record.radii.len().min(1000) + histograms + 5
    }
}

/// Draws the view, its numbers from line `top` on.
pub fn draw(painter: &mut Painter, area: Rect, attack: &AttackRow, top: usize) {
    let subjects = subjects(painter.app, attack);
    let known: Vec<Known> = subjects.iter().filter_map(known).collect();
    if known.is_empty() {
        let text = if !attack.norm.is_cube() {
            "The gap between adversary and noise is measured for ℓ∞ radii only: attack with --norm linf to see it."
        } else if attack.state.is_live() {
            "Not measured yet: this comes after the clean images."
        } else {
            "Not measured: the job ended before, or an earlier version recorded it. \
             Press A for a quick probe, which measures it."
        };
        return painter.hint(area, text);
    }
    let rows = known.iter().map(|k| k.rows()).sum::<usize>().min(usize::from(u16::MAX)) as u16;
    let (plot, table) = match area.width {
        112.. => (
            Rect {
                width: area.width - TABLE - 2,
                ..area
            },
            Rect {
                x: area.right() - TABLE,
                width: TABLE,
                ..area
            },
        ),
        _ => above_and_below(area, rows),
    };
    let look = Look {
        theme: painter.theme(),
        glyphs: painter.glyphs(),
        focused: false,
        full: false,
    };
    chart(&known).draw(plot, look, painter.buffer);
    // One scale for all, so that histograms can be compared.
    let norms = known.iter().flat_map(|k| &k.record.gradients);
    let most = norms.fold((1.0, 0.0), |(l0, l1): (f64, f64), g| {
        (l0.max(f64::from(g.l0)), l1.max(g.l1))
    });
    let numbered = known.iter().enumerate();
    let lines: Vec<Line> = numbered.flat_map(|(i, k)| lines(painter, k, i, most)).collect();
    draw_lines(painter, table, &lines, top);
}

/// A line of the numbers.
enum Line<'a> {
    Words(Vec<Word<'a>>),
    Columns([String; 6], Ink),
}

/// As many lines as fit, from `top` on.
fn draw_lines(painter: &mut Painter, area: Rect, lines: &[Line], top: usize) {
    let high = usize::from(area.height);
    let rows = if lines.len() > high {
        high.saturating_sub(1)
    } else {
        high
    };
    let top = top.min(lines.len().saturating_sub(rows));
    for (row, line) in (0..).zip(lines.iter().skip(top).take(rows)) {
        match line {
            Line::Words(words) => {
                painter.words(area, row, words);
            }
            Line::Columns(cells, ink) => draw_columns(painter, area, row, &COLUMNS.map(|c| c.1), cells, *ink),
        }
    }
    if rows < lines.len() {
        let foot = match lines.len() - rows - top {
            0 => "pageup: above".to_string(),
            below => format!("pagedown: {below} more lines"),
        };
        painter.words(area, rows as u16, &[word(foot, painter.ink(Ink::Muted))]);
    }
}

fn known<'a>(subject: &Subject<'a>) -> Option<Known<'a>> {
    let all = &subject.attack.vulnerability;
    let (_, record) = all.iter().find(|(checkpoint, _)| *checkpoint == subject.checkpoint)?;
    Some(Known {
        name: subject.name.clone(),
        record,
    })
}

/// Checkpoints that have all their curves: there are eight signs and colours.
const WHOLE: usize = 2;

/// The three curves of a checkpoint: ρ_adv/ρ_rand measured, as the gradient predicts it, and the bound 3‖∇f‖₀. Of many
/// checkpoints the first alone; the table has the rest.
fn curves(known: &Known, index: usize, of: usize, most: f64) -> Vec<Curve<'static>> {
    let named = |what: &str| match known.name.as_str() {
        "" => what.to_string(),
        of => format!("{of}: {what}"),
    };
    let level = |value: Option<f64>| -> Vec<Point> {
        let at = |y: f64| [0.0, most].map(|x| Point { x, y }).to_vec();
        value.map(at).unwrap_or_default()
    };
    let measured = known.record.radii.iter().filter_map(|at| {
        Some(Point {
            x: at.eps.value() * 255.0,
            y: at.ratio?,
        })
    });
    let curve = |what: &str, points: Vec<Point>, at: usize, dotted: bool| {
        let hue = if of > WHOLE { index } else { 3 * index + at };
        Curve {
            name: named(what),
            data: Rc::new(points),
            hue,
            sign: hue,
            dotted,
            ..Curve::default()
        }
    };
    let mut curves = vec![curve("measured", measured.collect(), 0, true)];
    if of <= WHOLE {
        curves.push(curve("first order", level(known.record.ratio_first_order), 1, false));
        curves.push(curve("bound", level(known.record.bound), 2, false));
    }
    curves
}

fn chart(known: &[Known]) -> Chart<'static> {
    let mut radii: Vec<Epsilon> = known
        .iter()
        .flat_map(|k| k.record.radii.iter().map(|r| r.eps))
        .collect();
    radii.sort_by(|a, b| a.value().total_cmp(&b.value()));
    radii.dedup_by(|a, b| a.to_string() == b.to_string());
    let most = radii.last().map_or(8.0, |e| e.value() * 255.0).max(1.0);
    let tick = |eps: Epsilon| Tick {
        value: eps.value() * 255.0,
        label: eps.to_string(),
    };
    Chart {
        title: "ratio, log y".into(),
        curves: known
            .iter()
            .enumerate()
            .flat_map(|(i, k)| curves(k, i, known.len(), most))
            .collect(),
        marks: Vec::new(),
        x: Axis::new(Scale::Linear, 0.0, most),
        x_name: String::new(),
        x_ticks: Some(std::iter::once(Epsilon::ZERO).chain(radii).map(tick).collect()),
        y_scale: Scale::Log,
        y_range: None,
        cursor: None,
        empty: "noise changed no image's confidence: no ratio to draw".into(),
    }
}

/// One checkpoint's numbers, an empty line last.
fn lines(painter: &Painter, known: &Known, index: usize, most: (f64, f64)) -> Vec<Line<'static>> {
    let record = known.record;
    let number = |v: Option<f64>| v.map_or_else(|| painter.glyphs().none.to_string(), significant);
    let norms = [("₀", record.l0), ("₁", record.l1), ("₂", record.l2)]
        .map(|(order, value)| format!("‖∇f‖{order} {}", significant(value)))
        .join("  ");
    let images = format!("{} images, {}", record.images, record.backward);
    let title = match known.name.as_str() {
        "" => images,
        of => format!("{of}: {images}"),
    };
    let text = painter.ink(Ink::Text);
    // Each number beside the sign of its curve.
    let sign = |at: usize| {
        let hue = 3 * index + at;
        word(
            format!("{} ", painter.glyphs().curves[hue % 8]),
            painter.theme().series(hue),
        )
    };
    let mut lines = vec![
        Line::Words(vec![sign(0), word(title, painter.ink(Ink::Strong))]),
        Line::Words(vec![word(format!("  {norms}"), text)]),
        Line::Words(vec![
            sign(1),
            word(format!("first order {}   ", number(record.ratio_first_order)), text),
            sign(2),
            word(format!("bound 3‖∇f‖₀ {}", number(record.bound)), text),
        ]),
        Line::Columns(COLUMNS.map(|c| c.0.to_string()), Ink::Muted),
    ];
    lines.extend(
        record
            .radii
            .iter()
            .map(|at| Line::Columns(cells(painter, at), Ink::Text)),
    );
    lines.extend(histograms(painter, record, most).into_iter().map(Line::Words));
    lines.push(Line::Words(Vec::new()));
    lines
}

/// How the gradients' norms are spread over the images.
fn histograms(painter: &Painter, record: &VulnerabilityRecord, (l0, l1): (f64, f64)) -> Vec<Vec<Word<'static>>> {
    let all = &record.gradients;
    let norms: [(&str, f64, Vec<f64>); 2] = [
        ("₀", l0, all.iter().map(|g| f64::from(g.l0)).collect()),
        ("₁", l1, all.iter().map(|g| g.l1).collect()),
    ];
    let line = |(order, most, values): (&str, f64, Vec<f64>)| {
        let median = histogram::median(values.iter().copied())?;
        let bars = histogram::line(values.iter().copied(), most, BINS, painter.glyphs());
        Some(vec![
            word(format!("  ‖∇f‖{order} 0 "), painter.ink(Ink::Muted)),
            word(bars, painter.ink(Ink::Accent)),
            word(format!(" {} ", significant(most)), painter.ink(Ink::Muted)),
            word(format!("median {}", significant(median)), painter.ink(Ink::Text)),
        ])
    };
    norms.into_iter().filter_map(line).collect()
}

fn cells(painter: &Painter, at: &VulnerabilityAt) -> [String; 6] {
    [
        at.eps.to_string(),
        significant(at.adversarial),
        significant(at.random),
        at.ratio.map_or_else(|| painter.glyphs().none.to_string(), significant),
        significant(at.adversarial_first_order),
        significant(at.random_first_order),
    ]
}
