//! The top bar (folder, runs by state), the bottom bar (keys valid now), and the message above it.

use super::fitting::{cut_left, wrap};
use super::painter::{Painter, Word, word};
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

/// Rows that a message may take.
const MOST_ROWS: u16 = 4;

/// Draws both bars; returns what is left between them.
pub fn draw(painter: &mut Painter, area: Rect) -> Rect {
    let top = Rect { height: 1, ..area };
    let bottom = Rect {
        y: area.bottom() - 1,
        height: 1,
        ..area
    };
    draw_top(painter, top);
    draw_bottom(painter, bottom);
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width - 2,
        height: area.height - 2,
    }
}

fn draw_top(painter: &mut Painter, area: Rect) {
    let raised = painter.theme().raised();
    painter.fill(area, raised);
    let counts = counts(painter);
    let wide: usize = counts.iter().map(|(t, _)| painter.glyphs().spell(t).width()).sum();
    let right = area.right().saturating_sub(wide as u16 + 1);
    let mut x = painter.put(area.x + 1, area.y, area.width, "spikedeck", painter.ink(Ink::Strong));
    let roots = painter
        .app
        .roots
        .iter()
        .map(|r| crate::run::text::clean(&r.display().to_string()).into_owned());
    let roots = roots.collect::<Vec<_>>().join("  ");
    let room = usize::from(right.saturating_sub(x + 4));
    let roots = cut_left(&roots, room, painter.glyphs()).into_owned();
    x = painter.put(x + 2, area.y, room as u16, &roots, painter.ink(Ink::Muted));
    let place = Rect {
        x: right.max(x + 1),
        width: area.right().saturating_sub(right.max(x + 1)),
        ..area
    };
    painter.words(place, 0, &counts);
}

/// `● 1 RUN  ✓ 3 DONE  read-only`.
fn counts(painter: &Painter) -> Vec<Word<'static>> {
    let mut words = Vec::new();
    for state in RunState::ALL {
        let many = painter.app.runs.iter().filter(|r| r.state == state).count();
        if many > 0 {
            let (sign, name) = painter.glyphs().state(state);
            words.push(word(format!("  {sign} {many} {name}"), painter.theme().state(state)));
        }
    }
    if let Some(limit) = painter.app.wire.limit {
        let wire = painter.app.wire;
        let text = format!(
            "  ≤ {} kB/s, now {:.1}, every {:.1} s",
            limit / 1000,
            wire.bytes_per_second as f64 / 1000.0,
            wire.interval.as_secs_f64()
        );
        words.push(word(text, painter.ink(Ink::Muted)));
    }
    if painter.app.read_only {
        words.push(word("  read-only", painter.ink(Ink::Warn)));
    }
    words
}

fn draw_bottom(painter: &mut Painter, area: Rect) {
    let raised = painter.theme().raised();
    painter.fill(area, raised);
    // The keys for help and quitting are always visible.
    let (right, left): (Vec<_>, Vec<_>) = actions::bar(painter.app)
        .into_iter()
        .partition(|a| matches!(a.act, Act::Help | Act::Back | Act::Close));
    let wide: usize = right.iter().map(|a| width(painter, a)).sum();
    let mut x = area.right().saturating_sub(wide as u16);
    let end = x;
    for action in right {
        x = draw_key(painter, x, area.y, action);
    }
    let mut x = area.x;
    for action in left {
        if usize::from(x) + width(painter, action) > usize::from(end) {
            break;
        }
        x = draw_key(painter, x, area.y, action);
    }
}

fn width(painter: &Painter, action: &Action) -> usize {
    painter.glyphs().spell(&label(painter.app, action)).width() + painter.glyphs().spell(action.title).width() + 3
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

fn draw_key(painter: &mut Painter, x: u16, y: u16, action: &Action) -> u16 {
    let blocked = action.blocked(painter.app).is_some();
    let (key, title) = match blocked {
        true => (Ink::Muted, Ink::Muted),
        false => (Ink::Accent, Ink::Text),
    };
    let (room, start) = (painter.buffer.area.right(), x);
    let x = painter.put(
        x + 1,
        y,
        room.saturating_sub(x + 1),
        &label(painter.app, action),
        painter.ink(key),
    );
    let end = painter.put(x + 1, y, room.saturating_sub(x + 1), action.title, painter.ink(title));
    if let Ok(key) = Key::parse(painter.app.keys.of(action).next().unwrap_or_default()) {
        let area = Rect {
            x: start,
            y,
            width: end.saturating_sub(start),
            height: 1,
        };
        painter.hit_areas.add(area, Target::Key(key));
    }
    end + 1
}

/// Rows that the message takes between the body and the keys, until the next key; a longer one is cut with a sign.
pub fn notice_rows(painter: &Painter) -> u16 {
    let room = painter.buffer.area.width.saturating_sub(4);
    let rows = painter.app.notice.as_ref().map(|notice| {
        let text = painter.glyphs().spell(&notice.text).into_owned();
        wrap(&text, usize::from(room)).len() as u16
    });
    rows.map_or(0, |rows| rows.clamp(1, MOST_ROWS))
}

/// Draws the message below the body, which has left it room.
pub fn draw_notice(painter: &mut Painter, body: Rect) {
    let Some(notice) = &painter.app.notice else { return };
    let rows = notice_rows(painter);
    let area = Rect {
        x: body.x - 1,
        y: body.bottom(),
        width: body.width + 2,
        height: rows,
    };
    let selected = painter.theme().selected();
    painter.fill(area, selected);
    painter.hit_areas.add(area, Target::Cover);
    let (sign, ink) = match notice.bad {
        true => ("!", Ink::Bad),
        false => (painter.glyphs().dot, Ink::Accent),
    };
    painter.put(area.x + 1, area.y, 1, sign, painter.ink(ink));
    let place = Rect {
        x: area.x + 3,
        width: area.width.saturating_sub(4),
        ..area
    };
    painter.paragraph(place, &notice.text, selected);
}
