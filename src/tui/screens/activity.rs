//! Every command the run was given, newest first, with who gave it and what became of it; and its alerts.

use super::pen::{Pen, word};
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
pub fn draw(pen: &mut Pen, area: Rect, from_oldest: usize) {
    let below = super::summary::draw(pen, area);
    let entries = rows(pen.app);
    let selected = entries.len().saturating_sub(from_oldest.saturating_add(1));
    let aside = match entries.len() {
        0 => String::new(),
        n => format!("{} of {n}, newest first, times in {}", selected + 1, clock::zone_name()),
    };
    let body = pen.heading(below, "Activity", &aside, true);
    if entries.is_empty() {
        return pen.hint(body, nothing_yet(pen.app));
    }
    // The last rows say the selected entry in full.
    let foot = body.height.min(4);
    let lines = usize::from(body.height - foot);
    let first = (selected + 1).saturating_sub(lines);
    pen.more_of(body, first, lines, entries.len());
    for (row, entry) in entries.iter().enumerate().skip(first).take(lines) {
        let line = pen.row(body, (row - first) as u16, row == selected);
        draw_entry(pen, line, &said(pen.app, entry));
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
        } = said(pen.app, entry);
        let (sign, ink) = sign(pen, verdict);
        let style = pen.ink(ink);
        pen.paragraph(whole, &format!("{sign} {words}: {answer}"), style);
    }
}

fn nothing_yet(app: &App) -> &'static str {
    match app.run().map(|r| r.state) {
        Some(state) if state.is_live() => {
            "Nothing has been asked of this run yet. t tunes it, p pauses it, c saves a checkpoint."
        }
        Some(RunState::Finished | RunState::NoEnd) | None => "Nothing has been asked of this run.",
        Some(_) => "Nothing has been asked of this run. p resumes it from its last checkpoint.",
    }
}

fn draw_entry(pen: &mut Pen, line: Rect, said: &Said) {
    pen.put(line.x + 2, line.y, 8, &said.clock, pen.ink(Ink::Muted));
    pen.put_right(line.x + 18, line.y, 7, &said.step, pen.ink(Ink::Text));
    let wide = if line.width >= 110 { 24 } else { 14 };
    pen.put(line.x + 20, line.y, wide, &said.author, pen.ink(Ink::Muted));
    let rest = Rect {
        x: line.x + 21 + wide,
        width: line.width.saturating_sub(21 + wide),
        ..line
    };
    let (sign, ink) = sign(pen, said.verdict);
    let parts = [
        word(format!("{sign} "), pen.ink(ink)),
        word(said.words.as_str(), pen.ink(Ink::Text)),
        word(format!("  {}", said.answer), pen.ink(ink)),
    ];
    pen.words(rest, 0, &parts);
}

fn sign(pen: &Pen, verdict: Verdict) -> (&'static str, Ink) {
    let (good, open, bad) = pen.glyphs().verdicts;
    match verdict {
        Verdict::Done => (good, Ink::Good),
        Verdict::Open => (open, Ink::Wish),
        Verdict::Refused => (bad, Ink::Bad),
        Verdict::Alert => ("!", Ink::Bad),
    }
}
