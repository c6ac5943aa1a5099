//! A theme on a terminal with sixteen colours and its own background. Only readable ones are used: the bright ones on
//! dark, the dark ones on light.

use super::Rgb;
use ratatui::style::Color;

/// By hue; on black, each has a contrast of at least 4.5 in the colours of xterm and of VGA.
const ON_DARK: [(f32, Color); 5] = [
    (0.0, Color::LightRed),
    (50.0, Color::LightYellow),
    (130.0, Color::LightGreen),
    (205.0, Color::LightCyan),
    (300.0, Color::LightMagenta),
];
/// By hue, on white.
const ON_LIGHT: [(f32, Color); 3] = [(20.0, Color::Red), (215.0, Color::Blue), (310.0, Color::Magenta)];

/// If it is unknown: on white and on black, in the colours of xterm, each has a contrast of at least 3;
/// what is words in them is bold.
const ON_EITHER: [(f32, Color); 2] = [(20.0, Color::Red), (300.0, Color::Magenta)];

/// The terminal's own background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// Dark, as the theme's.
    Dark,
    /// Light, as the theme's.
    Light,
    /// Not known.
    Either,
}

/// The readable colour nearest in hue; the terminal's own for greys, and where none is near.
pub fn nearest(rgb: Rgb, under: Under) -> Color {
    /// What is farther away in hue would be another colour. On a known background some colour can always be
    /// distinguished.
    const NEAR: f32 = 45.0;
    let Some(hue) = rgb.hue() else { return Color::Reset };
    let (colours, most) = match under {
        Under::Dark => (&ON_DARK[..], 360.0),
        Under::Light => (&ON_LIGHT[..], 360.0),
        Under::Either => (&ON_EITHER[..], NEAR),
    };
    let apart = |other: f32| {
        let d = (hue - other).abs();
        d.min(360.0 - d)
    };
    let near = colours.iter().filter(|(hue, _)| apart(*hue) <= most);
    let best = near.min_by(|a, b| apart(a.0).total_cmp(&apart(b.0)));
    best.map_or(Color::Reset, |(_, colour)| *colour)
}

/// Series differ first of all from each other, so they go through the colours in turn.
pub fn series(index: usize, rgb: Rgb, under: Under) -> Color {
    const DARK: [Color; 6] = [
        Color::LightCyan,
        Color::LightYellow,
        Color::LightGreen,
        Color::LightMagenta,
        Color::LightRed,
        Color::Reset,
    ];
    const LIGHT: [Color; 4] = [Color::Blue, Color::Red, Color::Magenta, Color::Reset];
    const EITHER: [Color; 3] = [Color::Reset, Color::Red, Color::Magenta];
    if rgb.hue().is_none() {
        return Color::Reset;
    }
    match under {
        Under::Dark => DARK[index % DARK.len()],
        Under::Light => LIGHT[index % LIGHT.len()],
        Under::Either => EITHER[index % EITHER.len()],
    }
}
