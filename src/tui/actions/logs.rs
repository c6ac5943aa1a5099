//! Keys of the log view: scrolling, searching, wrapping. Pure.

use super::Act;
use crate::tui::{
    state::{
        app::{App, Layer},
        log_view::SIDE,
    },
    terminal::key::Key,
};
use crossterm::event::KeyCode;

/// Up or down by lines; beyond the last one it follows.
pub fn step(app: &mut App, by: isize) {
    let lines = app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let Some(Layer::Logs(view)) = app.layers.last_mut() else {
        return;
    };
    let to = view.bottom(&lines).saturating_add_signed(by);
    match to + 1 < lines.len() {
        true => view.show(to, &lines),
        false => view.stays = None,
    }
}

/// What the keys of the log do.
pub fn look(app: &mut App, act: Act) {
    let lines = app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let Some(Layer::Logs(view)) = app.layers.last_mut() else {
        return;
    };
    match act {
        Act::SearchLog => (view.typing, app.before_typing) = (true, view.query.clone()),
        Act::OlderFound | Act::NewerFound => view.turn(&lines, act == Act::OlderFound),
        Act::WrapLog => (view.wrapped, view.left) = (!view.wrapped, 0),
        Act::LogLeft => view.left = view.left.saturating_sub(SIDE),
        _ => {
            let longest = lines.iter().map(|l| l.text.chars().count()).max().unwrap_or(0);
            view.left = (view.left + SIDE).min(longest.saturating_sub(1) / SIDE * SIDE);
        }
    }
}

/// A key while the search is typed: the nearest line above is shown at once.
pub fn type_key(app: &mut App, key: Key) {
    let lines = app.detail().map(|d| d.logs.clone()).unwrap_or_default();
    let Some(Layer::Logs(view)) = app.layers.last_mut() else {
        return;
    };
    match key.code {
        KeyCode::Enter | KeyCode::Up | KeyCode::Down => view.typing = false,
        KeyCode::Esc => (view.typing, view.query) = (false, std::mem::take(&mut app.before_typing)),
        _ => {
            view.query.edit(key);
            let (found, bottom) = (view.found(&lines), view.bottom(&lines));
            let above = found.iter().rev().find(|f| **f <= bottom).or(found.last());
            if let Some(line) = above {
                view.show(*line, &lines);
            }
        }
    }
}
