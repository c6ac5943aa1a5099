//! Sanitises text from files, names and errors for output: control characters, bells and direction marks become visible
//! signs and never reach a terminal.

use std::borrow::Cow;

/// One line of printable text: control characters become their pictures (`␛`), what reorders or hides text becomes `�`.
/// Emoji stay whole: between two of them a joiner hides nothing. Their variation selectors go where they join nothing.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| chars.get(n).copied().unwrap_or('\0');
    let mut cleaned = String::with_capacity(text.len());
    for (n, c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).map_or('\0', at);
        let (after, next) = (at(n + 1), at(n + 2));
        match *c {
            JOINER if joins(&cleaned, after) => cleaned.push(JOINER),
            SELECTOR if is_pictograph(before) && after == JOINER && is_pictograph(next) => cleaned.push(SELECTOR),
            SELECTOR if is_pictograph(before) || before.is_ascii_digit() => {}
            c => cleaned.push(printable(c)),
        }
    }
    // What was already as it should be is not copied for the joiners alone.
    match cleaned == text {
        true => Cow::Borrowed(text),
        false => Cow::Owned(cleaned),
    }
}

/// Joins two emoji to one.
const JOINER: char = '\u{200d}';
/// Asks for the coloured form of what stands before it.
const SELECTOR: char = '\u{fe0f}';

/// Whether a joiner stands between two emoji.
fn joins(before: &str, after: char) -> bool {
    let mut before = before.chars().rev();
    let last = match before.next() {
        Some(SELECTOR) => before.next(),
        last => last,
    };
    last.is_some_and(is_pictograph) && is_pictograph(after)
}

/// Whether it is drawn as a picture, by the blocks that emoji and their skin tones stand in.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}')
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
    fn escape_sequences_are_shown_and_not_executed() {
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

    #[test]
    fn emoji_stay_whole_and_joiners_hide_nothing() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        for whole in [
            family,
            "\u{1f1e9}\u{1f1ea}",
            "\u{1f44d}\u{1f3fd}",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
        ] {
            assert!(matches!(clean(whole), Cow::Borrowed(_)), "{whole}");
            assert_eq!(clean(&format!("{whole}\x07")), format!("{whole}␇"));
        }
        assert_eq!(clean("\u{2764}\u{fe0f} 1\u{fe0f}"), "\u{2764} 1");
        assert_eq!(clean("a\u{200d}b\u{1f468}\u{200d}"), "a\u{fffd}b\u{1f468}\u{fffd}");
        assert_eq!(
            clean("\u{1f468}\u{200d}\u{200d}\u{1f469}"),
            "\u{1f468}\u{fffd}\u{fffd}\u{1f469}"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in "[a\u{1f468}\u{200d}\u{fe0f}\u{2764}1\u{202e}\x07]{0,12}") {
            let once = clean(&text).into_owned();
            proptest::prop_assert_eq!(clean(&once), once.as_str());
        }

        #[test]
        fn nothing_unprintable_survives(text in proptest::collection::vec(proptest::char::any(), 0..80)) {
            let text: String = text.into_iter().collect();
            let hides = |c: char| is_unprintable(c) && !matches!(c, JOINER | SELECTOR);
            proptest::prop_assert!(!clean(&text).chars().any(hides));
            proptest::prop_assert!(!clean_lines(&text).chars().any(|c| c != '\n' && hides(c)));
        }
    }
}
