//! Events that the worker recorded, as text, newest first: changes of one tunable, and everything else. Pending
//! commands are in `events`.

use crate::{
    run::{
        event::EventKind,
        history::{Mark, removed_words},
        text::clean,
    },
    spec::Tunable,
    tui::{model::commands::change, screens::painter::Painter, state::last_change::Kind, theme::Ink},
    units::significant,
};
use ratatui::style::Style;

/// Maximum number of past changes shown.
const PAST: usize = 4;

/// What the worker recorded of a tunable's changes, the newest first.
pub fn past(painter: &Painter, tunable: &Tunable) -> Vec<String> {
    let Some(detail) = painter.app.detail() else {
        return Vec::new();
    };
    let marks = detail.history.marks();
    let in_words = |m: &Mark| match &m.kind {
        EventKind::Applied { command, key, old, new } if key == tunable.key && !m.superseded => {
            let (old, new) = (tunable.show(*old), tunable.show(*new));
            let kind = kind_in_words(Kind::of(detail, command));
            Some(format!("step {}: {old} {} {new}{kind}", m.step, painter.glyphs().arrow))
        }
        _ => None,
    };
    marks.iter().rev().filter_map(in_words).take(PAST).collect()
}

/// What happened to the run: `   640  λ 0.002 → 0.005`.
pub fn events(painter: &Painter) -> Vec<(String, Style)> {
    let Some(detail) = painter.app.detail() else {
        return Vec::new();
    };
    let marks = detail.history.marks().iter().rev().filter(|m| !m.superseded);
    let line = |m: &Mark| {
        let (text, ink) = match &m.kind {
            EventKind::Applied { command, key, old, new } => {
                let kind = kind_in_words(Kind::of(detail, command));
                (format!("{}{kind}", change(key, Some(*old), *new)), Ink::Text)
            }
            EventKind::Alert { kind, why } => (format!("! {}: {}", clean(kind), clean(why)), Ink::Bad),
            EventKind::Rejected { why, .. } => (format!("rejected: {}", clean(why)), Ink::Bad),
            EventKind::Resumed { .. } => (format!("{} resumed", painter.glyphs().resume), Ink::Text),
            EventKind::RolledBack {
                from,
                lr_factor,
                why,
                command,
                ..
            } => {
                // A command leaves the learning rate alone; a worker that rolls back by itself lowers it.
                let rate = match command {
                    Some(_) => String::new(),
                    None => format!(", learning rate × {lr_factor}"),
                };
                let sign = painter.glyphs().resume;
                (
                    format!("{sign} rolled back from step {from}{rate}: {}", clean(why)),
                    Ink::Bad,
                )
            }
            EventKind::EndedEarly { why } => (clean(why).into_owned(), Ink::Text),
            EventKind::Started { incarnation, .. } => (format!("worker {incarnation} started"), Ink::Muted),
            EventKind::Paused => ("paused".into(), Ink::Text),
            EventKind::Continued => ("resumed".into(), Ink::Text),
            EventKind::Annotated { text } => (format!("note: {}", clean(text)), Ink::Text),
            EventKind::Finished { .. } => ("finished".into(), Ink::Good),
            EventKind::Stopped { by } => (format!("stopped by {}", clean(by)), Ink::Text),
            EventKind::Failed { why } => (format!("failed: {}", clean(why)), Ink::Bad),
            EventKind::Pruned { checkpoints } => (removed_words(checkpoints), Ink::Muted),
            EventKind::Saved { .. } | EventKind::Received { .. } | EventKind::Other => return None,
        };
        let step = significant(m.step as f64);
        Some((format!("{step:>6}  {text}"), painter.ink(ink)))
    };
    marks.filter_map(line).take(40).collect()
}

/// ` (ramp)`; nothing for a plain change.
fn kind_in_words(kind: Kind) -> String {
    match kind {
        Kind::Set | Kind::Unknown => String::new(),
        kind => format!(" ({})", kind.word()),
    }
}
