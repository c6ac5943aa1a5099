//! Drawing: the state in, cells out. One file per screen; nothing here changes the state or reads a file.

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
mod form;
mod help;
mod labels_form;
mod logs;
mod pen;
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
            hit_areas::Spots,
        },
        theme::{Ink, glyphs},
    },
};
use pen::Pen;
use ratatui::{buffer::Buffer, layout::Rect};

/// Below this, a notice is shown instead of the screen.
pub const SMALLEST: (u16, u16) = (60, 15);

/// Draws the whole screen; returns what lies where on it.
pub fn draw(app: &App, buffer: &mut Buffer) -> Spots {
    let area = buffer.area;
    let spots = Spots::default();
    let mut pen = Pen { app, buffer, spots };
    pen.fill(area, app.theme.base());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(&mut pen, area);
    } else {
        let body = bars::draw(&mut pen, area);
        // The remark has rows of its own, so that it hides nothing.
        let body = Rect {
            height: body.height - bars::notice_rows(&pen),
            ..body
        };
        draw_body(&mut pen, body);
        bars::draw_notice(&mut pen, body);
    }
    let spots = pen.spots;
    guard(app, buffer);
    spots
}

fn draw_body(pen: &mut Pen, body: Rect) {
    let under = pen.app.layers.iter().rev().find(|l| {
        !matches!(
            l,
            Layer::Confirm(_) | Layer::Command(_) | Layer::Labels(_) | Layer::Columns(_)
        )
    });
    match under {
        None => dashboard::draw(pen, body),
        Some(Layer::Expanded) => charts::draw_expanded(pen, body),
        Some(Layer::Checkpoints { chosen }) => checkpoints::draw(pen, body, chosen.as_deref()),
        Some(Layer::Tensors { asked, row }) => tensors::draw(pen, body, asked, *row),
        Some(Layer::Attacks(view)) => attacks::draw(pen, body, view),
        Some(Layer::AttackForm(form)) => attack_form::draw(pen, body, form),
        Some(Layer::Start { row, query, typing }) => start::draw(pen, body, *row, (query, *typing)),
        Some(Layer::StartForm(form)) => start_form::draw(pen, body, form),
        Some(Layer::Table) => table::draw(pen, body),
        Some(Layer::Diff { row, column }) => table::draw_diff(pen, body, *row, *column),
        Some(Layer::Activity { row }) => activity::draw(pen, body, *row),
        Some(Layer::Logs(view)) => logs::draw(pen, body, view),
        Some(Layer::Help { query, typing, row }) => help::draw(pen, body, query, *typing, *row),
        Some(Layer::Confirm(_) | Layer::Command(_) | Layer::Labels(_) | Layer::Columns(_)) => {}
    }
    match pen.app.layers.last() {
        Some(Layer::Confirm(question)) => confirm::draw(pen, body, question),
        Some(Layer::Labels(form)) => labels_form::draw(pen, body, form),
        Some(Layer::Columns(chooser)) => chooser::draw(pen, body, chooser),
        Some(Layer::Command(command)) => command_line::draw(pen, body, command),
        _ => which_key::draw(pen, body),
    }
}

fn too_small(pen: &mut Pen, area: Rect) {
    let (width, height) = SMALLEST;
    let text = format!(
        "This terminal has {} × {} cells; spikedeck needs {width} × {height}. Make it larger, or press q. Runs go on.",
        area.width, area.height
    );
    let inside = Rect {
        x: area.x,
        y: area.y + area.height / 3,
        width: area.width,
        height: area.height - area.height / 3,
    };
    let style = pen.ink(Ink::Text);
    pen.paragraph(inside, &text, style);
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
