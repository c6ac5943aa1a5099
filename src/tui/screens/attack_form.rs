//! The attack form: fields, allowed values, cost, and the resulting command line.

use super::{
    fitting::{cut_left, wrap},
    form::{Fields, LEFT, Row, draw_keys, one_line},
    painter::Painter,
    start_form::inside,
};
use crate::{
    run::text::clean,
    tui::{
        actions::attacks::form_arguments,
        state::attack_form::{AttackForm, FIELDS, command_line, cost_in_words},
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// What the form's own keys do.
const ENDS: [&str; 2] = ["Enter: launch", "Esc: cancel"];

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, form: &AttackForm) {
    let below = super::summary::draw(painter, area);
    let place = format!("field {} of {}", form.focus + 1, FIELDS.len());
    let body = painter.heading(below, "Attack", &place, true);
    if body.height < 3 {
        return;
    }
    draw_keys(painter, inside(body, 0, 2), &form.fields[form.focus], &ENDS);
    let path = inside(body, 1, LEFT);
    let muted = painter.ink(Ink::Muted);
    painter.put(body.x + 2, path.y, LEFT - 3, "checkpoint", muted);
    let text = clean(&form.checkpoint.display().to_string()).into_owned();
    let text = cut_left(&text, usize::from(path.width), painter.glyphs()).into_owned();
    painter.put(path.x, path.y, path.width, &text, painter.ink(Ink::Text));
    let end = end(painter, form);
    let wanted: u16 = end
        .iter()
        .map(|(_, text, _)| wrap(text, usize::from(path.width)).len() as u16)
        .sum();
    let room = body.height - 2;
    let fields = |roomy| Fields::new(rows(form), form.focus, body.width, roomy);
    let roomy = fields(true).wanted() + wanted + 2 <= room;
    let fields = fields(roomy);
    let gap = u16::from(fields.wanted() + wanted < room);
    let least = wanted.min((room / 3).max(2));
    let high = fields.wanted().min(room.saturating_sub(least + gap).max(1));
    let top = Rect {
        y: body.y + 2,
        height: high,
        ..body
    };
    let used = fields.draw(painter, top);
    draw_end(painter, inside(body, 2 + used + gap, LEFT), &end);
}

fn rows(form: &AttackForm) -> Vec<Row<'_>> {
    let row = |(at, (name, about)): (usize, &'static (&str, &str))| Row {
        name,
        field: &form.fields[at],
        about,
        problem: form.problem(at).map(|p| one_line(&p)),
        changed: false,
    };
    FIELDS.iter().enumerate().map(row).collect()
}

/// What stands below the fields: label, words, and how they are drawn.
fn end(painter: &Painter, form: &AttackForm) -> Vec<(&'static str, String, Ink)> {
    let Ok(asked) = form.asked() else {
        return vec![("cost", "fix the highlighted field".into(), Ink::Muted)];
    };
    let cost = cost_in_words(&asked, painter.app.run().map_or(0.0, |r| r.rate));
    let mut end = vec![("cost", cost, Ink::Text)];
    if let Ok(arguments) = form_arguments(painter.app, form) {
        end.push(("command", clean(&command_line(&arguments)).into_owned(), Ink::Accent));
    }
    end
}

/// Each part whole where there is room; the last one gives way.
fn draw_end(painter: &mut Painter, area: Rect, end: &[(&'static str, String, Ink)]) {
    let mut row = 0;
    for (at, (label, text, ink)) in end.iter().enumerate() {
        let after = (end.len() - at - 1) as u16;
        if row >= area.height {
            return;
        }
        let place = Rect {
            y: area.y + row,
            height: (area.height - row).saturating_sub(after).max(1),
            ..area
        };
        let (muted, style) = (painter.ink(Ink::Muted), painter.ink(*ink));
        painter.put(area.x + 2 - LEFT, place.y, LEFT - 3, label, muted);
        row += painter.paragraph(place, text, style);
    }
}
