//! What happens to the run beside its tunables: orders, what is to come, checkpoints, the newest attack, events.

use super::{coming, recorded};
use crate::{
    run::{command::Order, text::clean},
    tui::{
        model::{AttackRow, CheckpointRow},
        screens::pen::{Pen, word},
        theme::Ink,
        wishes::{Fate, Wish},
    },
};
use ratatui::{layout::Rect, style::Style};

/// Newest first: what was wished here, and what the worker recorded.
pub fn draw(pen: &mut Pen, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut lines: Vec<(String, Style)> = Vec::new();
    let open = wishes(pen);
    let events = recorded::events(pen);
    let (kept, attack) = (checkpoints(pen), newest_attack(pen));
    let later = coming::others(pen);
    let later = later.into_iter().map(|text| (text, pen.ink(Ink::Wish))).collect();
    for (title, part) in [
        ("Wishes", open),
        ("To come", later),
        ("Checkpoints", kept),
        ("Attack", attack),
        ("Events", events),
    ] {
        if part.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push((String::new(), pen.ink(Ink::Muted)));
        }
        lines.push((title.to_string(), pen.ink(Ink::Strong)));
        lines.extend(part.into_iter().map(|(t, s)| (format!("  {t}"), s)));
    }
    let rows = usize::from(area.height);
    if lines.len() > rows {
        // The last row says how many there are no rows for.
        let hidden = lines.split_off(rows - 1);
        let said = hidden.iter().filter(|(text, _)| text.starts_with(' ')).count();
        lines.push((format!("{} {said} more", pen.glyphs().ellipsis), pen.ink(Ink::Muted)));
    }
    for (at, (text, style)) in lines.into_iter().enumerate() {
        pen.words(area, at as u16, &[word(text, style)]);
    }
}

/// Orders other than changes, which the table shows.
fn wishes(pen: &Pen) -> Vec<(String, Style)> {
    let Some(run) = pen.app.selected.as_ref() else {
        return Vec::new();
    };
    let (good, open, bad) = pen.glyphs().verdicts;
    let dot = pen.glyphs().dot;
    let line = |wish: &Wish| {
        let words = wish.words();
        match &wish.fate {
            Fate::Sending => (format!("{open} {words} {dot} sending"), pen.ink(Ink::Wish)),
            Fate::Sent => (format!("{open} {words} {dot} sent"), pen.ink(Ink::Wish)),
            Fate::Accepted => (format!("{open} {words} {dot} accepted"), pen.ink(Ink::Wish)),
            Fate::Applied { step, .. } => (format!("{good} {words} {dot} at step {step}"), pen.ink(Ink::Good)),
            Fate::Rejected(why) => (format!("{bad} {words}: {}", clean(why)), pen.ink(Ink::Bad)),
            Fate::Expired => (format!("{bad} {words}: came too late"), pen.ink(Ink::Bad)),
            Fate::Unheard => (format!("{bad} {words}: not done, the run had ended"), pen.ink(Ink::Bad)),
        }
    };
    pen.app
        .wishes
        .of(run)
        .filter(|w| !matches!(w.order, Order::Set { .. }))
        .filter(|w| w.fate != Fate::Accepted || !coming::has(pen, w.id.as_deref()))
        .take(3)
        .map(line)
        .collect()
}

fn checkpoints(pen: &Pen) -> Vec<(String, Style)> {
    let Some(detail) = pen.app.detail() else {
        return Vec::new();
    };
    let line = |c: &CheckpointRow| {
        let accuracy = c
            .metrics
            .get("val.accuracy")
            .map(|a| format!("  val {:.1} %", a * 100.0))
            .unwrap_or_default();
        let best = if c.best { "  best" } else { "" };
        (
            format!("{} step {}{accuracy}{best}", pen.glyphs().checkpoint, c.step),
            pen.ink(Ink::Text),
        )
    };
    detail.checkpoints.iter().take(3).map(line).collect()
}

fn newest_attack(pen: &Pen) -> Vec<(String, Style)> {
    let Some(attack) = pen.app.detail().and_then(|d| d.attacks.first()) else {
        return Vec::new();
    };
    let AttackRow {
        state,
        cells_done: (done, all),
        ..
    } = attack;
    let (sign, name) = pen.glyphs().state(*state);
    let mut lines = vec![(
        format!("{sign} {name}  {done} of {all} cells"),
        pen.theme().state(*state),
    )];
    let worst = attack
        .cells
        .iter()
        .filter(|c| c.n > 0 && c.eps.value() > 0.0)
        .min_by(|a, b| a.accuracy.total_cmp(&b.accuracy));
    if let Some(w) = worst {
        let percent = w.accuracy * 100.0;
        let text = format!("{} at {}: {percent:.1} % of {} left", w.attack, w.eps, w.n);
        lines.push((text, pen.ink(Ink::Text)));
    }
    lines
}
