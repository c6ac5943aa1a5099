//! Chooses a light or dark theme by the terminal's background colour where the user chose none. Pure; `event_loop`
//! sends the query and waits for the answer.

use crate::tui::{
    state::app::App,
    terminal::background::{Known, of_environment, question},
    theme::{Depth, Rgb},
};

/// Chooses a theme by what the environment says; returns what the terminal is to be asked.
pub fn begin(app: &mut App, env: impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
    let known = of_environment(&env);
    match known {
        Known::Light => wear(app, false),
        Known::Dark => wear(app, true),
        // On sixteen colours the terminal's own background stays: what can be read on either is used until it is known.
        Known::Nothing if app.theme.depth() == Depth::Sixteen => app.theme = app.theme.on_any_ground(),
        Known::Nothing => {}
    }
    app.by_ground = Some(app.theme.name().to_string());
    question(&env)
}

/// The terminal said what its background is, or that it does not say.
pub fn reported(app: &mut App, ground: Option<Rgb>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{tests::fixture, theme::Theme};

    fn started(depth: Depth, set: &[(&str, &str)]) -> (App, Option<Vec<u8>>) {
        let mut app = fixture::app(80, 24, false);
        app.theme = Theme::named("dark", depth).unwrap();
        let asked = begin(&mut app, |name| {
            set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string())
        });
        (app, asked)
    }

    #[test]
    fn only_terminals_that_answer_are_asked() {
        let asked = |set: &[(&str, &str)]| started(Depth::True, set).1.is_some();
        assert!(asked(&[("TERM", "xterm-256color")]) && asked(&[("TERM", "foot")]));
        assert!(asked(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x,1,0")]));
        for term in ["dumb", "linux", "screen", "screen.xterm-256color", "vt220", ""] {
            assert!(!asked(&[("TERM", term)]), "{term}");
        }
        assert!(!asked(&[("TERM", "xterm"), ("STY", "1.pts-0.here")]));
    }

    #[test]
    fn the_ground_chooses_the_theme_once() {
        let (mut app, _) = started(Depth::True, &[("TERM", "xterm-256color")]);
        assert_eq!(app.theme.name(), "dark");
        reported(&mut app, None);
        reported(&mut app, Some(Rgb(0xfb, 0xfa, 0xf7)));
        assert_eq!(app.theme.name(), "light");
        reported(&mut app, Some(Rgb(0, 0, 0)));
        assert_eq!(app.theme.name(), "light", "asked once, answered once");
        let (mut app, _) = started(Depth::True, &[("TERM", "xterm")]);
        app.theme = app.theme.other("monochrome").unwrap();
        reported(&mut app, Some(Rgb(255, 255, 255)));
        assert_eq!(app.theme.name(), "monochrome", "what was chosen meanwhile stays");
    }

    #[test]
    fn colorfgbg_says_it_where_nobody_answers() {
        let theme = |value| {
            started(Depth::Indexed, &[("COLORFGBG", value)])
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
