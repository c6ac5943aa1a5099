//! Text made to fit into a number of cells: cut with an ellipsis, or broken into lines.

use crate::tui::{text::graphemes, theme::glyphs::Glyphs};
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Text truncated to `width` cells, with an ellipsis.
pub fn cut<'a>(text: &'a str, width: usize, glyphs: &Glyphs) -> Cow<'a, str> {
    if text.width() <= width {
        return text.into();
    }
    if width == 0 {
        return "".into();
    }
    let mut kept = graphemes::beginning(text, width - 1).to_string();
    kept.push_str(glyphs.ellipsis);
    kept.into()
}

/// Text cut at its beginning: for paths, whose end says more.
pub fn cut_left<'a>(text: &'a str, width: usize, glyphs: &Glyphs) -> Cow<'a, str> {
    if text.width() <= width {
        return text.into();
    }
    if width == 0 {
        return "".into();
    }
    format!("{}{}", glyphs.ellipsis, graphemes::end(text, width - 1)).into()
}

/// Lines of at most `width` cells, broken at spaces where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    if width == 0 {
        return rows;
    }
    for line in text.lines() {
        let mut row = String::new();
        for part in line.split_inclusive(' ') {
            if !row.is_empty() && row.width() + part.trim_end().width() > width {
                rows.push(std::mem::take(&mut row).trim_end().to_string());
            }
            for sign in graphemes::graphemes(part) {
                if row.width() + sign.width() > width && sign != " " && !row.is_empty() {
                    rows.push(std::mem::take(&mut row));
                }
                row.push_str(sign);
            }
        }
        rows.push(row.trim_end().to_string());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::glyphs::UNICODE;

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign() {
        assert_eq!(cut("abcdef", 4, &UNICODE), "abc…");
        assert_eq!(cut("abc", 3, &UNICODE), "abc");
        assert_eq!(cut_left("/long/path/end", 5, &UNICODE), "…/end");
        assert_eq!(cut("漢字漢字", 4, &UNICODE), "漢…");
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(cut(&family.repeat(3), 5, &UNICODE), format!("{}…", family.repeat(2)));
        assert_eq!(cut_left(&family.repeat(3), 4, &UNICODE), format!("…{family}"));
        assert_eq!(wrap(&family.repeat(3), 4), [family.repeat(2), family.to_string()]);
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert!(wrap("x", 0).is_empty());
    }
}
