//! The options with which the screen is opened, by `spikedeck tui`, `spikedeck demo` and, without a terminal,
//! `spikedeck snapshot`.

use super::{
    config::Alerts,
    layout::{Layout, Layouts},
};
use crate::tui::{
    keys::keymap::KeyMap,
    model::{MissingData, charts::view::ChartsView},
    terminal::locale,
    theme::glyphs::Dots,
};
use std::path::PathBuf;

/// How the screen is opened.
#[derive(Debug, Clone, Default)]
pub struct TuiOptions {
    /// Folders in which runs and specifications are looked for.
    pub roots: Vec<PathBuf>,
    /// Whether lines are written instead of a screen.
    pub plain: bool,
    /// Whether the screen is read-only.
    pub read_only: bool,
    /// A theme's name; the first one by default.
    pub theme: Option<String>,
    /// The folder of the user's own themes.
    pub themes: Option<PathBuf>,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
    /// Whether more than ASCII was asked for, whatever the locale says.
    pub unicode: bool,
    /// The characters curves are drawn with.
    pub dots: Dots,
    /// Arrangements of the screen that were saved.
    pub layouts: Layouts,
    /// The one that the screen opens with.
    pub layout: Option<Layout>,
    /// How charts are shown at first.
    pub charts: ChartsView,
    /// How the user is alerted when a run ends.
    pub alerts: Alerts,
    /// Keys that a user chose.
    pub keys: KeyMap,
    /// The run that is selected as soon as it is found.
    pub select: Option<PathBuf>,
    /// Whether an attack's screen opens by itself when the selected run gets an attack.
    pub follow_demo: bool,
    /// Whether the mouse is left to the terminal, whose own selection then works.
    pub no_mouse: bool,
    /// Bytes per second sent to the terminal at most.
    pub limit: Option<u64>,
    /// Arguments for every process that the screen starts, such as `--data DIR`.
    pub extra: Vec<String>,
    /// Tells whether a specification's data set is present.
    pub missing_data: MissingData,
}

impl TuiOptions {
    /// Why only ASCII is drawn although nobody asked for that, where the environment says so.
    pub fn why_ascii(&self, env: impl Fn(&str) -> Option<String>) -> Option<String> {
        match self.ascii || self.unicode {
            true => None,
            false => locale::why_ascii(env),
        }
    }
}
