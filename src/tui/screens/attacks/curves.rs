//! Robust accuracy against ε: one curve per checkpoint, attack and backward mode with its Wilson interval, and the same
//! as a table.

mod table;

use super::above_and_below;
use crate::{
    tui::{
        model::{AttackRow, CellRow},
        plot::{Axis, Chart, Curve, Look, Point, Scale, Tick},
        screens::painter::Painter,
        state::{
            app::attack_subjects::{Subject, radii, subjects},
            attack_view::AttackView,
        },
        theme::Ink,
    },
    units::Epsilon,
};
use ratatui::layout::Rect;
use std::{collections::BTreeSet, rc::Rc};
use unicode_width::UnicodeWidthStr;

/// Columns of an accuracy with its interval.
const INTERVAL: u16 = 13;
/// Columns that the plot keeps beside a table with intervals.
const PLOT: u16 = 56;
/// What the bands are.
const BAND: &str = "95 % interval";

/// Draws the view.
pub fn draw(painter: &mut Painter, area: Rect, attack: &AttackRow, view: &AttackView) {
    let subjects = subjects(painter.app, attack);
    let (rows, radii) = (rows(&subjects), radii(&subjects));
    let (plot, table) = divide(area, radii.len() as u16, &rows);
    let look = Look {
        theme: painter.theme(),
        glyphs: painter.glyphs(),
        focused: false,
        full: false,
    };
    let read_out = view.radius.map(|at| at.min(radii.len().saturating_sub(1)));
    let cursor = read_out.and_then(|at| radii.get(at)).map(|e| e.value() * 255.0);
    let chart = Chart {
        cursor,
        ..chart(&radii, &rows)
    };
    if let Some(placed) = chart.draw(plot, look, painter.buffer) {
        name_band(painter, placed.plot);
    }
    table::draw(painter, table, &radii, &rows, (read_out, view.top));
}

/// Says what the bands are at the right of the plot, where no curve is.
fn name_band(painter: &mut Painter, plot: Rect) {
    let text = painter.glyphs().spell(&format!("dotted: {BAND}")).into_owned();
    let wide = text.width() as u16;
    if wide + 2 > plot.width {
        return;
    }
    let x = plot.right() - wide;
    let is_free = |y: &u16| (x - 2..plot.right()).all(|x| painter.buffer[(x, *y)].symbol() == " ");
    let free = (plot.top()..plot.bottom()).find(is_free);
    // The heading's line, where curves are everywhere.
    let style = painter.ink(Ink::Muted);
    if let Some(y) = free.or_else(|| plot.top().checked_sub(1).filter(is_free)) {
        painter.put(x, y, wide, &text, style);
    }
}

/// The plot, and the table beside it or below.
fn divide(area: Rect, radii: u16, rows: &[Row]) -> (Rect, Rect) {
    if area.width < 110 {
        return above_and_below(area, (rows.len() as u16).saturating_add(2));
    }
    let name = 4 + longest(rows);
    // Intervals are worth more than a wide plot.
    let widths = [(INTERVAL, area.width.saturating_sub(PLOT)), (8, area.width / 2)];
    let widths = widths.map(|(column, most)| (radii.saturating_mul(column).saturating_add(name), most));
    let wide = widths
        .into_iter()
        .find_map(|(wide, most)| (wide <= most).then_some(wide))
        .unwrap_or(area.width / 2);
    (
        Rect {
            width: area.width - wide - 2,
            ..area
        },
        Rect {
            x: area.right() - wide,
            width: wide,
            ..area
        },
    )
}

/// Cells of one (checkpoint, attack, backward mode).
struct Row<'a> {
    /// Whose they are.
    subject: usize,
    name: String,
    cells: Vec<&'a CellRow>,
    /// Index of its colour and sign; none where it is only in the table.
    hue: Option<usize>,
}

/// With more curves than colours and symbols, only the worst cases are drawn.
const MOST_CURVES: usize = 8;

impl Row<'_> {
    /// Whether it is the worst over all attacks.
    fn is_worst(&self) -> bool {
        self.cells.iter().any(|c| c.number.is_none())
    }
}

/// Every curve: of the job, and of the one marked beside it.
fn rows<'a>(subjects: &[Subject<'a>]) -> Vec<Row<'a>> {
    let all = subjects.iter().enumerate();
    let mut rows: Vec<Row> = all.flat_map(|(index, subject)| rows_of(index, subject)).collect();
    let crowded = rows.len() > MOST_CURVES;
    let several: BTreeSet<usize> = rows.iter().filter(|r| r.is_worst()).map(|r| r.subject).collect();
    let stands = |r: &&mut Row| match several.contains(&r.subject) {
        true => r.is_worst(),
        // A single attack is the worst of its own.
        false => r.cells.iter().any(|c| c.moves()),
    };
    let drawn = rows.iter_mut().filter(|r| !crowded || stands(r));
    drawn.enumerate().for_each(|(hue, row)| row.hue = Some(hue));
    rows
}

/// A checkpoint's curves; the worst over all attacks last, where there are several.
fn rows_of<'a>(index: usize, subject: &Subject<'a>) -> Vec<Row<'a>> {
    let attack = subject.attack;
    let own = |cells: &'a [CellRow]| cells.iter().filter(|c| c.checkpoint == subject.checkpoint);
    let cells = || own(&attack.cells);
    let modes: BTreeSet<&str> = cells().map(|c| c.backward.as_str()).filter(|b| !b.is_empty()).collect();
    let ways: BTreeSet<_> = cells()
        .filter(|c| c.moves())
        .map(|c| (&c.attack, &c.backward))
        .collect();
    let worst = own(&attack.worst).filter(|_| ways.len() > 1);
    let mut rows: Vec<Row> = Vec::new();
    for cell in cells().chain(worst) {
        let mut name = match subject.name.as_str() {
            "" => cell.attack.clone(),
            of => format!("{of}: {}", cell.attack),
        };
        if modes.len() > 1 && !cell.backward.is_empty() && cell.moves() {
            name = format!("{name} {}", cell.backward);
        }
        match rows.iter_mut().find(|r| r.name == name) {
            Some(row) => row.cells.push(cell),
            None => rows.push(Row {
                subject: index,
                name,
                cells: vec![cell],
                hue: None,
            }),
        }
    }
    rows
}

fn chart(radii: &[Epsilon], rows: &[Row]) -> Chart<'static> {
    let most = radii.last().map_or(8.0, |e| e.value() * 255.0).max(1.0);
    let all = rows.iter().all(|r| r.hue.is_some());
    Chart {
        title: if all {
            "Robust accuracy"
        } else {
            "Robust accuracy, worst case"
        }
        .into(),
        curves: rows.iter().filter_map(|row| curve(row, rows)).collect(),
        marks: Vec::new(),
        x: Axis::new(Scale::Linear, 0.0, most),
        x_name: String::new(),
        x_ticks: Some(
            std::iter::once(Epsilon::ZERO)
                .chain(radii.iter().copied())
                .map(tick)
                .collect(),
        ),
        y_scale: Scale::Linear,
        y_range: rows
            .iter()
            .flat_map(|r| &r.cells)
            .any(|c| c.n > 0)
            .then_some((0.0, 1.0)),
        cursor: None,
        empty: "waiting for the first batch".into(),
    }
}

/// A row as a curve, where it has a colour.
fn curve(row: &Row, rows: &[Row]) -> Option<Curve<'static>> {
    let hue = row.hue?;
    let mut cells: Vec<&CellRow> = row.cells.iter().copied().filter(|c| c.n > 0).collect();
    if let Some(first) = cells.first()
        && first.eps.value() > 0.0
        && let Some(zero) = clean(row.subject, rows)
    {
        cells.push(zero);
    }
    cells.sort_by(|a, b| a.eps.value().total_cmp(&b.eps.value()));
    let x = |c: &CellRow| c.eps.value() * 255.0;
    let point = |c: &&CellRow| Point { x: x(c), y: c.accuracy };
    Some(Curve {
        name: row.name.clone(),
        data: Rc::new(cells.iter().map(point).collect::<Vec<_>>()),
        band: cells.iter().map(|c| (x(c), c.interval.0, c.interval.1)).collect(),
        hue,
        sign: hue,
        dotted: true,
        ..Curve::default()
    })
}

/// The accuracy without an attack, where it was measured. With ε = 0 every attack is the clean image, so that each
/// curve of the subject begins there.
fn clean<'a>(subject: usize, rows: &[Row<'a>]) -> Option<&'a CellRow> {
    let own = rows.iter().filter(|r| r.subject == subject);
    own.flat_map(|r| &r.cells)
        .copied()
        .find(|c| c.eps.value() == 0.0 && c.n > 0)
}

/// A label that stands at a radius that was attacked.
fn tick(eps: Epsilon) -> Tick {
    Tick {
        value: eps.value() * 255.0,
        label: eps.to_string(),
    }
}

/// Columns of the longest name.
fn longest(rows: &[Row]) -> u16 {
    rows.iter().map(|r| r.name.width() as u16).max().unwrap_or(0).max(15)
}
