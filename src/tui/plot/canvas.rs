//! Dots in cells: eight braille dots to a cell, or one letter to a cell where the terminal has no braille. Knows
//! nothing of values or axes.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// What dots are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dots {
    /// 2×4 dots to a cell.
    #[default]
    Braille,
    /// One letter to a cell.
    Ascii,
}

impl Dots {
    /// Dots to a cell, across and down.
    pub fn per_cell(self) -> (usize, usize) {
        match self {
            Dots::Braille => (2, 4),
            Dots::Ascii => (1, 1),
        }
    }
}

/// How a dot is drawn: colour, and the letter that tells series apart where there is no braille.
#[derive(Debug, Clone, Copy)]
pub struct Brush {
    /// Colour and weight.
    pub style: Style,
    /// The letter.
    pub letter: char,
    /// Where two share a cell, the dots of the lower layer go: a cell has one colour, and a dot in another line's
    /// colour would be a lie.
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
        cell.0 |= BRAILLE[down % sy][x % sx];
        cell.1 = Some(brush);
    }

    /// A vertical run of dots.
    pub fn column(&mut self, x: usize, from: usize, to: usize, brush: Brush) {
        for y in from.min(to)..=from.max(to) {
            self.dot(x, y, brush);
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
            let glyph = match self.dots {
                Dots::Braille => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
                Dots::Ascii => brush.letter,
            };
            if let Some(cell) = buffer.cell_mut(at) {
                cell.set_char(glyph).set_style(brush.style);
            }
        }
    }
}

/// The dot's bit by row (from the top) and column within a cell.
const BRAILLE: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

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
