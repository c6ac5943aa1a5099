//! Counts of events in cells: two pixels per cell with half-blocks, one colour for what got brighter and one for what got
//! darker; without colours or Unicode, one sign per cell.

use super::pixels::{covered, fitted};
use crate::tui::theme::{Rgb, Theme};
use ratatui::{buffer::Buffer, layout::Rect};

/// How strong the faintest event is drawn, as a share of the colour.
const FAINTEST: f32 = 0.35;

/// One frame of events.
#[derive(Debug, Clone, Copy)]
pub struct EventPicture<'a> {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Events of what got darker, `[height, width]`.
    pub off: &'a [u32],
    /// Events of what got brighter, `[height, width]`.
    pub on: &'a [u32],
    /// The count that is drawn in the full colour.
    pub full: u32,
}

impl EventPicture<'_> {
    /// Cells that the picture takes in an area: as large as fits, by whole multiples where it can be enlarged.
    pub fn fitted(&self, area: Rect) -> (u16, u16) {
        let (wide, high) = self.pixels(area);
        (wide as u16, high.div_ceil(2) as u16)
    }

    /// Pixels drawn in an area, two to a cell.
    fn pixels(&self, area: Rect) -> (usize, usize) {
        let room = (usize::from(area.width), 2 * usize::from(area.height));
        fitted((self.width, self.height), room)
    }

    /// Draws it into the upper left of an area; returns the cells used. `plain` draws one sign per cell.
    pub fn draw(&self, buffer: &mut Buffer, area: Rect, theme: &Theme, plain: bool) -> Rect {
        let area = area.intersection(buffer.area);
        let size = self.pixels(area);
        let used = Rect {
            width: size.0 as u16,
            height: size.1.div_ceil(2) as u16,
            ..area
        };
        for row in 0..usize::from(used.height) {
            for column in 0..size.0 {
                let upper = self.most((column, 2 * row), size);
                let lower = (2 * row + 1 < size.1).then(|| self.most((column, 2 * row + 1), size));
                let Some(cell) = buffer.cell_mut((area.x + column as u16, area.y + row as u16)) else {
                    continue;
                };
                if plain || !theme.depth().is_rich() {
                    let low = lower.unwrap_or((0, 0));
                    cell.set_symbol(sign(upper.0.max(low.0), upper.1.max(low.1)))
                        .set_style(theme.base());
                } else {
                    let colour = |counts| self.colour(counts, theme.polarities());
                    cell.set_symbol("▀")
                        .set_style(theme.dyed(colour(upper), lower.map(colour)));
                }
            }
        }
        used
    }

    /// The largest counts (darker, brighter) of what one of `(wide, high)` pixels covers: a single event stays visible
    /// however small the picture is.
    fn most(&self, (x, y): (usize, usize), (wide, high): (usize, usize)) -> (u32, u32) {
        let mut most = (0, 0);
        for row in covered(y, high, self.height) {
            for column in covered(x, wide, self.width) {
                let count = |counts: &[u32]| counts.get(row * self.width + column).copied().unwrap_or(0);
                most = (most.0.max(count(self.off)), most.1.max(count(self.on)));
            }
        }
        most
    }

    /// The ground moved towards both colours, each by its share.
    fn colour(&self, (off, on): (u32, u32), [darker, brighter, ground]: [Rgb; 3]) -> Rgb {
        let share = |count: u32| match count {
            0 => 0.0,
            n => FAINTEST + (1.0 - FAINTEST) * (n as f32 / self.full.max(1) as f32).min(1.0),
        };
        let (off, on) = (share(off), share(on));
        let mix = |pick: fn(Rgb) -> u8| {
            let [d, b, g] = [darker, brighter, ground].map(|colour| f32::from(pick(colour)));
            (g + off * (d - g) + on * (b - g)).round().clamp(0.0, 255.0) as u8
        };
        Rgb(mix(|c| c.0), mix(|c| c.1), mix(|c| c.2))
    }
}

/// What a cell without colours shows.
fn sign(off: u32, on: u32) -> &'static str {
    match (off, on) {
        (0, 0) => " ",
        (off, on) if on > off => "+",
        (off, on) if off > on => "-",
        _ => "*",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Depth;

    fn drawn(size: (u16, u16), plain: bool) -> Buffer {
        let picture = EventPicture {
            width: 2,
            height: 4,
            off: &[0, 3, 0, 0, 0, 0, 1, 0],
            on: &[2, 0, 0, 0, 0, 0, 1, 0],
            full: 3,
        };
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let area = buffer.area;
        picture.draw(&mut buffer, area, &Theme::named("dark", Depth::True).unwrap(), plain);
        buffer
    }

    #[test]
    fn without_colours_a_sign_says_which_way() {
        let buffer = drawn((2, 2), true);
        let signs: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(signs, "+-* ");
    }

    #[test]
    fn colours_are_full_at_the_peak_and_the_ground_where_nothing_happened() {
        let theme = Theme::named("dark", Depth::True).unwrap();
        let [darker, _, ground] = theme.polarities();
        let buffer = drawn((2, 2), false);
        let colour = |rgb: Rgb| ratatui::style::Color::Rgb(rgb.0, rgb.1, rgb.2);
        let cell = &buffer[(1, 0)];
        assert_eq!((cell.fg, cell.bg, cell.symbol()), (colour(darker), colour(ground), "▀"));
    }

    #[test]
    fn a_single_event_stays_visible_in_a_small_picture() {
        let (mut on, off) = (vec![0; 100 * 100], vec![0; 100 * 100]);
        on[5050] = 1;
        let picture = EventPicture {
            width: 100,
            height: 100,
            off: &off,
            on: &on,
            full: 9,
        };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 5));
        let area = buffer.area;
        picture.draw(&mut buffer, area, &Theme::named("dark", Depth::Mono).unwrap(), true);
        assert_eq!(buffer.content.iter().filter(|c| c.symbol() == "+").count(), 1);
    }
}
