//! The activity screen: every command sent to the run, newest first, with its author and outcome; and the alerts.

use super::painter::{Painter, word};
use crate::{
    run::{clock, status::RunState},
    tui::{
        state::{
            activity::rows,
            activity_lines::{Said, Verdict, said},
            app::App,
        },
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, from_oldest: usize) {
    let below = super::summary::draw(painter, area);
    let entries = rows(painter.app);
    let selected = entries.len().saturating_sub(from_oldest.saturating_add(1));
    let aside = match entries.len() {
        0 => String::new(),
        n => format!("{} of {n}, newest first, times in {}", selected + 1, clock::zone_name()),
    };
    let body = painter.heading(below, "Activity", &aside, true);
    if entries.is_empty() {
        return painter.hint(body, nothing_yet(painter.app));
    }
    // The last rows say the selected entry in full.
    let foot = body.height.min(4);
    let lines = usize::from(body.height - foot);
    let first = (selected + 1).saturating_sub(lines);
    painter.more_of(body, first, lines, entries.len());
    for (row, entry) in entries.iter().enumerate().skip(first).take(lines) {
        let line = painter.row(body, (row - first) as u16, row == selected);
        draw_entry(painter, line, &said(painter.app, entry));
    }
    let whole = Rect {
        x: body.x + 2,
        y: body.bottom() - foot + 1,
        width: body.width.saturating_sub(2),
        height: foot.saturating_sub(1),
    };
    if let Some(entry) = entries.get(selected) {
        let Said {
            verdict, words, answer, ..
        } = said(painter.app, entry);
        let (sign, ink) = sign(painter, verdict);
        let style = painter.ink(ink);
        painter.paragraph(whole, &format!("{sign} {words}: {answer}"), style);
    }
}

fn nothing_yet(app: &App) -> &'static str {
    match app.run().map(|r| r.state) {
        Some(state) if state.is_live() => "No commands yet. t tunes the run, p pauses it, c saves a checkpoint.",
        Some(RunState::Finished | RunState::NoEnd) | None => "No commands yet.",
        Some(_) => "No commands yet. p resumes the run from its last checkpoint.",
    }
}

fn draw_entry(painter: &mut Painter, line: Rect, said: &Said) {
    painter.put(line.x + 2, line.y, 8, &said.clock, painter.ink(Ink::Muted));
    painter.put_right(line.x + 18, line.y, 7, &said.step, painter.ink(Ink::Text));
    let wide = if line.width >= 110 { 24 } else { 14 };
    painter.put(line.x + 20, line.y, wide, &said.author, painter.ink(Ink::Muted));
    let rest = Rect {
        x: line.x + 21 + wide,
        width: line.width.saturating_sub(21 + wide),
        ..line
    };
    let (sign, ink) = sign(painter, said.verdict);
    let parts = [
        word(format!("{sign} "), painter.ink(ink)),
        word(said.words.as_str(), painter.ink(Ink::Text)),
        word(format!("  {}", said.answer), painter.ink(ink)),
    ];
    painter.words(rest, 0, &parts);
}

fn sign(painter: &Painter, verdict: Verdict) -> (&'static str, Ink) {
    let (good, open, bad) = painter.glyphs().verdicts;
    match verdict {
        Verdict::Done => (good, Ink::Good),
        Verdict::Open => (open, Ink::Pending),
        Verdict::Refused => (bad, Ink::Bad),
        Verdict::Alert => ("!", Ink::Bad),
    }
}
