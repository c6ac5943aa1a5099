//! The controls: every tunable with what it is, what is staged, and what became of the last wish; then what happened
//! to the run. Values are those the worker reports.

use super::{
    coming,
    pen::{Pen, word},
};
use crate::run::command::Order;
use crate::{
    run::{history::MarkKind, text::clean},
    spec::{TUNABLES, Tunable},
    tui::{
        app::{Pane, RATE},
        last_change::{self, Change, Kind},
        model::AttackRow,
        spots::Target,
        theme::Ink,
        wishes::{Fate, Wish, change},
    },
    units::significant,
};
use ratatui::{layout::Rect, style::Style};

/// The most past changes of the selected tunable that are told.
const PAST: usize = 4;

/// Draws the pane.
pub fn draw(pen: &mut Pen, area: Rect) {
    let focused = pen.app.layers.is_empty() && pen.app.pane == Pane::Controls;
    let aside = match pen.app.tune.staged.len() {
        0 => String::new(),
        n => format!("{n} staged: Enter applies"),
    };
    let mut rest = pen.heading(area, "Controls", &aside, focused);
    if pen.app.run().is_none() {
        return;
    }
    // On a small screen, what is beside the table goes first.
    let wide = rest.width >= 70;
    let table = if wide { Rect { width: 40, ..rest } } else { rest };
    let used = draw_table(pen, table, focused);
    let below = Rect {
        y: table.y + used,
        height: table.height.saturating_sub(used),
        ..table
    };
    let used = used + draw_hint(pen, below, focused);
    if wide {
        rest = Rect {
            x: rest.x + 42,
            width: rest.width - 42,
            ..rest
        };
    } else {
        rest = Rect {
            y: rest.y + used,
            height: rest.height.saturating_sub(used),
            ..rest
        };
    }
    draw_happenings(pen, rest);
}

fn draw_table(pen: &mut Pen, area: Rect, focused: bool) -> u16 {
    let mut row = 0;
    for (at, tunable) in TUNABLES.iter().enumerate() {
        if row >= area.height {
            break;
        }
        let line = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        let selected = focused && at == pen.app.tune.row;
        if selected {
            let ground = pen.theme().selected_ground();
            pen.ground(line, ground);
        }
        draw_row(pen, line, tunable, selected);
        pen.spots.add(line, Target::Tunable(at));
        row += 1;
        if let Some((text, ink)) = fate(pen, tunable, usize::from(area.width.saturating_sub(2)))
            && row < area.height
        {
            pen.put(
                area.x + 2,
                area.y + row,
                area.width.saturating_sub(2),
                &text,
                pen.ink(ink),
            );
            row += 1;
        }
        for (text, ink) in coming::of(pen, tunable) {
            if row < area.height {
                let style = pen.ink(ink);
                pen.put(area.x + 2, area.y + row, area.width.saturating_sub(2), &text, style);
                row += 1;
            }
        }
    }
    row
}

/// `▸ λ      0.002      → 0.01`.
fn draw_row(pen: &mut Pen, line: Rect, tunable: &'static Tunable, selected: bool) {
    let pointer = if selected { pen.glyphs().pointer } else { " " };
    let value = pen
        .app
        .current(tunable.key)
        .map_or_else(|| pen.glyphs().none.into(), |v| tunable.show(v));
    pen.put(line.x, line.y, 1, pointer, pen.ink(Ink::Accent));
    pen.put(line.x + 2, line.y, 8, tunable.symbol, pen.ink(Ink::Muted));
    pen.put(line.x + 9, line.y, 11, &value, pen.ink(Ink::Strong));
    let place = line.x + 20;
    let room = line.right().saturating_sub(place);
    let entry = pen.app.tune.entry.as_ref().filter(|_| selected).map(|(l, _)| l.clone());
    if let Some(typed) = entry {
        pen.put(place, line.y, room, "= ", pen.ink(Ink::Wish));
        pen.input(place + 2, line.y, room.saturating_sub(2), &typed, true);
    } else if let Some(staged) = pen.app.tune.staged.get(tunable.key) {
        let text = format!("{} {} staged", pen.glyphs().arrow, tunable.show(*staged));
        pen.put(place, line.y, room, &text, pen.ink(Ink::Wish));
    } else if let Some((now, name)) = scheduled(pen, tunable) {
        let short = format!("now {}", tunable.show(now));
        // A name is said whole or, beside the selected row, below the table.
        let text = match format!("{short} ({name})") {
            whole if whole.len() <= usize::from(room) => whole,
            _ => short,
        };
        pen.put(place, line.y, room, &text, pen.ink(Ink::Muted));
    } else if !tunable.unit.is_empty() && tunable.unit != "pixel/255" {
        pen.put(place, line.y, room, tunable.unit, pen.ink(Ink::Muted));
    }
}

/// What the schedule makes of a value now, and the schedule's name.
fn scheduled(pen: &Pen, tunable: &Tunable) -> Option<(f64, &'static str)> {
    pen.app.scheduled_rate().filter(|_| tunable.key == RATE)
}

/// What is wished of a tunable and not answered, or was refused; else what changed it last, whoever gave the order.
fn fate(pen: &Pen, tunable: &Tunable, width: usize) -> Option<(String, Ink)> {
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

/// What the selected tunable is, and what is wrong with what is typed.
fn draw_hint(pen: &mut Pen, area: Rect, focused: bool) -> u16 {
    if area.height < 4 {
        return 0;
    }
    if !focused {
        return 1;
    }
    let tunable = crate::tui::tuning::selected(pen.app);
    let mut row = 1;
    let inside = |row: u16| Rect {
        x: area.x + 2,
        y: area.y + row,
        width: area.width - 2,
        height: area.height - row,
    };
    if let Some(problem) = pen
        .app
        .tune
        .entry
        .as_ref()
        .map(|(_, p)| p.clone())
        .filter(|p| !p.is_empty())
    {
        let style = pen.ink(Ink::Bad);
        row += pen.paragraph(inside(row), &problem, style);
        return row + 1;
    }
    let bounds = format!(
        "{}  {} to {} {}",
        tunable.key,
        tunable.show(tunable.low),
        tunable.show(tunable.high),
        tunable.unit
    );
    if let (Some((now, name)), Some(start)) = (scheduled(pen, tunable), pen.app.current(tunable.key)) {
        let (start, now) = (tunable.show(start), tunable.show(now));
        let text = format!("{start} at the start, {now} now by the {name} schedule");
        let style = pen.ink(Ink::Text);
        row += pen.paragraph(inside(row), &text, style);
    }
    for (text, ink) in [
        (bounds, Ink::Text),
        (tunable.hint.to_string(), Ink::Muted),
        (format!("takes effect: {}", tunable.effect), Ink::Muted),
    ] {
        if row < area.height {
            let style = pen.ink(ink);
            row += pen.paragraph(inside(row), &text, style);
        }
    }
    for text in past(pen, tunable) {
        if row < area.height {
            let style = pen.ink(Ink::Muted);
            pen.put(area.x + 2, area.y + row, area.width.saturating_sub(2), &text, style);
            row += 1;
        }
    }
    (row + 1).min(area.height)
}

/// What the worker recorded of a tunable's changes, the newest first.
fn past(pen: &Pen, tunable: &Tunable) -> Vec<String> {
    let Some(detail) = pen.app.detail() else {
        return Vec::new();
    };
    let marks = detail.history.marks();
    let told = |m: &crate::run::history::Mark| match &m.kind {
        MarkKind::Tweak { command, key, old, new } if key == tunable.key && !m.superseded => {
            let (old, new) = (tunable.show(*old), tunable.show(*new));
            let kind = kind_in_words(Kind::of(detail, command));
            Some(format!("step {}: {old} {} {new}{kind}", m.step, pen.glyphs().arrow))
        }
        _ => None,
    };
    marks.iter().rev().filter_map(told).take(PAST).collect()
}

/// ` (ramp)`; nothing for a plain change.
fn kind_in_words(kind: Kind) -> String {
    match kind {
        Kind::Set | Kind::Unknown => String::new(),
        kind => format!(" ({})", kind.word()),
    }
}

/// Newest first: what was wished here, and what the worker recorded.
fn draw_happenings(pen: &mut Pen, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut lines: Vec<(String, Style)> = Vec::new();
    let open = wishes(pen);
    let events = events(pen);
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
    for (at, (text, style)) in lines.into_iter().take(usize::from(area.height)).enumerate() {
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
    let line = |c: &crate::tui::model::CheckpointRow| {
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
        let text = format!("{} at {}: {:.1} % robust", w.attack, w.eps, w.accuracy * 100.0);
        lines.push((text, pen.ink(Ink::Text)));
    }
    lines
}

fn events(pen: &Pen) -> Vec<(String, Style)> {
    let Some(detail) = pen.app.detail() else {
        return Vec::new();
    };
    let marks = detail.history.marks().iter().rev().filter(|m| !m.superseded);
    let line = |m: &crate::run::history::Mark| {
        let (text, ink) = match &m.kind {
            MarkKind::Tweak { command, key, old, new } => {
                let kind = kind_in_words(Kind::of(detail, command));
                (format!("{}{kind}", change(key, Some(*old), *new)), Ink::Text)
            }
            MarkKind::Alert { kind, why } => (format!("! {}: {}", clean(kind), clean(why)), Ink::Bad),
            MarkKind::Rejected { why, .. } => (format!("rejected: {}", clean(why)), Ink::Bad),
            MarkKind::Resumed(_) => (format!("{} resumed", pen.glyphs().resume), Ink::Text),
            MarkKind::RolledBack(why) => (format!("{} rolled back {}", pen.glyphs().resume, clean(why)), Ink::Bad),
            MarkKind::EndedEarly(why) => (clean(why).into_owned(), Ink::Text),
            MarkKind::Started(n) => (format!("worker {n} began"), Ink::Muted),
            MarkKind::Paused => ("paused".into(), Ink::Text),
            MarkKind::Continued => ("went on".into(), Ink::Text),
            MarkKind::Note(text) => (format!("note: {}", clean(text)), Ink::Text),
            MarkKind::Finished => ("finished".into(), Ink::Good),
            MarkKind::Stopped(by) => (format!("stopped by {}", clean(by)), Ink::Text),
            MarkKind::Failed(why) => (format!("failed: {}", clean(why)), Ink::Bad),
            MarkKind::Checkpoint { .. } => return None,
        };
        let step = significant(m.step as f64);
        Some((format!("{step:>6}  {text}"), pen.ink(ink)))
    };
    marks.filter_map(line).take(40).collect()
}
