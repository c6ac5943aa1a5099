//! What became of the last wish for a tunable, or what changed it last, in the line below its value.

use super::coming;
use crate::{
    run::{command::Order, text::clean},
    spec::Tunable,
    tui::{
        model::commands::Fate,
        screens::pen::Pen,
        state::last_change::{self, Change, Kind},
        theme::Ink,
    },
};

/// What is wished of a tunable and not answered, or was refused; else what changed it last, whoever gave the order.
pub fn of(pen: &Pen, tunable: &Tunable, width: usize) -> Option<(String, Ink)> {
    let run = pen.app.selected.as_ref()?;
    let last = last_change::of(pen.app, tunable.key);
    let Some((wish, value)) = pen.app.wishes.about(run, tunable.key) else {
        return last.map(|l| changed(pen, tunable, &l, width));
    };
    let (_, open, bad) = pen.glyphs().verdicts;
    let dot = pen.glyphs().dot;
    let wished = tunable.show(value);
    // Ids of commands are in the order of time: a refusal stands until something else changes the value.
    let is_newer = |l: &Change| wish.id.as_ref().is_some_and(|id| l.command > *id);
    if wish.fate.is_bad()
        && let Some(last) = last.as_ref().filter(|l| is_newer(l))
    {
        return Some(changed(pen, tunable, last, width));
    }
    Some(match &wish.fate {
        Fate::Sending => (format!("{open} wished {wished} {dot} sending"), Ink::Wish),
        Fate::Sent => (format!("{open} wished {wished} {dot} sent"), Ink::Wish),
        // The worker says itself when.
        Fate::Accepted if coming::has(pen, wish.id.as_deref()) => return None,
        Fate::Accepted => (
            format!("{open} wished {wished} {dot} accepted, not yet applied"),
            Ink::Wish,
        ),
        Fate::Applied { step, changes } => {
            let id = wish.id.as_deref().unwrap_or_default();
            let told = changes.iter().find(|(k, ..)| k == tunable.key);
            let ours = told.map(|(_, old, new)| Change {
                kind: match wish.order {
                    Order::Ramp { .. } => Kind::Ramp,
                    _ => Kind::Set,
                },
                command: id.into(),
                step: *step,
                old: *old,
                new: *new,
            });
            // The answer may come before the record of it.
            let unrecorded = ours.filter(|_| !last_change::is_recorded(pen.app, tunable.key, id));
            return unrecorded.or(last).map(|l| changed(pen, tunable, &l, width));
        }
        Fate::Rejected(why) => (format!("{bad} rejected: {}", clean(why)), Ink::Bad),
        Fate::Expired => (format!("{bad} {wished} came too late"), Ink::Bad),
        Fate::Unheard => (format!("{bad} {wished} not done: the run had ended"), Ink::Bad),
    })
}

/// `✓ set at step 640 (0.002 → 0.005)`.
fn changed(pen: &Pen, tunable: &Tunable, change: &Change, width: usize) -> (String, Ink) {
    let good = pen.glyphs().verdicts.0;
    let (old, new) = (tunable.show(change.old), tunable.show(change.new));
    let values = format!("{old} {} {new}", pen.glyphs().arrow);
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
