//! A remark over the last rows of the screen, and how it is made.

use super::App;

/// A remark that stays until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One sentence.
    pub text: String,
    /// Whether something did not work.
    pub bad: bool,
    /// The ticket of the wish it speaks of: what became of that takes its place.
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
