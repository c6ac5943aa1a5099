//! Images in cells: two pixels per cell with half-blocks in two colours; without colours or Unicode, one character per
//! cell by brightness.

use crate::tui::{
    plot::pixels::{covered, fitted},
    screens::painter::Painter,
    theme::{Rgb, glyphs},
};
use ratatui::layout::Rect;

/// Characters from dark to bright.
const RAMP: [&str; 10] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"];

/// An image in colours between 0 and 1.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 3]>,
}

impl Picture {
    /// From values channel by channel: one channel is grey, three are red, green and blue, any other number is the
    /// grey of their mean. What is missing or no number is black.
    pub fn of([channels, height, width]: [usize; 3], values: &[f32]) -> Picture {
        let plane = height * width;
        let value = |channel: usize, at: usize| {
            let v = values.get(channel * plane + at).copied().unwrap_or(0.0);
            if v.is_finite() { v.clamp(0.0, 1.0) } else { 0.0 }
        };
        let pixel = |at: usize| match channels {
            3 => [value(0, at), value(1, at), value(2, at)],
            n => [(0..n).map(|c| value(c, at)).sum::<f32>() / n.max(1) as f32; 3],
        };
        Picture {
            width,
            height,
            pixels: (0..plane).map(pixel).collect(),
        }
    }

    /// Draws it as large as fits, by whole multiples where it can be enlarged; returns the cells used.
    pub fn draw(&self, painter: &mut Painter, area: Rect) -> Rect {
        let (wide, high) = fitted(
            (self.width, self.height),
            (usize::from(area.width), 2 * usize::from(area.height)),
        );
        let used = Rect {
            width: wide as u16,
            height: high.div_ceil(2) as u16,
            ..area
        };
        let plain = *painter.glyphs() == glyphs::ASCII || !painter.theme().depth().is_rich();
        for row in 0..usize::from(used.height) {
            for column in 0..wide {
                let upper = self.mean((column, 2 * row), (wide, high));
                let lower = (2 * row + 1 < high).then(|| self.mean((column, 2 * row + 1), (wide, high)));
                let (x, y) = (area.x + column as u16, area.y + row as u16);
                if plain {
                    let bright = (brightness(upper) + brightness(lower.unwrap_or(upper))) / 2.0;
                    let at = (bright * RAMP.len() as f32) as usize;
                    let text = painter.theme().base();
                    painter.put(x, y, 1, RAMP[at.min(RAMP.len() - 1)], text);
                } else {
                    let style = painter.theme().dyed(rgb(upper), lower.map(rgb));
                    painter.put(x, y, 1, "▀", style);
                }
            }
        }
        used
    }

    /// The mean colour of what one of `(wide, high)` pixels covers.
    fn mean(&self, (x, y): (usize, usize), (wide, high): (usize, usize)) -> [f32; 3] {
        let (mut sum, mut many) = ([0.0; 3], 0.0f32);
        for row in covered(y, high, self.height) {
            for column in covered(x, wide, self.width) {
                let pixel = self.pixels[row * self.width + column];
                sum.iter_mut().zip(pixel).for_each(|(s, p)| *s += p);
                many += 1.0;
            }
        }
        sum.map(|s| s / many.max(1.0))
    }
}

/// Linear luminance without gamma: good enough for ten characters.
fn brightness([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

fn rgb(pixel: [f32; 3]) -> Rgb {
    let [r, g, b] = pixel.map(|v| (255.0 * v).round() as u8);
    Rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_averages_and_what_is_no_number_is_black() {
        let picture = Picture::of([1, 2, 2], &[0.0, 1.0, f32::NAN, 1.0]);
        assert_eq!(picture.mean((0, 0), (1, 1)), [0.5; 3]);
        assert_eq!(picture.mean((0, 1), (2, 2)), [0.0; 3]);
        let colours = Picture::of([3, 1, 1], &[0.1, 0.2, 7.0]);
        assert_eq!(colours.mean((0, 0), (1, 1)), [0.1, 0.2, 1.0]);
    }
}
