//! Every command the run was given, newest first, with who gave it and what became of it; and its alerts.

use super::pen::{Pen, word};
use crate::{
    run::{command::Order, status::RunState, text::clean},
    tui::{
        activity::{Row, What, is_coming, rows},
        app::App,
        theme::Ink,
        wishes::{Fate, Wish},
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
        n => format!("{} of {n}, newest first", selected + 1),
    };
    let body = pen.heading(below, "Activity", &aside, true);
    if entries.is_empty() {
        return pen.hint(body, nothing_yet(pen.app));
    }
    // The last rows say the selected entry in full.
    let foot = body.height.min(4);
    let lines = usize::from(body.height - foot);
    let first = (selected + 1).saturating_sub(lines);
    for (row, entry) in entries.iter().enumerate().skip(first).take(lines) {
        let line = pen.row(body, (row - first) as u16, row == selected);
        draw_entry(pen, line, entry);
    }
    let whole = Rect {
        x: body.x + 2,
        y: body.bottom() - foot + 1,
        width: body.width.saturating_sub(2),
        height: foot.saturating_sub(1),
    };
    if let Some(entry) = entries.get(selected) {
        let (sign, words, answer, ink) = say(pen, entry);
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

fn draw_entry(pen: &mut Pen, line: Rect, entry: &Row) {
    let (clock, step, author) = match entry {
        Row::Wished(_) => ("", String::new(), "this screen"),
        Row::Done(d) => (d.time.get(11..19).unwrap_or(""), d.step.to_string(), "this screen"),
        Row::Recorded(e) => (e.time.get(11..19).unwrap_or(""), e.step.to_string(), e.author.as_str()),
    };
    pen.put(line.x + 2, line.y, 8, clock, pen.ink(Ink::Muted));
    pen.put_right(line.x + 18, line.y, 7, &step, pen.ink(Ink::Text));
    let wide = if line.width >= 110 { 24 } else { 14 };
    pen.put(line.x + 20, line.y, wide, author, pen.ink(Ink::Muted));
    let (sign, words, answer, ink) = say(pen, entry);
    let rest = Rect {
        x: line.x + 21 + wide,
        width: line.width.saturating_sub(21 + wide),
        ..line
    };
    let parts = [
        word(format!("{sign} "), pen.ink(ink)),
        word(words, pen.ink(Ink::Text)),
        word(format!("  {answer}"), pen.ink(ink)),
    ];
    pen.words(rest, 0, &parts);
}

/// Sign, what it was, what became of it.
fn say(pen: &Pen, entry: &Row) -> (String, String, String, Ink) {
    let (good, open, bad) = pen.glyphs().verdicts;
    let wish = match entry {
        Row::Wished(wish) => wish,
        Row::Done(doing) => {
            let (sign, answer, ink) = match &doing.outcome {
                None => (open, "begun", Ink::Wish),
                Some(Ok(what)) => (good, what.as_str(), Ink::Good),
                Some(Err(why)) => (bad, why.as_str(), Ink::Bad),
            };
            return (sign.to_string(), doing.words(), answer.to_string(), ink);
        }
        Row::Recorded(entry) => match &entry.what {
            What::Command(wish) => wish,
            What::Alert { kind, why } => return ("!".into(), kind.clone(), why.clone(), Ink::Bad),
        },
    };
    let (sign, answer, ink) = match &wish.fate {
        Fate::Sending => (open, "sending".into(), Ink::Wish),
        Fate::Sent => (open, "sent; the worker has not answered".into(), Ink::Wish),
        Fate::Accepted if wish.id.as_deref().is_some_and(|id| is_coming(pen.app, id)) => {
            (open, "accepted; u takes it back".into(), Ink::Wish)
        }
        Fate::Accepted => (open, "received; no answer yet".into(), Ink::Wish),
        fate => {
            let answer = fate.in_words().unwrap_or_default();
            let (sign, ink) = if fate.is_bad() {
                (bad, Ink::Bad)
            } else {
                (good, Ink::Good)
            };
            (sign, answer, ink)
        }
    };
    (sign.to_string(), words(wish), answer, ink)
}

fn words(wish: &Wish) -> String {
    match &wish.order {
        Order::Annotate { text } => format!("remark: {}", clean(text)),
        _ => wish.words(),
    }
}
