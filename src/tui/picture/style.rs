//! The style of a cell in a picture: foreground, background and weight as numbers. Not its text.

use crate::tui::theme::Rgb;
use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};

/// Default colours for cells that use the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// Behind everything.
    pub ground: Rgb,
    /// Of letters.
    pub ink: Rgb,
}

/// How much of a dim cell's ink is seen.
pub const DIM: f64 = 0.6;

/// A cell's colours and weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Of what stands in it.
    pub ink: Rgb,
    /// Of what is behind.
    pub ground: Rgb,
    /// Whether its letters are bold.
    pub bold: bool,
    /// Whether its ink is only [`DIM`] there.
    pub dim: bool,
}

impl Look {
    /// That of a cell.
    pub fn of(cell: &Cell, own: Own) -> Look {
        let (ink, ground) = (rgb(cell.fg, own.ink), rgb(cell.bg, own.ground));
        let reversed = cell.modifier.contains(Modifier::REVERSED);
        Look {
            ink: if reversed { ground } else { ink },
            ground: if reversed { ink } else { ground },
            bold: cell.modifier.contains(Modifier::BOLD),
            dim: cell.modifier.contains(Modifier::DIM),
        }
    }
}

/// Pictures are drawn with colours in full; what is named otherwise is the terminal's own.
fn rgb(colour: Color, own: Rgb) -> Rgb {
    match colour {
        Color::Rgb(r, g, b) => Rgb(r, g, b),
        _ => own,
    }
}
