//! A confirmation over whatever is on the screen: what will be done, to which run, at which step, and the consequence.

use super::{fitting::wrap, painter::Painter};
use crate::{
    run::text::clean,
    tui::{state::app::Confirm, theme::Ink},
};
use ratatui::layout::Rect;

/// Draws the question.
pub fn draw(painter: &mut Painter, area: Rect, confirm: &Confirm) {
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
    painter.popup(place, Ink::Warn);
    let mut row = place.y + 1;
    let lines = question
        .iter()
        .map(|l| (l, Ink::Strong))
        .chain(consequence.iter().map(|l| (l, Ink::Text)));
    for (line, ink) in lines {
        if row + 1 < place.bottom() {
            painter.put(place.x + 2, row, width - 4, line, painter.ink(ink));
        }
        row += 1;
    }
    row = place.bottom().saturating_sub(2);
    let x = painter.put(place.x + 2, row, width - 4, "y", painter.ink(Ink::Accent));
    let x = painter.put(x, row, width - 4, " yes    ", painter.ink(Ink::Text));
    let x = painter.put(x, row, width - 4, "n", painter.ink(Ink::Accent));
    painter.put(x, row, width - 4, " no, cancel", painter.ink(Ink::Text));
}
