//! Events on a plot: vertical lines, symbols on the x axis, and short labels where there is room.

use super::{frame::Frame, style::Look};
use crate::tui::theme::Ink;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

/// What a mark on the x axis says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A checkpoint was saved.
    Checkpoint,
    /// A hyper-parameter changed.
    Tweak,
    /// A person should look.
    Alert,
    /// The run continued from a checkpoint.
    Resume,
    /// Another run began from a checkpoint of this one.
    Fork,
}

/// A mark on the x axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// What.
    pub kind: MarkKind,
    /// A few words, shown where there is room.
    pub text: String,
}

impl MarkKind {
    /// Its sign on the axis, its style, and whether a line stands on it.
    fn drawn<'a>(self, look: Look<'a>) -> (&'a str, Style, bool) {
        match self {
            MarkKind::Checkpoint => (look.glyphs.checkpoint, look.theme.ink(Ink::Accent), false),
            MarkKind::Tweak => (look.glyphs.vertical, look.theme.ink(Ink::Pending), true),
            MarkKind::Alert => ("!", look.theme.ink(Ink::Bad), false),
            MarkKind::Resume => (look.glyphs.resume, look.theme.ink(Ink::Muted), true),
            MarkKind::Fork => ("Y", look.theme.ink(Ink::Accent), true),
        }
    }
}

/// Draws marks under the curves.
pub fn draw_marks(marks: &[Mark], frame: &Frame, look: Look, buffer: &mut Buffer) {
    for mark in marks {
        let Some(column) = frame.column(mark.x) else { continue };
        let (sign, style, line) = mark.kind.drawn(look);
        if line {
            let faint = if mark.kind == MarkKind::Tweak {
                style
            } else {
                look.theme.ink(Ink::Faint)
            };
            frame.draw_vertical(column, look.glyphs.dotted, faint, buffer);
        }
        frame.draw_on_axis(column, sign, style, buffer);
    }
}

/// Draws the marks' signs on the axis alone.
pub fn draw_signs(marks: &[Mark], frame: &Frame, look: Look, buffer: &mut Buffer) {
    for mark in marks {
        if let Some(column) = frame.column(mark.x) {
            let (sign, style, _) = mark.kind.drawn(look);
            frame.draw_on_axis(column, sign, style, buffer);
        }
    }
}

/// Writes what the marks say beside their lines, where the chart has the screen to itself: after every line, none of
/// which may stand in a word.
pub fn draw_mark_words(marks: &[Mark], frame: &Frame, look: Look, buffer: &mut Buffer) {
    let mut free_from = [0; 4];
    for mark in marks.iter().filter(|_| look.full) {
        let (_, style, line) = mark.kind.drawn(look);
        if let (true, Some(column)) = (line, frame.column(mark.x)) {
            let text = look.glyphs.spell(&mark.text);
            draw_words(&text, column, frame.plot, &mut free_from, style, buffer);
        }
    }
}

/// The reader's cursor.
pub fn draw_cursor(x: Option<f64>, frame: &Frame, look: Look, buffer: &mut Buffer) {
    let Some(column) = x.and_then(|x| frame.column(x)) else {
        return;
    };
    frame.draw_vertical(column, look.glyphs.vertical, look.theme.ink(Ink::Muted), buffer);
    frame.draw_on_axis(column, "^", look.theme.ink(Ink::Strong), buffer);
}

/// Words beside a line, in the first of the upper rows where they touch no others; at the right edge, before the line.
fn draw_words(text: &str, column: u16, plot: Rect, free_from: &mut [u16; 4], style: Style, buffer: &mut Buffer) {
    let wide = text.width() as u16;
    let at = match column + 1 + wide <= plot.right() {
        true => column + 1,
        false => column.saturating_sub(wide),
    };
    let row = free_from
        .iter()
        .take(usize::from(plot.height))
        .position(|free| at >= *free);
    let Some(row) = row.filter(|_| at >= plot.x) else {
        return;
    };
    buffer.set_stringn(at, plot.y + row as u16, text, usize::from(wide), style);
    free_from[row] = at + wide + 1;
}
