//! The attack form: fields, what they allow, what it costs, and the command line it stands for.

use super::pen::{Pen, cut_left};
use crate::{
    run::text::clean,
    tui::{
        attack_form::{AttackForm, FIELDS, command_line, cost_in_words},
        attack_keys::form_arguments,
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, form: &AttackForm) {
    let below = super::summary::draw(pen, area);
    let body = pen.heading(below, "Attack", "↑↓ field, type to change, Enter launches", true);
    let label = |pen: &mut Pen, row: u16, text: &str| {
        let style = pen.ink(Ink::Muted);
        pen.put(body.x + 2, body.y + row, 11, text, style);
    };
    let (left, width) = (body.x + 14, body.width.saturating_sub(15));
    label(pen, 1, "checkpoint");
    let path = clean(&form.checkpoint.display().to_string()).into_owned();
    let path = cut_left(&path, usize::from(width), pen.glyphs()).into_owned();
    pen.put(left, body.y + 1, width, &path, pen.ink(Ink::Text));
    let roomy = body.height >= 20;
    let mut row = 3;
    for (at, (name, hint)) in FIELDS.iter().enumerate() {
        if row + 1 >= body.height {
            return;
        }
        let focused = at == form.focus;
        pen.row(body, row, focused);
        label(pen, row, name);
        pen.input(left, body.y + row, width, &form.fields[at], focused);
        match form.problem(at) {
            Some(problem) => pen.put(left, body.y + row + 1, width, &problem, pen.ink(Ink::Bad)),
            None if focused || roomy => pen.put(left, body.y + row + 1, width, hint, pen.ink(Ink::Muted)),
            None => 0,
        };
        row += if roomy { 3 } else { 2 };
    }
    let rest = Rect {
        x: left,
        y: body.y + row,
        width,
        height: body.height.saturating_sub(row),
    };
    label(pen, row, "cost");
    match form.asked() {
        Ok(asked) => {
            let text = cost_in_words(&asked, pen.app.run().map_or(0.0, |r| r.rate));
            let style = pen.ink(Ink::Text);
            let used = pen.paragraph(rest, &text, style);
            draw_command(pen, rest, used + u16::from(roomy), form);
        }
        Err(_) => {
            pen.put(
                rest.x,
                rest.y,
                rest.width,
                "mend what is marked first",
                pen.ink(Ink::Muted),
            );
        }
    }
}

fn draw_command(pen: &mut Pen, rest: Rect, row: u16, form: &AttackForm) {
    let Ok(arguments) = form_arguments(pen.app, form) else {
        return;
    };
    let line = clean(&command_line(&arguments)).into_owned();
    let place = Rect {
        y: rest.y + row,
        height: rest.height.saturating_sub(row),
        ..rest
    };
    let (muted, accent) = (pen.ink(Ink::Muted), pen.ink(Ink::Accent));
    if place.height > 0 {
        pen.put(rest.x.saturating_sub(12), place.y, 11, "command", muted);
        pen.paragraph(place, &line, accent);
    }
}
