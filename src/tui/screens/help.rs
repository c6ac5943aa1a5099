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
    let entries = entries(painter, query, here);
    let found = count(&entries);
    let body = draw_heading(painter, area, (query, typing), found);
    let chosen = row.min(found.saturating_sub(1));
    // The selected one is said in full below, where there is room for that.
    let whole = if body.height >= 12 { 3 } else { 0 };
    draw_list(painter, body, whole, &entries, chosen, here);
    if let Some(entry) = entries.iter().find(|e| e.number() == Some(chosen)) {
        draw_whole(painter, body, whole, entry, here);
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

/// The heading with what is searched for; returns the area below.
fn draw_heading(painter: &mut Painter, area: Rect, (query, typing): (&Line, bool), found: usize) -> Rect {
    let searched = typing || !query.text().is_empty();
    let aside = match searched {
        false => "/ search".to_string(),
        true => format!("{found} found  /"),
    };
    let body = painter.heading(area, "Help", &aside, true);
    if searched {
        let after = area.x + 8 + aside.chars().count() as u16;
        painter.search_line(area, after, 30, (query, typing));
    }
    body
}

/// The lines of the list: the actions of this place, those of the others, and the commands without a key.
fn entries(painter: &Painter, query: &Line, here: Place) -> Vec<Entry> {
    let (valid, others) = help::search(painter.app, query.text(), here);
    let typed = help::search_words(query.text());
    let (elsewhere, words) = (valid.len(), valid.len() + others.len());
    let mut entries: Vec<Entry> = Vec::new();
    let mut section = |title: String, part: Vec<Entry>| {
        if !part.is_empty() {
            entries.push(Entry::Title(title));
            entries.extend(part);
            entries.push(Entry::Gap);
        }
    };
    let numbered = |part: Vec<&'static Action>, first: usize| {
        let actions = part.into_iter().enumerate();
        actions.map(|(at, action)| Entry::Action(first + at, action)).collect()
    };
    section(format!("Here: {}", help::place_name(here)), numbered(valid, 0));
    section("Other screens".into(), numbered(others, elsewhere));
    let typed = typed.into_iter().enumerate();
    section(
        "Commands (:)".into(),
        typed.map(|(at, word)| Entry::Word(words + at, word)).collect(),
    );
    entries
}

/// How many of them are actions or commands.
fn count(entries: &[Entry]) -> usize {
    entries.iter().filter(|e| e.number().is_some()).count()
}

/// The part of the list around the chosen entry, above its last line and `whole` lines more.
fn draw_list(painter: &mut Painter, body: Rect, whole: u16, entries: &[Entry], chosen: usize, here: Place) {
    let rows = usize::from(body.height.saturating_sub(1 + whole));
    let is_chosen = |e: &Entry| e.number() == Some(chosen);
    let seen = entries.iter().position(is_chosen).unwrap_or(0);
    // The first heading stays visible as long as possible.
    let top = (seen + 2).saturating_sub(rows);
    let above = count(entries.get(..top).unwrap_or(entries));
    let below = count(entries.get(top + rows..).unwrap_or_default());
    painter.more(body.right(), body.y.saturating_sub(1), above, below);
    for (line, entry) in entries.iter().skip(top).take(rows).enumerate() {
        let line = painter.row(body, line as u16, is_chosen(entry));
        draw_entry(painter, line, entry, here);
    }
}

/// The chosen entry in full, in the `whole` lines above the last one.
fn draw_whole(painter: &mut Painter, body: Rect, whole: u16, entry: &Entry, here: Place) {
    let text = match entry {
        Entry::Action(_, action) => {
            let aside = whereabouts(painter, action, here);
            format!("{}: {}{aside}", action.act.name(), action.help)
        }
        Entry::Word(_, word) => format!("{}{}", word.about(), not_now(painter, *word)),
        Entry::Title(_) | Entry::Gap => return,
    };
    let place = Rect {
        x: body.x + 2,
        y: body.bottom() - 1 - whole,
        width: body.width.saturating_sub(3),
        height: whole,
    };
    let style = painter.ink(Ink::Text);
    painter.paragraph(place, &text, style);
}

enum Entry {
    Title(String),
    /// Its number among what was found.
    Action(usize, &'static Action),
    /// The same of a command that has no key.
    Word(usize, Word),
    Gap,
}

impl Entry {
    /// Its number among what was found; none of a title or a gap.
    fn number(&self) -> Option<usize> {
        match self {
            Entry::Action(at, _) | Entry::Word(at, _) => Some(*at),
            Entry::Title(_) | Entry::Gap => None,
        }
    }
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
