//! Light or dark: where the user chose no theme, the terminal is asked for its background colour (OSC 11), or
//! `COLORFGBG` says it. Pure; `event_loop` sends the query and waits for the answer.

/// What is asked, and then the question that every terminal answers: so it is known soon that there is no answer to the
/// first one.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";
/// The first question for the terminal around tmux, which tmux passes on only where that is allowed.
const THROUGH_TMUX: &[u8] = b"\x1bPtmux;\x1b\x1b]11;?\x07\x1b\\";

/// Terminals that would print the question, or never answer it.
const SILENT: [&str; 9] = [
    "dumb", "linux", "screen", "vt", "eterm", "emacs", "cons25", "sun", "unknown",
];

/// What is known of the background before anything is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Dark.
    Dark,
    /// Light.
    Light,
    /// Neither.
    Nothing,
}

/// What the environment says of the background.
pub fn of_environment(env: &impl Fn(&str) -> Option<String>) -> Known {
    if env("TERM").as_deref() == Some("linux") {
        return Known::Dark;
    }
    // `15;0`, or with another part between: letters first, background last, in numbers of the sixteen colours.
    let ground = env("COLORFGBG").and_then(|v| v.rsplit(';').next()?.trim().parse::<u8>().ok());
    match ground {
        Some(0..=6 | 8) => Known::Dark,
        Some(7 | 9..=15) => Known::Light,
        _ => Known::Nothing,
    }
}

/// What the terminal is to be asked; none where it would not answer.
pub fn question(env: &impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
    let is_set = |name| env(name).is_some_and(|v| !v.is_empty());
    // GNU screen passes neither the question on nor the answer.
    if is_set("STY") {
        return None;
    }
    if is_set("TMUX") {
        return Some([THROUGH_TMUX, QUESTION].concat());
    }
    let term = env("TERM").unwrap_or_default();
    let silent = term.is_empty() || SILENT.iter().any(|name| term.starts_with(name));
    (!silent).then(|| QUESTION.to_vec())
}
