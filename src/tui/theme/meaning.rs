//! What a colour can be used for: the keys of theme files, beside `series` and `heat`.

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The background.
    Background,
    /// The background of bars and pop-ups.
    Raised,
    /// Normal text.
    Text,
    /// Headings and the values that matter now.
    Strong,
    /// Labels, axes' numbers, hints.
    Muted,
    /// Borders and axes; never text.
    Faint,
    /// Keys and focus.
    Accent,
    /// The background of the selected row.
    Selected,
    /// Text of the selected row.
    SelectedText,
    /// What went well.
    Good,
    /// What deserves a look.
    Warn,
    /// What went wrong.
    Bad,
    /// What is requested and not yet applied.
    Pending,
    /// A running run.
    Run,
    /// A paused run.
    Pause,
    /// A run that missed its own deadline.
    Stall,
    /// A run that finished.
    Done,
    /// A run that failed.
    Fail,
    /// A stopped run.
    Stop,
    /// A run whose worker exited without a result.
    Lost,
    /// A run whose worker has not reported yet.
    Queued,
}
use Meaning::*;

impl Meaning {
    /// All of them with their words, in the order of the type.
    pub const NAMED: [(Meaning, &'static str); 21] = [
        (Background, "background"),
        (Raised, "raised"),
        (Text, "text"),
        (Strong, "strong"),
        (Muted, "muted"),
        (Faint, "faint"),
        (Accent, "accent"),
        (Selected, "selected"),
        (SelectedText, "selected_text"),
        (Good, "good"),
        (Warn, "warn"),
        (Bad, "bad"),
        (Pending, "pending"),
        (Run, "run"),
        (Pause, "pause"),
        (Stall, "stall"),
        (Done, "done"),
        (Fail, "fail"),
        (Stop, "stop"),
        (Lost, "lost"),
        (Queued, "queued"),
    ];

    /// As theme files write it.
    pub fn word(self) -> &'static str {
        Meaning::NAMED[self as usize].1
    }

    /// The meaning with this key.
    pub fn parse(word: &str) -> Option<Meaning> {
        let named = Meaning::NAMED.iter().find(|(_, w)| *w == word);
        named.map(|(meaning, _)| *meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_type() {
        for (at, (meaning, word)) in Meaning::NAMED.into_iter().enumerate() {
            assert_eq!(
                (meaning as usize, meaning.word(), Meaning::parse(word)),
                (at, word, Some(meaning))
            );
        }
    }
}
