//! Keys by name: `p`, `?`, `ctrl-l`, `enter`, `pageup`. One spelling for the table of actions, the help, `snapshot
//! --keys` and what the terminal sends.

use crate::tui::text::graphemes::graphemes;
use crossterm::event::KeyCode;
use std::fmt;

/// A key with its modifiers; Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Whether Ctrl was held.
    pub ctrl: bool,
    /// Whether Alt was held.
    pub alt: bool,
}

/// Keys that are not one character, by name.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("insert", KeyCode::Insert),
    ("f1", KeyCode::F(1)),
    ("f2", KeyCode::F(2)),
    ("f3", KeyCode::F(3)),
    ("f4", KeyCode::F(4)),
    ("f5", KeyCode::F(5)),
    ("f6", KeyCode::F(6)),
    ("f7", KeyCode::F(7)),
    ("f8", KeyCode::F(8)),
    ("f9", KeyCode::F(9)),
    ("f10", KeyCode::F(10)),
    ("f11", KeyCode::F(11)),
    ("f12", KeyCode::F(12)),
];

impl Key {
    /// A character.
    pub fn char(c: char) -> Key {
        Key {
            code: KeyCode::Char(c),
            ctrl: false,
            alt: false,
        }
    }

    /// Reads a key's name.
    ///
    /// # Errors
    /// When it names no key.
    pub fn parse(name: &str) -> Result<Key, String> {
        let (mut rest, mut ctrl, mut alt) = (name, false, false);
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (rest, ctrl) = (r, true);
            } else if let Some(r) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (rest, alt) = (r, true);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => Some(KeyCode::Char(c)),
            _ => NAMED.iter().find(|(n, _)| *n == rest).map(|(_, code)| *code),
        };
        code.map(|code| Key { code, ctrl, alt }).ok_or_else(|| {
            let names: Vec<_> = NAMED.iter().map(|(n, _)| *n).collect();
            format!(
                "{name:?} is not a key: write one character, one of {}, or ctrl- before either",
                names.join(" ")
            )
        })
    }

    /// The character typed, if the key is one.
    pub fn typed(&self) -> Option<char> {
        match (self.code, self.ctrl || self.alt) {
            (KeyCode::Char(c), false) => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

/// Reads several names, separated by spaces.
///
/// # Errors
/// When one of them names no key.
pub fn parse_keys(text: &str) -> Result<Vec<Key>, String> {
    text.split_whitespace().map(Key::parse).collect()
}

/// A line of text being edited. The cursor counts characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    text: String,
    cursor: usize,
}

/// The longest line that can be typed.
const LONGEST: usize = 400;

impl Line {
    /// With the cursor at the end.
    pub fn new(text: impl Into<String>) -> Line {
        let text = text.into();
        Line {
            cursor: text.chars().count(),
            text,
        }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Characters before the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// What stands before the cursor, and what after it.
    pub fn around(&self) -> (&str, &str) {
        self.text.split_at(self.byte(self.cursor))
    }

    /// Characters of the sign before the cursor, and of the one after it: an emoji with its joiners is one.
    fn steps(&self) -> (usize, usize) {
        let (before, after) = self.around();
        let count = |sign: Option<&str>| sign.map_or(0, |s| s.chars().count());
        (count(graphemes(before).next_back()), count(graphemes(after).next()))
    }

    /// Edits; returns whether the key was one that edits.
    pub fn edit(&mut self, key: Key) -> bool {
        let length = self.text.chars().count();
        let (back, ahead) = self.steps();
        match (key.code, key.ctrl) {
            (KeyCode::Left, _) => self.cursor -= back,
            (KeyCode::Right, _) => self.cursor += ahead,
            (KeyCode::Home, _) | (KeyCode::Char('a'), true) => self.cursor = 0,
            (KeyCode::End, _) | (KeyCode::Char('e'), true) => self.cursor = length,
            (KeyCode::Char('u'), true) => *self = Line::default(),
            (KeyCode::Backspace, _) => {
                self.cursor -= back;
                self.remove(back);
            }
            (KeyCode::Delete, _) if self.cursor < length => self.remove(ahead),
            _ => match key.typed() {
                Some(c) if length < LONGEST && !c.is_control() => {
                    self.text.insert(self.byte(self.cursor), c);
                    self.cursor += 1;
                }
                _ => return false,
            },
        }
        true
    }

    /// Takes so many characters after the cursor away.
    fn remove(&mut self, characters: usize) {
        let (from, to) = (self.byte(self.cursor), self.byte(self.cursor + characters));
        self.text.drain(from..to);
    }

    fn byte(&self, character: usize) -> usize {
        self.text
            .char_indices()
            .nth(character)
            .map_or(self.text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_they_print() {
        for name in [
            "p", "?", "ctrl-l", "enter", "backtab", "space", "alt-x", "-", "ctrl--", "pageup", "λ",
        ] {
            assert_eq!(Key::parse(name).unwrap().to_string(), name);
        }
        assert!(Key::parse("entr").unwrap_err().contains("enter"));
        assert!(parse_keys("j j  enter").unwrap().len() == 3);
    }

    #[test]
    fn a_line_is_edited_by_characters_not_bytes() {
        let mut line = Line::new("aλb");
        for key in ["left", "backspace", "x", "end", "é", "home", "delete"] {
            assert!(line.edit(Key::parse(key).unwrap()));
        }
        assert_eq!(line.text(), "xbé");
        assert!(!line.edit(Key::parse("ctrl-l").unwrap()));
        let mut joined = Line::new("a\u{1f44d}\u{1f3fd}b");
        for key in ["left", "left", "right", "backspace"] {
            assert!(joined.edit(Key::parse(key).unwrap()));
        }
        assert_eq!((joined.text(), joined.cursor()), ("ab", 1));
        line.edit(Key::parse("ctrl-u").unwrap());
        assert_eq!((line.text(), line.cursor()), ("", 0));
    }
}
