//! A theme on a terminal that names sixteen colours and keeps its own ground. Of those only the ones are used that can
//! be read: the bright ones where the theme is dark, the deep ones where it is light.

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

/// The readable colour nearest in hue; the terminal's own for greys.
pub(super) fn nearest(rgb: Rgb, dark: bool) -> Color {
    let Some(hue) = rgb.hue() else { return Color::Reset };
    let colours = if dark { &ON_DARK[..] } else { &ON_LIGHT[..] };
    let apart = |other: f32| {
        let d = (hue - other).abs();
        d.min(360.0 - d)
    };
    let best = colours.iter().min_by(|a, b| apart(a.0).total_cmp(&apart(b.0)));
    best.map_or(Color::Reset, |(_, colour)| *colour)
}

/// Series differ first of all from each other, so they go through the colours in turn.
pub(super) fn series(index: usize, rgb: Rgb, dark: bool) -> Color {
    const DARK: [Color; 6] = [
        Color::LightCyan,
        Color::LightYellow,
        Color::LightGreen,
        Color::LightMagenta,
        Color::LightRed,
        Color::Reset,
    ];
    const LIGHT: [Color; 4] = [Color::Blue, Color::Red, Color::Magenta, Color::Reset];
    match (rgb.hue(), dark) {
        (None, _) => Color::Reset,
        (_, true) => DARK[index % DARK.len()],
        (_, false) => LIGHT[index % LIGHT.len()],
    }
}
