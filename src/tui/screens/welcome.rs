//! The welcome screen, shown while there are no runs: what the program is, and the first few keys.

use super::painter::Painter;
use crate::{
    run::text::clean,
    tui::{
        actions::{Act, Action, Place},
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// What Spikedeck is, in two sentences.
const ABOUT: &str = "Spikedeck trains spiking neural networks that resist adversarial attacks, \
    lets you change hyper-parameters while they train, and \
    measures their robust accuracy. \
    Every run is a separate process that records what it does: closing this screen stops nothing.";

/// The keys to begin with, and what they do.
const BEGIN: [(Act, &str); 5] = [
    (
        Act::Demo,
        "start the demo: a small network on embedded data, minutes on a CPU",
    ),
    (Act::Start, "start a run from an experiment.toml"),
    (Act::Help, "every key, searchable"),
    (Act::Command, "type a command"),
    (Act::Close, "quit; runs keep running"),
];

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect) {
    let body = painter.heading(area, "Welcome to Spikedeck", "no runs yet", true);
    let width = body.width.saturating_sub(4).min(88);
    let mut rest = Rect {
        x: body.x + 2,
        y: body.y + 1,
        width,
        height: body.height.saturating_sub(1),
    };
    let (text, muted) = (painter.ink(Ink::Text), painter.ink(Ink::Muted));
    let used = painter.paragraph(rest, ABOUT, text) + 1;
    down(&mut rest, used);
    let roots: Vec<String> = painter.app.roots.iter().map(|r| r.display().to_string()).collect();
    let looked = format!(
        "No runs found in {}. New ones appear automatically.",
        clean(&roots.join(", "))
    );
    let used = painter.paragraph(rest, &looked, muted) + 1;
    down(&mut rest, used);
    for (act, what) in BEGIN {
        let used = key(painter, rest, act, what);
        down(&mut rest, used);
    }
}

/// One key with what it does, greyed with the reason where it cannot be done; returns the rows used.
fn key(painter: &mut Painter, area: Rect, act: Act, what: &str) -> u16 {
    let Some(action) = Action::of(act, Place::Runs) else {
        return 0;
    };
    let pressed = painter.app.keys.of(action).next().unwrap_or("").to_string();
    if area.height == 0 || pressed.is_empty() {
        return 0;
    }
    let blocked = action.blocked(painter.app);
    let (key_ink, ink) = match blocked {
        Some(_) => (Ink::Faint, Ink::Faint),
        None => (Ink::Accent, Ink::Text),
    };
    let (key_style, style) = (painter.ink(key_ink), painter.ink(ink));
    painter.put(area.x, area.y, 8, &pressed, key_style);
    let inside = Rect {
        x: area.x + 9,
        width: area.width.saturating_sub(9),
        ..area
    };
    let said = blocked.map_or_else(|| what.to_string(), |why| format!("{what} (not available: {why})"));
    painter.paragraph(inside, &said, style)
}

fn down(area: &mut Rect, rows: u16) {
    let rows = rows.min(area.height);
    area.y += rows;
    area.height -= rows;
}
