//! Which key a byte or a sequence means, with its modifiers. Shift is part of a character: `CSI 97;2u` is `A`.

use super::numbers::Numbers;
use crate::tui::terminal::key::Key;
use crossterm::event::KeyCode;

/// Modifiers as sequences count them, less one.
const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CTRL: u32 = 4;
const CAPS_LOCK: u32 = 64;

/// What kitty says of a key that is let go.
const RELEASED: u32 = 3;

/// A key without modifiers.
pub fn named(code: KeyCode) -> Key {
    Key {
        code,
        ctrl: false,
        alt: false,
    }
}

/// The key of a byte of ASCII.
pub fn typed(byte: u8) -> Key {
    let ctrl = |c: u8| Key {
        ctrl: true,
        ..Key::char(char::from(c))
    };
    match byte {
        b'\r' => named(KeyCode::Enter),
        b'\t' => named(KeyCode::Tab),
        0x7f => named(KeyCode::Backspace),
        0x1b => named(KeyCode::Esc),
        0 => ctrl(b' '),
        1..=0x1a => ctrl(byte - 1 + b'a'),
        0x1c..=0x1f => ctrl(byte - 0x1c + b'4'),
        _ => Key::char(char::from(byte)),
    }
}

/// The key of a byte after an ESC that nothing followed.
pub fn alt(byte: u8) -> Option<Key> {
    byte.is_ascii().then(|| Key {
        alt: true,
        ..typed(byte)
    })
}

/// What follows `ESC O`.
pub fn application(last: u8) -> Option<Key> {
    let code = match last {
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(1 + last - b'P'),
        _ => arrow(last)?,
    };
    Some(named(code))
}

fn arrow(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        _ => return None,
    })
}

/// The key of a control sequence by its last byte and its numbers; none for a release and for what is no key.
pub fn of_sequence(last: u8, numbers: &Numbers) -> Option<Key> {
    if numbers.part(1, 1) == RELEASED {
        return None;
    }
    let held = numbers.get(1).saturating_sub(1);
    match (last, numbers.get(0)) {
        (b'u', code) => by_code(code, numbers, held),
        // xterm's modifyOtherKeys.
        (b'~', 27) => by_code(numbers.get(2), &Numbers::none(), held),
        (b'~', n) => Some(with(by_number(n)?, held)),
        (b'Z', _) => Some(with(KeyCode::BackTab, held & !SHIFT)),
        (b'P' | b'Q' | b'S', _) => Some(with(KeyCode::F(1 + last - b'P'), held)),
        // With another number it says where the cursor is.
        (b'R', 1) => Some(with(KeyCode::F(3), held)),
        _ => Some(with(arrow(last)?, held)),
    }
}

/// A key that is no character.
fn with(code: KeyCode, held: u32) -> Key {
    Key {
        code: match code {
            KeyCode::Tab if held & SHIFT != 0 => KeyCode::BackTab,
            code => code,
        },
        ctrl: held & CTRL != 0,
        alt: held & ALT != 0,
    }
}

/// Keys that are numbered in `CSI n ~`.
fn by_number(n: u32) -> Option<KeyCode> {
    Some(match n {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F((n - 10) as u8),
        17..=21 => KeyCode::F((n - 11) as u8),
        23 | 24 => KeyCode::F((n - 12) as u8),
        _ => return None,
    })
}

/// A key by its Unicode code, or by the one that kitty gives it.
fn by_code(code: u32, numbers: &Numbers, held: u32) -> Option<Key> {
    let special = match code {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        _ => KeyCode::Null,
    };
    if special != KeyCode::Null {
        return Some(with(special, held));
    }
    let c = match code {
        57399..=57408 => char::from_digit(code - 57399, 10)?,
        57409..=57413 => char::from(b"./*-+"[(code - 57409) as usize]),
        57415 => '=',
        // Other keys for which kitty has numbers: locks, media, the modifiers themselves.
        57344..=63743 => return None,
        code => char::from_u32(code).filter(|c| !c.is_control())?,
    };
    let character = |at, part| Some(numbers.part(at, part)).filter(|n| *n > 0).and_then(char::from_u32);
    let is_text = held & (CTRL | ALT) == 0;
    let c = match character(2, 0).filter(|c| is_text && !c.is_control()) {
        // What the key writes, where the terminal says so.
        Some(text) => text,
        None if held & SHIFT != 0 => character(0, 1).unwrap_or_else(|| shifted(c)),
        None if held & CAPS_LOCK != 0 && c.is_alphabetic() => upper(c),
        None => c,
    };
    Some(Key {
        code: KeyCode::Char(c),
        ctrl: held & CTRL != 0,
        alt: held & ALT != 0,
    })
}

/// What Shift makes of a character: its capital; of other signs what stands above them on an American keyboard, where a
/// terminal says no more. One that is shifted already stays.
fn shifted(c: char) -> char {
    const PLAIN: &str = "`1234567890-=[]\\;',./";
    const ABOVE: &str = "~!@#$%^&*()_+{}|:\"<>?";
    match PLAIN.find(c) {
        Some(at) => ABOVE[at..].chars().next().unwrap_or(c),
        None => upper(c),
    }
}

fn upper(c: char) -> char {
    let mut capital = c.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

impl Numbers {
    /// No numbers at all.
    fn none() -> Numbers {
        Numbers::read(b"")
    }
}
