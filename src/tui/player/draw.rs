//! The film in cells: one frame with its timeline, or all frames side by side.

use super::film::{Film, Frame};
use super::state::Player;
use crate::tui::{
    plot::EventPicture,
    theme::{Ink, Theme, glyphs, glyphs::Glyphs},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

/// Rows beside the picture: title, figures, timeline, keys.
const ROWS: u16 = 4;
const KEYS: &str = "←→ step  space play  home end  +- speed  q quit";
const KEYS_ASCII: &str = "left/right step  space play  home end  +- speed  q quit";
/// Bars of the timeline, from few events to many.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const BARS_ASCII: [&str; 8] = [".", ".", ":", ":", "|", "|", "#", "#"];

/// Draws the frame that is shown.
pub(super) fn draw(buffer: &mut Buffer, player: &Player, theme: &Theme, signs: &Glyphs) {
    let area = buffer.area;
    buffer.set_style(area, theme.base());
    let Some(frame) = player.film.frames.get(player.at) else {
        return;
    };
    let plain = *signs == glyphs::ASCII;
    put(buffer, (0, 0), &player.film.title, theme.ink(Ink::Strong), signs);
    let title = player.film.title.width() as u16 + 2;
    put(buffer, (title, 0), &player.film.about, theme.ink(Ink::Muted), signs);
    put(buffer, (0, 1), &figures(player, frame), theme.ink(Ink::Text), signs);
    legend(buffer, theme, signs);
    let room = Rect {
        y: area.y + 2,
        height: area.height.saturating_sub(ROWS),
        ..area
    };
    let shown = picture(&player.film, frame, player.full);
    let (wide, high) = shown.fitted(room);
    let middle = Rect {
        x: room.x + room.width.saturating_sub(wide) / 2,
        y: room.y + room.height.saturating_sub(high) / 2,
        width: wide,
        height: high,
    };
    shown.draw(buffer, middle, theme, plain);
    if area.height > ROWS {
        timeline(buffer, player, theme, signs);
        let keys = if plain { KEYS_ASCII } else { KEYS };
        put(buffer, (0, area.height - 1), keys, theme.ink(Ink::Muted), signs);
    }
}

/// The line of figures of a frame.
fn figures(player: &Player, frame: &Frame) -> String {
    let (off, on) = frame.events();
    let time = frame
        .between
        .map(|(from, to)| format!("   {from:.1} to {to:.1} ms"))
        .unwrap_or_default();
    let state = match player.playing {
        true => format!("playing, {} frames/s", player.frames_per_second()),
        false => "paused".to_string(),
    };
    format!(
        "frame {} of {}{time}   brighter {on}   darker {off}   {state}",
        player.at + 1,
        player.film.frames.len()
    )
}

/// Which colour means what, at the right end of the second line where there is room.
fn legend(buffer: &mut Buffer, theme: &Theme, signs: &Glyphs) {
    if !theme.depth().is_rich() || *signs == glyphs::ASCII {
        return put_right(buffer, "+ brighter  - darker", theme.ink(Ink::Muted), signs);
    }
    let [darker, brighter, _] = theme.polarities();
    put_right(buffer, "█ brighter  █ darker", theme.ink(Ink::Muted), signs);
    let width = buffer.area.width;
    for (back, colour) in [(20, brighter), (8, darker)] {
        if let Some(cell) = buffer.cell_mut((width.saturating_sub(back), 0)).filter(|_| width >= 60) {
            cell.set_style(theme.dyed(colour, None));
        }
    }
}

fn put_right(buffer: &mut Buffer, text: &str, style: Style, signs: &Glyphs) {
    let (width, needed) = (buffer.area.width, text.width() as u16);
    if width >= 60 {
        put(buffer, (width - needed, 0), text, style, signs);
    }
}

/// A bar per frame by its number of events, the shown one marked; where there are more frames than columns, a bar is
/// several frames.
fn timeline(buffer: &mut Buffer, player: &Player, theme: &Theme, signs: &Glyphs) {
    let (width, y) = (usize::from(buffer.area.width), buffer.area.height - 2);
    let frames = &player.film.frames;
    let columns = frames.len().min(width);
    let events = |column: usize| -> u64 {
        let range = column * frames.len() / columns..(column + 1) * frames.len() / columns;
        let sum = |f: &Frame| f.events().0 + f.events().1;
        frames[range].iter().map(sum).max().unwrap_or(0)
    };
    let counts: Vec<u64> = (0..columns).map(events).collect();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bars = if *signs == glyphs::ASCII { BARS_ASCII } else { BARS };
    // Few frames get wide bars.
    let wide = (width / columns.max(1)).clamp(1, 6);
    for (column, count) in counts.into_iter().enumerate() {
        let bar = bars[(count * 7 / most) as usize];
        let is_shown = player.at * columns / frames.len() == column;
        let style = theme.ink(if is_shown { Ink::Accent } else { Ink::Faint });
        let text = match (is_shown, *signs == glyphs::ASCII) {
            (true, true) => "^".repeat(wide),
            _ => bar.repeat(wide),
        };
        put(buffer, ((column * wide) as u16, y), &text, style, signs);
    }
}

/// All frames side by side on as few rows as fit the width, each with its number and times: `[width, height]` cells are
/// at hand, and the sheet takes no more than it needs of them.
pub fn sheet(film: &Film, size: (u16, u16), theme: &Theme, signs: &Glyphs) -> Buffer {
    let plain = *signs == glyphs::ASCII;
    let full = film.full();
    let (across, tile) = arrangement(film, size);
    let down = film.frames.len().div_ceil(usize::from(across)) as u16;
    let area = Rect::new(
        0,
        0,
        (across * (tile.0 + 1)).max(40).min(size.0),
        2 + down * (tile.1 + 1),
    );
    let mut buffer = Buffer::empty(area);
    buffer.set_style(area, theme.base());
    put(&mut buffer, (0, 0), &film.title, theme.ink(Ink::Strong), signs);
    put(&mut buffer, (0, 1), &film.about, theme.ink(Ink::Muted), signs);
    for (n, frame) in film.frames.iter().enumerate() {
        let (column, row) = (n as u16 % across, n as u16 / across);
        let (x, y) = (column * (tile.0 + 1), 2 + row * (tile.1 + 1));
        let time = frame
            .between
            .map(|(from, to)| format!(" {from:.0}–{to:.0} ms"))
            .unwrap_or_default();
        let room = usize::from(tile.0);
        let label: String = format!("{}{time}", n + 1).chars().take(room).collect();
        put(&mut buffer, (x, y), &label, theme.ink(Ink::Muted), signs);
        let place = Rect::new(x, y + 1, tile.0, tile.1);
        picture(film, frame, full).draw(&mut buffer, place, theme, plain);
    }
    buffer
}

/// How many frames stand beside each other, and the cells of each: the largest that lets all of them stand.
fn arrangement(film: &Film, (width, height): (u16, u16)) -> (u16, (u16, u16)) {
    let many = film.frames.len().max(1) as u16;
    let first = film.frames.first();
    let tile = |across: u16| {
        let down = many.div_ceil(across);
        let room = Rect::new(
            0,
            0,
            (width / across).saturating_sub(1).max(1),
            (height.saturating_sub(2) / down).saturating_sub(1).max(1),
        );
        first.map_or((1, 1), |frame| picture(film, frame, 1).fitted(room))
    };
    let best = (1..=many.min(width / 2).max(1)).max_by_key(|across| {
        let (wide, high) = tile(*across);
        u32::from(wide) * u32::from(high)
    });
    let across = best.unwrap_or(1);
    (across, tile(across))
}

fn picture<'a>(film: &Film, frame: &'a Frame, full: u32) -> EventPicture<'a> {
    let (off, on) = frame.parts();
    EventPicture {
        width: film.width,
        height: film.height,
        off,
        on,
        full,
    }
}

fn put(buffer: &mut Buffer, (x, y): (u16, u16), text: &str, style: Style, signs: &Glyphs) {
    let area = buffer.area;
    if x < area.width && y < area.height {
        buffer.set_stringn(x, y, signs.spell(text), usize::from(area.width - x), style);
    }
}
