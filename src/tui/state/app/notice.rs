//! The message over the last rows of the screen.

use super::App;

/// A message that stays until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One sentence.
    pub text: String,
    /// Whether something did not work.
    pub bad: bool,
    /// The ticket of the command it is about: the outcome takes its place.
    pub about: Option<u64>,
}

impl App {
    /// Says something until the next key.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: false,
            about: None,
        });
    }

    /// Says that something did not work.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: true,
            about: None,
        });
    }
}
