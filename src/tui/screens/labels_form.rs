//! The small form for tags and note, over whatever is on the screen.

use super::painter::Painter;
use crate::tui::{
    state::labels_form::{FIELDS, LabelsForm},
    theme::Ink,
};
use ratatui::layout::Rect;

/// Draws the form.
pub fn draw(painter: &mut Painter, area: Rect, form: &LabelsForm) {
    let place = painter.centred(area, 72, 8);
    painter.popup(place, Ink::Accent);
    let room = place.width.saturating_sub(4);
    painter.put(place.x + 2, place.y + 1, room, &form.id, painter.ink(Ink::Strong));
    for (at, name) in FIELDS.iter().enumerate() {
        let y = place.y + 2 + at as u16;
        painter.put(place.x + 2, y, 6, name, painter.ink(Ink::Muted));
        painter.field(
            place.x + 8,
            y,
            room.saturating_sub(6),
            &form.fields[at],
            at == form.focus,
        );
    }
    let (text, ink) = match form.labels() {
        Err(why) => (why, Ink::Bad),
        Ok(_) => {
            let typing = match form.fields[form.focus].is_selected() {
                true => "Typing replaces, End adds",
                false => "Tags are separated by spaces",
            };
            (
                format!("{typing}; Tab: other field, Enter: save, Esc: cancel."),
                Ink::Muted,
            )
        }
    };
    let y = place.y + 5;
    let hint = Rect {
        x: place.x + 2,
        y,
        width: room,
        height: place.bottom().saturating_sub(y + 1),
    };
    let style = painter.ink(ink);
    painter.paragraph(hint, &text, style);
}
