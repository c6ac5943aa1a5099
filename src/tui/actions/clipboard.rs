//! Copies a text to the clipboard and says how large it is. Pure; `terminal::clipboard` makes the bytes.

use crate::tui::{
    state::app::{App, Effect},
    terminal::clipboard,
};

/// Brings a text to the clipboard, and says what and how large it is.
pub fn hand_over(app: &mut App, what: &str, text: String) -> Vec<Effect> {
    if text.len() > clipboard::MOST {
        app.warn(format!("{what} is too large to copy: {} kB", text.len() / 1000));
        return Vec::new();
    }
    let size = match text.len() {
        n @ 0..1000 => format!("{n} bytes"),
        n => format!("{:.1} kB", n as f64 / 1000.0),
    };
    app.say(format!("copied {what} ({size}), if the terminal allows it"));
    vec![Effect::Copy(text)]
}
