//! The run's checkpoints: step, time, size, and the metrics at that step.

use super::pen::{Pen, cut_left};
use crate::{
    tui::{model::CheckpointRow, spots::Target, theme::Ink},
    units::significant,
};
use ratatui::layout::Rect;

/// Heading, width, and text of each column.
type Column = (&'static str, u16, fn(&CheckpointRow) -> String);

const COLUMNS: &[Column] = &[
    ("step", 9, |c| c.step.to_string()),
    ("saved", 10, |c| c.saved.get(11..19).unwrap_or("–").to_string()),
    ("size", 10, |c| bytes(c.bytes)),
    ("val acc", 9, |c| percent(c, "val.accuracy")),
    ("val CE", 9, |c| number(c, "val.ce")),
    ("CE", 9, |c| number(c, "train.ce")),
    ("R", 11, |c| number(c, "train.r")),
    ("grad ℓ₁", 9, |c| number(c, "gradient.l1")),
    ("grad ℓ₀", 9, |c| percent(c, "gradient.l0")),
];

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, row: usize) {
    let below = super::summary::draw(pen, area);
    let list = pen.app.detail().map(|d| d.checkpoints.clone()).unwrap_or_default();
    let aside = if list.is_empty() {
        String::new()
    } else {
        format!("{}, newest first", list.len())
    };
    let body = pen.heading(below, "Checkpoints", &aside, true);
    if list.is_empty() {
        let text = "No checkpoint yet. One is saved at the end of each epoch and on stop; press c to save one now.";
        return pen.hint(body, text);
    }
    let shown: Vec<_> = fitting(body.width.saturating_sub(8));
    draw_line(pen, body, 0, |_, c| (c.0.to_string(), Ink::Muted), &shown);
    let rows = usize::from(body.height.saturating_sub(3));
    let first = (row + 1).saturating_sub(rows);
    for (at, checkpoint) in list.iter().enumerate().skip(first).take(rows) {
        let y = (at - first) as u16 + 1;
        let line = pen.row(body, y, at == row);
        pen.spots.add(line, Target::Checkpoint(at));
        draw_line(
            pen,
            body,
            y,
            |i, c| ((c.2)(checkpoint), if i == 0 { Ink::Strong } else { Ink::Text }),
            &shown,
        );
        let x = body.x + 2 + shown.iter().map(|c| c.1 + 1).sum::<u16>();
        let (text, ink) = match (checkpoint.best, checkpoint.pinned) {
            _ if !checkpoint.problem.is_empty() => (checkpoint.problem.as_str(), Ink::Bad),
            (true, true) => ("best, pinned", Ink::Good),
            (true, false) => ("best", Ink::Good),
            (false, true) => ("pinned", Ink::Muted),
            (false, false) => ("", Ink::Muted),
        };
        pen.put(x + 1, line.y, body.right().saturating_sub(x + 1), text, pen.ink(ink));
    }
    if let Some(chosen) = list.get(row) {
        let path = crate::run::text::clean(&chosen.dir.display().to_string()).into_owned();
        let path = cut_left(&path, usize::from(body.width.saturating_sub(2)), pen.glyphs()).into_owned();
        pen.put(
            body.x + 2,
            body.bottom().saturating_sub(1),
            body.width.saturating_sub(2),
            &path,
            pen.ink(Ink::Muted),
        );
    }
}

/// The columns that fit; the last ones go first.
fn fitting(width: u16) -> Vec<&'static Column> {
    let mut left = width;
    COLUMNS
        .iter()
        .take_while(|c| {
            let fits = left > c.1;
            left = left.saturating_sub(c.1 + 1);
            fits
        })
        .collect()
}

fn draw_line(
    pen: &mut Pen,
    body: Rect,
    row: u16,
    text: impl Fn(usize, &Column) -> (String, Ink),
    columns: &[&'static Column],
) {
    if row >= body.height {
        return;
    }
    let mut x = body.x + 2;
    for (at, column) in columns.iter().enumerate() {
        let (text, ink) = text(at, column);
        pen.put_right(x + column.1, body.y + row, column.1, &text, pen.ink(ink));
        x += column.1 + 1;
    }
}

fn number(c: &CheckpointRow, name: &str) -> String {
    c.metrics.get(name).map_or_else(|| "–".into(), |v| significant(*v))
}

fn percent(c: &CheckpointRow, name: &str) -> String {
    c.metrics
        .get(name)
        .map_or_else(|| "–".into(), |v| format!("{:.1} %", v * 100.0))
}

/// `1.2 MB`, in powers of ten.
fn bytes(n: u64) -> String {
    match n {
        0 => "–".into(),
        1..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}
