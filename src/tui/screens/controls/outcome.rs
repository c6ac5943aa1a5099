//! The outcome of the last command for a tunable, or its last change, in the line below its value.

use super::scheduled;
use crate::{
    run::{command::Order, text::clean},
    spec::Tunable,
    tui::{
        model::commands::CommandState,
        screens::painter::Painter,
        state::last_change::{self, Change, Kind},
        theme::Ink,
    },
};

/// The command for a tunable that is not answered, or was refused; else what changed it last, whoever sent the command.
pub fn of(painter: &Painter, tunable: &Tunable, width: usize) -> Option<(String, Ink)> {
    let run = painter.app.selected.as_ref()?;
    let last = last_change::of(painter.app, tunable.key);
    let Some((pending, value)) = painter.app.commands.about(run, tunable.key) else {
        return last.map(|l| changed(painter, tunable, &l, width));
    };
    let (_, open, bad) = painter.glyphs().verdicts;
    let dot = painter.glyphs().dot;
    let requested = tunable.show(value);
    // Ids of commands are in the order of time: a refusal stands until something else changes the value.
    let is_newer = |l: &Change| pending.id.as_ref().is_some_and(|id| l.command > *id);
    if pending.state.is_bad()
        && let Some(last) = last.as_ref().filter(|l| is_newer(l))
    {
        return Some(changed(painter, tunable, last, width));
    }
    Some(match &pending.state {
        CommandState::Sending => (format!("{open} requested {requested} {dot} sending"), Ink::Pending),
        CommandState::Sent => (format!("{open} requested {requested} {dot} sent"), Ink::Pending),
        // The worker says itself when.
        CommandState::Accepted if scheduled::has(painter, pending.id.as_deref()) => return None,
        CommandState::Accepted => (
            format!("{open} requested {requested} {dot} accepted, not yet applied"),
            Ink::Pending,
        ),
        CommandState::Applied { step, changes } => {
            let id = pending.id.as_deref().unwrap_or_default();
            let answered = changes.iter().find(|(k, ..)| k == tunable.key);
            let ours = answered.map(|(_, old, new)| Change {
                kind: match pending.order {
                    Order::Ramp { .. } => Kind::Ramp,
                    _ => Kind::Set,
                },
                command: id.into(),
                step: *step,
                old: *old,
                new: *new,
            });
            // The answer may come before the record of it.
            let unrecorded = ours.filter(|_| !last_change::is_recorded(painter.app, tunable.key, id));
            return unrecorded.or(last).map(|l| changed(painter, tunable, &l, width));
        }
        CommandState::Rejected(why) => (format!("{bad} rejected: {}", clean(why)), Ink::Bad),
        CommandState::Expired => (format!("{bad} {requested} arrived too late"), Ink::Bad),
        CommandState::Unheard => (format!("{bad} {requested} not applied: the run had ended"), Ink::Bad),
    })
}

/// `✓ set at step 640 (0.002 → 0.005)`.
fn changed(painter: &Painter, tunable: &Tunable, change: &Change, width: usize) -> (String, Ink) {
    let good = painter.glyphs().verdicts.0;
    let (old, new) = (tunable.show(change.old), tunable.show(change.new));
    let values = format!("{old} {} {new}", painter.glyphs().arrow);
    let goes_back = matches!(change.kind, Kind::Rollback | Kind::Resume);
    let (place, short) = if goes_back {
        (" to step", " to")
    } else {
        (" at step", ", step")
    };
    let (word, step) = (change.kind.word(), change.step);
    let full = format!("{good} {word}{place} {step} ({values})");
    // Of a long line the numbers matter more than the words.
    let text = match full.chars().count() > width {
        true => format!("{good} {word}{short} {step}: {values}"),
        false => full,
    };
    (text, Ink::Good)
}
