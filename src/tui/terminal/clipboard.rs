//! Puts text on the user's clipboard with OSC 52, also through SSH, tmux and screen. Whether the terminal complies
//! cannot be queried.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Bytes at most: in base64 still below the 100,000 that xterm takes.
pub const MOST: usize = 74_990;

/// The multiplexer between us and the terminal, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// From the environment.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Between {
        let is_set = |name| env(name).is_some_and(|v| !v.is_empty());
        match () {
            () if is_set("TMUX") => Between::Tmux,
            () if is_set("STY") => Between::Screen,
            () => Between::Nothing,
        }
    }
}

/// The bytes that put a text on the clipboard.
pub fn bytes(text: &str, between: Between) -> Vec<u8> {
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    through(&plain, between)
}

/// A sequence for the terminal itself, wrapped so that what stands between passes it on.
pub fn through(plain: &str, between: Between) -> Vec<u8> {
    let wrapped = match between {
        Between::Nothing => plain.to_string(),
        // Both, because tmux has two settings: set-clipboard takes the plain one, allow-passthrough the wrapped one.
        Between::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Between::Screen => {
            // It passes on strings of at most 768 bytes, and the terminal joins them again.
            let parts = plain.as_bytes().chunks(700);
            let parts = parts.map(|part| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(part)));
            parts.collect()
        }
    };
    wrapped.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_text_can_end_the_sequence_early() {
        let bytes = bytes("a\x07\x1b\\\u{9c}b", Between::Nothing);
        assert!(bytes.starts_with(b"\x1b]52;c;") && bytes.ends_with(b"\x07"));
        let inside = &bytes[7..bytes.len() - 1];
        assert!(inside.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)));
    }

    #[test]
    fn what_stands_between_is_passed_through() {
        let tmux = String::from_utf8(bytes("x", Between::Tmux)).unwrap();
        assert!(tmux.ends_with("\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"), "{tmux:?}");
        let screen = String::from_utf8(bytes(&"x".repeat(3000), Between::Screen)).unwrap();
        assert!(screen.split("\x1b\\").all(|part| part.len() <= 768));
        let detect = |name: &'static str| Between::detect(move |n| (n == name).then(|| "1".into()));
        assert_eq!(detect("TMUX"), Between::Tmux);
        assert_eq!(detect("STY"), Between::Screen);
        assert_eq!(detect("TERM"), Between::Nothing);
    }
}
