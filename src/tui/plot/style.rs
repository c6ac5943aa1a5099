//! How a chart is drawn: colours, symbols, focus, full screen or not.

use crate::tui::theme::{Theme, glyphs::Glyphs};

/// How a chart is drawn.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// Signs.
    pub glyphs: &'a Glyphs,
    /// Whether keys go to this chart.
    pub focused: bool,
    /// Whether the chart has the screen to itself: legend as a table, words beside marks.
    pub full: bool,
}
