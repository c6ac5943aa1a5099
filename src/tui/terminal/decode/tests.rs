//! What terminals send, and what is made of it.

use super::{Input::*, *};
use crate::tui::terminal::mouse::{Button, MouseKind};
use proptest::prelude::*;

fn all(bytes: &[u8]) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut found = decoder.feed(bytes);
    found.extend(decoder.pause());
    found
}

/// The names of the keys in these bytes.
fn keys(bytes: &[u8]) -> String {
    let name = |input: Input| match input {
        Key(key) => key.to_string(),
        other => format!("{other:?}"),
    };
    all(bytes).into_iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_typed_is_read() {
    assert_eq!(keys("aZλ?".as_bytes()), "a Z λ ?");
    assert_eq!(
        keys(b"\r\t\x7f\x03\x0c\x1a \x00"),
        "enter tab backspace ctrl-c ctrl-l ctrl-z space ctrl-space"
    );
    assert_eq!(
        keys(b"\x1b[A\x1b[B\x1bOC\x1b[D\x1b[H\x1bOF\x1b[Z"),
        "up down right left home end backtab"
    );
    assert_eq!(
        keys(b"\x1b[5~\x1b[6~\x1b[3~\x1b[15~\x1b[24~\x1bOP\x1b[[E"),
        "pageup pagedown delete f5 f12 f1 f5"
    );
    assert_eq!(keys(b"\x1b[1;5A\x1b[5;3~"), "ctrl-up alt-pageup");
    assert_eq!(keys("\x1bx\x1bλ".as_bytes()), "alt-x alt-λ");
}

#[test]
fn two_presses_of_escape_are_two_keys() {
    assert_eq!(keys(b"\x1b"), "esc");
    assert_eq!(keys(b"\x1b\x1b"), "esc esc");
    assert_eq!(keys(b"\x1b\x1b[A"), "esc up");
}

#[test]
fn shift_is_part_of_a_character_however_it_is_encoded() {
    // CSI u as tmux and xterm (formatOtherKeys) send it, with and without the shifted code, and kitty's text.
    assert_eq!(keys(b"\x1b[97;2u\x1b[65;2u\x1b[97:65;2u\x1b[97;2;65u"), "A A A A");
    assert_eq!(keys(b"\x1b[47;2u\x1b[63;2u\x1b[47:63;2u\x1b[55;2;47u"), "? ? ? /");
    // xterm's own form.
    assert_eq!(keys(b"\x1b[27;2;82~\x1b[27;2;114~\x1b[27;5;108~"), "R R ctrl-l");
    assert_eq!(
        keys(b"\x1b[108;5u\x1b[120;3u\x1b[9;2u\x1b[27u\x1b[13;2u"),
        "ctrl-l alt-x backtab esc enter"
    );
    assert_eq!(keys("\x1b[228;2u\x1b[114;65u".as_bytes()), "Ä R");
    assert_eq!(
        keys(b"\x1b[97;1:3u\x1b[57441u\x1b[57400u"),
        "1",
        "no release, no modifier alone; the key pad"
    );
}

#[test]
fn the_mouse_is_read_in_both_forms() {
    let at = |kind, column, row, shift| {
        vec![Mouse(crate::tui::terminal::mouse::Mouse {
            kind,
            column,
            row,
            shift,
        })]
    };
    assert_eq!(all(b"\x1b[<0;10;4M"), at(MouseKind::Down(Button::Left), 9, 3, false));
    assert_eq!(all(b"\x1b[<4;300;4m"), at(MouseKind::Up(Button::Left), 299, 3, true));
    assert_eq!(all(b"\x1b[<34;1;1M"), at(MouseKind::Drag(Button::Right), 0, 0, false));
    assert_eq!(all(b"\x1b[<65;1;1M"), at(MouseKind::ScrollDown, 0, 0, false));
    assert_eq!(all(b"\x1b[M !!"), at(MouseKind::Down(Button::Left), 0, 0, false));
    assert_eq!(all(b"\x1b[M#!!"), at(MouseKind::Up(Button::Left), 0, 0, false));
    assert_eq!(all(b"\x1b[<35;1;1M"), []);
}

#[test]
fn pasted_text_comes_whole_in_however_many_pieces() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~two \x1b[A"), []);
    assert_eq!(decoder.pause(), []);
    assert_eq!(decoder.feed("wörds\x1b[20".as_bytes()), []);
    assert_eq!(
        decoder.feed(b"1~q"),
        [
            Paste("two \x1b[Awörds".into()),
            Key(crate::tui::terminal::key::Key::char('q'))
        ]
    );
}

#[test]
fn answers_are_never_taken_for_keys() {
    let white = Ground(Rgb(255, 255, 255));
    assert_eq!(all(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"), std::slice::from_ref(&white));
    assert_eq!(
        all(b"\x1b]11;rgb:ff/ff/ff\x07\x1b[?62;22c"),
        [white.clone(), Identified]
    );
    assert_eq!(all(b"\x1b]11;#102030\x07"), [Ground(Rgb(16, 32, 48))]);
    assert_eq!(
        keys(b"\x1b]52;c;aGk=\x07\x1bP1$r0m\x1b\\\x1b[>0;276;0c\x1b[24;80Rq"),
        "q"
    );
    // In pieces, and late.
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    for piece in [&b"j\x1b]11;rg"[..], b"b:ffff/ff", b"ff/ffff\x1b", b"\\k"] {
        found.extend(decoder.feed(piece));
        found.extend(decoder.pause());
    }
    let key = |c| Key(crate::tui::terminal::key::Key::char(c));
    assert_eq!(found, [key('j'), white, key('k')]);
    // One that never ends is given up, and keys are keys again.
    assert_eq!(decoder.feed(b"\x1b]11;rgb:"), []);
    assert!((0..PATIENCE).all(|_| decoder.pause().is_empty()));
    assert_eq!(decoder.feed(b"q"), [key('q')]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_grow(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..40)) {
        let mut decoder = Decoder::default();
        for piece in pieces {
            decoder.feed(&piece);
            decoder.pause();
            prop_assert!(decoder.bytes.len() <= LONGEST + 40);
        }
    }

    #[test]
    fn text_is_read_as_it_was_typed_wherever_it_is_cut(text in "[a-zλ漢🦀 ]{0,30}", at in 0usize..60) {
        let bytes = text.as_bytes();
        let at = at.min(bytes.len());
        let mut decoder = Decoder::default();
        let mut found = decoder.feed(&bytes[..at]);
        found.extend(decoder.feed(&bytes[at..]));
        let typed: String = found.iter().filter_map(|i| match i { Key(k) => k.typed(), _ => None }).collect();
        prop_assert_eq!(typed, text);
    }
}
