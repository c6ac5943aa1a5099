//! The one sanitiser: text from files, names and errors is data, and never moves a cursor, rings a bell or turns
//! a line around on somebody's terminal.

use std::borrow::Cow;

/// One line of printable text: control characters become their pictures (`␛`), what reorders or hides text becomes `�`.
pub fn clean(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_unprintable) {
        true => Cow::Owned(text.chars().map(printable).collect()),
        false => Cow::Borrowed(text),
    }
}

/// As [`clean`], but line breaks stay and tabs become four spaces.
pub fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| clean(&line.replace('\t', "    ")).into_owned())
        .collect();
    lines.join("\n")
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || reorders_or_hides(c)
}

fn printable(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        c if is_unprintable(c) => '\u{fffd}',
        c => c,
    }
}

/// Line and paragraph separators, bidirectional marks, embeddings, overrides and isolates, zero-width characters, tags;
/// and variation selectors, after which terminals do not agree how wide a sign is.
fn reorders_or_hides(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(clean("\x1b[2Jgone\x07"), "␛[2Jgone␇");
        assert_eq!(clean("a\u{9b}31mb"), "a\u{fffd}31mb");
        assert_eq!(clean("evil\u{202e}txt.exe"), "evil\u{fffd}txt.exe");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(clean("λ = 0.002, größer"), Cow::Borrowed(_)));
    }

    #[test]
    fn line_breaks_stay_where_several_lines_are_wanted() {
        assert_eq!(clean_lines("a\tb\nc\x1bd\r\n"), "a    b\nc␛d");
    }

    proptest::proptest! {
        #[test]
        fn nothing_unprintable_survives(text in proptest::collection::vec(proptest::char::any(), 0..80)) {
            let text: String = text.into_iter().collect();
            proptest::prop_assert!(!clean(&text).chars().any(is_unprintable));
            proptest::prop_assert!(!clean_lines(&text).chars().any(|c| c != '\n' && is_unprintable(c)));
        }
    }
}
