//! Every key there is, from the one action table: first those valid where one came from, then the others. Searchable.

use super::pen::Pen;
use crate::tui::{
    actions::{self, Act, Action, PLACES, Place},
    app::App,
    input::Line,
    theme::Ink,
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, query: &Line, typing: bool, top: usize) {
    let app = beneath(pen.app);
    let here = actions::place(&app);
    let wanted = query.text().to_lowercase();
    let matching: Vec<&Action> = actions::all().filter(|a| matches(a, &wanted)).collect();
    let aside = match (typing, wanted.is_empty()) {
        (false, true) => "/ searches".to_string(),
        _ => format!("{} found  /", matching.len()),
    };
    let body = pen.heading(area, "Help", &aside, true);
    if typing || !wanted.is_empty() {
        let x = area.x + 8 + aside.chars().count() as u16;
        let width = area.right().saturating_sub(x + 1).min(30);
        pen.fill(
            Rect {
                x,
                y: area.y,
                width,
                height: 1,
            },
            pen.theme().base(),
        );
        pen.input(x, area.y, width, query, typing);
    }
    let (valid, others): (Vec<_>, Vec<_>) = matching.into_iter().partition(|a| a.places.contains(&here));
    let mut lines: Vec<Entry> = Vec::new();
    for (title, part) in [(format!("Here: {}", name(here)), valid), ("Elsewhere".into(), others)] {
        if !part.is_empty() {
            lines.push(Entry::Title(title));
            lines.extend(part.into_iter().map(Entry::Action));
            lines.push(Entry::Gap);
        }
    }
    let rows = usize::from(body.height.saturating_sub(1));
    let top = top.min(lines.len().saturating_sub(rows));
    for (row, entry) in lines.iter().skip(top).take(rows).enumerate() {
        draw_entry(
            pen,
            &app,
            Rect {
                y: body.y + row as u16,
                height: 1,
                ..body
            },
            entry,
            here,
        );
    }
    let foot = "Closing this program never stops a run or an attack.";
    pen.put(
        body.x,
        body.bottom().saturating_sub(1),
        body.width,
        foot,
        pen.ink(Ink::Muted),
    );
}

enum Entry {
    Title(String),
    Action(&'static Action),
    Gap,
}

/// The state as it is under the help.
fn beneath(app: &App) -> App {
    let mut app = app.clone();
    app.layers.pop();
    app
}

fn name(place: Place) -> &'static str {
    PLACES.iter().find(|(p, _)| *p == place).map_or("", |(_, name)| name)
}

fn matches(action: &Action, wanted: &str) -> bool {
    wanted.is_empty()
        || action.help.to_lowercase().contains(wanted)
        || action.title.to_lowercase().contains(wanted)
        || action.keys.contains(&wanted)
        || action.places.iter().any(|p| name(*p).contains(wanted))
}

fn draw_entry(pen: &mut Pen, app: &App, line: Rect, entry: &Entry, here: Place) {
    let action = match entry {
        Entry::Gap => return,
        Entry::Title(title) => {
            pen.put(line.x, line.y, line.width, title, pen.ink(Ink::Strong));
            return;
        }
        Entry::Action(action) => action,
    };
    let keys = match action.act {
        Act::ChoosePanel => "1-5".to_string(),
        _ => action.keys.iter().take(2).copied().collect::<Vec<_>>().join(" "),
    };
    let is_here = action.places.contains(&here);
    let blocked = if is_here { action.blocked(app) } else { None };
    let ink = if blocked.is_some() { Ink::Muted } else { Ink::Text };
    let key = if blocked.is_some() { Ink::Muted } else { Ink::Accent };
    pen.put(line.x + 2, line.y, 13, &keys, pen.ink(key));
    let x = pen.put(
        line.x + 16,
        line.y,
        line.width.saturating_sub(16),
        action.help,
        pen.ink(ink),
    );
    let aside = match (blocked, is_here) {
        (Some(why), _) => format!("  not now: {why}"),
        (None, false) => format!(
            "  in {}",
            action.places.iter().map(|p| name(*p)).collect::<Vec<_>>().join(", ")
        ),
        (None, true) => String::new(),
    };
    pen.put(x, line.y, line.right().saturating_sub(x), &aside, pen.ink(Ink::Muted));
}
