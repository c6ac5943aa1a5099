//! Graphemes: what a person sees as one character (letters with marks, emoji joined by zero-width joiners, flags, skin
//! tones). Text is cut and edited between graphemes only, and each is as wide as the cells it is drawn into.

use ratatui::{style::Style, text::Span};
use unicode_width::UnicodeWidthStr;

/// The signs of a line of text, in order. Control characters, which a line has none of, are left out.
pub fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    // Ratatui cuts text into cells by the same rules, so that both agree.
    let span = Span::raw(text);
    let lengths: Vec<usize> = span.styled_graphemes(Style::new()).map(|g| g.symbol.len()).collect();
    let mut at = 0;
    let parts: Vec<&str> = lengths
        .into_iter()
        .filter_map(|length| {
            // Those that were left out in between.
            while text.get(at..).is_some_and(|rest| rest.starts_with(char::is_control)) {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
            let part = text.get(at..at + length);
            at += length;
            part
        })
        .collect();
    parts.into_iter()
}

/// As many signs of the beginning as fit into `width` cells.
pub fn beginning(text: &str, width: usize) -> &str {
    let mut wide = 0;
    let mut bytes = 0;
    for sign in graphemes(text) {
        wide += sign.width();
        if wide > width {
            break;
        }
        bytes += sign.len();
    }
    text.get(..bytes).unwrap_or(text)
}

/// As many signs of the end as fit into `width` cells.
pub fn end(text: &str, width: usize) -> &str {
    let mut wide = 0;
    let mut bytes = text.len();
    for sign in graphemes(text).rev() {
        wide += sign.width();
        if wide > width {
            break;
        }
        bytes = bytes.saturating_sub(sign.len());
    }
    text.get(bytes..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A family, a flag, a thumb with a skin tone, a letter with a mark: each one sign.
    const SIGNS: [(&str, usize); 5] = [
        ("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", 2),
        ("\u{1f1e9}\u{1f1ea}", 2),
        ("\u{1f44d}\u{1f3fd}", 2),
        ("e\u{301}", 1),
        ("x", 1),
    ];

    #[test]
    fn one_sign_is_one_part_and_is_never_cut() {
        let text: String = SIGNS.iter().map(|(s, _)| *s).collect();
        let parts: Vec<&str> = graphemes(&text).collect();
        assert_eq!(parts, SIGNS.map(|(s, _)| s));
        assert!(SIGNS.iter().all(|(s, wide)| s.width() == *wide));
        assert_eq!(beginning(&text, 3), SIGNS[0].0);
        assert_eq!(beginning(&text, 4), format!("{}{}", SIGNS[0].0, SIGNS[1].0));
        assert_eq!(end(&text, 3), format!("{}{}", SIGNS[3].0, SIGNS[4].0));
        assert_eq!((beginning("", 3), end("", 3)), ("", ""));
    }
}
