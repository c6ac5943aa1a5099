//! Light or dark: where nobody chose a theme, the terminal is asked for the colour of its ground (OSC 11), or `COLORFGBG`
//! says it. Pure; the question is sent and the answer awaited by `event_loop`.

use crate::tui::{
    state::app::App,
    theme::{Depth, Rgb},
};

/// What is asked, and then the question that every terminal answers: so it is known soon that there is no answer to the
/// first one.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";
/// The first one to the terminal around tmux, which does not hear of it unless that is allowed.
const THROUGH_TMUX: &[u8] = b"\x1bPtmux;\x1b\x1b]11;?\x07\x1b\\";

/// Terminals that would print the question, or never answer it.
const SILENT: [&str; 9] = [
    "dumb", "linux", "screen", "vt", "eterm", "emacs", "cons25", "sun", "unknown",
];

/// What is known of the ground before anything is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Dark,
    Light,
    Nothing,
}

/// Chooses a theme by what the environment says; returns what the terminal is to be asked.
pub fn begin(app: &mut App, env: impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
    let known = of_environment(&env);
    match known {
        Known::Light => wear(app, false),
        Known::Dark => wear(app, true),
        // On sixteen colours the terminal's own ground stays: what can be read on either is used until it is known.
        Known::Nothing if app.theme.depth() == Depth::Sixteen => app.theme = app.theme.on_any_ground(),
        Known::Nothing => {}
    }
    app.by_ground = Some(app.theme.name().to_string());
    question(&env)
}

/// The terminal said what its ground is, or that it does not say.
pub fn told(app: &mut App, ground: Option<Rgb>) {
    let Some(ground) = ground else { return };
    // A theme that was chosen in the meantime stays.
    if app.by_ground.take().is_some_and(|name| name == app.theme.name()) {
        wear(app, ground.is_dark());
    }
}

fn wear(app: &mut App, dark: bool) {
    if let Ok(theme) = app.theme.other(if dark { "dark" } else { "light" }) {
        app.theme = theme;
    }
}

fn of_environment(env: &impl Fn(&str) -> Option<String>) -> Known {
    if env("TERM").as_deref() == Some("linux") {
        return Known::Dark;
    }
    // `15;0`, or with another part between: letters first, ground last, in numbers of the sixteen colours.
    let ground = env("COLORFGBG").and_then(|v| v.rsplit(';').next()?.trim().parse::<u8>().ok());
    match ground {
        Some(0..=6 | 8) => Known::Dark,
        Some(7 | 9..=15) => Known::Light,
        _ => Known::Nothing,
    }
}

fn question(env: &impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{tests::fixture, theme::Theme};

    fn begun(depth: Depth, set: &[(&str, &str)]) -> (App, Option<Vec<u8>>) {
        let mut app = fixture::app(80, 24, false);
        app.theme = Theme::named("dark", depth).unwrap();
        let asked = begin(&mut app, |name| {
            set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string())
        });
        (app, asked)
    }

    #[test]
    fn only_terminals_that_answer_are_asked() {
        let asked = |set: &[(&str, &str)]| begun(Depth::True, set).1.is_some();
        assert!(asked(&[("TERM", "xterm-256color")]) && asked(&[("TERM", "foot")]));
        assert!(asked(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x,1,0")]));
        for term in ["dumb", "linux", "screen", "screen.xterm-256color", "vt220", ""] {
            assert!(!asked(&[("TERM", term)]), "{term}");
        }
        assert!(!asked(&[("TERM", "xterm"), ("STY", "1.pts-0.here")]));
    }

    #[test]
    fn the_ground_chooses_the_theme_once() {
        let (mut app, _) = begun(Depth::True, &[("TERM", "xterm-256color")]);
        assert_eq!(app.theme.name(), "dark");
        told(&mut app, None);
        told(&mut app, Some(Rgb(0xfb, 0xfa, 0xf7)));
        assert_eq!(app.theme.name(), "light");
        told(&mut app, Some(Rgb(0, 0, 0)));
        assert_eq!(app.theme.name(), "light", "asked once, answered once");
        let (mut app, _) = begun(Depth::True, &[("TERM", "xterm")]);
        app.theme = app.theme.other("monochrome").unwrap();
        told(&mut app, Some(Rgb(255, 255, 255)));
        assert_eq!(app.theme.name(), "monochrome", "what was chosen meanwhile stays");
    }

    #[test]
    fn colorfgbg_says_it_where_nobody_answers() {
        let theme = |value| {
            begun(Depth::Indexed, &[("COLORFGBG", value)])
                .0
                .theme
                .name()
                .to_string()
        };
        assert_eq!((theme("0;15"), theme("0;default;7")), ("light".into(), "light".into()));
        assert_eq!(
            (theme("15;0"), theme("7;8"), theme("default")),
            ("dark".into(), "dark".into(), "dark".into())
        );
    }
}
