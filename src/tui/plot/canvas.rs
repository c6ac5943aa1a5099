//! A grid of dots: eight or four per cell, or one character per cell on plain terminals. Knows nothing about values or
//! axes.

use crate::tui::theme::glyphs::Dots;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// How a dot is drawn: colour, and the letter that tells series apart where there is no braille.
#[derive(Debug, Clone, Copy)]
pub struct Brush {
    /// Colour and weight.
    pub style: Style,
    /// The letter.
    pub letter: char,
    /// Where two share a cell, the dots of the lower layer go: a cell has one colour, and a dot in another line's
    /// colour would be wrong.
    pub layer: usize,
}

/// A grid of dots. Dots are counted from the lower left; later brushes recolour a shared cell.
pub struct Canvas {
    dots: Dots,
    width: usize,
    height: usize,
    cells: Vec<(u8, Option<Brush>)>,
}

impl Canvas {
    /// An empty grid of `width` × `height` cells.
    pub fn new(dots: Dots, width: u16, height: u16) -> Canvas {
        let (width, height) = (usize::from(width), usize::from(height));
        Canvas {
            dots,
            width,
            height,
            cells: vec![(0, None); width * height],
        }
    }

    /// What its dots are made of.
    pub fn dots(&self) -> Dots {
        self.dots
    }

    /// Dots across.
    pub fn across(&self) -> usize {
        self.width * self.dots.per_cell().0
    }

    /// Dots up.
    pub fn up(&self) -> usize {
        self.height * self.dots.per_cell().1
    }

    /// Sets one dot; outside the grid nothing happens.
    pub fn dot(&mut self, x: usize, y: usize, brush: Brush) {
        if x >= self.across() || y >= self.up() {
            return;
        }
        let (sx, sy) = self.dots.per_cell();
        let down = self.up() - 1 - y;
        let cell = &mut self.cells[(down / sy) * self.width + x / sx];
        match cell.1.map(|b| b.layer) {
            Some(layer) if layer > brush.layer => return,
            Some(layer) if layer < brush.layer => cell.0 = 0,
            _ => {}
        }
        cell.0 |= 1 << (down % sy * sx + x % sx);
        cell.1 = Some(brush);
    }

    /// A vertical run of dots.
    pub fn column(&mut self, x: usize, from: usize, to: usize, brush: Brush) {
        for y in from.min(to)..=from.max(to) {
            self.dot(x, y, brush);
        }
    }

    /// The same in the background: of dots that touch, only every second between the ends.
    pub fn light_column(&mut self, x: usize, from: usize, to: usize, brush: Brush) {
        let (from, to) = (from.min(to), from.max(to));
        for y in from..=to {
            if !self.dots.is_solid() || y == from || y == to || (x + y).is_multiple_of(2) {
                self.dot(x, y, brush);
            }
        }
    }

    /// A straight line (Bresenham).
    pub fn line(&mut self, (x0, y0): (usize, usize), (x1, y1): (usize, usize), brush: Brush) {
        let (mut x, mut y) = (x0 as i64, y0 as i64);
        let (x1, y1) = (x1 as i64, y1 as i64);
        let (dx, dy) = ((x1 - x).abs(), -(y1 - y).abs());
        let (sx, sy) = ((x1 - x).signum(), (y1 - y).signum());
        let mut error = dx + dy;
        loop {
            self.dot(x as usize, y as usize, brush);
            if (x, y) == (x1, y1) {
                return;
            }
            let twice = 2 * error;
            if twice >= dy {
                error += dy;
                x += sx;
            }
            if twice <= dx {
                error += dx;
                y += sy;
            }
        }
    }

    /// Copies the dots into a buffer; empty cells leave what is there.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        for (at, (bits, brush)) in self.cells.iter().enumerate() {
            let (Some(brush), true) = (brush, *bits != 0) else {
                continue;
            };
            let at = (area.x + (at % self.width) as u16, area.y + (at / self.width) as u16);
            let glyph = self.dots.glyph(*bits, brush.letter);
            if let Some(cell) = buffer.cell_mut(at) {
                cell.set_char(glyph).set_style(brush.style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_land_in_the_corners() {
        let mut canvas = Canvas::new(Dots::Braille, 3, 2);
        let brush = Brush {
            style: Style::new(),
            letter: '*',
            layer: 0,
        };
        canvas.dot(0, 0, brush);
        canvas.dot(5, 7, brush);
        canvas.dot(6, 0, brush);
        let area = Rect::new(0, 0, 3, 2);
        let mut buffer = Buffer::empty(area);
        canvas.draw(area, &mut buffer);
        assert_eq!(buffer.cell((0, 1)).unwrap().symbol(), "⡀");
        assert_eq!(buffer.cell((2, 0)).unwrap().symbol(), "⠈");
        assert_eq!(buffer.cell((1, 0)).unwrap().symbol(), " ");
    }

    #[test]
    fn every_kind_is_found_by_its_name_and_in_turn() {
        for dots in Dots::ALL {
            assert_eq!(Dots::parse(dots.name()), Some(dots));
        }
        assert_eq!(
            Dots::ALL.map(Dots::next),
            [Dots::Octant, Dots::Block, Dots::Ascii, Dots::Braille]
        );
        assert_eq!(Dots::parse("sixel"), None);
    }

    /// BLOCK OCTANT-n… lights the n-th of eight, row by row from the upper left. The 26 patterns that had a name
    /// before Unicode 16 keep it; the others follow in the order of their bits.
    #[test]
    fn octants_are_the_code_points_of_their_names() {
        let octant = |lit: &[u8]| Dots::Octant.glyph(lit.iter().map(|n| 1 << (n - 1)).sum(), '*');
        let named = [
            (&[3][..], '\u{1cd00}'),               // BLOCK OCTANT-3
            (&[2, 3], '\u{1cd01}'),                // BLOCK OCTANT-23
            (&[1, 2, 3], '\u{1cd02}'),             // BLOCK OCTANT-123
            (&[4], '\u{1cd03}'),                   // BLOCK OCTANT-4
            (&[2, 3, 4, 5, 6, 7, 8], '\u{1cde5}'), // BLOCK OCTANT-2345678
            (&[1], '\u{1cea8}'),                   // LEFT HALF UPPER ONE QUARTER BLOCK
            (&[2], '\u{1ceab}'),                   // RIGHT HALF UPPER ONE QUARTER BLOCK
            (&[7], '\u{1cea3}'),                   // LEFT HALF LOWER ONE QUARTER BLOCK
            (&[8], '\u{1cea0}'),                   // RIGHT HALF LOWER ONE QUARTER BLOCK
            (&[1, 3], '▘'),                        // QUADRANT UPPER LEFT
            (&[6, 8], '▗'),                        // QUADRANT LOWER RIGHT
            (&[1, 3, 5, 7], '▌'),                  // LEFT HALF BLOCK
            (&[7, 8], '▂'),                        // LOWER ONE QUARTER BLOCK
            (&[3, 5], '\u{1fbe6}'),                // MIDDLE LEFT ONE QUARTER BLOCK
            (&[1, 2, 3, 4, 5, 6, 7, 8], '█'),
        ];
        for (lit, glyph) in named {
            assert_eq!(octant(lit), glyph, "{lit:?}");
        }
        let all: Vec<char> = (0..=255).map(|bits| Dots::Octant.glyph(bits, '*')).collect();
        let new: Vec<u32> = all
            .iter()
            .map(|c| *c as u32)
            .filter(|c| (0x1cd00..=0x1cde5).contains(c))
            .collect();
        assert_eq!(new, (0x1cd00..=0x1cde5).collect::<Vec<u32>>());
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 256);
        assert!(
            all.iter()
                .all(|c| unicode_width::UnicodeWidthChar::width(*c) == Some(1))
        );
    }

    #[test]
    fn dots_land_in_their_quarter_of_a_cell() {
        for (dots, glyphs) in [
            (Dots::Braille, ['⡀', '⢀', '⠁', '⠈']),
            (Dots::Octant, ['\u{1cea3}', '\u{1cea0}', '\u{1cea8}', '\u{1ceab}']),
            (Dots::Block, ['▖', '▗', '▘', '▝']),
        ] {
            let up = dots.per_cell().1 - 1;
            for ((x, y), glyph) in [(0, 0), (1, 0), (0, up), (1, up)].into_iter().zip(glyphs) {
                let mut canvas = Canvas::new(dots, 1, 1);
                let (style, letter, layer) = (Style::new(), '*', 0);
                canvas.dot(x, y, Brush { style, letter, layer });
                let area = Rect::new(0, 0, 1, 1);
                let mut buffer = Buffer::empty(area);
                canvas.draw(area, &mut buffer);
                assert_eq!(buffer[(0, 0)].symbol(), glyph.to_string(), "{dots:?} {x} {y}");
            }
        }
    }

    #[test]
    fn a_line_has_no_holes() {
        let mut canvas = Canvas::new(Dots::Ascii, 20, 10);
        canvas.line(
            (0, 0),
            (19, 9),
            Brush {
                style: Style::new(),
                letter: '*',
                layer: 0,
            },
        );
        let filled = |x: usize| (0..10).any(|y| canvas.cells[y * 20 + x].0 != 0);
        assert!((0..20).all(filled));
    }
}
