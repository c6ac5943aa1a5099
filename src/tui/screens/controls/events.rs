//! The lower part of the controls: pending commands, scheduled commands, checkpoints, the newest attack, events.

use super::{recorded, scheduled};
use crate::{
    run::{command::Order, text::clean},
    tui::{
        model::{
            AttackRow, CheckpointRow,
            commands::{CommandState, PendingCommand},
        },
        screens::painter::{Painter, word},
        theme::Ink,
    },
};
use ratatui::{layout::Rect, style::Style};

/// Newest first: what was requested here, and what the worker recorded.
pub fn draw(painter: &mut Painter, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut lines: Vec<(String, Style)> = Vec::new();
    let open = commands(painter);
    let events = recorded::events(painter);
    let (kept, attack) = (checkpoints(painter), newest_attack(painter));
    let later = scheduled::others(painter);
    let later = later
        .into_iter()
        .map(|text| (text, painter.ink(Ink::Pending)))
        .collect();
    for (title, part) in [
        ("Commands", open),
        ("Scheduled", later),
        ("Checkpoints", kept),
        ("Attack", attack),
        ("Events", events),
    ] {
        if part.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push((String::new(), painter.ink(Ink::Muted)));
        }
        lines.push((title.to_string(), painter.ink(Ink::Strong)));
        lines.extend(part.into_iter().map(|(t, s)| (format!("  {t}"), s)));
    }
    let rows = usize::from(area.height);
    if lines.len() > rows {
        // The last row says how many there are no rows for.
        let hidden = lines.split_off(rows - 1);
        let said = hidden.iter().filter(|(text, _)| text.starts_with(' ')).count();
        lines.push((
            format!("{} {said} more", painter.glyphs().ellipsis),
            painter.ink(Ink::Muted),
        ));
    }
    for (at, (text, style)) in lines.into_iter().enumerate() {
        painter.words(area, at as u16, &[word(text, style)]);
    }
}

/// Orders other than changes, which the table shows.
fn commands(painter: &Painter) -> Vec<(String, Style)> {
    let Some(run) = painter.app.selected.as_ref() else {
        return Vec::new();
    };
    let (good, open, bad) = painter.glyphs().verdicts;
    let dot = painter.glyphs().dot;
    let line = |pending: &PendingCommand| {
        let words = pending.words();
        match &pending.state {
            CommandState::Sending => (format!("{open} {words} {dot} sending"), painter.ink(Ink::Pending)),
            CommandState::Sent => (format!("{open} {words} {dot} sent"), painter.ink(Ink::Pending)),
            CommandState::Accepted => (format!("{open} {words} {dot} accepted"), painter.ink(Ink::Pending)),
            CommandState::Applied { step, .. } => {
                (format!("{good} {words} {dot} at step {step}"), painter.ink(Ink::Good))
            }
            CommandState::Rejected(why) => (format!("{bad} {words}: {}", clean(why)), painter.ink(Ink::Bad)),
            CommandState::Expired => (format!("{bad} {words}: arrived too late"), painter.ink(Ink::Bad)),
            CommandState::Unheard => (
                format!("{bad} {words}: not applied, the run had ended"),
                painter.ink(Ink::Bad),
            ),
        }
    };
    painter
        .app
        .commands
        .of(run)
        .filter(|w| !matches!(w.order, Order::Set { .. }))
        .filter(|w| w.state != CommandState::Accepted || !scheduled::has(painter, w.id.as_deref()))
        .take(3)
        .map(line)
        .collect()
}

fn checkpoints(painter: &Painter) -> Vec<(String, Style)> {
    let Some(detail) = painter.app.detail() else {
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
            format!("{} step {}{accuracy}{best}", painter.glyphs().checkpoint, c.step),
            painter.ink(Ink::Text),
        )
    };
    detail.checkpoints.iter().take(3).map(line).collect()
}

fn newest_attack(painter: &Painter) -> Vec<(String, Style)> {
    let Some(attack) = painter.app.detail().and_then(|d| d.attacks.first()) else {
        return Vec::new();
    };
    let AttackRow {
        state,
        cells_done: (done, all),
        ..
    } = attack;
    let (sign, name) = painter.glyphs().state(*state);
    let mut lines = vec![(
        format!("{sign} {name}  {done} of {all} cells"),
        painter.theme().state(*state),
    )];
    let worst = attack
        .cells
        .iter()
        .filter(|c| c.n > 0 && c.eps.value() > 0.0)
        .min_by(|a, b| a.accuracy.total_cmp(&b.accuracy));
    if let Some(w) = worst {
        let percent = w.accuracy * 100.0;
        let text = format!("{} {}: {percent:.1} % of {} robust", w.attack, w.eps, w.n);
        lines.push((text, painter.ink(Ink::Text)));
    }
    lines
}
