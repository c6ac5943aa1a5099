//! Colours as numbers, and how many of them a terminal shows.

use serde::Deserialize;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 24 bits.
    True,
    /// The 256-colour palette.
    Indexed,
    /// None: bold, dim, underlined and reversed only.
    Mono,
}

impl Depth {
    /// From the environment: `NO_COLOR`, then `COLORTERM`, then `TERM`.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Depth {
        let is_set = |name| env(name).is_some_and(|v| !v.is_empty());
        let has = |name, part| env(name).is_some_and(|v| v.contains(part));
        if is_set("NO_COLOR") || env("TERM").as_deref() == Some("dumb") {
            Depth::Mono
        } else if has("COLORTERM", "truecolor") || has("COLORTERM", "24bit") || has("TERM", "direct") {
            Depth::True
        } else {
            Depth::Indexed
        }
    }
}

/// `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Rgb(pub u8, pub u8, pub u8);

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii());
        let part = |at: usize| hex.and_then(|h| u8::from_str_radix(&h[at..at + 2], 16).ok());
        match (part(0), part(2), part(4)) {
            (Some(r), Some(g), Some(b)) => Ok(Rgb(r, g, b)),
            _ => Err(format!("{text:?} is not a colour: write #rrggbb")),
        }
    }
}

impl Rgb {
    /// `share` of `self` over the rest of `under`.
    pub(super) fn over(self, under: Rgb, share: f32) -> Rgb {
        let mix = |a: u8, b: u8| (f32::from(a) * share + f32::from(b) * (1.0 - share)).round() as u8;
        Rgb(mix(self.0, under.0), mix(self.1, under.1), mix(self.2, under.2))
    }

    /// The nearest of the palette's 6×6×6 cube and its greys.
    pub(super) fn indexed(self) -> u8 {
        let level = |v: u8| match v {
            0..=47 => 0u8,
            48..=114 => 1,
            _ => (v - 35) / 40,
        };
        let value = |l: u8| if l == 0 { 0 } else { 55 + 40 * l };
        let (r, g, b) = (level(self.0), level(self.1), level(self.2));
        let cube = Rgb(value(r), value(g), value(b));
        let mean = (u16::from(self.0) + u16::from(self.1) + u16::from(self.2)) / 3;
        let step = (mean.saturating_sub(3) / 10).min(23) as u8;
        let grey = Rgb(8 + 10 * step, 8 + 10 * step, 8 + 10 * step);
        match self.distance(grey) < self.distance(cube) {
            true => 232 + step,
            false => 16 + 36 * r + 6 * g + b,
        }
    }

    fn distance(self, other: Rgb) -> u32 {
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        d(self.0, other.0) + d(self.1, other.1) + d(self.2, other.2)
    }
}

/// Stops of cividis (Nuñez, Anderton and Renslow 2018): from dark blue over grey to yellow, read alike by eyes that do
/// not tell red from green.
const CIVIDIS: [Rgb; 6] = [
    Rgb(0x00, 0x22, 0x4e),
    Rgb(0x35, 0x45, 0x6c),
    Rgb(0x66, 0x69, 0x70),
    Rgb(0x94, 0x8e, 0x77),
    Rgb(0xc8, 0xb8, 0x66),
    Rgb(0xfe, 0xe8, 0x38),
];

/// The colour of a share, and black or white letters for it.
pub(super) fn heat(share: f64) -> (Rgb, Rgb) {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let at = share * (CIVIDIS.len() - 1) as f64;
    let below = (at as usize).min(CIVIDIS.len() - 2);
    let ground = CIVIDIS[below + 1].over(CIVIDIS[below], (at - below as f64) as f32);
    // Here black and white letters stand out alike.
    let letters = if share > 0.47 {
        Rgb(0, 0, 0)
    } else {
        Rgb(0xff, 0xff, 0xff)
    };
    (ground, letters)
}
