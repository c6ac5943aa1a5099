//! What a colour can be for: the words of theme files, beside `series` and `heat`.

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The ground everything stands on.
    Background,
    /// The ground of bars and pop-ups.
    Raised,
    /// Ordinary words.
    Text,
    /// Headings and the values that matter now.
    Strong,
    /// Labels, axes' numbers, hints.
    Muted,
    /// Borders and axes; never words.
    Faint,
    /// Keys and focus.
    Accent,
    /// The ground of the selected row.
    Selected,
    /// Words of the selected row.
    SelectedText,
    /// What went well.
    Good,
    /// What deserves a look.
    Warn,
    /// What went wrong.
    Bad,
    /// What is wished and not yet so.
    Pending,
    /// A run that trains.
    Run,
    /// One that is paused.
    Pause,
    /// One that is silent beyond its own deadline.
    Stall,
    /// One that finished.
    Done,
    /// One that gave up.
    Fail,
    /// One that was stopped.
    Stop,
    /// One whose worker is gone.
    Lost,
    /// One whose worker has not been heard of.
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

    /// The one of that word.
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
