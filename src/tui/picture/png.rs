//! A frame as PNG: the same cells as in [`super::svg`], rasterised with an embedded font, for programs without SVG
//! support. Twice the usual screen resolution, so that small text stays sharp.

mod letters;
mod strip;

use super::{
    shapes::{self, Frame},
    style::{Look, Own},
};
use anyhow::{Context, Result};
use letters::Letters;
use png::{BitDepth, ColorType, Compression, Encoder};
use ratatui::buffer::{Buffer, Cell};
use strip::Strip;
use unicode_width::UnicodeWidthStr;

/// Width and height of a cell in dots.
const CELL: (usize, usize) = (17, 34);
const FRAME: Frame = Frame {
    width: CELL.0 as f64,
    height: CELL.1 as f64,
    line: 2.0,
};

/// Draws the buffer row by row, so that no more than a row is held undone.
///
/// # Errors
/// When the buffer has no cell.
pub fn render(buffer: &Buffer, own: Own) -> Result<Vec<u8>> {
    let area = buffer.area;
    let (width, height) = (usize::from(area.width) * CELL.0, usize::from(area.height) * CELL.1);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header().context("the picture")?;
    let mut stream = writer.stream_writer().context("the picture")?;
    let mut letters = Letters::new()?;
    for row in 0..area.height {
        let cells: Vec<&Cell> = (0..area.width)
            .filter_map(|x| buffer.cell((area.x + x, area.y + row)))
            .collect();
        let strip = draw(&cells, own, &mut letters);
        std::io::Write::write_all(&mut stream, strip.bytes()).context("the picture")?;
    }
    stream.finish().context("the picture")?;
    writer.finish().context("the picture")?;
    Ok(out)
}

/// A row: all backgrounds, then what stands on them, because letters may reach into their neighbours.
fn draw(cells: &[&Cell], own: Own, letters: &mut Letters) -> Strip {
    let mut strip = Strip::new(cells.len() * CELL.0, CELL.1, own.ground);
    for (at, cell) in cells.iter().enumerate() {
        let ground = Look::of(cell, own).ground;
        if ground != own.ground {
            strip.fill((at * CELL.0, 0), (CELL.0, CELL.1), ground, 1.0);
        }
    }
    for (at, cell) in cells.iter().enumerate() {
        let (symbol, left) = (cell.symbol(), at * CELL.0);
        let look = Look::of(cell, own);
        let ink = (look.ink, if look.dim { super::style::DIM } else { 1.0 });
        if let Some(bars) = shapes::bars(symbol, FRAME) {
            for bar in bars {
                // Edges between dots would be blurred. Edges are rounded, not sizes, so that neighbours still touch.
                let edge = |v: f64| v.round().max(0.0) as usize;
                let (x, y) = (edge(bar.x), edge(bar.y));
                let size = (edge(bar.x + bar.width) - x, edge(bar.y + bar.height) - y);
                strip.fill((left + x, y), size, ink.0, ink.1);
            }
            continue;
        }
        for c in symbol.chars().filter(|c| !c.is_whitespace()) {
            for dot in letters.of(c, look.bold, symbol.width()) {
                strip.blend(
                    left as i64 + i64::from(dot.x),
                    i64::from(dot.y),
                    ink.0,
                    ink.1 * dot.covered,
                );
            }
        }
    }
    strip
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Rgb;
    use png::Decoder;
    use ratatui::style::{Color, Modifier, Style};

    const OWN: Own = Own {
        ground: Rgb(0, 0, 0),
        ink: Rgb(255, 255, 255),
    };

    /// Size and dots of a picture.
    struct Seen {
        width: usize,
        height: usize,
        dots: Vec<u8>,
    }

    impl Seen {
        fn of(buffer: &Buffer) -> Seen {
            let bytes = render(buffer, OWN).unwrap();
            let mut reader = Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut dots = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut dots).unwrap();
            assert_eq!((info.color_type, info.bit_depth), (ColorType::Rgb, BitDepth::Eight));
            Seen {
                width: info.width as usize,
                height: info.height as usize,
                dots,
            }
        }

        /// The dot of that place within a cell.
        fn dot(&self, (column, row): (usize, usize), (x, y): (usize, usize)) -> [u8; 3] {
            let at = 3 * ((row * CELL.1 + y) * self.width + column * CELL.0 + x);
            self.dots[at..at + 3].try_into().unwrap()
        }

        /// How many of a cell's dots are not of this colour.
        fn other(&self, cell: (usize, usize), colour: [u8; 3]) -> usize {
            let places = (0..CELL.1).flat_map(|y| (0..CELL.0).map(move |x| (x, y)));
            places.filter(|p| self.dot(cell, *p) != colour).count()
        }
    }

    fn styled(text: &str, style: Style) -> Seen {
        let mut buffer = Buffer::with_lines([text]);
        buffer.set_style(buffer.area, style);
        Seen::of(&buffer)
    }

    #[test]
    fn a_picture_has_its_size_its_grounds_and_its_dots() {
        let mut buffer = Buffer::with_lines(["a⡀ ", "   "]);
        let style = Style::new().fg(Color::Rgb(200, 10, 20)).bg(Color::Rgb(1, 2, 3));
        buffer.set_style(ratatui::layout::Rect::new(1, 0, 1, 1), style);
        let seen = Seen::of(&buffer);
        assert_eq!((seen.width, seen.height), (3 * 17, 2 * 34));
        // Dot 7 of braille is lower left: a square of four dots about a quarter of the width and seven eighths down.
        assert_eq!(seen.dot((1, 0), (4, 29)), [200, 10, 20]);
        assert_eq!(seen.dot((1, 0), (12, 29)), [1, 2, 3]);
        assert_eq!(seen.other((1, 0), [1, 2, 3]), 16);
        assert_eq!(seen.other((2, 0), [0; 3]) + seen.other((2, 1), [0; 3]), 0);
        let letter = seen.other((0, 0), [0; 3]);
        assert!((40..200).contains(&letter), "{letter}");
    }

    #[test]
    fn lines_of_neighbouring_cells_meet_and_are_sharp() {
        let seen = Seen::of(&Buffer::with_lines(["──", "│ ", "│ "]));
        for x in 0..CELL.0 {
            assert_eq!(
                (seen.dot((0, 0), (x, 16)), seen.dot((1, 0), (x, 17))),
                ([255; 3], [255; 3])
            );
            assert_eq!(seen.dot((0, 0), (x, 15)), [0; 3]);
        }
        assert!((0..CELL.1).all(|y| seen.dot((0, 1), (8, y)) == [255; 3] && seen.dot((0, 2), (9, y)) == [255; 3]));
        assert_eq!(Seen::of(&Buffer::with_lines(["█"])).other((0, 0), [255; 3]), 0);
    }

    #[test]
    fn weight_dimness_and_reversal_are_seen() {
        let ink = |style: Style| -> u64 { styled("n", style).dots.iter().map(|d| u64::from(*d)).sum() };
        let plain = ink(Style::new());
        assert!(ink(Style::new().add_modifier(Modifier::BOLD)) > plain * 5 / 4);
        assert!(ink(Style::new().add_modifier(Modifier::DIM)) < plain * 2 / 3);
        let reversed = styled("█", Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(reversed.other((0, 0), [0; 3]), 0);
    }

    #[test]
    fn what_no_font_has_is_a_hollow_box_as_wide_as_it_is() {
        let seen = Seen::of(&Buffer::with_lines(["漢字\u{e000}e\u{301}"]));
        assert_eq!(seen.dot((0, 0), (17, 10)), [0; 3]);
        assert_eq!(seen.other((0, 0), [0; 3]), seen.other((2, 0), [0; 3]));
        assert!(seen.other((1, 0), [0; 3]) > 0 && seen.other((4, 0), [0; 3]) > 0);
        assert!(seen.other((5, 0), [0; 3]) > Seen::of(&Buffer::with_lines(["e"])).other((0, 0), [0; 3]));
    }

    #[test]
    fn nothing_is_no_picture() {
        assert!(render(&Buffer::default(), OWN).is_err());
    }

    #[test]
    fn every_sign_that_a_screen_shows_can_be_drawn() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/snapshots");
        let mut letters = Letters::new().unwrap();
        let mut signs = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            signs.extend(text.chars().filter(|c| !c.is_whitespace()));
        }
        let lacking: Vec<char> = signs
            .iter()
            .copied()
            .filter(|c| {
                shapes::bars(&c.to_string(), FRAME).is_none() && !(letters.has(*c, false) && letters.has(*c, true))
            })
            .collect();
        assert_eq!(lacking, []);
        assert!(signs.len() > 150, "{}", signs.len());
        for c in "λε‖ℓ₀₁₂ₓ×∞½±≤≥←↑→↓↻✓✗∇Δρ␛".chars() {
            let ink: f64 = letters.of(c, false, 1).iter().map(|d| d.covered).sum();
            assert!(letters.has(c, false) && ink > 10.0, "{c}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(lines in proptest::collection::vec("\\PC{0,12}", 1..4)) {
            let buffer = Buffer::with_lines(lines);
            proptest::prop_assume!(buffer.area.width > 0);
            render(&buffer, OWN).unwrap();
        }
    }
}
