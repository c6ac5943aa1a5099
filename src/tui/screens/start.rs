//! Starting a run: the list of specifications, a summary of the selected one, and the resulting command line.

use super::painter::Painter;
use crate::tui::{model::SpecRow, state::start_form, terminal::key::Line, theme::Ink};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Draws the screen.
pub fn draw(painter: &mut Painter, area: Rect, row: usize, search: (&Line, bool)) {
    let Some(all) = painter.app.specs.as_ref().map(Vec::len) else {
        let body = painter.heading(area, "Start a run", "", true);
        return painter.hint(body, "looking for experiments…");
    };
    let specs: Vec<SpecRow> = painter.app.shown_specs().into_iter().cloned().collect();
    let body = draw_heading(painter, area, (specs.len(), all), search);
    if all == 0 {
        let text =
            "No specification found. Put one at experiments/NAME/experiment.toml, or start with `spikedeck demo`.";
        return painter.hint(body, text);
    }
    if specs.is_empty() {
        return painter.hint(body, "No specification matches: / changes the filter.");
    }
    let (list, detail) = divide(body, &specs);
    draw_list(painter, list, &specs, row);
    if let Some(spec) = specs.get(row) {
        draw_chosen(painter, detail, spec);
    }
}

/// The heading with the filter, where there is one; returns the area below.
fn draw_heading(
    painter: &mut Painter,
    area: Rect,
    (shown, all): (usize, usize),
    (query, typing): (&Line, bool),
) -> Rect {
    let searched = typing || !query.text().is_empty();
    let aside = match (all, searched) {
        (0, _) => String::new(),
        (_, true) => format!("{shown} of {all}  /"),
        (1, false) => "1 specification; Enter: start, e: edit".into(),
        (_, false) => format!("{all} specifications; Enter: start, e: edit, /: filter"),
    };
    let body = painter.heading(area, "Start a run", &aside, true);
    if searched {
        let after = area.x + 15 + aside.chars().count() as u16;
        painter.search_line(area, after, 30, (query, typing));
    }
    body
}

/// The list, and beside it the selected specification; below it where the screen is narrow.
fn divide(body: Rect, specs: &[SpecRow]) -> (Rect, Rect) {
    if body.width < 100 {
        let rows = (specs.len() as u16 + 1).min(body.height / 3);
        let detail = Rect {
            y: body.y + rows,
            height: body.height - rows,
            ..body
        };
        return (Rect { height: rows, ..body }, detail);
    }
    let longest = specs.iter().map(|s| s.name.width() as u16 + 18).max().unwrap_or(0);
    let wide = longest.clamp(36, (body.width / 2).max(36));
    let detail = Rect {
        x: body.x + wide + 2,
        width: body.width - wide - 2,
        ..body
    };
    (Rect { width: wide, ..body }, detail)
}

/// The selected specification, with the command that starts it; where not all of it fits, its end stays visible.
fn draw_chosen(painter: &mut Painter, detail: Rect, spec: &SpecRow) {
    let whole = |painter: &mut Painter, place: Rect| draw_detail(painter, place, spec);
    if spec.summary.is_err() || painter.rows_of(detail, &whole) <= detail.height {
        return painter.page(detail, "", &whole);
    }
    // A line each for the command and the time.
    let end = 2.min(detail.height);
    let above = Rect {
        height: detail.height - end,
        ..detail
    };
    painter.page(above, "e shows all of it", &|painter, place| {
        draw_summary(painter, place, spec);
    });
    let below = Rect {
        x: detail.x + 12,
        y: above.bottom(),
        width: detail.width.saturating_sub(13),
        height: end,
    };
    let arguments = start_form::arguments(&spec.path, &[], &painter.app.extra);
    super::start_form::draw_end(painter, below, &arguments);
}

fn draw_list(painter: &mut Painter, area: Rect, specs: &[SpecRow], row: usize) {
    // What does not fit is counted in the last line.
    let scrolls = specs.len() > usize::from(area.height) && area.height > 1;
    let rows = usize::from(area.height) - usize::from(scrolls);
    let first = (row + 1).saturating_sub(rows);
    if scrolls {
        let last = (first + rows).min(specs.len());
        let text = format!("{}-{last} of {}", first + 1, specs.len());
        let style = painter.ink(Ink::Muted);
        painter.put(
            area.x + 2,
            area.bottom() - 1,
            area.width.saturating_sub(2),
            &text,
            style,
        );
    }
    for (at, spec) in specs.iter().enumerate().skip(first).take(rows) {
        let line = painter.row(area, (at - first) as u16, at == row);
        let (ink, name) = match &spec.summary {
            Ok(_) if spec.missing.is_some() => (Ink::Muted, format!("{} (data missing)", spec.name)),
            Ok(_) => (Ink::Text, spec.name.clone()),
            Err(_) => (Ink::Bad, format!("{} (error)", spec.name)),
        };
        painter.put(
            line.x + 2,
            line.y,
            line.width.saturating_sub(2),
            &name,
            painter.ink(ink),
        );
    }
}

fn draw_detail(painter: &mut Painter, area: Rect, spec: &SpecRow) {
    let used = draw_summary(painter, area, spec);
    if spec.summary.is_ok() {
        let arguments = start_form::arguments(&spec.path, &[], &painter.app.extra);
        super::start_form::draw_end(painter, inside(area, used.min(area.height)), &arguments);
    }
}

/// Where values stand, from a row on.
fn inside(area: Rect, row: u16) -> Rect {
    Rect {
        x: area.x + 12,
        y: area.y + row,
        width: area.width.saturating_sub(13),
        height: area.height.saturating_sub(row),
    }
}

/// What a specification says, or what is wrong with it; returns the rows used.
fn draw_summary(painter: &mut Painter, area: Rect, spec: &SpecRow) -> u16 {
    let (muted, text, bad) = (painter.ink(Ink::Muted), painter.ink(Ink::Text), painter.ink(Ink::Bad));
    let mut row = 0;
    let summary = match &spec.summary {
        Ok(summary) => summary,
        Err(why) => {
            let place = Rect {
                width: area.width.saturating_sub(1),
                ..area
            };
            return painter.paragraph(place, why, bad);
        }
    };
    for (name, value) in summary {
        if row < area.height {
            painter.put(area.x, area.y + row, 11, name, muted);
            row += painter.paragraph(inside(area, row), value, text).max(1);
        }
    }
    row += 1;
    row + super::start_form::draw_missing(painter, inside(area, row.min(area.height)))
}
