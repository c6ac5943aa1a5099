//! Drawing: state in, cells out, one file per screen. This folder may use `text`, `theme`, `terminal`, `plot`, `keys`,
//! `model`, `state`, `charts` and `actions`. It does not change the state and reads no file.

mod activity;
mod attack_form;
mod attacks;
mod bars;
mod charts;
mod checkpoints;
mod chooser;
mod command_line;
mod confirm;
mod controls;
mod dashboard;
mod fitting;
mod form;
mod help;
mod labels_form;
mod logs;
mod painter;
mod runs;
mod sheet;
mod start;
mod start_form;
mod summary;
mod table;
mod tensors;
mod typed;
mod welcome;
mod which_key;

use crate::{
    run::text::clean,
    tui::{
        state::{
            app::{App, Layer},
            hit_areas::HitAreas,
        },
        theme::{Ink, glyphs},
    },
};
use painter::Painter;
use ratatui::{buffer::Buffer, layout::Rect};

/// Below this, a notice is shown instead of the screen.
pub const SMALLEST: (u16, u16) = (60, 15);

/// Draws the whole screen; returns what lies where on it.
pub fn draw(app: &App, buffer: &mut Buffer) -> HitAreas {
    let area = buffer.area;
    let hit_areas = HitAreas::default();
    let mut painter = Painter { app, buffer, hit_areas };
    painter.fill(area, app.theme.base());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(&mut painter, area);
    } else {
        let body = bars::draw(&mut painter, area);
        // The message has rows of its own, so that it hides nothing.
        let body = Rect {
            height: body.height - bars::notice_rows(&painter),
            ..body
        };
        draw_body(&mut painter, body);
        bars::draw_notice(&mut painter, body);
    }
    let hit_areas = painter.hit_areas;
    guard(app, buffer);
    hit_areas
}

fn draw_body(painter: &mut Painter, body: Rect) {
    let under = painter.app.layers.iter().rev().find(|l| {
        !matches!(
            l,
            Layer::Confirm(_) | Layer::Command(_) | Layer::Labels(_) | Layer::Columns(_)
        )
    });
    match under {
        None => dashboard::draw(painter, body),
        Some(Layer::Expanded) => charts::draw_expanded(painter, body),
        Some(Layer::Checkpoints { chosen }) => checkpoints::draw(painter, body, chosen.as_deref()),
        Some(Layer::Tensors { asked, row }) => tensors::draw(painter, body, asked, *row),
        Some(Layer::Attacks(view)) => attacks::draw(painter, body, view),
        Some(Layer::AttackForm(form)) => attack_form::draw(painter, body, form),
        Some(Layer::Start { row, query, typing }) => start::draw(painter, body, *row, (query, *typing)),
        Some(Layer::StartForm(form)) => start_form::draw(painter, body, form),
        Some(Layer::Table) => table::draw(painter, body),
        Some(Layer::Diff { row, column }) => table::draw_diff(painter, body, *row, *column),
        Some(Layer::Activity { row }) => activity::draw(painter, body, *row),
        Some(Layer::Logs(view)) => logs::draw(painter, body, view),
        Some(Layer::Help { query, typing, row }) => help::draw(painter, body, query, *typing, *row),
        Some(Layer::Confirm(_) | Layer::Command(_) | Layer::Labels(_) | Layer::Columns(_)) => {}
    }
    match painter.app.layers.last() {
        Some(Layer::Confirm(question)) => confirm::draw(painter, body, question),
        Some(Layer::Labels(form)) => labels_form::draw(painter, body, form),
        Some(Layer::Columns(chooser)) => chooser::draw(painter, body, chooser),
        Some(Layer::Command(command)) => command_line::draw(painter, body, command),
        _ => which_key::draw(painter, body),
    }
}

fn too_small(painter: &mut Painter, area: Rect) {
    let (width, height) = SMALLEST;
    let text = format!(
        "This terminal has {} × {} cells; spikedeck needs {width} × {height}. Enlarge it, or press q: runs keep running.",
        area.width, area.height
    );
    let inside = Rect {
        x: area.x,
        y: area.y + area.height / 3,
        width: area.width,
        height: area.height - area.height / 3,
    };
    let style = painter.ink(Ink::Text);
    painter.paragraph(inside, &text, style);
}

/// The last line of defence: no control character, nothing that reorders text, and with `--ascii` nothing but ASCII
/// leaves for the terminal, whatever a screen forgot.
fn guard(app: &App, buffer: &mut Buffer) {
    let ascii = app.glyphs == glyphs::ASCII;
    for cell in &mut buffer.content {
        if clean(cell.symbol()) != cell.symbol() || (ascii && !cell.symbol().is_ascii()) {
            cell.set_symbol("?");
        }
    }
}

#[cfg(test)]
mod tests;
