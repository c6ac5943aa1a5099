//! A text field of a form. A newly focused field is selected as a whole: typing replaces it, while a cursor key, Home,
//! End or Backspace edits it. Pure.

use crate::tui::terminal::key::{Key, Line};
use crossterm::event::KeyCode;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Any text.
    #[default]
    Text,
    /// A number, a word or a list: no spaces.
    Word,
    /// One of these, which the space bar goes through; others may be typed.
    Choice(&'static [&'static str]),
}

/// A field: what is typed in it, and whether the next character replaces that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    line: Line,
    kind: Kind,
    selected: bool,
}

impl Field {
    /// Holding `text`, selected whole.
    pub fn new(text: impl Into<String>, kind: Kind) -> Field {
        Field {
            line: Line::new(text),
            kind,
            selected: true,
        }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        self.line.text()
    }

    /// What it holds, with the cursor.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// What it takes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the next character replaces what it holds.
    pub fn is_selected(&self) -> bool {
        self.selected
    }

    /// Selects what it holds, as whenever a field is chosen.
    pub fn select(&mut self) {
        self.selected = true;
    }

    /// Takes one key in; returns whether it was one that edits.
    pub fn edit(&mut self, key: Key) -> bool {
        match (key.typed(), self.kind) {
            (Some(' '), Kind::Choice(choices)) => {
                *self = Field::new(after(choices, self.text()), self.kind);
                return true;
            }
            (Some(' '), Kind::Word) => return false,
            (Some(c), _) if self.selected && !c.is_control() => self.line = Line::default(),
            _ => {}
        }
        let edited = self.line.edit(key);
        self.selected &= !edited;
        edited
    }
}

/// The choice after this one, the first after the last and after what is none of them.
fn after(choices: &'static [&'static str], text: &str) -> &'static str {
    let next = choices.iter().position(|c| *c == text.trim()).map_or(0, |at| at + 1);
    choices.get(next).or(choices.first()).copied().unwrap_or_default()
}

/// Takes one key into a form: moves between its fields, or edits the focused one. A field that is moved to is selected.
pub fn press(fields: &mut [Field], focus: &mut usize, key: Key) {
    let many = fields.len().max(1);
    let to = match key.code {
        KeyCode::Up | KeyCode::BackTab => (*focus + many - 1) % many,
        KeyCode::Down | KeyCode::Tab => (*focus + 1) % many,
        _ => {
            if let Some(field) = fields.get_mut(*focus) {
                field.edit(key);
            }
            return;
        }
    };
    *focus = to;
    if let Some(field) = fields.get_mut(to) {
        field.select();
    }
}

/// What the keys do in a field and its form, the most needed first; `ends` are what the form's own keys do.
pub fn keys_in_words(field: &Field, ends: &[&'static str]) -> Vec<&'static str> {
    let mut words = Vec::new();
    if matches!(field.kind, Kind::Choice(_)) {
        words.push("space next choice");
    }
    words.push(match field.selected {
        true => "typing replaces",
        false => "typing inserts",
    });
    words.push("←→ edit");
    words.push("↑↓ field");
    words.extend(ends);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(field: &mut Field, keys: &str) -> String {
        for key in crate::tui::terminal::key::parse_keys(keys).unwrap() {
            field.edit(key);
        }
        field.text().to_string()
    }

    #[test]
    fn the_first_character_replaces_and_the_next_ones_are_added() {
        let mut field = Field::new("3", Kind::Word);
        assert_eq!(typed(&mut field, "2 0"), "20");
        field.select();
        assert_eq!(typed(&mut field, "7"), "7");
    }

    #[test]
    fn a_cursor_key_home_end_and_backspace_edit_what_is_there() {
        for (keys, text) in [
            ("end 5", "1205"),
            ("right 5", "1205"),
            ("left 5", "1250"),
            ("home 5", "5120"),
            ("backspace 5", "125"),
            ("home delete", "20"),
            ("ctrl-u 5", "5"),
            ("ctrl-a 5", "5120"),
            ("f5 5", "5"),
        ] {
            assert_eq!(typed(&mut Field::new("120", Kind::Word), keys), text, "{keys}");
        }
    }

    #[test]
    fn space_goes_through_choices_and_is_no_character_of_a_number() {
        let mut keep = Field::new("no", Kind::Choice(&["no", "yes"]));
        assert_eq!(typed(&mut keep, "space"), "yes");
        assert_eq!(typed(&mut keep, "space"), "no");
        assert_eq!(typed(&mut keep, "m a y b e"), "maybe");
        assert_eq!(typed(&mut keep, "space"), "no");
        assert_eq!(typed(&mut Field::new("3", Kind::Word), "space"), "3");
        assert_eq!(typed(&mut Field::new("a", Kind::Text), "end space b"), "a b");
    }

    #[test]
    fn a_field_that_is_moved_to_is_selected_again() {
        let mut fields = [Field::new("1", Kind::Word), Field::new("2", Kind::Word)];
        let mut focus = 0;
        for key in crate::tui::terminal::key::parse_keys("5 6 down 7 up 8 end 9 up backtab backspace").unwrap() {
            press(&mut fields, &mut focus, key);
        }
        assert_eq!(fields.each_ref().map(Field::text), ["8", "7"]);
        assert_eq!(focus, 0);
    }

    proptest! {
        #[test]
        fn typing_into_a_chosen_field_leaves_exactly_what_was_typed(before in "\\PC{0,20}", typed in "[^ \\p{C}]{1,20}") {
            let mut field = Field::new(before, Kind::Word);
            for c in typed.chars() {
                field.edit(Key::char(c));
            }
            prop_assert_eq!(field.text(), typed);
        }
    }
}
