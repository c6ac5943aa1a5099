//! Colour maps: even steps of lightness, so that they are readable in greyscale and with colour blindness.

use super::Rgb;

/// Which colours a height goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ramp {
    /// Nuñez, Anderton and Renslow 2018: from dark blue over grey to yellow, read alike by eyes that do not tell red
    /// from green.
    #[default]
    Cividis,
    /// Smith and van der Walt 2015: from violet over green to yellow.
    Viridis,
}

const CIVIDIS: [Rgb; 6] = [
    Rgb(0x00, 0x22, 0x4e),
    Rgb(0x35, 0x45, 0x6c),
    Rgb(0x66, 0x69, 0x70),
    Rgb(0x94, 0x8e, 0x77),
    Rgb(0xc8, 0xb8, 0x66),
    Rgb(0xfe, 0xe8, 0x38),
];

const VIRIDIS: [Rgb; 6] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x41, 0x44, 0x87),
    Rgb(0x2a, 0x78, 0x8e),
    Rgb(0x22, 0xa8, 0x84),
    Rgb(0x7a, 0xd1, 0x51),
    Rgb(0xfd, 0xe7, 0x25),
];

impl Ramp {
    /// All of them.
    pub const ALL: [Ramp; 2] = [Ramp::Cividis, Ramp::Viridis];

    /// As theme files call it.
    pub fn name(self) -> &'static str {
        match self {
            Ramp::Cividis => "cividis",
            Ramp::Viridis => "viridis",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Ramp> {
        Ramp::ALL.into_iter().find(|r| r.name() == name)
    }

    /// The colour of a share, and black or white letters for it, whichever stands out more.
    pub fn at(self, share: f64) -> (Rgb, Rgb) {
        let stops = match self {
            Ramp::Cividis => CIVIDIS,
            Ramp::Viridis => VIRIDIS,
        };
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let at = share * (stops.len() - 1) as f64;
        let below = (at as usize).min(stops.len() - 2);
        let ground = stops[below + 1].over(stops[below], (at - below as f64) as f32);
        let (black, white) = (Rgb(0, 0, 0), Rgb(0xff, 0xff, 0xff));
        match ground.contrast(black) >= ground.contrast(white) {
            true => (ground, black),
            false => (ground, white),
        }
    }
}
