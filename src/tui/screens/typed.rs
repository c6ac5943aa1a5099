//! A text input wider than its field: the part around the cursor, with an ellipsis at each truncated end. Pure.

use crate::tui::{text::graphemes::graphemes, theme::glyphs::Glyphs};
use unicode_width::UnicodeWidthStr;

/// What is seen of a line.
#[derive(Debug, PartialEq)]
pub struct Seen {
    /// The part that is shown, at most as wide as its place, signs included.
    pub text: String,
    /// Cells before the cursor.
    pub cursor: usize,
    /// Cells under the cursor; 0 where it stands behind the text.
    pub under: usize,
}

/// The part of `text` that a place of `width` cells shows, with the cursor before the character of that index.
pub fn seen(text: &str, cursor: usize, width: usize, glyphs: &Glyphs) -> Seen {
    // As it is spelled on this terminal: what is one sign to the eye stays whole, and may take several cells.
    let signs: Vec<&str> = graphemes(text).collect();
    let pieces: Vec<String> = signs.iter().map(|sign| glyphs.spell(sign).into_owned()).collect();
    // From characters to signs.
    let mut characters = 0;
    let is_before = |sign: &&&str| {
        let before = characters < cursor;
        characters += sign.chars().count();
        before
    };
    let cursor = signs.iter().take_while(is_before).count();
    let wide = |from: usize, to: usize| pieces[from..to].iter().map(|p| p.width()).sum::<usize>();
    let count = pieces.len();
    let cursor = cursor.min(count);
    // Behind the last character the cursor takes a cell of its own.
    let (under, after) = match cursor < count {
        true => (wide(cursor, cursor + 1), cursor + 1),
        false => (0, count),
    };
    let taken = under.max(1);
    let whole = wide(0, count) + usize::from(cursor == count) <= width;
    let sign = |is_cut: bool| usize::from(is_cut);
    let mut from = 0;
    if !whole {
        let fits = |from: usize| sign(from > 0) + wide(from, cursor) + taken + sign(after < count) <= width;
        while from < cursor && !fits(from) {
            from += 1;
        }
    }
    let room = width.saturating_sub(sign(from > 0));
    let mut to = from;
    while to < count && wide(from, to + 1) + sign(to + 1 < count) <= room {
        to += 1;
    }
    let mut shown = String::new();
    let before = if from > 0 && width > 1 { glyphs.ellipsis } else { "" };
    shown.push_str(before);
    shown.extend(pieces[from..to].iter().map(String::as_str));
    if to < count && shown.width() < width {
        shown.push_str(glyphs.ellipsis);
    }
    Seen {
        cursor: (before.width() + wide(from, cursor.max(from))).min(width.saturating_sub(1)),
        under,
        text: shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::glyphs::{ASCII, UNICODE};
    use proptest::prelude::*;

    fn shown(text: &str, cursor: usize, width: usize) -> (String, usize) {
        let seen = seen(text, cursor, width, &UNICODE);
        (seen.text, seen.cursor)
    }

    #[test]
    fn a_long_line_scrolls_around_its_cursor_and_says_where_it_is_cut() {
        assert_eq!(shown("abcdefgh", 0, 5), ("abcd…".into(), 0));
        assert_eq!(shown("abcdefgh", 3, 5), ("abcd…".into(), 3));
        assert_eq!(shown("abcdefgh", 5, 5), ("…def…".into(), 3));
        assert_eq!(shown("abcdefgh", 8, 5), ("…fgh".into(), 4));
        assert_eq!(shown("abcd", 4, 5), ("abcd".into(), 4));
        assert_eq!(shown("漢字漢字漢字", 3, 7), ("…漢字…".into(), 3));
        // A family is one sign of five characters.
        let family = "👩\u{200d}👩\u{200d}👧";
        assert_eq!(shown(&format!("ab{family}cd"), 7, 5), (format!("…{family}cd"), 3));
    }

    #[test]
    fn the_cursor_stands_where_the_spelling_of_the_terminal_puts_it() {
        let seen = seen("λ=1", 1, 20, &ASCII);
        assert_eq!((seen.text.as_str(), seen.cursor), ("lambda=1", 6));
    }

    proptest! {
        #[test]
        fn what_is_shown_fits_holds_the_cursor_and_has_a_sign_for_what_is_missing(
            text in "[a-c漢λ ]{0,40}", at in 0usize..41, width in 4usize..30, ascii in any::<bool>(),
        ) {
            let glyphs = if ascii { &ASCII } else { &UNICODE };
            // A place narrower than two characters and both signs shows what it can.
            prop_assume!(!ascii || width > 8);
            let cursor = at.min(text.chars().count());
            let seen = seen(&text, cursor, width, glyphs);
            prop_assert!(seen.text.width() <= width, "{seen:?}");
            prop_assert!(seen.cursor + seen.under.max(1) <= width, "{seen:?}");
            let spelled: String = text.chars().map(|c| glyphs.spell(&c.to_string()).into_owned()).collect();
            let inner = seen.text.trim_start_matches(glyphs.ellipsis).trim_end_matches(glyphs.ellipsis);
            prop_assert!(spelled.contains(inner), "{seen:?}");
            prop_assert_eq!(inner == spelled, seen.text == spelled, "{:?}", seen);
        }
    }
}
