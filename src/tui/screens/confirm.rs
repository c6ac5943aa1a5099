//! A question over whatever is on the screen: what will be done, to which run, at which step, and what follows.

use super::pen::{Pen, wrap};
use crate::{
    run::text::clean,
    tui::{state::app::Confirm, theme::Ink},
};
use ratatui::layout::Rect;

/// Draws the question.
pub fn draw(pen: &mut Pen, area: Rect, confirm: &Confirm) {
    let width = 64.min(area.width.saturating_sub(4));
    let inner = usize::from(width.saturating_sub(4));
    let question = wrap(&clean(&confirm.question), inner);
    let consequence = wrap(&confirm.consequence, inner);
    let height = (question.len() + consequence.len() + 4) as u16;
    let height = height.min(area.height);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    pen.popup(place, Ink::Warn);
    let mut row = place.y + 1;
    let lines = question
        .iter()
        .map(|l| (l, Ink::Strong))
        .chain(consequence.iter().map(|l| (l, Ink::Text)));
    for (line, ink) in lines {
        if row + 1 < place.bottom() {
            pen.put(place.x + 2, row, width - 4, line, pen.ink(ink));
        }
        row += 1;
    }
    row = place.bottom().saturating_sub(2);
    let x = pen.put(place.x + 2, row, width - 4, "y", pen.ink(Ink::Accent));
    let x = pen.put(x, row, width - 4, " yes    ", pen.ink(Ink::Text));
    let x = pen.put(x, row, width - 4, "n", pen.ink(Ink::Accent));
    pen.put(x, row, width - 4, " no, leave it", pen.ink(Ink::Text));
}
