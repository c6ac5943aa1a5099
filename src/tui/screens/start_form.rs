//! The form for a new run: fields with what is wrong under each, the command line it stands for, and how long it takes.

use super::pen::Pen;
use crate::{
    run::text::clean,
    tui::{
        attack_form::command_line,
        start_form::{self, FIELDS, StartForm},
        theme::Ink,
    },
};
use ratatui::layout::Rect;

/// Columns before what is typed.
const LEFT: u16 = 12;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, form: &StartForm) {
    let heading = format!("Start {}", clean(&form.name));
    let body = pen.heading(area, &heading, "↑↓ field, type to change, Enter starts", true);
    let (left, width) = (body.x + LEFT + 2, body.width.saturating_sub(LEFT + 3));
    let problems: Vec<Option<String>> = (0..FIELDS.len()).map(|at| form.problem(at)).collect();
    let wrong = form.wrong();
    // A line for each hint where there is room for all of them and for what is below.
    let roomy = body.height >= 2 * FIELDS.len() as u16 + 8;
    let mut row = 1;
    for (at, (name, _, hint)) in FIELDS.iter().enumerate() {
        if row >= body.height {
            return;
        }
        let focused = at == form.focus;
        pen.row(body, row, focused);
        let changed = form.is_changed(at);
        let ink = pen.ink(if changed { Ink::Wish } else { Ink::Muted });
        pen.put(body.x + 2, body.y + row, LEFT - 1, name, ink);
        pen.input(left, body.y + row, width, &form.fields[at], focused);
        let told = match &problems[at] {
            Some(problem) => Some((one_line(problem), Ink::Bad)),
            None if focused || roomy => Some((hint.to_string(), Ink::Muted)),
            None => None,
        };
        if let Some((text, ink)) = told
            && row + 1 < body.height
        {
            let style = pen.ink(ink);
            pen.put(left, body.y + row + 1, width, &text, style);
            row += 1;
        }
        row += 1;
    }
    row += u16::from(roomy);
    let below = |row: u16| Rect {
        x: left,
        y: body.y + row.min(body.height),
        width,
        height: body.height.saturating_sub(row),
    };
    if let Some(why) = wrong {
        let mended = problems.iter().all(Option::is_none);
        let text = if mended {
            one_line(&why)
        } else {
            "mend what is marked first".into()
        };
        let style = pen.ink(if mended { Ink::Bad } else { Ink::Muted });
        pen.paragraph(below(row), &text, style);
        return;
    }
    let row = row + draw_missing(pen, below(row));
    draw_end(pen, below(row), &form.arguments(&pen.app.extra.clone()));
}

/// What brings the data, where they are missing; returns the lines used.
pub fn draw_missing(pen: &mut Pen, area: Rect) -> u16 {
    let Some(command) = start_form::missing_data(pen.app).map(str::to_string) else {
        return 0;
    };
    if area.height == 0 {
        return 0;
    }
    pen.put(
        area.x.saturating_sub(LEFT),
        area.y,
        LEFT - 1,
        "missing",
        pen.ink(Ink::Bad),
    );
    let style = pen.ink(Ink::Bad);
    pen.paragraph(area, &format!("its data are not there: {command}"), style)
}

/// The command line that something stands for, and the time it takes where that was asked.
pub fn draw_end(pen: &mut Pen, area: Rect, arguments: &[String]) {
    let (muted, accent) = (pen.ink(Ink::Muted), pen.ink(Ink::Accent));
    let label = area.x.saturating_sub(LEFT);
    let mut row = 0;
    let rest = |row: u16| Rect {
        y: area.y + row.min(area.height),
        height: area.height.saturating_sub(row),
        ..area
    };
    if area.height > 0 {
        pen.put(label, area.y, LEFT - 1, "command", muted);
        row += pen.paragraph(area, &clean(&command_line(arguments)), accent);
    }
    if row < area.height {
        let (text, ink) = told(pen, arguments);
        pen.put(label, area.y + row, LEFT - 1, "time", muted);
        let style = pen.ink(ink);
        row += pen.paragraph(rest(row), &text, style) + 1;
    }
    if row < area.height {
        let text = "The run is a process of its own: it goes on when this screen is closed.";
        pen.paragraph(rest(row), text, muted);
    }
}

fn told(pen: &Pen, arguments: &[String]) -> (String, Ink) {
    let estimate = pen.app.estimate.as_ref().filter(|e| e.of == arguments);
    match estimate.map(|e| &e.answer) {
        None => ("ctrl-t measures a few steps here".into(), Ink::Muted),
        Some(None) => ("measuring a few steps…".into(), Ink::Wish),
        Some(Some(Ok(words))) => (clean(words).into_owned(), Ink::Text),
        Some(Some(Err(why))) => (format!("no estimate: {}", clean(why)), Ink::Bad),
    }
}

/// An error of several lines in one, its parts apart.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}
