//! Writes a frame to a file. PNG is slow, so this runs on its own thread.

use crate::{
    run::files::save,
    tui::{
        picture::{Form, encode},
        state::app::Message,
        theme::Theme,
    },
};
use ratatui::buffer::Buffer;
use std::path::{Path, PathBuf};

/// Encodes and writes a frame, and reports the outcome.
pub fn save_picture(path: PathBuf, drawn: Buffer, theme: Theme, tell: impl Fn(Message) + Send + 'static) {
    std::thread::spawn(move || {
        let result = write(&path, &drawn, &theme);
        tell(Message::PictureSaved(path, result));
    });
}

/// Writes it; what is there already stays.
///
/// # Errors
/// When there is such a file, its name has no known ending, or it cannot be written.
pub fn write(path: &Path, drawn: &Buffer, theme: &Theme) -> Result<(), String> {
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(format!("{}: already exists; choose another name", path.display()));
    }
    let form = Form::of(path).ok_or("a picture's name ends with .svg, .png or .txt")?;
    let bytes = encode(form, drawn, theme).map_err(|e| format!("picture: {e}"))?;
    save(path, false, |file| file.write_all(&bytes)).map_err(|e| e.to_string())
}
