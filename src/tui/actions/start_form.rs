//! Opens the start form and starts the run it describes. Pure.

use crate::tui::state::{
    app::{App, Effect, Launch, Layer, start_arguments::chosen_arguments},
    start_form::StartForm,
};

/// Opens the form for the selected specification.
pub fn open(app: &mut App) {
    let form = match app.chosen_spec() {
        Some(spec) if spec.text.is_empty() => Err("this file is too large for the form: use train --set".into()),
        Some(spec) => StartForm::new(spec),
        None => return,
    };
    match form {
        Ok(form) => app.layers.push(Layer::StartForm(Box::new(form))),
        Err(why) => app.warn(why),
    }
}

/// Starts it.
pub fn start(app: &mut App) -> Vec<Effect> {
    let Some(arguments) = chosen_arguments(app) else {
        return Vec::new();
    };
    app.layers
        .retain(|l| !matches!(l, Layer::Start { .. } | Layer::StartForm(_)));
    app.say("starting the run…");
    // Both would only slow one another down.
    let mut effects = super::estimate::cancel(app);
    effects.push(Effect::Launch(Launch::Run, arguments));
    effects
}
