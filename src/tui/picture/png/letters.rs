//! Rasterised text: DejaVu Sans Mono, the first font our SVG asks for, embedded in the program. Characters it lacks and
//! our screens use are drawn here (ℓ, control pictures); any other is a hollow box.

use super::CELL;
use ab_glyph::{Font, FontRef, Outline, OutlineCurve, OutlinedGlyph, Point, PxScale, PxScaleFactor, Rect, point};
use anyhow::{Context, Result};
use std::collections::HashMap;

/// The size of the font in dots, and how far below a cell's top its letters stand.
const SIZE: f32 = 28.0;
const BASE: f32 = 26.0;
/// Advance of every letter, and the size that outlines are drawn in, in units of the font.
const ADVANCE: f32 = 1233.0;
const EM: f32 = 2048.0;
/// A letter among the three of a control character.
const SMALL: f32 = 0.5;
/// Signs are remembered; a hostile text may have very many.
const MOST: usize = 4096;

/// A dot of a sign, counted from its cell's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// To the right.
    pub x: i16,
    /// Down.
    pub y: i16,
    /// How much of it the sign covers, in [0, 1].
    pub covered: f64,
}

/// Both weights of the font, and the signs that were drawn before.
pub struct Letters {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
    drawn: HashMap<(char, bool, usize), Vec<Dot>>,
}

impl Letters {
    /// Reads the fonts; their letters are drawn when they are asked for.
    pub fn new() -> Result<Letters> {
        let read = |bytes| FontRef::try_from_slice(bytes).context("the font of pictures");
        Ok(Letters {
            regular: read(dejavu::sans_mono::regular())?,
            bold: read(dejavu::sans_mono::bold())?,
            drawn: HashMap::new(),
        })
    }

    /// Whether the sign is more than a hollow box.
    #[cfg(test)]
    pub fn has(&self, c: char, bold: bool) -> bool {
        c == 'ℓ' || control(c).is_some() || self.font(bold).glyph_id(c).0 != 0
    }

    /// The dots of a sign that is so many cells wide.
    pub fn of(&mut self, c: char, bold: bool, cells: usize) -> &[Dot] {
        if self.drawn.len() >= MOST {
            self.drawn.clear();
        }
        if !self.drawn.contains_key(&(c, bold, cells)) {
            let dots = self.draw(c, bold, cells);
            self.drawn.insert((c, bold, cells), dots);
        }
        self.drawn.get(&(c, bold, cells)).map_or(&[], Vec::as_slice)
    }

    fn font(&self, bold: bool) -> &FontRef<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    fn draw(&self, c: char, bold: bool, cells: usize) -> Vec<Dot> {
        let font = self.font(bold);
        if let Some(name) = control(c) {
            let place = |n: usize| point(5.0 * n as f32, 13.0 + 7.0 * n as f32);
            let letters = name.chars().enumerate();
            return letters.flat_map(|(n, c)| written(font, c, SMALL, place(n))).collect();
        }
        let found = font.glyph_id(c).0 != 0;
        match c {
            'ℓ' if !found => script_l(if bold { 270.0 } else { 175.0 }),
            _ if found => written(font, c, 1.0, point(0.0, BASE)),
            // A mark without width stands over the letter before.
            _ if cells == 0 => Vec::new(),
            _ => hollow(cells),
        }
    }
}

/// The name of the control character that a control picture stands for.
fn control(c: char) -> Option<&'static str> {
    const NAMES: [&str; 34] = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
        "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US", "SP",
        "DEL",
    ];
    NAMES.get((c as usize).checked_sub(0x2400)?).copied()
}

/// A letter of the font, so much smaller, at a place on its base line.
fn written(font: &FontRef<'_>, c: char, share: f32, at: Point) -> Vec<Dot> {
    // A scale is a font's whole height here, not its em; across, letters are as wide as a cell to the dot.
    let height = font.height_unscaled() / font.units_per_em().unwrap_or(EM);
    let wide = CELL.0 as f32 / (ADVANCE / EM * SIZE);
    let scale = PxScale {
        x: SIZE * height * wide * share,
        y: SIZE * height * share,
    };
    let glyph = font.glyph_id(c).with_scale_and_position(scale, at);
    font.outline_glyph(glyph).map(|g| dots(&g)).unwrap_or_default()
}

fn dots(glyph: &OutlinedGlyph) -> Vec<Dot> {
    let corner = glyph.px_bounds().min;
    let mut dots = Vec::new();
    glyph.draw(|x, y, covered| {
        if covered > 0.0 {
            dots.push(Dot {
                x: corner.x as i16 + x as i16,
                y: corner.y as i16 + y as i16,
                covered: f64::from(covered.min(1.0)),
            });
        }
    });
    dots
}

/// The edge of a cell's letter: what is there, but cannot be shown.
fn hollow(cells: usize) -> Vec<Dot> {
    let (left, right) = (2, (CELL.0 * cells.min(2)) as i16 - 3);
    let (top, low) = (6, BASE as i16);
    let is_edge = |x: i16, y: i16| x < left + 2 || x > right - 2 || y < top + 2 || y > low - 2;
    (top..=low)
        .flat_map(|y| (left..=right).map(move |x| (x, y)))
        .filter(|(x, y)| is_edge(*x, *y))
        .map(|(x, y)| Dot { x, y, covered: 1.0 })
        .collect()
}

/// ℓ, which the font lacks: one stroke of this width, up from the left, around and down.
fn script_l(width: f32) -> Vec<Dot> {
    const CURVES: [[(f32, f32); 4]; 4] = [
        [(210.0, 430.0), (520.0, 640.0), (880.0, 1010.0), (880.0, 1300.0)],
        [(880.0, 1300.0), (880.0, 1440.0), (810.0, 1500.0), (720.0, 1500.0)],
        [(720.0, 1500.0), (520.0, 1500.0), (410.0, 1150.0), (410.0, 480.0)],
        [(410.0, 480.0), (410.0, 40.0), (760.0, -110.0), (980.0, 290.0)],
    ];
    const PIECES: usize = 16;
    let places: Vec<(Point, Point)> = CURVES
        .iter()
        .flat_map(|curve| (0..=PIECES).map(|n| along(curve, n as f32 / PIECES as f32)))
        .collect();
    let side = |by: f32| places.iter().map(move |(p, d)| point(p.x - d.y * by, p.y + d.x * by));
    let edge: Vec<Point> = side(width / 2.0).chain(side(-width / 2.0).rev()).collect();
    let next = edge.iter().cycle().skip(1);
    let outline = Outline {
        // From upper left to lower right, while y is counted upwards.
        bounds: Rect {
            min: point(0.0, 1700.0),
            max: point(ADVANCE, -300.0),
        },
        curves: edge.iter().zip(next).map(|(a, b)| OutlineCurve::Line(*a, *b)).collect(),
    };
    let factor = PxScaleFactor {
        horizontal: CELL.0 as f32 / ADVANCE,
        vertical: SIZE / EM,
    };
    let place = ab_glyph::GlyphId(0).with_scale_and_position(SIZE, point(0.0, BASE));
    dots(&OutlinedGlyph::new(place, outline, factor))
}

/// A place on a cubic curve, and the direction there, of length one.
fn along(curve: &[(f32, f32); 4], t: f32) -> (Point, Point) {
    let u = 1.0 - t;
    let of = |weights: [f32; 4]| {
        let sum = |pick: fn(&(f32, f32)) -> f32| curve.iter().zip(weights).map(|(p, w)| pick(p) * w).sum();
        point(sum(|p| p.0), sum(|p| p.1))
    };
    let place = of([u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t]);
    let way: Point = of([-u * u, u * u - 2.0 * u * t, 2.0 * u * t - t * t, t * t]);
    let length = way.x.hypot(way.y).max(f32::EPSILON);
    (place, point(way.x / length, way.y / length))
}
