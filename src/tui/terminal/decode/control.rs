//! Control sequences (`ESC [`) and strings (`ESC ]`, `ESC P` and others) of ECMA-48.

use super::{Input, Step, keys, numbers::Numbers, pointer};
use crate::tui::theme::Rgb;
use crossterm::event::KeyCode;

/// What follows `ESC [`.
pub fn csi(rest: &[u8]) -> Step {
    const BEFORE: usize = 2;
    // The Linux console's F1 to F5.
    if let [b'[', which, ..] = rest {
        let key = matches!(which, b'A'..=b'E').then(|| keys::named(KeyCode::F(1 + which - b'A')));
        return Step::Whole(BEFORE + 2, key.map(Input::Key));
    }
    if rest == b"[" {
        return Step::Partial;
    }
    // The mouse in the older protocol.
    if let [b'M', bytes @ ..] = rest {
        return match bytes {
            [button, x, y, ..] => Step::Whole(BEFORE + 4, pointer::old([*button, *x, *y])),
            _ => Step::Partial,
        };
    }
    let Some(end) = rest.iter().position(|b| !matches!(b, 0x20..=0x3f)) else {
        return Step::Partial;
    };
    let (body, last) = (&rest[..end], rest[end]);
    if !matches!(last, 0x40..=0x7e) {
        // It was broken off: what broke it is read for itself.
        return Step::Whole(BEFORE + end, None);
    }
    let used = BEFORE + end + 1;
    match (body.first(), last) {
        (Some(b'<'), b'M' | b'm') => {
            let numbers = Numbers::read(&body[1..]);
            Step::Whole(used, pointer::by_numbers(&numbers, last == b'm'))
        }
        (Some(b'?'), b'c') => Step::Whole(used, Some(Input::Identified)),
        (Some(b'<'..=b'?'), _) => Step::Whole(used, None),
        _ => {
            let numbers = Numbers::read(body);
            match (last, numbers.get(0)) {
                (b'~', 200) => Step::Paste(used),
                _ => Step::Whole(used, keys::of_sequence(last, &numbers).map(Input::Key)),
            }
        }
    }
}

/// What follows `ESC ]` and its like, up to BEL or `ESC \`.
pub fn string(kind: u8, rest: &[u8]) -> Step {
    const BEFORE: usize = 2;
    let end = rest.iter().position(|b| matches!(b, 0x07 | 0x1b));
    let Some(end) = end else { return Step::Partial };
    let ends = match rest[end..] {
        [0x07, ..] => 1,
        [0x1b, b'\\', ..] => 2,
        [0x1b] => return Step::Partial,
        // Broken off by another sequence.
        _ => 0,
    };
    let answer = match kind {
        b']' => rest[..end].strip_prefix(b"11;").and_then(colour).map(Input::Ground),
        _ => None,
    };
    Step::Whole(BEFORE + end + ends, answer)
}

/// `rgb:fbfb/fafa/f7f7`, each of one to four hexadecimal digits; or `#fbfaf7`.
fn colour(text: &[u8]) -> Option<Rgb> {
    let text = std::str::from_utf8(text).ok()?;
    if text.starts_with('#') {
        return Rgb::try_from(text.to_string()).ok();
    }
    let text = text.strip_prefix("rgba:").or_else(|| text.strip_prefix("rgb:"))?;
    let mut parts = text.split('/').map(|part| {
        let digits = u32::try_from(part.len()).ok().filter(|n| (1..=4).contains(n))?;
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from(value * 255 / (16u32.pow(digits) - 1)).ok()
    });
    Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
}
