//! Colours by meaning: a theme file gives each meaning a colour, and every screen asks for the meaning. No other code
//! names a colour. Falls back to 256 colours, to the terminal's own sixteen, or to none (`NO_COLOR`); states are also
//! shown by word and symbol, so nothing is lost. This folder may use `text`.

mod collection;
mod contrast;
mod file;
pub mod glyphs;
mod heat;
mod meaning;
mod rgb;
mod sixteen;

pub use collection::ThemeCollection;
pub use rgb::{Depth, Rgb};

use crate::run::status::RunState;
use file::Palette;
use meaning::Meaning;
use ratatui::style::{Color, Modifier, Style};
use sixteen::Under;
use std::sync::Arc;

/// A theme at a terminal's depth.
#[derive(Debug, Clone)]
pub struct Theme {
    name: String,
    palette: Palette,
    depth: Depth,
    /// Whether the terminal's background is known to be as the theme's, where the terminal keeps its own.
    is_sure: bool,
    shelf: Arc<ThemeCollection>,
}

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Normal text.
    Text,
    /// Headings and the values that matter now.
    Strong,
    /// Labels, axes' numbers, hints.
    Muted,
    /// Borders and axes; never text.
    Faint,
    /// Keys and focus.
    Accent,
    /// What went well.
    Good,
    /// What deserves a look.
    Warn,
    /// What went wrong.
    Bad,
    /// What is requested and not yet applied.
    Pending,
}

impl Theme {
    /// A shipped theme by name.
    ///
    /// # Errors
    /// When there is none of that name; the message lists the names.
    pub fn named(name: &str, depth: Depth) -> Result<Theme, String> {
        Arc::new(ThemeCollection::new(None)).theme(name, depth)
    }

    /// The names of this theme and of those beside it that can be shown.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let whole = self.shelf.books.iter().filter(|b| b.palette.is_ok());
        whole.map(|b| b.name.as_str())
    }

    /// The theme's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The theme after this one, at the same depth.
    pub fn next(&self) -> Theme {
        self.shelf.next(self).unwrap_or_else(|| self.clone())
    }

    /// Another theme from where this one came.
    ///
    /// # Errors
    /// When there is none of that name, or its file is wrong.
    pub fn other(&self, name: &str) -> Result<Theme, String> {
        self.shelf.theme(name, self.depth)
    }

    /// Background and text colours of the whole screen.
    pub fn ground(&self) -> (Rgb, Rgb) {
        (self.palette.of(Meaning::Background), self.palette.of(Meaning::Text))
    }

    /// How many colours it is shown in.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The same theme at another depth.
    pub fn at(&self, depth: Depth) -> Theme {
        Theme { depth, ..self.clone() }
    }

    /// The same theme, while it is unknown whether the terminal's background is light or dark.
    pub fn on_any_ground(&self) -> Theme {
        Theme {
            is_sure: false,
            ..self.clone()
        }
    }

    fn color(&self, rgb: Rgb) -> Color {
        match self.depth {
            Depth::True => Color::Rgb(rgb.0, rgb.1, rgb.2),
            Depth::Indexed => Color::Indexed(rgb.indexed()),
            Depth::Sixteen => sixteen::nearest(rgb, self.under()),
            Depth::Mono => Color::Reset,
        }
    }

    /// Whether light letters stand on a dark background.
    fn is_dark(&self) -> bool {
        self.palette.of(Meaning::Background).is_dark()
    }

    /// What sixteen colours stand on.
    fn under(&self) -> Under {
        match (self.is_sure, self.is_dark()) {
            (false, _) => Under::Either,
            (true, true) => Under::Dark,
            (true, false) => Under::Light,
        }
    }

    fn ink_of(&self, meaning: Meaning) -> Style {
        Style::new().fg(self.color(self.palette.of(meaning)))
    }

    /// The background.
    pub fn base(&self) -> Style {
        let own = Style::new().fg(Color::Reset).bg(Color::Reset);
        self.or_own(
            self.ink_of(Meaning::Text)
                .bg(self.color(self.palette.of(Meaning::Background))),
            own,
        )
    }

    /// The background of bars and pop-ups.
    pub fn raised(&self) -> Style {
        let style = self
            .ink_of(Meaning::Text)
            .bg(self.color(self.palette.of(Meaning::Raised)));
        self.or_own(style, Style::new())
    }

    /// Text and lines by meaning; the background is left unchanged.
    pub fn ink(&self, ink: Ink) -> Style {
        let (meaning, mono) = match ink {
            Ink::Text => (Meaning::Text, Modifier::empty()),
            Ink::Strong => (Meaning::Strong, Modifier::BOLD),
            Ink::Muted => (Meaning::Muted, Modifier::DIM),
            Ink::Faint => (Meaning::Faint, Modifier::DIM),
            Ink::Accent => (Meaning::Accent, Modifier::BOLD),
            Ink::Good => (Meaning::Good, Modifier::empty()),
            Ink::Warn => (Meaning::Warn, Modifier::BOLD),
            Ink::Bad => (Meaning::Bad, Modifier::BOLD),
            Ink::Pending => (Meaning::Pending, Modifier::BOLD),
        };
        let plain = match ink {
            // By brightness alone, on whatever background the terminal has.
            Ink::Text | Ink::Strong | Ink::Muted | Ink::Faint => Style::new(),
            _ if self.depth == Depth::Sixteen => self.ink_of(meaning),
            _ => Style::new(),
        };
        let style = self.or_own(self.ink_of(meaning), plain.add_modifier(mono));
        match ink {
            Ink::Strong => style.add_modifier(Modifier::BOLD),
            _ => style,
        }
    }

    /// The selected row.
    pub fn selected(&self) -> Style {
        let style = self
            .ink_of(Meaning::SelectedText)
            .bg(self.color(self.palette.of(Meaning::Selected)));
        self.or_own(style, Style::new().add_modifier(Modifier::REVERSED))
    }

    /// The background of the selected row, so that coloured text keeps its colour.
    pub fn selected_ground(&self) -> Style {
        let style = Style::new().bg(self.color(self.palette.of(Meaning::Selected)));
        self.or_own(style, Style::new().add_modifier(Modifier::REVERSED))
    }

    /// A run's state.
    pub fn state(&self, state: RunState) -> Style {
        let style = self.ink_of(match state {
            RunState::Running => Meaning::Run,
            RunState::Paused => Meaning::Pause,
            RunState::Stalled => Meaning::Stall,
            RunState::Finished => Meaning::Done,
            RunState::Failed => Meaning::Fail,
            RunState::Stopped => Meaning::Stop,
            RunState::Lost => Meaning::Lost,
            RunState::Queued | RunState::NoEnd => Meaning::Queued,
        });
        match self.depth {
            Depth::True | Depth::Indexed => style,
            Depth::Sixteen => style.add_modifier(Modifier::BOLD),
            Depth::Mono => Style::new().add_modifier(Modifier::BOLD),
        }
    }

    /// The colour of series `index`.
    pub fn series(&self, index: usize) -> Style {
        let rgb = self.palette.series[index % self.palette.series.len()];
        match self.depth {
            Depth::Sixteen => Style::new().fg(sixteen::series(index, rgb, self.under())),
            _ => Style::new().fg(self.color(rgb)),
        }
    }

    /// The colour of series `index` for the raw line behind a smoothed one, or a band.
    pub fn ghost(&self, index: usize) -> Style {
        let rgb = self.palette.series[index % self.palette.series.len()];
        let style = Style::new().fg(self.color(rgb.over(self.palette.of(Meaning::Background), 0.38)));
        let own = match self.depth {
            Depth::Sixteen => self.series(index),
            _ => Style::new(),
        };
        self.or_own(style, own.add_modifier(Modifier::DIM))
    }

    /// Two colours that are data, the pixels of an image, and not meanings; the background stays where there is no
    /// second. Only where [`Depth::is_rich`].
    pub fn dyed(&self, upper: Rgb, lower: Option<Rgb>) -> Style {
        let style = Style::new().fg(self.color(upper));
        lower.map_or(style, |lower| style.bg(self.color(lower)))
    }

    /// What got darker, what got brighter, and what did not change: colours of events, which are data. The two are the
    /// theme's first series.
    pub fn polarities(&self) -> [Rgb; 3] {
        let series = |index: usize| self.palette.series[index % self.palette.series.len()];
        [series(1), series(0), self.palette.of(Meaning::Background)]
    }

    /// A background by height between 0 and 1, with letters that can be read on it; none where colours are few.
    pub fn heat(&self, share: f64) -> Option<Style> {
        if !self.depth.is_rich() {
            return None;
        }
        let (ground, letters) = self.palette.heat.at(share);
        Some(Style::new().fg(self.color(letters)).bg(self.color(ground)))
    }

    /// Pairs of text and backgrounds that are hard to read, one sentence each; none in the shipped themes.
    pub fn weak(&self) -> Vec<String> {
        contrast::weak(&self.palette)
    }

    /// The theme's colours, or what stands for them where the terminal's own background stays.
    fn or_own(&self, style: Style, own: Style) -> Style {
        if self.depth.is_rich() { style } else { own }
    }
}

#[cfg(test)]
mod tests;
