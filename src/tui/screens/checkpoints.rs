//! The list of a run's checkpoints: step, time, size, and the metrics at that step.

use super::{fitting::cut_left, painter::Painter};
use crate::{
    run::clock,
    tui::{
        model::CheckpointRow,
        state::{hit_areas::Target, inspection::chosen_row, lineage},
        theme::Ink,
    },
    units::{bytes, significant},
};
use ratatui::layout::Rect;
use std::path::Path;

/// Heading, width, and text of each column.
type Column = (&'static str, u16, fn(&CheckpointRow) -> String);

const COLUMNS: &[Column] = &[
    ("step", 9, |c| c.step.to_string()),
    ("saved", 11, |c| {
        clock::shown(&c.saved, "%m-%d %H:%M").unwrap_or_else(|| "–".into())
    }),
    ("size", 10, |c| bytes(c.bytes)),
    ("val acc", 9, |c| percent(c, "val.accuracy")),
    ("val CE", 9, |c| number(c, "val.ce")),
    ("CE", 9, |c| number(c, "train.ce")),
    ("R", 11, |c| number(c, "train.r")),
    ("grad ℓ₁", 9, |c| number(c, "gradient.l1")),
    ("grad ℓ₀", 9, |c| percent(c, "gradient.l0")),
];

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, chosen: Option<&Path>) {
    let below = super::summary::draw(painter, area);
    let list = painter.app.detail().map(|d| d.checkpoints.clone()).unwrap_or_default();
    let images = painter.app.detail().and_then(|d| d.history.images());
    let n = images.map_or_else(String::new, |i| format!(", val n {}", i.validation));
    let aside = if list.is_empty() {
        String::new()
    } else {
        format!("{}, newest first{n}, times in {}", list.len(), clock::zone_name())
    };
    let body = painter.heading(below, "Checkpoints", &aside, true);
    if list.is_empty() {
        let text = "No checkpoint yet. One is saved at the end of each epoch and on stop; press c to save one now.";
        return painter.hint(body, text);
    }
    let row = chosen_row(&list, chosen);
    let shown: Vec<_> = fitting(body.width.saturating_sub(16));
    draw_line(painter, body, 0, |_, c| (c.0.to_string(), Ink::Muted), &shown);
    let rows = usize::from(body.height.saturating_sub(3));
    let first = (row + 1).saturating_sub(rows);
    painter.more_of(body, first, rows, list.len());
    for (at, checkpoint) in list.iter().enumerate().skip(first).take(rows) {
        let y = (at - first) as u16 + 1;
        let line = painter.row(body, y, at == row);
        painter.hit_areas.add(line, Target::Checkpoint(at));
        draw_line(
            painter,
            body,
            y,
            |i, c| ((c.2)(checkpoint), if i == 0 { Ink::Strong } else { Ink::Text }),
            &shown,
        );
        let x = body.x + 2 + shown.iter().map(|c| c.1 + 1).sum::<u16>();
        let (text, ink) = marks(painter, checkpoint);
        painter.put(
            x + 1,
            line.y,
            body.right().saturating_sub(x + 1),
            &text,
            painter.ink(ink),
        );
    }
    if let Some(chosen) = list.get(row) {
        draw_foot(painter, body, chosen);
    }
}

/// Below the list: what is wrong with the selected checkpoint, or else its path.
fn draw_foot(painter: &mut Painter, body: Rect, chosen: &CheckpointRow) {
    let foot = Rect {
        x: body.x + 2,
        y: body.bottom().saturating_sub(2),
        width: body.width.saturating_sub(2),
        height: 2.min(body.height),
    };
    if let Some(why) = wrong(painter, chosen) {
        let style = painter.ink(Ink::Bad);
        painter.paragraph(foot, &why, style);
        return;
    }
    let path = crate::run::text::clean(&chosen.dir.display().to_string()).into_owned();
    let path = cut_left(&path, usize::from(foot.width), painter.glyphs()).into_owned();
    painter.put(
        foot.x,
        foot.bottom().saturating_sub(1),
        foot.width,
        &path,
        painter.ink(Ink::Muted),
    );
}

/// What is wrong with one, as far as anybody looked.
fn wrong(painter: &Painter, checkpoint: &CheckpointRow) -> Option<String> {
    match painter.app.integrity.get(&checkpoint.dir) {
        _ if !checkpoint.problem.is_empty() => Some(checkpoint.problem.clone()),
        Some(Err(why)) => Some(why.clone()),
        _ => None,
    }
}

/// What there is to say of one beside its numbers.
fn marks(painter: &Painter, checkpoint: &CheckpointRow) -> (String, Ink) {
    let app = painter.app;
    if wrong(painter, checkpoint).is_some() {
        return ("damaged".into(), Ink::Bad);
    }
    let whole = app.integrity.contains_key(&checkpoint.dir);
    let forks = app
        .run()
        .map_or(0, |run| lineage::children(app, &run.id, checkpoint.step).len());
    let on = match forks {
        0 => String::new(),
        1 => "1 run from here".into(),
        n => format!("{n} runs from here"),
    };
    let marked = app.marked_checkpoint.as_ref() == Some(&checkpoint.dir);
    let all = [
        (marked, "marked"),
        (checkpoint.best, "best"),
        (checkpoint.pinned, "pinned"),
        (whole, "valid"),
        (forks > 0, &on),
    ];
    let words: Vec<&str> = all.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let ink = match (marked, checkpoint.best) {
        (true, _) => Ink::Accent,
        (_, true) => Ink::Good,
        _ => Ink::Muted,
    };
    (words.join(", "), ink)
}

/// The columns that fit; the last ones go first.
fn fitting(width: u16) -> Vec<&'static Column> {
    let mut left = width;
    COLUMNS
        .iter()
        .take_while(|c| {
            let fits = left >= c.1;
            left = left.saturating_sub(c.1 + 1);
            fits
        })
        .collect()
}

fn draw_line(
    painter: &mut Painter,
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
        painter.put_right(x + column.1, body.y + row, column.1, &text, painter.ink(ink));
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
