//! Robust accuracy against ε: one curve per checkpoint, attack and backward mode with its Wilson band, and the same as
//! a table.

use crate::{
    tui::{
        attack_view::{Subject, subjects},
        model::{AttackRow, CellRow},
        plot::{Axis, Chart, Curve, Look, Point, Scale, Tick},
        screens::pen::Pen,
        theme::Ink,
    },
    units::Epsilon,
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// Draws the view.
pub fn draw(pen: &mut Pen, area: Rect, attack: &AttackRow) {
    let subjects = subjects(pen.app, attack);
    let (rows, radii) = (rows(&subjects), radii(&subjects));
    let (plot, table) = divide(area, radii.len() as u16, &rows);
    let look = Look {
        theme: pen.theme(),
        glyphs: pen.glyphs(),
        focused: false,
        full: false,
    };
    chart(&radii, &rows).draw(plot, look, pen.buffer);
    draw_table(pen, table, &radii, &rows);
}

/// The plot, and the table beside it or below.
fn divide(area: Rect, radii: u16, rows: &[Row]) -> (Rect, Rect) {
    if area.width < 110 {
        let high = (rows.len() as u16).saturating_add(2).min(area.height / 2);
        return (
            Rect {
                height: area.height - high,
                ..area
            },
            Rect {
                y: area.bottom() - high,
                height: high,
                ..area
            },
        );
    }
    let name = 4 + longest(rows);
    let wishes = [13, 8].map(|column| radii.saturating_mul(column).saturating_add(name));
    let wide = wishes
        .into_iter()
        .find(|w| *w <= area.width / 2)
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
    /// Images of a cell.
    samples: usize,
    name: String,
    cells: Vec<&'a CellRow>,
}

/// Every curve: of the job, and of the one marked beside it.
fn rows<'a>(subjects: &[Subject<'a>]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row> = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        let cells = || {
            subject
                .attack
                .cells
                .iter()
                .filter(|c| c.checkpoint == subject.checkpoint)
        };
        let modes: BTreeSet<&str> = cells().map(|c| c.backward.as_str()).filter(|b| !b.is_empty()).collect();
        for cell in cells() {
            let mut name = match subject.name.as_str() {
                "" => cell.attack.clone(),
                of => format!("{of}: {}", cell.attack),
            };
            if modes.len() > 1 && !cell.backward.is_empty() && cell.moves() {
                name = format!("{name} {}", cell.backward);
            }
            match rows.iter_mut().find(|r| r.subject == index && r.name == name) {
                Some(row) => row.cells.push(cell),
                None => rows.push(Row {
                    subject: index,
                    samples: subject.attack.samples,
                    name,
                    cells: vec![cell],
                }),
            }
        }
    }
    rows
}

/// The grid's radii and any others that were measured, ascending.
fn radii(subjects: &[Subject]) -> Vec<Epsilon> {
    let of = |s: &Subject| -> Vec<Epsilon> {
        s.attack
            .eps
            .iter()
            .chain(s.attack.cells.iter().map(|c| &c.eps))
            .copied()
            .collect()
    };
    let mut radii: Vec<Epsilon> = subjects.iter().flat_map(of).collect();
    radii.sort_by(|a, b| a.value().total_cmp(&b.value()));
    radii.dedup_by(|a, b| a.to_string() == b.to_string());
    radii
}

fn chart(radii: &[Epsilon], rows: &[Row]) -> Chart {
    let most = radii.last().map_or(8.0, |e| e.value() * 255.0).max(1.0);
    // With ε = 0 every attack is the clean image: curves begin there where it was measured.
    let clean = |subject: usize| {
        let own = rows.iter().filter(|r| r.subject == subject);
        own.flat_map(|r| &r.cells)
            .copied()
            .find(|c| c.eps.value() == 0.0 && c.n > 0)
    };
    let curve = |(hue, row): (usize, &Row)| {
        let mut cells: Vec<&CellRow> = row.cells.iter().copied().filter(|c| c.n > 0).collect();
        if let Some(first) = cells.first()
            && first.eps.value() > 0.0
            && let Some(zero) = clean(row.subject)
        {
            cells.push(zero);
        }
        cells.sort_by(|a, b| a.eps.value().total_cmp(&b.eps.value()));
        let x = |c: &CellRow| c.eps.value() * 255.0;
        Curve {
            name: row.name.clone(),
            points: cells.iter().map(|c| Point { x: x(c), y: c.accuracy }).collect(),
            ghost: Vec::new(),
            superseded: Vec::new(),
            band: cells.iter().map(|c| (x(c), c.interval.0, c.interval.1)).collect(),
            hue,
            dotted: true,
        }
    };
    Chart {
        title: "Robust accuracy".into(),
        curves: rows.iter().enumerate().map(curve).collect(),
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

fn draw_table(pen: &mut Pen, area: Rect, radii: &[Epsilon], rows: &[Row]) {
    let name = longest(rows).min(area.width / 3);
    let room = area.width.saturating_sub(name + 2);
    let column = (room / radii.len().max(1) as u16).clamp(7, 13);
    let muted = pen.ink(Ink::Muted);
    pen.put(area.x + 2, area.y, name, "% robust at ε =", muted);
    for (at, eps) in radii.iter().enumerate() {
        let end = area.x + 2 + name + column * (at as u16 + 1);
        if end <= area.right() {
            pen.put_right(end, area.y, column, &eps.to_string(), muted);
        }
    }
    for (hue, row) in rows.iter().enumerate() {
        let y = area.y + 1 + hue as u16;
        if y + 1 == area.bottom() && hue + 1 < rows.len() {
            let rest = format!("{} {} more", pen.glyphs().ellipsis, rows.len() - hue);
            pen.put(area.x + 2, y, area.width.saturating_sub(2), &rest, muted);
            return;
        }
        if y >= area.bottom() {
            return;
        }
        let sign = pen.glyphs().curves[hue % 8];
        pen.put(area.x, y, 1, sign, pen.theme().series(hue));
        pen.put(area.x + 2, y, name, &row.name, pen.ink(Ink::Text));
        for (at, eps) in radii.iter().enumerate() {
            let end = area.x + 2 + name + column * (at as u16 + 1);
            let cell = row
                .cells
                .iter()
                .find(|c| c.eps.to_string() == eps.to_string() && c.n > 0);
            if end <= area.right() {
                draw_cell(pen, end, y, column, cell.copied(), row.samples);
            }
        }
    }
}

/// `61.0`, with its interval where there is room; a cell still being measured says how far it is.
fn draw_cell(pen: &mut Pen, end: u16, y: u16, width: u16, cell: Option<&CellRow>, samples: usize) {
    let Some(cell) = cell else {
        pen.put_right(end, y, width, pen.glyphs().none, pen.ink(Ink::Faint));
        return;
    };
    let percent = |v: f64| format!("{:.1}", v * 100.0);
    let partial = cell.n < samples;
    let ink = if partial { Ink::Wish } else { Ink::Strong };
    match width {
        13.. => {
            let aside = match partial {
                true => format!(" n {}", cell.n),
                false => format!(" {:.0}–{:.0}", cell.interval.0 * 100.0, cell.interval.1 * 100.0),
            };
            let wide = aside.chars().count() as u16;
            pen.put_right(end, y, width, &aside, pen.ink(Ink::Muted));
            pen.put_right(
                end.saturating_sub(wide),
                y,
                width,
                &percent(cell.accuracy),
                pen.ink(ink),
            );
        }
        _ => {
            let mark = if partial { pen.glyphs().ellipsis } else { "" };
            pen.put_right(
                end,
                y,
                width,
                &format!("{}{mark}", percent(cell.accuracy)),
                pen.ink(ink),
            );
        }
    }
}
