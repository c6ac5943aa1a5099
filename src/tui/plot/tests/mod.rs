//! Whole charts and heat-maps: whatever they are given they stay within their area, and what they look like.

mod anything;
mod drawn;
mod examples;

use super::{Look, Scale};
use crate::tui::theme::{Depth, Theme, glyphs::Glyphs};
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};

/// Any way of spreading x.
pub fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![
        Just(Scale::Linear),
        Just(Scale::Log),
        Just(Scale::SymLog),
        Just(Scale::Clock)
    ]
}

/// What is drawn into an area of this size: its rows as letters, and its cells.
pub fn drawn(
    (width, height): (u16, u16),
    glyphs: &Glyphs,
    depth: Depth,
    draw: impl FnOnce(Rect, Look, &mut Buffer),
) -> (Vec<String>, Buffer) {
    let theme = Theme::named("dark", depth).unwrap();
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let look = Look {
        theme: &theme,
        glyphs,
        focused: false,
        full: false,
    };
    draw(area, look, &mut buffer);
    let rows = buffer.content.chunks(usize::from(width.max(1)));
    (rows.map(|r| r.iter().map(|c| c.symbol()).collect()).collect(), buffer)
}
