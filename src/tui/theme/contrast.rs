//! Whether a theme's words can be read: contrast by WCAG 2.1, at least 4.5 for words and 3 for lines.

use super::file::Palette;

/// Least contrast of words on their ground (WCAG 2.1, AA).
const WORDS: f64 = 4.5;
/// Least contrast of lines (WCAG 2.1, non-text).
const LINES: f64 = 3.0;

/// Meanings that are written as words on every ground.
const WRITTEN: [&str; 16] = [
    "text", "strong", "muted", "accent", "good", "warn", "bad", "wish", "run", "pause", "stall", "done", "fail",
    "stop", "lost", "queued",
];

/// What is hard to read, one sentence each.
pub(super) fn weak(palette: &Palette) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |what: &str, ratio: f64, ground: &str, least: f64| {
        if ratio < least {
            found.push(format!(
                "{what} on {ground} has a contrast of {ratio:.2}, less than {least}"
            ));
        }
    };
    for ground in ["background", "raised", "selected"] {
        let under = palette.of(ground);
        for word in WRITTEN {
            look(word, palette.of(word).contrast(under), ground, WORDS);
        }
    }
    let selected = palette.of("selected_text").contrast(palette.of("selected"));
    look("selected_text", selected, "selected", WORDS);
    for (at, rgb) in palette.series.iter().enumerate() {
        let ratio = rgb.contrast(palette.of("background"));
        look(&format!("series {}", at + 1), ratio, "background", LINES);
    }
    found
}
