//! Decodes a terminal's bytes into keys, pasted text, mouse events and answers to queries. Knows the xterm sequences,
//! `CSI u` with kitty's extensions, and modifyOtherKeys. Drops unknown sequences: a late answer must not look like
//! typed keys. Pure.

mod control;
mod keys;
mod numbers;
mod pointer;

use super::{key::Key, mouse::Mouse};
use crate::tui::theme::Rgb;
use crossterm::event::KeyCode;

/// Something that the terminal sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// A mouse event.
    Mouse(Mouse),
    /// The colour of the terminal's background.
    Ground(Rgb),
    /// It has another size: columns and rows.
    Resized(u16, u16),
    /// It said what kind of terminal it is, which every one does when asked (DA1).
    Identified,
}

/// The longest pasted text that is kept, in bytes; what is beyond is dropped.
const LONGEST_PASTE: usize = 1 << 20;
/// The longest sequence that is waited for, in bytes.
const LONGEST: usize = 4096;
/// How often nothing may come in the middle of an answer before it is given up.
const PATIENCE: u8 = 8;

/// What came, as far as it is not yet whole.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// What was pasted so far, until the paste ends.
    paste: Option<Vec<u8>>,
    waited: u8,
}

/// What stands at the beginning of the bytes.
enum Step {
    /// So many bytes that mean something, or nothing.
    Whole(usize, Option<Input>),
    /// The beginning of a paste, of so many bytes.
    Paste(usize),
    /// More is needed.
    Partial,
}

impl Decoder {
    /// Takes bytes in; what is whole comes out.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.bytes.extend(bytes);
        self.waited = 0;
        self.drain()
    }

    /// Whether something incomplete waits for its end.
    pub fn is_waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Nothing more came for a moment: an ESC alone is the Esc key, and anything else that is incomplete is taken as keys.
    pub fn pause(&mut self) -> Vec<Input> {
        if self.paste.is_some() || self.bytes.is_empty() {
            return Vec::new();
        }
        self.waited = self.waited.saturating_add(1);
        let is_answer = self.bytes.len() > 2 && self.bytes[0] == 0x1b;
        if is_answer {
            // Half a sequence is never typed: its rest is late, or lost.
            if self.waited >= PATIENCE {
                self.bytes.clear();
            }
            return Vec::new();
        }
        let pending = std::mem::take(&mut self.bytes);
        match pending[..] {
            [0x1b] => vec![Input::Key(keys::named(KeyCode::Esc))],
            [0x1b, byte] => keys::alt(byte).map(Input::Key).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn drain(&mut self) -> Vec<Input> {
        let mut found = Vec::new();
        loop {
            if self.paste.is_some() {
                match self.pasted() {
                    Some(text) => found.push(Input::Paste(text)),
                    None => return found,
                }
            }
            match step(&self.bytes) {
                Step::Whole(used, input) => {
                    self.bytes.drain(..used);
                    found.extend(input);
                }
                Step::Paste(used) => {
                    self.bytes.drain(..used);
                    self.paste = Some(Vec::new());
                }
                Step::Partial if self.bytes.len() > LONGEST => self.bytes.clear(),
                Step::Partial => return found,
            }
        }
    }

    /// The pasted text, once its end is there.
    fn pasted(&mut self) -> Option<String> {
        const END: &[u8] = b"\x1b[201~";
        let text = self.paste.as_mut()?;
        let end = self.bytes.windows(END.len()).position(|w| w == END);
        // The end may have come in part.
        let sure = end.unwrap_or(self.bytes.len().saturating_sub(END.len() - 1));
        let room = LONGEST_PASTE.saturating_sub(text.len());
        text.extend(&self.bytes[..sure.min(room)]);
        self.bytes.drain(..end.map_or(sure, |at| at + END.len()));
        end?;
        let text = self.paste.take()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Reads what stands first.
fn step(bytes: &[u8]) -> Step {
    let key = |used, key| Step::Whole(used, Some(Input::Key(key)));
    match bytes {
        [] | [0x1b] => Step::Partial,
        // Two presses of Esc, or one before a sequence.
        [0x1b, 0x1b, ..] => key(1, keys::named(KeyCode::Esc)),
        [0x1b, b'[', rest @ ..] => control::csi(rest),
        [0x1b, b'O', rest @ ..] => match rest.first() {
            None => Step::Partial,
            Some(last) => Step::Whole(3, keys::application(*last).map(Input::Key)),
        },
        [0x1b, kind @ (b']' | b'P' | b'_' | b'^' | b'X'), rest @ ..] => control::string(*kind, rest),
        [0x1b, rest @ ..] => match letter(rest) {
            None => Step::Partial,
            Some((used, None)) => Step::Whole(1 + used, None),
            Some((used, Some(found))) => key(1 + used, Key { alt: true, ..found }),
        },
        _ => match letter(bytes) {
            None => Step::Partial,
            Some((used, found)) => Step::Whole(used, found.map(Input::Key)),
        },
    }
}

/// One character, in UTF-8, with the bytes that it takes; nothing where more are needed, no key where they are none.
fn letter(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let first = *bytes.first()?;
    if first < 0x80 {
        return Some((1, Some(keys::typed(first))));
    }
    let wanted = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((1, None)),
    };
    let there = &bytes[..wanted.min(bytes.len())];
    match std::str::from_utf8(there) {
        Ok(text) => Some((wanted, text.chars().next().map(Key::char))),
        // Its beginning is right, and its end not here yet.
        Err(e) if e.error_len().is_none() && there.len() < wanted => None,
        Err(_) => Some((1, None)),
    }
}

#[cfg(test)]
mod tests;
