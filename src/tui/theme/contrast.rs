//! Whether a theme is readable: contrast by WCAG 2.1, at least 4.5 for text and 3 for lines.

use super::{
    file::Palette,
    meaning::Meaning::{self, *},
};

/// Least contrast of words on their background (WCAG 2.1, AA).
const WORDS: f64 = 4.5;
/// Least contrast of lines (WCAG 2.1, non-text).
const LINES: f64 = 3.0;

/// Meanings that are written as words on every background.
const WRITTEN: [Meaning; 16] = [
    Text, Strong, Muted, Accent, Good, Warn, Bad, Pending, Run, Pause, Stall, Done, Fail, Stop, Lost, Queued,
];

/// What is hard to read, one sentence each.
pub fn weak(palette: &Palette) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |what: &str, ratio: f64, ground: &str, least: f64| {
        if ratio < least {
            found.push(format!(
                "{what} on {ground} has a contrast of {ratio:.2}, less than {least}"
            ));
        }
    };
    for ground in [Background, Raised, Selected] {
        let under = palette.of(ground);
        for written in WRITTEN {
            look(
                written.word(),
                palette.of(written).contrast(under),
                ground.word(),
                WORDS,
            );
        }
    }
    let selected = palette.of(SelectedText).contrast(palette.of(Selected));
    look("selected_text", selected, "selected", WORDS);
    for (at, rgb) in palette.series.iter().enumerate() {
        let ratio = rgb.contrast(palette.of(Background));
        look(&format!("series {}", at + 1), ratio, "background", LINES);
    }
    found
}
