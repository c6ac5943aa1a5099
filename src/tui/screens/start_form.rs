//! The form for a new run: fields with their errors, the resulting command line, and the estimated time.

use super::{
    fitting::wrap,
    form::{Fields, LEFT, Row, draw_keys, one_line},
    painter::Painter,
};
use crate::tui::state;
use crate::{
    run::text::clean,
    tui::{
        state::{
            attack_form::command_line,
            start_form::{FIELDS, StartForm},
        },
        theme::Ink,
    },
    units::seconds,
};
use ratatui::layout::Rect;

/// What the form's own keys do.
const ENDS: [&str; 3] = ["Enter: start", "Esc: cancel", "ctrl-t: estimate"];

/// Columns from a label to what it stands before.
const LABEL: u16 = LEFT - 2;

/// The spinner shown while measuring.
const SPINNER: [&str; 4] = ["|", "/", "-", "\\"];

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, form: &StartForm) {
    let heading = format!("Start {}", clean(&form.name));
    let place = format!("field {} of {}", form.focus + 1, FIELDS.len());
    let body = painter.heading(area, &heading, &place, true);
    if body.height < 2 {
        return;
    }
    draw_keys(painter, inside(body, 0, 2), &form.fields[form.focus], &ENDS);
    let end = inside(body, 1, LEFT);
    let wanted = end_wanted(painter, end.width, form);
    let fields = |roomy| Fields::new(rows(form), form.focus, body.width, roomy);
    let room = body.height - 1;
    let roomy = fields(true).wanted() + wanted + 2 <= room;
    let fields = fields(roomy);
    // Where there is no room for both, fields scroll beside the shortest end.
    let gap = u16::from(fields.wanted() + wanted < room);
    let least = wanted.min((room / 3).max(2));
    let high = fields.wanted().min(room.saturating_sub(least + gap).max(1));
    let top = Rect {
        y: body.y + 1,
        height: high,
        ..body
    };
    let used = fields.draw(painter, top);
    draw_rest(painter, inside(body, 1 + used + gap, LEFT), form);
}

/// What lies below so many rows and right of so many columns.
pub fn inside(body: Rect, rows: u16, columns: u16) -> Rect {
    let rows = rows.min(body.height);
    Rect {
        x: body.x + columns.min(body.width),
        y: body.y + rows,
        width: body.width.saturating_sub(columns + 1),
        height: body.height - rows,
    }
}

fn rows(form: &StartForm) -> Vec<Row<'_>> {
    let row = |(at, (name, _, about)): (usize, &'static (&str, &str, &str))| Row {
        name,
        field: &form.fields[at],
        about,
        problem: form.problem(at).map(|p| one_line(&p)),
        changed: form.is_changed(at),
    };
    FIELDS.iter().enumerate().map(row).collect()
}

/// Lines needed below the fields.
fn end_wanted(painter: &Painter, width: u16, form: &StartForm) -> u16 {
    if form.wrong().is_some() {
        return 2;
    }
    let lines = |text: &str| wrap(text, usize::from(width)).len() as u16;
    let missing = state::app::start_arguments::missing_data(painter.app).map_or(0, |c| lines(&missing_words(c)));
    let arguments = form.arguments(&painter.app.extra);
    missing + lines(&clean(&command_line(&arguments))) + lines(&time_words(painter, &arguments).0)
}

fn draw_rest(painter: &mut Painter, area: Rect, form: &StartForm) {
    let Some(why) = form.wrong() else {
        let row = draw_missing(painter, area);
        let rest = Rect {
            y: area.y + row,
            height: area.height - row,
            ..area
        };
        return draw_end(painter, rest, &form.arguments(&painter.app.extra.clone()));
    };
    let is_valid = (0..FIELDS.len()).all(|at| form.problem(at).is_none());
    let (text, ink) = match is_valid {
        true => (one_line(&why), Ink::Bad),
        false => ("fix the highlighted field".into(), Ink::Muted),
    };
    let style = painter.ink(ink);
    painter.paragraph(area, &text, style);
}

/// What brings the data, where they are missing; returns the lines used.
pub fn draw_missing(painter: &mut Painter, area: Rect) -> u16 {
    let Some(words) = state::app::start_arguments::missing_data(painter.app).map(missing_words) else {
        return 0;
    };
    if area.height == 0 {
        return 0;
    }
    let style = painter.ink(Ink::Bad);
    painter.put(area.x.saturating_sub(LABEL), area.y, LABEL - 1, "missing", style);
    painter.paragraph(area, &words, style)
}

fn missing_words(command: &str) -> String {
    format!("data set missing: {command}")
}

/// The command line that something stands for, and the time it takes where that was asked; in a narrow place the end of
/// the command line gives way to the time.
pub fn draw_end(painter: &mut Painter, area: Rect, arguments: &[String]) {
    let (muted, accent) = (painter.ink(Ink::Muted), painter.ink(Ink::Accent));
    let label = area.x.saturating_sub(LABEL);
    let (time, ink) = time_words(painter, arguments);
    let lines = wrap(&time, usize::from(area.width)).len() as u16;
    let part = |row: u16, height: u16| Rect {
        y: area.y + row.min(area.height),
        height: height.min(area.height.saturating_sub(row)),
        ..area
    };
    let mut row = 0;
    let room = area.height.saturating_sub(lines).max(1);
    if area.height > 1 {
        painter.put(label, area.y, LABEL - 1, "command", muted);
        row += painter.paragraph(part(0, room), &clean(&command_line(arguments)), accent);
    }
    if row < area.height {
        painter.put(label, area.y + row, LABEL - 1, "time", muted);
        let style = painter.ink(ink);
        row += painter.paragraph(part(row, area.height), &time, style) + 1;
    }
    let text = "The run is a separate process: it keeps running when this screen is closed.";
    if row < area.height {
        painter.paragraph(part(row, area.height), text, muted);
    }
}

/// How long it takes: that ctrl-t measures it, that it is being measured, the answer, or why there is none.
fn time_words(painter: &Painter, arguments: &[String]) -> (String, Ink) {
    let estimate = painter.app.estimate.as_ref();
    let measuring = estimate.filter(|e| e.answer.is_none());
    let Some(estimate) = estimate.filter(|e| e.of == arguments) else {
        return match measuring {
            Some(e) => (
                format!(
                    "measuring other values… {}; ctrl-t measures these, Esc cancels",
                    seconds(e.seconds)
                ),
                Ink::Pending,
            ),
            None => ("ctrl-t measures a few steps here".into(), Ink::Muted),
        };
    };
    match &estimate.answer {
        None => {
            let turn = SPINNER[(estimate.seconds * 4.0) as usize % SPINNER.len()];
            let words = format!("{turn} measuring… {:.0} s; Esc cancels", estimate.seconds.floor());
            (words, Ink::Pending)
        }
        Some(Ok(words)) => (clean(words).into_owned(), Ink::Text),
        Some(Err(why)) => (format!("no estimate: {}", clean(why)), Ink::Bad),
    }
}
