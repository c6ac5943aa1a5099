//! The pixels of one row of cells. Pixels outside are not drawn.

use crate::tui::theme::Rgb;

/// Red, green and blue, line by line.
pub struct Strip {
    bytes: Vec<u8>,
    width: usize,
    height: usize,
}

impl Strip {
    /// All of one colour.
    pub fn new(width: usize, height: usize, Rgb(r, g, b): Rgb) -> Strip {
        Strip {
            bytes: [r, g, b].repeat(width * height),
            width,
            height,
        }
    }

    /// As an encoder wants it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Lays a colour over a rectangle; `share` is how much of it is seen.
    pub fn fill(&mut self, (x, y): (usize, usize), (width, height): (usize, usize), colour: Rgb, share: f64) {
        for (y, x) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (y, x))) {
            self.blend(x as i64, y as i64, colour, share);
        }
    }

    /// Lays a colour over a dot.
    pub fn blend(&mut self, x: i64, y: i64, Rgb(r, g, b): Rgb, share: f64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = 3 * (y * self.width + x);
        for (there, new) in self.bytes[at..at + 3].iter_mut().zip([r, g, b]) {
            let mixed = f64::from(*there) + (f64::from(new) - f64::from(*there)) * share;
            *there = mixed.round() as u8;
        }
    }
}
