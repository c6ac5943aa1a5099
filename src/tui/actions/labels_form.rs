//! Opens and saves the form of tags and note. Pure; `effects` writes the file.

use crate::run::labels::Labels;
use crate::tui::state::labels_form::LabelsForm;
use crate::tui::state::{
    app::{App, Effect, Layer},
    field::{Field, Kind},
};
use std::path::PathBuf;

/// Opens the form for the selected run, with what it is called now.
pub fn open(app: &mut App) {
    let Some(run) = app.run() else { return };
    let tags = run.labels.tags.iter().cloned().collect::<Vec<_>>().join(" ");
    // A space at the end, so that End leads to where the next tag is typed.
    let gap = if tags.is_empty() { "" } else { " " };
    let form = LabelsForm {
        run: run.dir.clone(),
        id: run.id.clone(),
        before: Labels::clone(&run.labels),
        fields: [
            Field::new(tags + gap, Kind::Text),
            Field::new(run.labels.note.clone(), Kind::Text),
        ],
        focus: 0,
    };
    app.layers.push(Layer::Labels(Box::new(form)));
}

/// Has what was typed written, or says what is wrong with it.
pub fn save(app: &mut App) -> Vec<Effect> {
    let Some(Layer::Labels(form)) = app.layers.last() else {
        return Vec::new();
    };
    match form.labels() {
        Err(why) => {
            app.warn(why);
            Vec::new()
        }
        Ok(labels) => {
            let effect = Effect::Label {
                run: form.run.clone(),
                before: form.before.clone(),
                after: labels,
            };
            app.layers.pop();
            vec![effect]
        }
    }
}

/// The outcome: shown at once, without waiting for the next look at the list.
pub fn written(app: &mut App, run: &PathBuf, result: Result<Labels, String>) {
    match result {
        Err(why) => app.warn(format!("tags and note not saved: {why}")),
        Ok(labels) => {
            let Some(row) = app.runs.iter_mut().find(|r| r.dir == *run) else {
                return;
            };
            row.labels = labels.into();
            app.passing = None;
            let id = row.id.clone();
            app.say(format!("tags and note of {id} saved"));
        }
    }
}
