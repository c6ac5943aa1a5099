//! Colours by meaning: a theme file names what a colour is for, and every screen asks for the meaning. Nothing else
//! in the program names a colour. Falls back to 256 colours, or to none at all (`NO_COLOR`), where the terminal
//! asks for it; state is told by word and glyph as well, so nothing is lost.

mod rgb;

pub use rgb::{Depth, Rgb};

use crate::run::status::RunState;
use ratatui::style::{Color, Modifier, Style};
use rgb::heat;
use serde::Deserialize;

/// The themes that are shipped, by name.
pub const SHIPPED: &[(&str, &str)] = &[
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
];

/// A theme file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Palette {
    name: String,
    background: Rgb,
    raised: Rgb,
    text: Rgb,
    strong: Rgb,
    muted: Rgb,
    faint: Rgb,
    accent: Rgb,
    selected: Rgb,
    selected_text: Rgb,
    good: Rgb,
    warn: Rgb,
    bad: Rgb,
    wish: Rgb,
    run: Rgb,
    pause: Rgb,
    stall: Rgb,
    done: Rgb,
    fail: Rgb,
    stop: Rgb,
    lost: Rgb,
    queued: Rgb,
    series: Vec<Rgb>,
}

/// A theme at a terminal's depth.
#[derive(Debug, Clone)]
pub struct Theme {
    palette: Palette,
    depth: Depth,
}

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Ordinary words.
    Text,
    /// Headings and the values that matter now.
    Strong,
    /// Labels, axes' numbers, hints.
    Muted,
    /// Borders and axes; never words.
    Faint,
    /// Keys and focus.
    Accent,
    /// What went well.
    Good,
    /// What deserves a look.
    Warn,
    /// What went wrong.
    Bad,
    /// What is wished and not yet so.
    Wish,
}

impl Theme {
    /// A shipped theme by name.
    ///
    /// # Errors
    /// When there is none of that name; the message lists the names.
    pub fn named(name: &str, depth: Depth) -> Result<Theme, String> {
        let names = || SHIPPED.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ");
        let (_, text) = SHIPPED
            .iter()
            .find(|(n, _)| *n == name)
            .ok_or_else(|| format!("there is no theme {name:?}: choose one of {}", names()))?;
        Theme::parse(text, depth)
    }

    /// Reads a theme file.
    ///
    /// # Errors
    /// When a name is missing or unknown, or a colour is not `#rrggbb`.
    pub fn parse(text: &str, depth: Depth) -> Result<Theme, String> {
        let palette: Palette = toml::from_str(text).map_err(|e| e.to_string())?;
        match palette.series.is_empty() {
            true => Err(format!("theme {}: series needs at least one colour", palette.name)),
            false => Ok(Theme { palette, depth }),
        }
    }

    /// The theme's name.
    pub fn name(&self) -> &str {
        &self.palette.name
    }

    /// The theme after this one, at the same depth.
    pub fn next(&self) -> Theme {
        let at = SHIPPED.iter().position(|(n, _)| *n == self.name()).unwrap_or(0);
        let (name, _) = SHIPPED[(at + 1) % SHIPPED.len()];
        Theme::named(name, self.depth).unwrap_or_else(|_| self.clone())
    }

    /// How many colours it is shown in.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    fn color(&self, rgb: Rgb) -> Color {
        match self.depth {
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
            Depth::Indexed => Color::Indexed(rgb.indexed()),
            Depth::Mono => Color::Reset,
        }
    }

    /// The ground everything stands on.
    pub fn base(&self) -> Style {
        Style::new()
            .fg(self.color(self.palette.text))
            .bg(self.color(self.palette.background))
    }

    /// The ground of bars and pop-ups.
    pub fn raised(&self) -> Style {
        let style = Style::new()
            .fg(self.color(self.palette.text))
            .bg(self.color(self.palette.raised));
        self.or_mono(style, Modifier::empty())
    }

    /// Words and lines by meaning; the ground is left as it is.
    pub fn ink(&self, ink: Ink) -> Style {
        let p = &self.palette;
        let (rgb, modifier) = match ink {
            Ink::Text => (p.text, Modifier::empty()),
            Ink::Strong => (p.strong, Modifier::BOLD),
            Ink::Muted => (p.muted, Modifier::empty()),
            Ink::Faint => (p.faint, Modifier::empty()),
            Ink::Accent => (p.accent, Modifier::empty()),
            Ink::Good => (p.good, Modifier::empty()),
            Ink::Warn => (p.warn, Modifier::empty()),
            Ink::Bad => (p.bad, Modifier::empty()),
            Ink::Wish => (p.wish, Modifier::empty()),
        };
        let mono = match ink {
            Ink::Muted | Ink::Faint => Modifier::DIM,
            Ink::Accent | Ink::Bad | Ink::Wish | Ink::Warn => Modifier::BOLD,
            _ => Modifier::empty(),
        };
        self.or_mono(Style::new().fg(self.color(rgb)), mono)
            .add_modifier(modifier)
    }

    /// The selected row.
    pub fn selected(&self) -> Style {
        let style = Style::new()
            .fg(self.color(self.palette.selected_text))
            .bg(self.color(self.palette.selected));
        self.or_mono(style, Modifier::REVERSED)
    }

    /// The ground alone of the selected row, so that coloured words keep their colour.
    pub fn selected_ground(&self) -> Style {
        let style = Style::new().bg(self.color(self.palette.selected));
        self.or_mono(style, Modifier::REVERSED)
    }

    /// A run's state.
    pub fn state(&self, state: RunState) -> Style {
        let p = &self.palette;
        let rgb = match state {
            RunState::Running => p.run,
            RunState::Paused => p.pause,
            RunState::Stalled => p.stall,
            RunState::Finished => p.done,
            RunState::Failed => p.fail,
            RunState::Stopped => p.stop,
            RunState::Lost => p.lost,
            RunState::Queued => p.queued,
        };
        self.or_mono(Style::new().fg(self.color(rgb)), Modifier::BOLD)
    }

    /// The colour of series `index`.
    pub fn series(&self, index: usize) -> Style {
        Style::new().fg(self.color(self.palette.series[index % self.palette.series.len()]))
    }

    /// The colour of series `index` for the raw line behind a smoothed one, or a band.
    pub fn ghost(&self, index: usize) -> Style {
        let rgb = self.palette.series[index % self.palette.series.len()];
        let style = Style::new().fg(self.color(rgb.over(self.palette.background, 0.38)));
        self.or_mono(style, Modifier::DIM)
    }

    /// Two colours that are data, the pixels of an image, and not meanings; the ground stays where there is no second.
    pub fn dyed(&self, upper: Rgb, lower: Option<Rgb>) -> Style {
        let style = Style::new().fg(self.color(upper));
        lower.map_or(style, |lower| style.bg(self.color(lower)))
    }

    /// A ground by height between 0 and 1, with letters that can be read on it; none where there are no colours.
    pub fn heat(&self, share: f64) -> Option<Style> {
        if self.depth == Depth::Mono {
            return None;
        }
        let (ground, letters) = heat(share);
        Some(Style::new().fg(self.color(letters)).bg(self.color(ground)))
    }

    fn or_mono(&self, style: Style, mono: Modifier) -> Style {
        match self.depth {
            Depth::Mono => Style::new().add_modifier(mono),
            _ => style,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.1).
    fn luminance(Rgb(r, g, b): Rgb) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            match v <= 0.04045 {
                true => v / 12.92,
                false => ((v + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_shipped_theme_names_every_meaning_and_its_words_can_be_read() {
        for (name, text) in SHIPPED {
            let theme = Theme::parse(text, Depth::True).unwrap();
            assert_eq!(theme.name(), *name);
            let p = &theme.palette;
            assert!(p.series.len() >= 8, "{name}: eight series");
            let words = [
                ("text", p.text),
                ("strong", p.strong),
                ("muted", p.muted),
                ("accent", p.accent),
                ("good", p.good),
                ("warn", p.warn),
                ("bad", p.bad),
                ("wish", p.wish),
                ("run", p.run),
                ("pause", p.pause),
                ("stall", p.stall),
                ("done", p.done),
                ("fail", p.fail),
                ("stop", p.stop),
                ("lost", p.lost),
                ("queued", p.queued),
            ];
            for (what, rgb) in words {
                for (ground, under) in [
                    ("background", p.background),
                    ("raised", p.raised),
                    ("selected", p.selected),
                ] {
                    let ratio = contrast(rgb, under);
                    assert!(ratio >= 4.5, "{name}: {what} on {ground} has {ratio:.2}:1");
                }
            }
            assert!(contrast(p.selected_text, p.selected) >= 4.5, "{name}: selected_text");
            for (i, rgb) in p.series.iter().enumerate() {
                assert!(contrast(*rgb, p.background) >= 3.0, "{name}: series {i}");
            }
        }
    }

    #[test]
    fn letters_can_be_read_on_every_heat() {
        for n in 0..=100 {
            let (ground, letters) = heat(f64::from(n) / 100.0);
            let ratio = contrast(letters, ground);
            assert!(ratio >= 4.5, "{n} %: {ratio:.2}:1");
        }
        assert!(Theme::named("dark", Depth::Mono).unwrap().heat(0.5).is_none());
    }

    #[test]
    fn a_theme_with_a_missing_or_unknown_name_is_refused() {
        let good = SHIPPED[0].1;
        let missing = good.replace("muted =", "mutd =");
        assert!(Theme::parse(&missing, Depth::True).unwrap_err().contains("mutd"));
        assert!(
            Theme::named("solarized", Depth::True)
                .unwrap_err()
                .contains("dark, light")
        );
    }

    #[test]
    fn without_colour_no_style_has_one() {
        let theme = Theme::named("dark", Depth::Mono).unwrap();
        for style in [
            theme.base(),
            theme.ink(Ink::Bad),
            theme.selected(),
            theme.series(3),
            theme.ghost(1),
        ] {
            assert!(matches!(style.fg, None | Some(Color::Reset)), "{style:?}");
            assert!(matches!(style.bg, None | Some(Color::Reset)), "{style:?}");
        }
    }

    #[test]
    fn depth_follows_the_environment() {
        let with = |pairs: &'static [(&str, &str)]| {
            Depth::detect(move |n| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| v.to_string()))
        };
        assert_eq!(with(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::Mono);
        assert_eq!(with(&[("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Indexed);
    }
}
