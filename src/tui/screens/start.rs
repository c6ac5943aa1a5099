//! Starting a run: the specifications found, what the selected one says, and the command line it stands for.

use super::pen::Pen;
use crate::tui::{model::SpecRow, start_form, theme::Ink};
use ratatui::layout::Rect;

/// Draws the screen.
pub fn draw(pen: &mut Pen, area: Rect, row: usize) {
    let Some(specs) = pen.app.specs.clone() else {
        let body = pen.heading(area, "Start a run", "", true);
        return pen.hint(body, "looking for experiments…");
    };
    let aside = if specs.is_empty() {
        String::new()
    } else {
        format!("{} specifications, Enter starts, e changes", specs.len())
    };
    let body = pen.heading(area, "Start a run", &aside, true);
    if specs.is_empty() {
        let text =
            "No specification found. Put one at experiments/NAME/experiment.toml, or start with `spikedeck demo`.";
        return pen.hint(body, text);
    }
    let (list, detail) = match body.width {
        100.. => (
            Rect { width: 36, ..body },
            Rect {
                x: body.x + 38,
                width: body.width - 38,
                ..body
            },
        ),
        _ => {
            let rows = (specs.len() as u16 + 1).min(body.height / 3);
            let list = Rect { height: rows, ..body };
            (
                list,
                Rect {
                    y: body.y + rows,
                    height: body.height - rows,
                    ..body
                },
            )
        }
    };
    draw_list(pen, list, &specs, row);
    if let Some(spec) = specs.get(row) {
        draw_detail(pen, detail, spec);
    }
}

fn draw_list(pen: &mut Pen, area: Rect, specs: &[SpecRow], row: usize) {
    let rows = usize::from(area.height);
    let first = (row + 1).saturating_sub(rows);
    for (at, spec) in specs.iter().enumerate().skip(first).take(rows) {
        let line = pen.row(area, (at - first) as u16, at == row);
        let (ink, name) = match &spec.summary {
            Ok(_) => (Ink::Text, spec.name.clone()),
            Err(_) => (Ink::Bad, format!("{} (mistake)", spec.name)),
        };
        pen.put(line.x + 2, line.y, line.width.saturating_sub(2), &name, pen.ink(ink));
    }
}

fn draw_detail(pen: &mut Pen, area: Rect, spec: &SpecRow) {
    let (muted, text, bad) = (pen.ink(Ink::Muted), pen.ink(Ink::Text), pen.ink(Ink::Bad));
    let inside = |row: u16| Rect {
        x: area.x + 12,
        y: area.y + row,
        width: area.width.saturating_sub(13),
        height: area.height.saturating_sub(row),
    };
    let mut row = 0;
    let summary = match &spec.summary {
        Ok(summary) => summary,
        Err(why) => {
            pen.paragraph(
                Rect {
                    x: area.x,
                    width: area.width.saturating_sub(1),
                    ..area
                },
                why,
                bad,
            );
            return;
        }
    };
    for (name, value) in summary {
        if row < area.height {
            pen.put(area.x, area.y + row, 11, name, muted);
            row += pen.paragraph(inside(row), value, text).max(1);
        }
    }
    row += 1;
    let arguments = start_form::arguments(&spec.path, &[], &pen.app.extra);
    super::start_form::draw_end(pen, inside(row.min(area.height)), &arguments);
}
