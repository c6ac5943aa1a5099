//! `:picture FILE`: saves the screen as an image or as text, for a paper or an issue. Pure; the loop draws and
//! `effects` writes.

use super::may_write;
use crate::tui::{
    picture::Form,
    state::app::{App, Effect},
};
use std::path::PathBuf;

/// Has it written, in the form that the file's name ends with.
///
/// # Errors
/// When the name ends otherwise, or nothing may be written.
pub fn take(app: &App, file: &str) -> Result<Vec<Effect>, String> {
    may_write(app).map_err(|why| format!("picture: {why}"))?;
    let path = PathBuf::from(file);
    match Form::of(&path) {
        Some(_) => Ok(vec![Effect::SavePicture(path)]),
        None => Err("picture: name a file ending in .svg, .png or .txt, such as picture loss.svg".into()),
    }
}
