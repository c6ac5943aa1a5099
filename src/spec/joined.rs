//! Texts joined while the program is compiled, for tables that other tables repeat.

/// Bytes of the texts with `between` between each two, and `last` between the last two.
pub const fn length(texts: &[&str], between: &str, last: &str) -> usize {
    let (mut bytes, mut i) = (0, 0);
    while i < texts.len() {
        bytes += separator(i, texts.len(), between, last).len() + texts[i].len();
        i += 1;
    }
    bytes
}

/// The texts with `between` between each two, and `last` between the last two; `N` is their [`length`].
pub const fn joined<const N: usize>(texts: &[&str], between: &str, last: &str) -> [u8; N] {
    let (mut bytes, mut at, mut i) = ([0; N], 0, 0);
    while i < texts.len() {
        at = put(&mut bytes, at, separator(i, texts.len(), between, last));
        at = put(&mut bytes, at, texts[i]);
        i += 1;
    }
    bytes
}

/// What stands before text `i` of `n`.
const fn separator<'a>(i: usize, n: usize, between: &'a str, last: &'a str) -> &'a str {
    if i == 0 {
        ""
    } else if i + 1 == n {
        last
    } else {
        between
    }
}

/// Writes a text from `at` on; where it ends.
const fn put(bytes: &mut [u8], at: usize, text: &str) -> usize {
    let mut i = 0;
    while i < text.len() {
        bytes[at + i] = text.as_bytes()[i];
        i += 1;
    }
    at + text.len()
}

/// The text of these bytes; empty where they are not UTF-8.
pub const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_in_their_order_with_the_separators_between() {
        const TEXTS: [&str; 3] = ["λ·R", "", "b"];
        const JOINED: [u8; length(&TEXTS, ", ", " or ")] = joined(&TEXTS, ", ", " or ");
        assert_eq!(text(&JOINED), "λ·R,  or b");
        assert_eq!((length(&[], ", ", "; "), length(&["a"], ", ", "; ")), (0, 1));
    }
}
