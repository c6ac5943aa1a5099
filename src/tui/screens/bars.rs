//! The bar at the top (where we are, how many runs are in which state), the bar at the bottom (the keys that are
//! valid now), and the remark above it.

use super::pen::{Pen, Word, cut_left, word, wrap};
use crate::{
    run::status::RunState,
    tui::{
        actions::{self, Act, Action},
        state::{app::App, hit_areas::Target},
        terminal::key::Key,
        theme::Ink,
    },
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Rows that a remark may take.
const MOST_ROWS: u16 = 4;

/// Draws both bars; returns what is left between them.
pub fn draw(pen: &mut Pen, area: Rect) -> Rect {
    let top = Rect { height: 1, ..area };
    let bottom = Rect {
        y: area.bottom() - 1,
        height: 1,
        ..area
    };
    draw_top(pen, top);
    draw_bottom(pen, bottom);
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width - 2,
        height: area.height - 2,
    }
}

fn draw_top(pen: &mut Pen, area: Rect) {
    let raised = pen.theme().raised();
    pen.fill(area, raised);
    let counts = counts(pen);
    let wide: usize = counts.iter().map(|(t, _)| pen.glyphs().spell(t).width()).sum();
    let right = area.right().saturating_sub(wide as u16 + 1);
    let mut x = pen.put(area.x + 1, area.y, area.width, "spikedeck", pen.ink(Ink::Strong));
    let roots = pen
        .app
        .roots
        .iter()
        .map(|r| crate::run::text::clean(&r.display().to_string()).into_owned());
    let roots = roots.collect::<Vec<_>>().join("  ");
    let room = usize::from(right.saturating_sub(x + 4));
    let roots = cut_left(&roots, room, pen.glyphs()).into_owned();
    x = pen.put(x + 2, area.y, room as u16, &roots, pen.ink(Ink::Muted));
    let place = Rect {
        x: right.max(x + 1),
        width: area.right().saturating_sub(right.max(x + 1)),
        ..area
    };
    pen.words(place, 0, &counts);
}

/// `● 1 RUN  ✓ 3 DONE  read-only`.
fn counts(pen: &Pen) -> Vec<Word<'static>> {
    let mut words = Vec::new();
    for state in RunState::ALL {
        let many = pen.app.runs.iter().filter(|r| r.state == state).count();
        if many > 0 {
            let (sign, name) = pen.glyphs().state(state);
            words.push(word(format!("  {sign} {many} {name}"), pen.theme().state(state)));
        }
    }
    if let Some(limit) = pen.app.wire.limit {
        let wire = pen.app.wire;
        let text = format!(
            "  ≤ {} kB/s, now {:.1}, every {:.1} s",
            limit / 1000,
            wire.bytes_per_second as f64 / 1000.0,
            wire.interval.as_secs_f64()
        );
        words.push(word(text, pen.ink(Ink::Muted)));
    }
    if pen.app.read_only {
        words.push(word("  read-only", pen.ink(Ink::Warn)));
    }
    words
}

fn draw_bottom(pen: &mut Pen, area: Rect) {
    let raised = pen.theme().raised();
    pen.fill(area, raised);
    // How to get help and how to leave are always seen.
    let (right, left): (Vec<_>, Vec<_>) = actions::bar(pen.app)
        .into_iter()
        .partition(|a| matches!(a.act, Act::Help | Act::Back | Act::Close));
    let wide: usize = right.iter().map(|a| width(pen, a)).sum();
    let mut x = area.right().saturating_sub(wide as u16);
    let end = x;
    for action in right {
        x = draw_key(pen, x, area.y, action);
    }
    let mut x = area.x;
    for action in left {
        if usize::from(x) + width(pen, action) > usize::from(end) {
            break;
        }
        x = draw_key(pen, x, area.y, action);
    }
}

fn width(pen: &Pen, action: &Action) -> usize {
    pen.glyphs().spell(&label(pen.app, action)).width() + pen.glyphs().spell(action.title).width() + 3
}

fn label(app: &App, action: &Action) -> String {
    match action.act {
        Act::ColumnLeft | Act::GridDown => "<>".into(),
        Act::CursorLeft | Act::SampleBefore => "←→".into(),
        Act::CellBefore => "[]".into(),
        Act::ChoosePanel => "1-5".into(),
        _ => app.keys.of(action).next().unwrap_or_default().to_string(),
    }
}

fn draw_key(pen: &mut Pen, x: u16, y: u16, action: &Action) -> u16 {
    let blocked = action.blocked(pen.app).is_some();
    let (key, title) = match blocked {
        true => (Ink::Muted, Ink::Muted),
        false => (Ink::Accent, Ink::Text),
    };
    let (room, start) = (pen.buffer.area.right(), x);
    let x = pen.put(
        x + 1,
        y,
        room.saturating_sub(x + 1),
        &label(pen.app, action),
        pen.ink(key),
    );
    let end = pen.put(x + 1, y, room.saturating_sub(x + 1), action.title, pen.ink(title));
    if let Ok(key) = Key::parse(pen.app.keys.of(action).next().unwrap_or_default()) {
        let area = Rect {
            x: start,
            y,
            width: end.saturating_sub(start),
            height: 1,
        };
        pen.spots.add(area, Target::Key(key));
    }
    end + 1
}

/// Rows that the remark takes between the body and the keys, until the next key; a longer one is cut with a sign.
pub fn notice_rows(pen: &Pen) -> u16 {
    let room = pen.buffer.area.width.saturating_sub(4);
    let rows = pen.app.notice.as_ref().map(|notice| {
        let text = pen.glyphs().spell(&notice.text).into_owned();
        wrap(&text, usize::from(room)).len() as u16
    });
    rows.map_or(0, |rows| rows.clamp(1, MOST_ROWS))
}

/// Draws the remark below the body, which has left it room.
pub fn draw_notice(pen: &mut Pen, body: Rect) {
    let Some(notice) = &pen.app.notice else { return };
    let rows = notice_rows(pen);
    let area = Rect {
        x: body.x - 1,
        y: body.bottom(),
        width: body.width + 2,
        height: rows,
    };
    let selected = pen.theme().selected();
    pen.fill(area, selected);
    pen.spots.add(area, Target::Cover);
    let (sign, ink) = match notice.bad {
        true => ("!", Ink::Bad),
        false => (pen.glyphs().dot, Ink::Accent),
    };
    pen.put(area.x + 1, area.y, 1, sign, pen.ink(ink));
    let place = Rect {
        x: area.x + 3,
        width: area.width.saturating_sub(4),
        ..area
    };
    pen.paragraph(place, &notice.text, selected);
}
