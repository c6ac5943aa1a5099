//! Frames as files: SVG and PNG, which draw the same shapes, and plain text. This folder may use `theme`. Knows nothing
//! about what is shown.

mod png;
mod shapes;
mod style;
mod svg;

use crate::tui::theme::Theme;
use anyhow::Result;
use ratatui::buffer::Buffer;
use std::path::Path;
use style::Own;

/// The forms in which a frame can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Vectors.
    Svg,
    /// Dots.
    Png,
    /// Letters alone.
    Text,
}

impl Form {
    /// By the end of the file's name.
    pub fn of(file: &Path) -> Option<Form> {
        match file.extension()?.to_str()? {
            "svg" => Some(Form::Svg),
            "png" => Some(Form::Png),
            "txt" => Some(Form::Text),
            _ => None,
        }
    }
}

/// The file's bytes.
///
/// # Errors
/// When there is nothing to draw.
pub fn encode(form: Form, buffer: &Buffer, theme: &Theme) -> Result<Vec<u8>> {
    match form {
        Form::Svg => Ok(picture(buffer, theme).into_bytes()),
        Form::Png => png(buffer, theme),
        Form::Text => Ok(text(buffer).into_bytes()),
    }
}

/// The letters alone, without spaces at the ends of lines.
pub fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The frame as an SVG picture, on the theme's background.
pub fn picture(buffer: &Buffer, theme: &Theme) -> String {
    svg::render(buffer, own(theme))
}

/// The frame as a PNG picture, on the theme's background.
///
/// # Errors
/// When there is nothing to draw.
pub fn png(buffer: &Buffer, theme: &Theme) -> Result<Vec<u8>> {
    png::render(buffer, own(theme))
}

/// Frames with their captions as one moving picture.
pub fn film(frames: &[(Buffer, String)], seconds: f64, theme: &Theme) -> String {
    svg::film(frames, seconds, own(theme))
}

fn own(theme: &Theme) -> Own {
    let (ground, ink) = theme.ground();
    Own { ground, ink }
}
