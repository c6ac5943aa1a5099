//! The form of a run's tags and note. Pure; an effect writes them.

use super::field::{self, Field};
use crate::{run::labels::Labels, tui::terminal::key::Key};
use std::path::PathBuf;

/// The form's state.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelsForm {
    /// The run's directory.
    pub run: PathBuf,
    /// The run's id, for the heading.
    pub id: String,
    /// Tags and note when the form was opened.
    pub before: Labels,
    /// Tags and note, as typed.
    pub fields: [Field; 2],
    /// The field that has the focus.
    pub focus: usize,
}

/// What the fields are called.
pub const FIELDS: [&str; 2] = ["tags", "note"];

impl LabelsForm {
    /// Types into the focused field or moves between them.
    pub fn key(&mut self, key: Key) {
        field::press(&mut self.fields, &mut self.focus, key);
    }

    /// What is typed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn labels(&self) -> Result<Labels, String> {
        Labels::typed(self.fields[0].text(), self.fields[1].text())
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::state::layer::Layer;
    use crate::tui::state::message::Effect;
    use crate::tui::{state::app::Message, tests::fixture, update::update};

    #[test]
    fn tags_and_note_are_typed_written_and_seen_at_once() {
        let mut app = fixture::app(100, 30, false);
        fixture::press(&mut app, "# end n e w tab end !");
        let effects = fixture::press(&mut app, "enter");
        let [Effect::Label { run, after: labels, .. }] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(labels.tags.iter().collect::<Vec<_>>(), ["baseline", "new"]);
        assert_eq!(labels.note, "λ raised by hand at step 640!");
        assert!(app.layers.is_empty());
        update(&mut app, Message::Labelled(run.clone(), Ok(labels.clone())));
        assert_eq!(*app.runs[0].labels, *labels);
        assert!(app.notice.is_some_and(|n| !n.bad));
    }

    #[test]
    fn what_is_no_tag_keeps_the_form_open_and_esc_leaves_it() {
        let mut app = fixture::app(100, 30, false);
        assert!(fixture::press(&mut app, "# : enter").is_empty());
        assert!(matches!(app.layers.last(), Some(Layer::Labels(_))) && app.notice.is_some());
        fixture::press(&mut app, "esc");
        assert!(app.layers.is_empty());
    }

    #[test]
    fn where_nothing_may_be_written_the_key_says_why() {
        let mut app = fixture::app(100, 30, false);
        app.read_only = true;
        fixture::press(&mut app, "#");
        assert!(app.layers.is_empty() && app.notice.is_some_and(|n| n.text.contains("read-only")));
    }
}
