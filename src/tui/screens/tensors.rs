//! The tensors of a checkpoint, or of two compared: when it was saved, where it came from, and one row per tensor.

use super::{fitting::cut, painter::Painter};
use crate::{
    run::checkpoint::{Distance, TensorApart, TensorNumbers},
    tui::{
        model::CheckpointRow,
        state::{
            app::checkpoints::named,
            inspection::{Asked, Found},
            lineage,
        },
        theme::Ink,
    },
    units::{bytes, significant},
};
use ratatui::layout::Rect;
use std::path::Path;

/// The narrowest column of names, and the widest.
const NAME: (u16, u16) = (18, 44);
/// The widest bar.
const BAR: u16 = 40;

/// A column: heading, width, and whether it is right-aligned.
type Head = (&'static str, u16, bool);

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, asked: &Asked, row: usize) {
    let below = super::summary::draw(painter, area);
    let app = painter.app;
    let answer = app
        .inspection
        .as_ref()
        .filter(|i| i.asked == *asked)
        .and_then(|i| i.answer.as_ref());
    let title = match asked {
        Asked::Inside { checkpoint, optimizer } => {
            let what = if *optimizer { ", the optimiser's tensors" } else { "" };
            format!("Checkpoint of {}{what}", named(app, checkpoint))
        }
        Asked::Apart { first, second } => format!("From {} to {}", named(app, first), named(app, second)),
    };
    let aside = match (asked, answer) {
        (_, None) => "reading and verifying checksums…".to_string(),
        (_, Some(Err(_))) => "damaged".into(),
        (Asked::Inside { .. }, Some(Ok(_))) => "checksums OK".into(),
        (Asked::Apart { .. }, Some(Ok(_))) => "checksums OK; relative to the first's norm".into(),
    };
    let aside = format!("{} {aside}", painter.glyphs().dot);
    let body = painter.heading(below, &title, &aside, true);
    let mut used = 0;
    for (text, ink) in facts(painter, asked) {
        let place = Rect {
            x: body.x + 2,
            y: body.y + used,
            width: body.width.saturating_sub(3),
            height: body.height.saturating_sub(used).min(2),
        };
        let style = painter.ink(ink);
        used += painter.paragraph(place, &text, style);
    }
    let list = Rect {
        y: body.y + used,
        height: body.height.saturating_sub(used),
        ..body
    };
    match answer {
        None => {}
        Some(Err(why)) => {
            let style = painter.ink(Ink::Bad);
            let place = Rect {
                x: list.x + 2,
                width: list.width.saturating_sub(3),
                ..list
            };
            painter.paragraph(place, why, style);
        }
        Some(Ok(Found::Inside(all))) => inside(painter, list, all, row),
        Some(Ok(Found::Apart(all))) => apart(painter, list, all, row),
    }
}

/// What is known without its tensors.
fn facts(painter: &Painter, asked: &Asked) -> Vec<(String, Ink)> {
    let row = |dir: &Path| {
        let list = painter
            .app
            .detail()
            .map(|d| d.checkpoints.as_slice())
            .unwrap_or_default();
        list.iter().find(|c| c.dir == dir)
    };
    match asked {
        Asked::Inside { checkpoint, .. } => match row(checkpoint) {
            Some(found) => about(painter, found),
            None => Vec::new(),
        },
        Asked::Apart { first, second } => {
            let described = |dir: &Path| {
                let saved = row(dir).map_or_else(
                    || crate::run::text::clean(&dir.display().to_string()).into_owned(),
                    |c| format!("{}, {}", saved(c), accuracy(c)),
                );
                format!("{}: {saved}", named(painter.app, dir))
            };
            vec![(described(first), Ink::Muted), (described(second), Ink::Muted)]
        }
    }
}

fn saved(c: &CheckpointRow) -> String {
    let time = crate::run::clock::shown(&c.saved, "%Y-%m-%d %H:%M:%S").unwrap_or_else(|| "–".into());
    let zone = crate::run::clock::zone_name();
    format!("saved {time} {zone}, epoch {:.2}", c.epoch)
}

fn accuracy(c: &CheckpointRow) -> String {
    let accuracy = c.metrics.get("val.accuracy");
    accuracy.map_or_else(|| "not validated".into(), |a| format!("val {:.1} %", a * 100.0))
}

fn about(painter: &Painter, found: &CheckpointRow) -> Vec<(String, Ink)> {
    let app = painter.app;
    let mut all = vec![saved(found), accuracy(found), bytes(found.bytes)];
    if let Some(run) = app.run() {
        all.push(match run.step.saturating_sub(found.step) {
            0 => "current step".into(),
            n => format!("{n} steps behind the run"),
        });
    }
    let marks = [(found.best, "best on validation"), (found.pinned, "pinned")];
    all.extend(marks.iter().filter(|(is, _)| *is).map(|(_, word)| word.to_string()));
    let mut lines = vec![(all.join(&format!(" {} ", painter.glyphs().dot)), Ink::Text)];
    let changed: Vec<String> = found
        .tunables
        .iter()
        .filter_map(|(key, then)| {
            let now = app.current(key)?;
            let (then, now) = (significant(*then), significant(now));
            (then != now).then(|| format!("{key} {then} (now {now})"))
        })
        .collect();
    if !changed.is_empty() {
        lines.push((format!("then: {}", changed.join(", ")), Ink::Muted));
    }
    if let Some(run) = app.run() {
        let from = lineage::in_words(app, run);
        if !from.is_empty() {
            lines.push((format!("its run: {from}"), Ink::Muted));
        }
        let children: Vec<&str> = lineage::children(app, &run.id, found.step)
            .iter()
            .map(|r| r.id.as_str())
            .collect();
        if !children.is_empty() {
            lines.push((format!("child runs: {}", children.join(", ")), Ink::Muted));
        }
    }
    lines
}

fn inside(painter: &mut Painter, area: Rect, all: &[TensorNumbers], row: usize) {
    let heads: [Head; 5] = [
        ("type", 5, false),
        ("shape", 17, false),
        ("‖·‖₂", 10, true),
        ("max", 10, true),
        ("zero", 8, true),
    ];
    let cells = |t: &TensorNumbers| {
        let s = &t.stats;
        let share = s.zeros as f64 / s.count.max(1) as f64;
        let shown = [
            t.dtype.clone(),
            shape(&t.shape),
            significant(s.l2),
            significant(s.max),
            format!("{:.1} %", share * 100.0),
        ];
        let note = match s.not_finite {
            0 => None,
            n => Some(format!("{n} of {} are NaN or infinite", s.count)),
        };
        (t.name.clone(), shown.to_vec(), note.map_or(End::Bar(share), End::Note))
    };
    table(
        painter,
        area,
        &heads,
        "share of zeros",
        all.iter().map(cells).collect(),
        row,
    );
    let count: u64 = all.iter().map(|t| t.stats.count).sum();
    let zeros: u64 = all.iter().map(|t| t.stats.zeros).sum();
    let share = 100.0 * zeros as f64 / count.max(1) as f64;
    foot(
        painter,
        area,
        &format!("{} tensors, {count} numbers, {share:.1} % of them zero", all.len()),
    );
}

fn apart(painter: &mut Painter, area: Rect, all: &[TensorApart], row: usize) {
    let heads: [Head; 3] = [("shape", 17, false), ("‖Δ‖/‖a‖", 10, true), ("max |Δ|", 10, true)];
    // Counters, such as the batches of a normalisation, have no bar: they only grow.
    let relative = |t: &TensorApart| match t.distance {
        Distance::Apart { relative, .. } if relative.is_finite() && t.dtype.contains('F') => relative,
        _ => 0.0,
    };
    let most = all.iter().map(relative).fold(0.0, f64::max);
    let cells = |t: &TensorApart| {
        let (numbers, note) = match &t.distance {
            Distance::Apart {
                relative,
                max,
                not_finite,
            } => {
                let note = (*not_finite > 0).then(|| format!("{not_finite} pairs with NaN or infinity"));
                ([significant(*relative), significant(*max)], note)
            }
            Distance::Reshaped => (Default::default(), Some("the shapes differ".into())),
            Distance::OnlyFirst => (Default::default(), Some("only in the first".into())),
            Distance::OnlySecond => (Default::default(), Some("only in the second".into())),
        };
        let shown = [vec![shape(&t.shape)], numbers.to_vec()].concat();
        let part = if most > 0.0 { relative(t) / most } else { 0.0 };
        (t.name.clone(), shown, note.map_or(End::Bar(part), End::Note))
    };
    table(
        painter,
        area,
        &heads,
        "relative to max",
        all.iter().map(cells).collect(),
        row,
    );
    let same = all
        .iter()
        .filter(|t| matches!(t.distance, Distance::Apart { max, not_finite: 0, .. } if max == 0.0))
        .count();
    foot(
        painter,
        area,
        &format!("{} tensors, {same} of them equal; Δ = second − first", all.len()),
    );
}

/// What stands at the end of a row.
enum End {
    /// A bar of this length, 0 to 1.
    Bar(f64),
    /// What is wrong.
    Note(String),
}

/// A name, its cells, and its end.
type Line = (String, Vec<String>, End);

fn table(painter: &mut Painter, area: Rect, heads: &[Head], bar: &str, lines: Vec<Line>, row: usize) {
    if area.height < 3 {
        return;
    }
    let taken: u16 = heads.iter().map(|h| h.1 + 1).sum();
    let widest = lines.iter().map(|l| l.0.chars().count() as u16).max().unwrap_or(0);
    let room = area.width.saturating_sub(taken + 4);
    let name = widest.clamp(NAME.0, NAME.1).min(room);
    let bar_x = area.x + 2 + name + 1 + taken;
    let bar_width = area.right().saturating_sub(bar_x + 1);
    let mut x = area.x + 2 + name + 1;
    let muted = painter.ink(Ink::Muted);
    painter.put(area.x + 2, area.y, name, "tensor", muted);
    for (head, width, right) in heads {
        match right {
            true => painter.put_right(x + width, area.y, *width, head, muted),
            false => drop(painter.put(x, area.y, *width, head, muted)),
        }
        x += width + 1;
    }
    let has_bar = bar_width >= 10;
    if has_bar {
        painter.put(bar_x + 1, area.y, bar_width - 1, bar, muted);
    }
    let rows = usize::from(area.height - 2);
    let first = (row + 1).saturating_sub(rows);
    painter.more_of(area, first, rows, lines.len());
    for (at, (tensor, cells, end)) in lines.iter().enumerate().skip(first).take(rows) {
        let line = painter.row(area, (at - first) as u16 + 1, at == row);
        let strong = painter.ink(Ink::Strong);
        painter.put(line.x + 2, line.y, name, tensor, strong);
        let mut x = line.x + 2 + name + 1;
        for ((_, width, right), cell) in heads.iter().zip(cells) {
            let style = painter.ink(if *right { Ink::Text } else { Ink::Muted });
            match right {
                true => painter.put_right(x + width, line.y, *width, cell, style),
                false => drop(painter.put(x, line.y, *width, cell, style)),
            }
            x += width + 1;
        }
        match end {
            End::Bar(share) if has_bar => {
                let style = painter.ink(Ink::Accent);
                painter.progress(bar_x + 1, line.y, (bar_width - 1).min(BAR), *share, style);
            }
            End::Bar(_) => {}
            End::Note(note) => {
                // Where there is no room for the bar, it is said in place of the last column.
                let wide = note.chars().count() as u16;
                let x = (bar_x + 1).min(area.right().saturating_sub(wide + 1));
                let style = painter.ink(Ink::Bad);
                let note = cut(note, usize::from(area.right().saturating_sub(x)), painter.glyphs()).into_owned();
                painter.put(x, line.y, area.right().saturating_sub(x), &note, style);
            }
        }
    }
}

fn foot(painter: &mut Painter, area: Rect, text: &str) {
    if area.height >= 3 {
        let style = painter.ink(Ink::Muted);
        painter.put(area.x + 2, area.bottom() - 1, area.width.saturating_sub(3), text, style);
    }
}

/// `64 × 3 × 3 × 3`.
fn shape(shape: &[u64]) -> String {
    match shape.is_empty() {
        true => "scalar".into(),
        false => shape.iter().map(u64::to_string).collect::<Vec<_>>().join("×"),
    }
}
