//! The sanity checks of an attack: verdict, figure, question and reason of each, failed ones first; above them a
//! warning if gradient masking was not tested.

use crate::{
    run::attack_job::{Check, Verdict},
    tui::{
        model::AttackRow,
        screens::{fitting::wrap, painter::Painter},
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// From here on what is said of a check stands beside it, below it otherwise.
const BESIDE: u16 = 110;
/// Columns of verdict, name and figure.
const LEFT: u16 = 52;
/// Columns that what is said below a check is moved in.
const BELOW: u16 = 10;

/// Symbol, word and colour of a verdict.
pub fn verdict_style(painter: &Painter, verdict: Verdict) -> (&'static str, &'static str, Ink) {
    let glyphs = painter.glyphs();
    match verdict {
        Verdict::Pass => (glyphs.verdicts.0, "pass", Ink::Good),
        Verdict::Warn => ("!", "warn", Ink::Warn),
        Verdict::Fail => (glyphs.verdicts.2, "fail", Ink::Bad),
        Verdict::Skipped => (glyphs.none, "skipped", Ink::Muted),
    }
}

/// Draws the view, from row `top` on.
pub fn draw(painter: &mut Painter, area: Rect, attack: &AttackRow, top: usize) {
    let lines = all_lines(painter, area.width, attack);
    let rows = usize::from(area.height.saturating_sub(1));
    let top = top.min(lines.len().saturating_sub(rows));
    for (row, line) in (0..).zip(lines.iter().skip(top).take(rows)) {
        draw_line(painter, area, row, line);
    }
    let below = lines.len().saturating_sub(top + rows);
    let foot = match (below, top) {
        (0, 0) => "fail: result unreliable; warn: look closer; skipped: cannot be checked here".into(),
        (0, _) => "pageup: above".to_string(),
        (n, _) => format!("pagedown: {n} more lines"),
    };
    painter.put(
        area.x,
        area.bottom().saturating_sub(1),
        area.width,
        &foot,
        painter.ink(Ink::Muted),
    );
}

/// The heading, what was not looked for, and the checks.
fn all_lines<'a>(painter: &Painter, width: u16, attack: &'a AttackRow) -> Vec<Line<'a>> {
    let beside = width >= BESIDE;
    let room = if beside {
        width - LEFT - 2
    } else {
        width.saturating_sub(BELOW + 4)
    };
    let mut lines = vec![Line::of("Sanity checks", 0, Ink::Strong)];
    if let Some(unlooked) = &attack.unlooked {
        let note = format!("Note: {unlooked}.");
        let rows = wrap(&painter.glyphs().spell(&note), usize::from(width.saturating_sub(2)));
        lines.extend(rows.iter().map(|row| Line::of(row, 0, Ink::Warn)));
    }
    for check in in_order(&attack.checks) {
        let said = said(painter, check, usize::from(room));
        lines.extend(if beside {
            stand_beside(check, said)
        } else {
            stand_below(check, said)
        });
    }
    lines
}

/// What did not pass first; else as the record has them.
fn in_order(checks: &[Check]) -> Vec<&Check> {
    let mut all: Vec<&Check> = checks.iter().collect();
    all.sort_by_key(|c| match c.state {
        Verdict::Fail => 0,
        Verdict::Warn => 1,
        Verdict::Pass => 2,
        Verdict::Skipped => 3,
    });
    all
}

/// A row of the screen: the check where one begins, and a part of what is said of it.
struct Line<'a> {
    check: Option<&'a Check>,
    text: String,
    left: u16,
    ink: Ink,
}

impl Line<'_> {
    fn of(text: &str, left: u16, ink: Ink) -> Self {
        Line {
            check: None,
            text: text.to_string(),
            left,
            ink,
        }
    }
}

/// What a check asks, and what came out, in rows of so many columns.
fn said(painter: &Painter, check: &Check, room: usize) -> Vec<(String, Ink)> {
    let rows = |text: &str, ink: Ink| -> Vec<(String, Ink)> {
        let rows = wrap(&painter.glyphs().spell(text), room);
        rows.into_iter().map(|row| (row, ink)).collect()
    };
    let asks = match check.state {
        Verdict::Skipped => Ink::Muted,
        _ => Ink::Text,
    };
    [rows(check.asks, asks), rows(&check.why, Ink::Muted)].concat()
}

fn stand_beside(check: &Check, said: Vec<(String, Ink)>) -> Vec<Line<'_>> {
    let mut lines: Vec<Line> = said.iter().map(|(row, ink)| Line::of(row, LEFT + 1, *ink)).collect();
    match lines.first_mut() {
        Some(first) => first.check = Some(check),
        None => lines.push(head(check)),
    }
    lines
}

fn stand_below(check: &Check, said: Vec<(String, Ink)>) -> Vec<Line<'_>> {
    let below = said.iter().map(|(row, ink)| Line::of(row, BELOW, *ink));
    std::iter::once(head(check)).chain(below).collect()
}

fn head(check: &Check) -> Line<'_> {
    Line {
        check: Some(check),
        ..Line::of("", 0, Ink::Muted)
    }
}

fn draw_line(painter: &mut Painter, area: Rect, row: u16, line: &Line) {
    let y = area.y + row;
    if let Some(check) = line.check {
        let (sign, verdict, ink) = verdict_style(painter, check.state);
        painter.put(area.x, y, 1, sign, painter.ink(ink));
        painter.put(area.x + 2, y, 8, verdict, painter.ink(ink));
        let name = if check.state == Verdict::Skipped {
            Ink::Muted
        } else {
            Ink::Text
        };
        painter.put(area.x + 10, y, 32, check.check, painter.ink(name));
        let figure = check.figure.map_or_else(|| painter.glyphs().none.to_string(), percent);
        painter.put_right(area.x + LEFT - 1, y, 9, &figure, painter.ink(Ink::Strong));
    }
    let room = area.width.saturating_sub(line.left);
    painter.put(area.x + line.left, y, room, &line.text, painter.ink(line.ink));
}

/// A share, without a sign where it rounds to nothing.
fn percent(share: f64) -> String {
    let text = format!("{:.1} %", 100.0 * share);
    if text == "-0.0 %" { "0.0 %".into() } else { text }
}
