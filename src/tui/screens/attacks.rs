//! Robust accuracy against ε: one curve per attack and backward mode with its Wilson band, and the same as a table.

use super::pen::{Pen, word};
use crate::{
    tui::{
        model::{AttackRow, CellRow},
        plot::{Axis, Chart, Curve, Look, Point, Scale, Tick},
        theme::Ink,
    },
    units::{Epsilon, seconds},
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, job: usize) {
    let below = super::summary::draw(pen, area);
    let jobs = pen.app.detail().map(|d| d.attacks.clone()).unwrap_or_default();
    let Some(attack) = jobs.get(job.min(jobs.len().saturating_sub(1))) else {
        return empty(pen, below);
    };
    let aside = format!("job {} of {}, newest first", job + 1, jobs.len());
    let body = pen.heading(below, "Robust accuracy against ε", &aside, true);
    let used = draw_state(pen, body, attack);
    let rest = Rect {
        y: body.y + used,
        height: body.height.saturating_sub(used),
        ..body
    };
    let rows = rows(attack);
    let (plot, table) = match rest.width {
        110.. => {
            let radii = radii(attack).len() as u16;
            let table = [26 + 13 * radii, 26 + 8 * radii]
                .into_iter()
                .find(|w| *w <= rest.width / 2);
            let table = table.unwrap_or(rest.width / 2);
            let plot = Rect {
                width: rest.width - table - 2,
                ..rest
            };
            (
                plot,
                Rect {
                    x: plot.right() + 2,
                    width: table,
                    ..rest
                },
            )
        }
        _ => {
            let table = (rows.len() as u16 + 2).min(rest.height / 2);
            let plot = Rect {
                height: rest.height - table,
                ..rest
            };
            (
                plot,
                Rect {
                    y: plot.bottom(),
                    height: table,
                    ..rest
                },
            )
        }
    };
    let look = Look {
        theme: pen.theme(),
        glyphs: pen.glyphs(),
        focused: false,
        full: false,
    };
    chart(attack, &rows).draw(plot, look, pen.buffer);
    draw_table(pen, table, attack, &rows);
}

fn empty(pen: &mut Pen, area: Rect) {
    let body = pen.heading(area, "Robust accuracy against ε", "", true);
    let text = match pen.app.checkpoint() {
        Some(_) => "No attack on this run yet. Press a to choose one, or A for a quick probe of the newest checkpoint.",
        None => "No attack on this run yet, and no checkpoint to attack: press c on the first screen to save one.",
    };
    let style = pen.ink(Ink::Muted);
    pen.paragraph(
        Rect {
            x: body.x + 2,
            y: body.y + 1,
            width: body.width.saturating_sub(4),
            height: 3,
        },
        text,
        style,
    );
}

/// State, progress and what is worked on.
fn draw_state(pen: &mut Pen, area: Rect, attack: &AttackRow) -> u16 {
    let (sign, state) = pen.glyphs().state(attack.state);
    let style = pen.theme().state(attack.state);
    let muted = pen.ink(Ink::Muted);
    let (done, all) = attack.cells_done;
    let x = pen.words(area, 0, &[word(format!("{sign} {state}  "), style)]);
    let within = attack.images_done as f64 / attack.samples.max(1) as f64;
    let share = (done as f64 + within.min(1.0)) / all.max(1) as f64;
    pen.progress(x, area.y, 20, if done >= all { 1.0 } else { share }, style);
    let mut words = vec![
        word(format!("  cell {done}/{all}"), pen.ink(Ink::Text)),
        word(format!("  {} images each", attack.samples), muted),
    ];
    if attack.state.is_live() {
        if attack.eta > 0.0 {
            words.push(word(format!("  ETA {}", seconds(attack.eta)), pen.ink(Ink::Text)));
        }
        words.push(word(format!("  now: {}", attack.current), muted));
    } else if !attack.why.is_empty() {
        words.push(word(format!("  {}", attack.why), pen.ink(Ink::Warn)));
    }
    let rest = Rect {
        x: x + 20,
        width: area.right().saturating_sub(x + 20),
        ..area
    };
    pen.words(rest, 0, &words);
    let names = attack.checkpoints.join(", ");
    pen.words(area, 1, &[word(format!("on {names}"), muted)]);
    if area.height > 20 { 3 } else { 2 }
}

/// Cells of one (checkpoint, attack, backward mode).
struct Row<'a> {
    name: String,
    cells: Vec<&'a CellRow>,
}

fn rows(attack: &AttackRow) -> Vec<Row<'_>> {
    let mut rows: Vec<(usize, Row)> = Vec::new();
    let modes = attack
        .cells
        .iter()
        .map(|c| c.backward.as_str())
        .filter(|b| !b.is_empty())
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    for cell in &attack.cells {
        let mut name = match attack.checkpoints.len() {
            0 | 1 => cell.attack.clone(),
            _ => format!(
                "{}: {}",
                attack.checkpoints.get(cell.checkpoint).map_or("?", String::as_str),
                cell.attack
            ),
        };
        if modes > 1 && !cell.backward.is_empty() && cell.attack != "none" {
            name = format!("{name} {}", cell.backward);
        }
        match rows.iter_mut().find(|(k, r)| *k == cell.checkpoint && r.name == name) {
            Some((_, row)) => row.cells.push(cell),
            None => rows.push((
                cell.checkpoint,
                Row {
                    name,
                    cells: vec![cell],
                },
            )),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The grid's radii and any others that were measured, ascending.
fn radii(attack: &AttackRow) -> Vec<Epsilon> {
    let mut radii: Vec<Epsilon> = attack
        .eps
        .iter()
        .chain(attack.cells.iter().map(|c| &c.eps))
        .copied()
        .collect();
    radii.sort_by(|a, b| a.value().total_cmp(&b.value()));
    radii.dedup_by(|a, b| a.to_string() == b.to_string());
    radii
}

fn chart(attack: &AttackRow, rows: &[Row]) -> Chart {
    let most = radii(attack).last().map_or(8.0, |e| e.value() * 255.0).max(1.0);
    // With ε = 0 every attack is the clean image: curves begin there where it was measured.
    let clean = |checkpoint: usize| {
        attack
            .cells
            .iter()
            .find(|c| c.checkpoint == checkpoint && c.eps.value() == 0.0 && c.n > 0)
    };
    let curve = |(hue, row): (usize, &Row)| {
        let mut cells: Vec<&CellRow> = row.cells.iter().copied().filter(|c| c.n > 0).collect();
        if let Some(first) = cells.first()
            && first.eps.value() > 0.0
            && let Some(zero) = clean(first.checkpoint)
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
        x_ticks: Some(std::iter::once(Epsilon::ZERO).chain(radii(attack)).map(tick).collect()),
        y_scale: Scale::Linear,
        y_range: attack.cells.iter().any(|c| c.n > 0).then_some((0.0, 1.0)),
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

fn draw_table(pen: &mut Pen, area: Rect, attack: &AttackRow, rows: &[Row]) {
    let radii = radii(attack);
    let name = 22.min(area.width / 3);
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
                draw_cell(pen, end, y, column, cell.copied(), attack.samples);
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
