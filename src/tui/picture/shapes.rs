//! Characters that are drawn as shapes rather than text: braille as dots, blocks and shades as areas, box-drawing lines
//! as lines. Described once for all formats, so that none depends on a font.

use ratatui::symbols::pixel;

/// The cell that is drawn in, in the picture's own unit of length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// From side to side.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
    /// How thick a thin line is; a dot of braille is twice as wide.
    pub line: f64,
}

/// A filled rectangle, its corner counted from the cell's upper left one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high.
    pub height: f64,
}

/// The rectangles that a sign is made of; `None` for what a font must draw.
pub fn bars(symbol: &str, frame: Frame) -> Option<Vec<Bar>> {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    let mut drawn = Drawn {
        frame,
        bars: Vec::new(),
    };
    let known = match c {
        '\u{2800}'..='\u{28ff}' => drawn.braille(c as u32 - 0x2800),
        '░' | '▒' | '▓' => drawn.shade(c),
        '▁'..='█' => drawn.lower(c as u32 - '▁' as u32 + 1),
        _ => drawn.lines(c) || drawn.octants(c),
    };
    known.then_some(drawn.bars)
}

struct Drawn {
    frame: Frame,
    bars: Vec<Bar>,
}

impl Drawn {
    fn bar(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.bars.push(Bar { x, y, width, height });
    }

    fn braille(&mut self, bits: u32) -> bool {
        const PLACES: [(f64, f64); 8] = [
            (0.0, 0.0),
            (0.0, 1.0),
            (0.0, 2.0),
            (1.0, 0.0),
            (1.0, 1.0),
            (1.0, 2.0),
            (0.0, 3.0),
            (1.0, 3.0),
        ];
        let Frame { width, height, line } = self.frame;
        for (bit, (dx, dy)) in PLACES.iter().enumerate() {
            if bits & (1 << bit) != 0 {
                let (x, y) = (width * (0.25 + 0.5 * dx), height * (0.125 + 0.25 * dy));
                self.bar(x - line, y - line, 2.0 * line, 2.0 * line);
            }
        }
        true
    }

    fn lines(&mut self, c: char) -> bool {
        let Frame {
            width: w,
            height: h,
            line,
        } = self.frame;
        let half = line / 2.0;
        let (left, top) = (w / 2.0 - half, h / 2.0 - half);
        match c {
            '─' => self.bar(0.0, top, w, line),
            '━' => self.bar(0.0, h / 2.0 - 1.25 * line, w, 2.5 * line),
            '│' => self.bar(left, 0.0, line, h),
            '┊' => (0..3).for_each(|n| self.bar(left, h * f64::from(n) / 3.0 + line, line, h / 3.0 - 2.5 * line)),
            '┤' => {
                self.bar(left, 0.0, line, h);
                self.bar(w * 0.2, top, w * 0.3, line);
            }
            '┬' => {
                self.bar(0.0, top, w, line);
                self.bar(left, h / 2.0, line, h * 0.3);
            }
            '└' => {
                self.bar(left, 0.0, line, h / 2.0);
                self.bar(left, top, w / 2.0 + half, line);
            }
            '╭' | '╮' | '╰' | '╯' => {
                let (to_left, up) = (matches!(c, '╮' | '╯'), matches!(c, '╰' | '╯'));
                self.bar(if to_left { 0.0 } else { left }, top, w / 2.0 + half, line);
                self.bar(left, if up { 0.0 } else { top }, line, h / 2.0 + half);
            }
            _ => return false,
        }
        true
    }

    /// So many eighths from below.
    fn lower(&mut self, eighths: u32) -> bool {
        let Frame { width, height, .. } = self.frame;
        let high = height * f64::from(eighths) / 8.0;
        self.bar(0.0, height - high, width, high);
        true
    }

    /// A screen of dots that covers a quarter, a half or three quarters: by 4×8 places, so that neighbours join.
    fn shade(&mut self, c: char) -> bool {
        let (w, h) = (self.frame.width / 4.0, self.frame.height / 8.0);
        for (column, row) in (0..8).flat_map(|row| (0..4).map(move |column| (column, row))) {
            let is_lit = match c {
                '░' => (column + 2 * (row % 2)) % 4 == 0,
                '▒' => (column + row) % 2 == 0,
                _ => (column + 2 * (row % 2)) % 4 != 0,
            };
            if is_lit {
                self.bar(f64::from(column) * w, f64::from(row) * h, w, h);
            }
        }
        true
    }

    /// Octants, quadrants and halves: eight places, of which those that touch become one shape.
    fn octants(&mut self, c: char) -> bool {
        let Some(bits) = pixel::OCTANTS
            .iter()
            .position(|octant| *octant == c)
            .filter(|b| *b != 0)
        else {
            return false;
        };
        let (w, h) = (self.frame.width / 2.0, self.frame.height / 4.0);
        let lit = |column: usize, row: usize| row < 4 && bits & (1 << (2 * row + column)) != 0;
        for (column, row) in (0..4).flat_map(|row| [(0, row), (1, row)]) {
            let starts = lit(column, row) && (row == 0 || !lit(column, row - 1));
            if starts {
                let down = (row..).take_while(|row| lit(column, *row)).count();
                self.bar(w * column as f64, h * row as f64, w, h * down as f64);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        width: 8.0,
        height: 17.0,
        line: 1.0,
    };

    /// The area that a sign covers, in cells.
    fn covered(sign: char) -> f64 {
        let bars = bars(&sign.to_string(), FRAME).unwrap_or_else(|| panic!("{sign:?} is left to the font"));
        let area: f64 = bars.iter().map(|b| b.width * b.height).sum();
        area / (FRAME.width * FRAME.height)
    }

    #[test]
    fn blocks_and_shades_cover_their_share_of_a_cell() {
        for bits in 1..256usize {
            let share = covered(pixel::OCTANTS[bits]);
            assert!((share - f64::from(bits.count_ones()) / 8.0).abs() < 0.01, "{bits:#b}");
        }
        for bits in 1..16usize {
            let share = covered(pixel::QUADRANTS[bits]);
            assert!((share - f64::from(bits.count_ones()) / 4.0).abs() < 0.01, "{bits:#b}");
        }
        for (eighths, sign) in ('▁'..='█').enumerate() {
            assert!((covered(sign) - (eighths + 1) as f64 / 8.0).abs() < 0.01, "{sign}");
        }
        for (sign, share) in [('▀', 0.5), ('▄', 0.5), ('█', 1.0), ('░', 0.25), ('▒', 0.5), ('▓', 0.75)] {
            assert!((covered(sign) - share).abs() < 0.01, "{sign}");
        }
        for text in [" ", "a", "", "──"] {
            assert_eq!(bars(text, FRAME), None, "{text:?}");
        }
    }

    #[test]
    fn no_sign_leaves_its_cell_and_lines_reach_its_edges() {
        let signs = ('\u{2801}'..='\u{28ff}').chain("─━│┊┤┬└╭╮╰╯░▒▓▁▂▃▄▅▆▇█▀▌▐▘".chars());
        for sign in signs {
            for b in bars(&sign.to_string(), FRAME).unwrap() {
                let inside =
                    |from: f64, size: f64, whole: f64| from >= 0.0 && size > 0.0 && from + size <= whole + 1e-9;
                assert!(
                    inside(b.x, b.width, FRAME.width) && inside(b.y, b.height, FRAME.height),
                    "{sign} {b:?}"
                );
            }
        }
        let reach = |sign: &str| {
            bars(sign, FRAME)
                .unwrap()
                .iter()
                .map(|b| b.x + b.width)
                .fold(0.0, f64::max)
        };
        assert!(["─", "╭", "╰", "└"].iter().all(|s| reach(s) == FRAME.width));
    }
}
