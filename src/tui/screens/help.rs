//! The help screen: every key from the table of actions, those valid in the current place first. Searchable.

use super::painter::Painter;
use crate::tui::{
    actions::{self, Act, Action, Place, help},
    keys::Word,
    terminal::key::Line,
    theme::Ink,
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, query: &Line, typing: bool, row: usize) {
    let here = actions::place_under(painter.app);
    let (valid, others) = help::search(painter.app, query.text(), here);
    let (wanted, typed) = (query.text(), help::search_words(query.text()));
    let found = valid.len() + others.len() + typed.len();
    let aside = match (typing, wanted.is_empty()) {
        (false, true) => "/ search".to_string(),
        _ => format!("{found} found  /"),
    };
    let body = painter.heading(area, "Help", &aside, true);
    if typing || !wanted.is_empty() {
        let x = area.x + 8 + aside.chars().count() as u16;
        let width = area.right().saturating_sub(x + 1).min(30);
        painter.fill(
            Rect {
                x,
                y: area.y,
                width,
                height: 1,
            },
            painter.theme().base(),
        );
        painter.input(x, area.y, width, query, typing);
    }
    let mut lines: Vec<Entry> = Vec::new();
    let elsewhere = valid.len();
    let words = valid.len() + others.len();
    for (title, first, part) in [
        (format!("Here: {}", help::place_name(here)), 0, valid),
        ("Other screens".into(), elsewhere, others),
    ] {
        if !part.is_empty() {
            lines.push(Entry::Title(title));
            lines.extend(part.into_iter().enumerate().map(|(at, a)| Entry::Action(first + at, a)));
            lines.push(Entry::Gap);
        }
    }
    if !typed.is_empty() {
        lines.push(Entry::Title("Commands (:)".into()));
        lines.extend(
            typed
                .into_iter()
                .enumerate()
                .map(|(at, word)| Entry::Word(words + at, word)),
        );
        lines.push(Entry::Gap);
    }
    // The selected one is said in full below, where there is room for that.
    let whole = if body.height >= 12 { 3 } else { 0 };
    let rows = usize::from(body.height.saturating_sub(1 + whole));
    let chosen = row.min(found.saturating_sub(1));
    let is_chosen = |l: &Entry| matches!(l, Entry::Action(at, _) | Entry::Word(at, _) if *at == chosen);
    let seen = lines.iter().position(is_chosen).unwrap_or(0);
    // The first heading stays visible as long as possible.
    let top = (seen + 2).saturating_sub(rows);
    let actions = |part: &[Entry]| {
        part.iter()
            .filter(|e| matches!(e, Entry::Action(..) | Entry::Word(..)))
            .count()
    };
    let above = actions(lines.get(..top).unwrap_or(&lines));
    let below = actions(lines.get(top + rows..).unwrap_or_default());
    painter.more(body.right(), area.y, above, below);
    for (line, entry) in lines.iter().skip(top).take(rows).enumerate() {
        if is_chosen(entry) {
            painter.row(body, line as u16, true);
        }
        let line = Rect {
            y: body.y + line as u16,
            height: 1,
            ..body
        };
        draw_entry(painter, line, entry, here);
    }
    let said = match lines.iter().find(|l| is_chosen(l)) {
        Some(Entry::Action(_, action)) => {
            let aside = whereabouts(painter, action, here);
            Some(format!("{}: {}{aside}", action.act.name(), action.help))
        }
        Some(Entry::Word(_, word)) => Some(format!("{}{}", word.about(), not_now(painter, *word))),
        _ => None,
    };
    if let Some(said) = said {
        let place = Rect {
            x: body.x + 2,
            y: body.bottom() - 1 - whole,
            width: body.width.saturating_sub(3),
            height: whole,
        };
        let style = painter.ink(Ink::Text);
        painter.paragraph(place, &said, style);
    }
    let foot = "Closing this program never stops a run or an attack.";
    painter.put(
        body.x,
        body.bottom().saturating_sub(1),
        body.width,
        foot,
        painter.ink(Ink::Muted),
    );
}

enum Entry {
    Title(String),
    /// Its number among what was found.
    Action(usize, &'static Action),
    /// The same of a command that has no key.
    Word(usize, Word),
    Gap,
}

fn draw_entry(painter: &mut Painter, line: Rect, entry: &Entry, here: Place) {
    let action = match entry {
        Entry::Gap => return,
        Entry::Title(title) => {
            painter.put(line.x, line.y, line.width, title, painter.ink(Ink::Strong));
            return;
        }
        Entry::Word(_, word) => {
            let aside = not_now(painter, *word);
            let ink = if aside.is_empty() { Ink::Text } else { Ink::Muted };
            let key = if aside.is_empty() { Ink::Accent } else { Ink::Muted };
            painter.put(line.x + 2, line.y, 13, &format!(":{}", word.name()), painter.ink(key));
            let room = line.width.saturating_sub(16);
            let x = painter.put(line.x + 16, line.y, room, word.about(), painter.ink(ink));
            painter.put(
                x,
                line.y,
                line.right().saturating_sub(x),
                &aside,
                painter.ink(Ink::Muted),
            );
            return;
        }
        Entry::Action(_, action) => action,
    };
    let keys = match action.act {
        Act::ChoosePanel => "1-5".to_string(),
        _ => painter.app.keys.of(action).take(2).collect::<Vec<_>>().join(", "),
    };
    let is_here = action.places.contains(&here);
    let blocked = if is_here { action.blocked(painter.app) } else { None };
    let ink = if blocked.is_some() { Ink::Muted } else { Ink::Text };
    let key = if blocked.is_some() { Ink::Muted } else { Ink::Accent };
    painter.put(line.x + 2, line.y, 13, &keys, painter.ink(key));
    let x = painter.put(
        line.x + 16,
        line.y,
        line.width.saturating_sub(16),
        action.help,
        painter.ink(ink),
    );
    let aside = whereabouts(painter, action, here);
    painter.put(
        x,
        line.y,
        line.right().saturating_sub(x),
        &aside,
        painter.ink(Ink::Muted),
    );
}

/// Why a command cannot be done now, if it cannot.
fn not_now(painter: &Painter, word: Word) -> String {
    word.blocked(painter.app)
        .map_or_else(String::new, |why| format!("  not now: {why}"))
}

/// Why it cannot be done now, or where it can.
fn whereabouts(painter: &Painter, action: &Action, here: Place) -> String {
    match (action.places.contains(&here), action.blocked(painter.app)) {
        (false, _) => format!("  {}", help::elsewhere(painter.app, action)),
        (true, Some(why)) => format!("  not now: {why}"),
        (true, None) => String::new(),
    }
}
