//! The escape sequence that alerts the user through the terminal (bell or OSC 9).

use crate::{
    run::text::clean,
    tui::{
        settings::config::Alerts,
        terminal::clipboard::{Between, through},
    },
};

/// Letters of a message at most.
pub const LONGEST: usize = 200;

/// The escape sequence of an alert.
pub fn bytes(alerts: Alerts, text: &str, between: Between) -> Vec<u8> {
    match alerts {
        Alerts::None => Vec::new(),
        Alerts::WakeSender => vec![7],
        Alerts::Osc9 => {
            // The name before it also keeps a number at its beginning from meaning something else to a terminal.
            let said: String = clean(text).chars().take(LONGEST).collect();
            through(&format!("\x1b]9;spikedeck: {said}\x07"), between)
        }
    }
}
