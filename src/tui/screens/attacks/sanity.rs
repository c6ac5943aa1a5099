//! Is the result believable? Every check with its verdict, its figure and its reason, what failed first.

use crate::{
    run::attack_job::{Check, Verdict},
    tui::{
        model::AttackRow,
        screens::pen::{Pen, wrap},
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// From here on the reason stands beside the check, below it otherwise.
const BESIDE: u16 = 110;
/// Columns of verdict, name and figure.
const LEFT: u16 = 52;

/// Sign, word and colour of a verdict: told by all three.
pub fn told(pen: &Pen, verdict: Verdict) -> (&'static str, &'static str, Ink) {
    let glyphs = pen.glyphs();
    match verdict {
        Verdict::Pass => (glyphs.verdicts.0, "pass", Ink::Good),
        Verdict::Warn => ("!", "warn", Ink::Warn),
        Verdict::Fail => (glyphs.verdicts.2, "fail", Ink::Bad),
        Verdict::Skipped => (glyphs.none, "skipped", Ink::Muted),
    }
}

/// Draws the view, from row `top` on.
pub fn draw(pen: &mut Pen, area: Rect, attack: &AttackRow, top: usize) {
    let reason = match area.width {
        BESIDE.. => area.width - LEFT - 2,
        _ => area.width.saturating_sub(14),
    };
    let lines: Vec<Line> = in_order(&attack.checks)
        .into_iter()
        .flat_map(|check| lines(check, area.width >= BESIDE, &pen.glyphs().spell(&check.why), reason))
        .collect();
    let rows = usize::from(area.height.saturating_sub(1));
    let top = top.min(lines.len().saturating_sub(rows));
    for (row, line) in (0..).zip(lines.iter().skip(top).take(rows)) {
        draw_line(pen, area, row, line);
    }
    let below = lines.len().saturating_sub(top + rows);
    let foot = match (below, top) {
        (0, 0) => "fail: do not believe it; warn: look closer; skipped: nothing to check it by".into(),
        (0, _) => "pageup: above".to_string(),
        (n, _) => format!("pagedown: {n} more lines"),
    };
    pen.put(
        area.x,
        area.bottom().saturating_sub(1),
        area.width,
        &foot,
        pen.ink(Ink::Muted),
    );
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

/// A row of the screen: the check where one begins, and a part of a reason.
struct Line<'a> {
    check: Option<&'a Check>,
    reason: String,
    beside: bool,
}

fn lines<'a>(check: &'a Check, beside: bool, why: &str, width: u16) -> Vec<Line<'a>> {
    let mut reason = wrap(why, usize::from(width)).into_iter();
    let first = if beside {
        reason.next().unwrap_or_default()
    } else {
        String::new()
    };
    let head = Line {
        check: Some(check),
        reason: first,
        beside,
    };
    let more = reason.map(|reason| Line {
        check: None,
        reason,
        beside,
    });
    std::iter::once(head).chain(more).collect()
}

fn draw_line(pen: &mut Pen, area: Rect, row: u16, line: &Line) {
    let y = area.y + row;
    if let Some(check) = line.check {
        let (sign, verdict, ink) = told(pen, check.state);
        pen.put(area.x, y, 1, sign, pen.ink(ink));
        pen.put(area.x + 2, y, 8, verdict, pen.ink(ink));
        let name = if check.state == Verdict::Skipped {
            Ink::Muted
        } else {
            Ink::Text
        };
        pen.put(area.x + 10, y, 32, check.check, pen.ink(name));
        let figure = check.figure.map_or_else(|| pen.glyphs().none.to_string(), percent);
        pen.put_right(area.x + LEFT - 1, y, 9, &figure, pen.ink(Ink::Strong));
    }
    let left = if line.beside { LEFT + 1 } else { 10 };
    let room = area.width.saturating_sub(left);
    pen.put(area.x + left, y, room, &line.reason, pen.ink(Ink::Muted));
}

/// A share, without a sign where it rounds to nothing.
fn percent(share: f64) -> String {
    let text = format!("{:.1} %", 100.0 * share);
    if text == "-0.0 %" { "0.0 %".into() } else { text }
}
